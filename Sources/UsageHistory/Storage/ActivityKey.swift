/// Account, day, name, outcome and lag of an event in 64 bits, so that sorting by the key sorts by
/// account, then day, then name.
///
///     63        46 45       29 28     16 15      12 11        0
///     [ account  ] [  day    ] [ name  ] [ traits ] [   lag   ]
///       18 bits      17 bits    13 bits    4 bits     12 bits
package struct ActivityKey {
  static let accountLimit = 1 << 18
  /// More than the days from 1970 to 2199.
  static let dayLimit = 1 << 17
  static let nameLimit = 1 << 13
  /// The greatest lag that a key can hold; 11 years.
  static let lagLimit = (1 << 12) - 1

  package var bits: UInt64

  @inline(__always) init(bits: UInt64) { self.bits = bits }

  /// - Precondition: Each part is below its limit; `traits` is below 16.
  @inline(__always)
  package init(account: Int, day: Int, name: Int, traits: UInt64, lag: Int) {
    bits =
      UInt64(truncatingIfNeeded: account) &<< 46 | UInt64(truncatingIfNeeded: day) &<< 29
      | UInt64(truncatingIfNeeded: name) &<< 16 | traits &<< 12
      | UInt64(truncatingIfNeeded: lag)
  }

  /// - Parameters:
  ///   - accountAndDay: The upper 35 bits.
  ///   - small: The lower 29, as ``small`` has them.
  @inline(__always) init(accountAndDay: UInt64, small: UInt64) {
    bits =
      accountAndDay &<< 29 | (small &>> 4 & UInt64(Self.nameLimit &- 1)) &<< 16
      | (small & 15) &<< 12 | small &>> 17
  }

  /// Traits, name and lag in 29 bits, the traits lowest: a number that is small where the lag is 0,
  /// as it is more often than not.
  @inline(__always) var small: UInt64 {
    traits | UInt64(name) &<< 4 | UInt64(lag) &<< 17
  }

  @inline(__always) var account: Int { Int(truncatingIfNeeded: bits &>> 46) }
  @inline(__always) var day: Int { Int(truncatingIfNeeded: bits &>> 29) & (Self.dayLimit &- 1) }
  @inline(__always) var name: Int { Int(truncatingIfNeeded: bits &>> 16) & (Self.nameLimit &- 1) }
  @inline(__always) var traits: UInt64 { (bits &>> 12) & 15 }
  @inline(__always) var lag: Int { Int(truncatingIfNeeded: bits) & Self.lagLimit }
}

/// The four bits of an event that are neither day nor name.
enum ActivityTraits {
  static let agent: UInt64 = 1
  static let offHours: UInt64 = 8

  /// An outcome in its two bits.
  @inline(__always) static func outcome(_ outcome: ActivityCell.Outcome) -> UInt64 {
    UInt64(outcome.rawValue) &<< 1
  }

  @inline(__always) static func outcome(of traits: UInt64) -> ActivityCell.Outcome {
    ActivityCell.Outcome(rawValue: UInt8(truncatingIfNeeded: (traits &>> 1) & 3))!
  }
}

/// An event as it leaves the reader.
package struct RawEvent {
  /// An ``ActivityKey``, whose account is a position in the shelf.
  package var key: UInt64
  /// The fingerprint of the user; 0 for none.
  package var user: UInt64
  /// The value in millionths.
  package var amount: Int64

  package init(key: UInt64, user: UInt64, amount: Int64) {
    self.key = key
    self.user = user
    self.amount = amount
  }
}
