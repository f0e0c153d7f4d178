import CivilCalendar

/// Everything but activity that the tables say of accounts.
struct AccountRecordTables: Sendable {
  var profiles: AccountProfiles
  var subscriptions: RecordsByAccount<SubscriptionSpell>
  var tickets: RecordsByAccount<SupportTicket>
  var payments: RecordsByAccount<Payment>
  var users: RecordsByAccount<UserRow>
  var outcomes: RecordsByAccount<OutcomeRecord>

  /// A row of the table of users.
  struct UserRow: Sendable {
    /// See ``Fingerprint64``.
    var fingerprint: UInt64
    var record: MemberRecord
  }

  /// The members of an account; `codes` gives the code of a fingerprint.
  func members(of account: Int, codes: (UInt64) -> UInt32) -> [MemberRecord] {
    let members = users[account].map { row in
      var record = row.record
      record.user = codes(row.fingerprint)
      return record
    }
    // Codes rise with fingerprints, but for users without events, whose code is 0: these come first,
    // since views look for a user by halving.
    return members.filter { $0.user == 0 } + members.filter { $0.user != 0 }
  }
}

/// Records side by side, those of one account together.
struct RecordsByAccount<Record: Sendable>: Sendable {
  private let records: [Record]
  private let starts: [Int]

  /// Whether no account has any.
  var isEmpty: Bool { records.isEmpty }

  /// Groups records by account; those of one account are sorted by `areInOrder`, ties by their
  /// place in the files.
  init(
    _ rows: [(account: Int, record: Record)], accountCount: Int,
    by areInOrder: (Record, Record) -> Bool
  ) {
    var starts = [Int](repeating: 0, count: accountCount + 1)
    for row in rows { starts[row.account + 1] += 1 }
    for account in 0..<accountCount { starts[account + 1] += starts[account] }
    var next = starts
    var order = [Int](repeating: 0, count: rows.count)
    for (index, row) in rows.enumerated() {
      order[next[row.account]] = index
      next[row.account] += 1
    }
    var records = order.map { rows[$0].record }
    for account in 0..<accountCount where starts[account + 1] - starts[account] > 1 {
      // The standard library's sort keeps equal elements in their order.
      records[starts[account]..<starts[account + 1]].sort(by: areInOrder)
    }
    self.records = records
    self.starts = starts
  }

  /// The records of an account.
  subscript(account: Int) -> ArraySlice<Record> { records[starts[account]..<starts[account + 1]] }
}

/// What accounts were at their sign-up, with the attributes of all side by side: an array for each
/// account would have to be made, and given back, by one thread while the others wait.
struct AccountProfiles: Sendable {
  /// Each without its attributes, shape `[count]`.
  private(set) var bare: [AccountProfile] = []
  private let attributeCount: Int
  /// Shape `[count, attributeCount]`.
  private var attributes: [Double] = []

  /// No profiles.
  init(attributeCount: Int = 0) { self.attributeCount = attributeCount }

  /// How many there are.
  var count: Int { bare.count }

  /// The profile of an account.
  subscript(account: Int) -> AccountProfile {
    var profile = bare[account]
    profile.attributes = Array(attributesOfAccount(account))
    return profile
  }

  private func attributesOfAccount(_ account: Int) -> ArraySlice<Double> {
    attributes[account * attributeCount..<(account + 1) * attributeCount]
  }

  /// Makes room for so many in all.
  mutating func reserve(_ count: Int) {
    bare.reserveCapacity(count)
    attributes.reserveCapacity(count * attributeCount)
  }

  /// Adds a profile, whose attributes follow one by one.
  mutating func append(_ profile: AccountProfile) { bare.append(profile) }

  /// Adds the next attribute of the last profile.
  mutating func append(attribute: Double) { attributes.append(attribute) }

  /// Whether a profile and its attributes are those of an account.
  func profile(of account: Int, equals profile: AccountProfile, _ attributes: [Double]) -> Bool {
    bare[account] == profile && attributesOfAccount(account).elementsEqual(attributes)
  }

  /// The profiles at places, one after the other; at a place behind the last stands one of which
  /// nothing is known.
  func ordered(by places: [Int]) -> AccountProfiles {
    var ordered = AccountProfiles(attributeCount: attributeCount)
    ordered.reserve(places.count)
    for place in places {
      let isKnown = place < count
      ordered.append(isKnown ? bare[place] : AccountProfile())
      for index in 0..<attributeCount {
        ordered.append(
          attribute: isKnown ? attributes[place * attributeCount + index] : .nan)
      }
    }
    return ordered
  }
}
