/// Reads decimal numbers, `[+-]?(d+(.d*)?|.d+)([eE][+-]?d+)?`, correctly rounded.
///
/// There are no separators of thousands, no other digits than ASCII's, no hexadecimal. The result
/// does not depend on the locale.
package enum NumberGrammar {
  /// What a cell is.
  package enum Reading: Equatable {
    case value(Double)
    case missing
    case notANumber
    /// One of inf and infinity, in any case, with or without a sign.
    case nonFinite
    /// A number beyond the greatest `Double`.
    case outOfRange
  }

  /// Reads a cell; blanks around it do not matter. What is too small for a `Double` is 0.
  package static func read(_ cell: Span<UInt8>) -> Reading {
    let range = cell.trimmed(0..<cell.count)
    var at = range.lowerBound
    let end = range.upperBound
    guard at < end else { return .missing }

    let isNegative = cell[at] == UInt8(ascii: "-")
    if isNegative || cell[at] == UInt8(ascii: "+") { at &+= 1 }

    // The digits as an integer; `exponent` makes up for the point. From 19 significant digits on the
    // integer could overflow, and the slow path reads the text again.
    var mantissa: UInt64 = 0
    var digitCount = 0
    var exponent = 0
    let digitsStart = at
    while at < end {
      let digit = cell[at] &- 0x30
      guard digit < 10 else { break }
      mantissa = mantissa &* 10 &+ UInt64(digit)
      at &+= 1
    }
    digitCount = at &- digitsStart
    if at < end && cell[at] == UInt8(ascii: ".") {
      at &+= 1
      let fractionStart = at
      while at < end {
        let digit = cell[at] &- 0x30
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        at &+= 1
      }
      exponent = fractionStart &- at
      digitCount &-= exponent
    }
    guard digitCount > 0 else { return word(cell.extracting(range)) }
    if at < end {
      guard let written = readExponent(cell, from: at, to: end) else { return .notANumber }
      exponent &+= written
    }

    var magnitude: Double
    if digitCount <= 19 || significantDigitCount(cell, from: digitsStart, to: end) <= 19,
      let rounded = DecimalRounding.double(mantissa, timesTenTo: exponent)
    {
      magnitude = rounded
    } else {
      // Rare: very long or very far from 1. The standard library rounds correctly in any locale.
      magnitude = Double(cell.text(in: digitsStart..<end)) ?? .nan
    }
    guard magnitude.isFinite else { return .outOfRange }
    if isNegative { magnitude.negate() }
    return .value(magnitude)
  }

  /// The exponent that fills `cell[start..<end]`, as `e-3`; clamped far beyond any `Double`'s.
  private static func readExponent(_ cell: Span<UInt8>, from start: Int, to end: Int) -> Int? {
    guard cell[start] | 0x20 == UInt8(ascii: "e") else { return nil }
    var at = start + 1
    guard at < end else { return nil }
    let isNegative = cell[at] == UInt8(ascii: "-")
    if isNegative || cell[at] == UInt8(ascii: "+") { at += 1 }
    guard at < end else { return nil }
    var value = 0
    while at < end {
      let digit = cell[at] &- 0x30
      guard digit < 10 else { return nil }
      value = min(value * 10 + Int(digit), 1_000_000_000)
      at += 1
    }
    return isNegative ? -value : value
  }

  /// The number of digits from the first that is not 0, up to an exponent.
  private static func significantDigitCount(
    _ cell: Span<UInt8>, from start: Int, to end: Int
  ) -> Int {
    var count = 0
    for index in start..<end {
      let digit = cell[index] &- 0x30
      if digit < 10 && (digit > 0 || count > 0) { count += 1 }
      if cell[index] | 0x20 == UInt8(ascii: "e") { break }
    }
    return count
  }

  /// What a cell without a leading digit is; not empty.
  private static func word(_ cell: Span<UInt8>) -> Reading {
    if MissingToken.matches(cell) { return .missing }
    let hasSign = cell[0] == UInt8(ascii: "-") || cell[0] == UInt8(ascii: "+")
    let letters = cell.extracting((hasSign ? 1 : 0)..<cell.count)
    for name in ["inf", "infinity"] where letters.count == name.utf8.count {
      if zip(0..<letters.count, name.utf8).allSatisfy({ letters[$0] | 0x20 == $1 }) {
        return .nonFinite
      }
    }
    return .notANumber
  }

  /// Whether a cell that is missing says `NaN`, not that it is empty.
  static func isNaN(_ cell: Span<UInt8>) -> Bool {
    guard cell.count >= 3 else { return false }
    let word = cell.extracting(cell.trimmed(0..<cell.count))
    return word.equals("NaN") || word.equals("nan")
  }

  /// Whether a cell is an integer that `value`, its nearest `Double`, is not.
  ///
  /// A fraction or an exponent says that the number is none of digits to be kept.
  static func losesDigits(_ cell: Span<UInt8>, as value: Double) -> Bool {
    let range = cell.trimmed(0..<cell.count)
    let hasSign = cell[range.lowerBound] &- 0x30 >= 10
    var integer: UInt128 = 0
    for index in range.dropFirst(hasSign ? 1 : 0) {
      let digit = cell[index] &- 0x30
      guard digit < 10 else { return false }
      // Beyond 2^120 no digit is left over but zeros as a rule, and no id is that long.
      guard integer < 1 << 120 else { return true }
      integer = integer * 10 + UInt128(digit)
    }
    return UInt128(value.magnitude) != integer
  }
}
