/// A number with a fixed count of decimals, held as a whole number of its last decimal.
///
/// The digits come from integers alone, so they are the same everywhere; and `value` is the very
/// `Double` that a reader gets back from the text.
package struct FixedDecimal: Equatable, Sendable {
  /// The number in units of its last decimal: 1234 with two decimals is 12.34.
  package let units: Int
  /// How many digits follow the point, in `0...9`.
  package let decimalCount: Int

  /// The number `units / 10^decimalCount`.
  package init(units: Int, decimalCount: Int) {
    precondition(
      (0...9).contains(decimalCount), "\(decimalCount) decimals; expected between 0 and 9")
    self.units = units
    self.decimalCount = decimalCount
  }

  /// The nearest such number; a tie goes away from zero, and there is no negative zero.
  ///
  /// - Precondition: `number` is finite and `number * 10^decimalCount` lies within `2^53`, beyond
  ///   which a `Double` no longer tells whole numbers apart.
  package init(_ number: Double, decimalCount: Int) {
    let scaled = (number * Double(Self.scale(decimalCount))).rounded(.toNearestOrAwayFromZero)
    precondition(scaled.magnitude <= 0x1p53, "\(number) with \(decimalCount) decimals is too large")
    self.init(units: Int(scaled), decimalCount: decimalCount)
  }

  /// The number itself: one correctly rounded division, as a decimal parser would return it.
  package var value: Double { Double(units) / Double(Self.scale(decimalCount)) }

  /// Appends the digits in ASCII: a minus sign below zero, at least one digit before the point.
  package func append(to text: inout [UInt8]) {
    if units < 0 { text.append(UInt8(ascii: "-")) }
    let scale = UInt(Self.scale(decimalCount))
    let (whole, fraction) = units.magnitude.quotientAndRemainder(dividingBy: scale)
    text.append(contentsOf: String(whole).utf8)
    guard decimalCount > 0 else { return }
    text.append(UInt8(ascii: "."))
    var digitScale = scale / 10
    while digitScale > 0 {
      text.append(UInt8(ascii: "0") + UInt8(fraction / digitScale % 10))
      digitScale /= 10
    }
  }

  private static func scale(_ decimalCount: Int) -> Int {
    var scale = 1
    for _ in 0..<decimalCount { scale *= 10 }
    return scale
  }
}
