/// A number in 32 bits: a decimal of few digits, a missing value, or a sign that the number is listed
/// elsewhere.
///
/// ```
/// sign 1 | places 4 | digits 27          digits / 10^places, for up to 14 places
/// 0 1111 111..1                          missing: the NaN of `Double.nan`
/// 0 1111 position                        listed, at this position
/// ```
/// Both the digits and the power of ten are exact as `Double`, so that their quotient is the number
/// nearest to the decimal, as ``NumberGrammar`` reads it; zero keeps its sign.
struct PackedCode: Equatable {
  let bits: UInt32

  static let digitLimit: UInt32 = 1 << 27
  static let placeLimit = 14
  static let signBit: UInt32 = 1 << 31
  private static let listedPlaces: UInt32 = 15
  static let missing = PackedCode(bits: listedPlaces << 27 | (digitLimit - 1))

  /// 10^0 to 10^14, and 1 for the code of no decimal.
  static let powersOfTen: [Double] = {
    var powers = [1.0]
    for _ in 1...placeLimit { powers.append(powers[powers.count - 1] * 10) }
    return powers + [1]
  }()

  @inline(__always) init(bits: UInt32) { self.bits = bits }

  /// A decimal.
  ///
  /// - Precondition: `digits < digitLimit` and `places` is in `0...placeLimit`.
  @inline(__always) init(isNegative: Bool, digits: UInt32, places: Int) {
    bits = (isNegative ? Self.signBit : 0) | UInt32(truncatingIfNeeded: places) << 27 | digits
  }

  /// A number that is listed at a position.
  init(listedAt position: Int) {
    precondition(position < Self.digitLimit - 1, "position \(position)")
    bits = Self.listedPlaces << 27 | UInt32(position)
  }

  @inline(__always) var digits: UInt32 { bits & (Self.digitLimit - 1) }
  @inline(__always) var places: Int { Int(bits >> 27) & 15 }
  @inline(__always) var isMissing: Bool { bits == Self.missing.bits }
  @inline(__always) var isListed: Bool { places == Self.listedPlaces && !isMissing }

  /// The number, unless it is listed.
  ///
  /// - Parameter powers: ``powersOfTen``.
  @inline(__always) func value(_ powers: Span<Double>) -> Double {
    value(overPower: powers[places])
  }

  /// The same.
  ///
  /// - Parameter power: That of ``powersOfTen`` at ``places``.
  @inline(__always) func value(overPower power: Double) -> Double {
    let magnitude = Double(Int32(bitPattern: digits)) / power
    let bits = magnitude.bitPattern | UInt64(self.bits & Self.signBit) << 32
    return Double(bitPattern: isMissing ? Double.nan.bitPattern : bits)
  }

  /// The number.
  @inline(__always) func value(_ powers: Span<Double>, listed: Span<Double>) -> Double {
    isListed ? listed[Int(digits)] : value(powers)
  }

  /// The whole number from 0 on that this is, if it is one.
  @inline(__always) var whole: UInt32? {
    guard bits & Self.signBit == 0 else { return nil }
    switch places {
    case 0: return digits
    // Tables that were written from floating-point numbers are full of 3.0.
    case 1: return digits % 10 == 0 ? digits / 10 : nil
    case Self.placeLimit + 1: return nil
    default:
      let value = Double(digits) / Self.powersOfTen[places]
      return value == value.rounded(.towardZero) ? UInt32(value) : nil
    }
  }
}

extension PackedCode {
  /// The code of a cell that is a plain decimal of few digits, such as -12.50; `nil` for any other.
  ///
  /// The reading that ``NumberGrammar`` gives any number, without the steps that this one need not
  /// take.
  @inline(__always)
  init?(_ cell: Span<UInt8>) {
    let end = cell.count
    var at = 0
    guard at < end else { return nil }
    let isNegative = cell[0] == UInt8(ascii: "-")
    if isNegative { at = 1 }
    // Of up to 19 digits an integer of 64 bits cannot overflow.
    guard end &- at <= 19 else { return nil }
    var digits: UInt64 = 0
    let start = at
    while at < end {
      let digit = cell[at] &- 0x30
      guard digit < 10 else { break }
      digits = digits &* 10 &+ UInt64(digit)
      at &+= 1
    }
    var places = 0
    if at < end {
      guard cell[at] == UInt8(ascii: ".") else { return nil }
      at &+= 1
      let fractionStart = at
      while at < end {
        let digit = cell[at] &- 0x30
        guard digit < 10 else { return nil }
        digits = digits &* 10 &+ UInt64(digit)
        at &+= 1
      }
      places = at &- fractionStart
      // A point alone is no number.
      guard at &- start > 1 else { return nil }
    }
    guard at > start, digits < UInt64(Self.digitLimit), places <= Self.placeLimit else {
      return nil
    }
    self.init(
      isNegative: isNegative, digits: UInt32(truncatingIfNeeded: digits), places: places)
  }

  /// The code of a number, if it is a decimal of few digits or missing.
  ///
  /// - Parameter places: Those of a number before, which are tried first; set to those found.
  init?(_ value: Double, places: inout Int) {
    if value.bitPattern == Double.nan.bitPattern {
      self = .missing
      return
    }
    let magnitude = value.magnitude
    let isNegative = value.sign == .minus
    // Not for NaN either.
    guard magnitude < Double(Self.digitLimit) else { return nil }
    let whole = UInt32(magnitude)
    if Double(whole) == magnitude {
      self.init(isNegative: isNegative, digits: whole, places: 0)
      return
    }
    if let digits = Self.digits(of: magnitude, places: places) {
      self.init(isNegative: isNegative, digits: digits, places: places)
      return
    }
    for candidate in 1...Self.placeLimit where candidate != places {
      if let digits = Self.digits(of: magnitude, places: candidate) {
        places = candidate
        self.init(isNegative: isNegative, digits: digits, places: candidate)
        return
      }
    }
    return nil
  }

  /// The digits whose decimal of so many places a number is, if there are such.
  private static func digits(of magnitude: Double, places: Int) -> UInt32? {
    let power = powersOfTen[places]
    let product = magnitude * power + 0.5
    guard product < Double(digitLimit) else { return nil }
    let digits = UInt32(product)
    // Whatever the product was rounded to: this is what comes back.
    return Double(digits) / power == magnitude ? digits : nil
  }
}
