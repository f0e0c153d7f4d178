/// Numbers as readers of charts want them: separated thousands, a proper minus, few digits.
package enum NumberText {
  /// The number with so many decimals, such as `−1,234.50`.
  package static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return "–" }
    let power = powerOfTen(decimals)
    guard value.magnitude < 1e15, value.magnitude * power < 9e15 else {
      return scientific(value)
    }
    let units = UInt64((value.magnitude * power).rounded())
    let (whole, rest) = units.quotientAndRemainder(dividingBy: UInt64(power))
    var text = separated(whole)
    if decimals > 0 {
      let digits = "\(rest)"
      text += "." + String(repeating: "0", count: decimals - digits.utf8.count) + digits
    }
    return value < 0 && units > 0 ? "−" + text : text
  }

  /// Numbers that are read together: as many decimals as show three digits of the greatest, and
  /// thousands, millions or billions where the greatest has more than six digits.
  package static func aligned(_ values: [Double]) -> [String] {
    let greatest = values.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
    if greatest >= 1e15 || (greatest > 0 && greatest < 1e-6) { return values.map(scientific) }
    if greatest >= 1e6 {
      let (divisor, letter) = scale(greatest)
      return values.map { $0 == 0 ? "0" : fixed($0 / divisor, decimals: 2) + letter }
    }
    let decimals = greatest == 0 ? 0 : max(0, 2 - exponent(greatest))
    return values.map { fixed($0, decimals: decimals) }
  }

  /// A space that no line ends at, and the sign, as the texts of reports have them.
  package static let percent = "\u{a0}%"

  /// Shares as per cent, with a decimal, or with two where all are small and none where all are
  /// whole.
  package static func percents(_ values: [Double]) -> [String] {
    let greatest = values.lazy.filter(\.isFinite).map(\.magnitude).max() ?? 0
    let isWhole = values.allSatisfy { value in
      !value.isFinite || (value * 100 - (value * 100).rounded()).magnitude < 1e-12
    }
    let decimals = isWhole ? 0 : greatest >= 0.01 ? 1 : 2
    return values.map { value in
      guard value.isFinite else { return "–" }
      // A small chance is not none.
      if value > 0, value < 0.0001 / 2, decimals < 2 || greatest < 0.01 { return "<0.01" + percent }
      return fixed(value * 100, decimals: decimals) + percent
    }
  }

  /// Such as `2.5e300`.
  package static func scientific(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    guard value != 0 else { return "0" }
    var power = exponent(value)
    var digits = scaled(value.magnitude, byTenTo: -power)
    if digits >= 9.95 { (digits, power) = (digits / 10, power + 1) }
    let text = fixed(digits, decimals: 1)
    let short = text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    return (value < 0 ? "−" : "") + short + "e" + (power < 0 ? "−" : "") + "\(power.magnitude)"
  }

  /// The power of ten of the first digit: 2 for 345, -2 for 0.012.
  package static func exponent(_ value: Double) -> Int {
    guard value != 0, value.isFinite else { return 0 }
    // The description is the shortest decimal that reads back, so its exponent is the right one.
    let text = "\(value.magnitude)"
    if let mark = text.firstIndex(of: "e") {
      let mantissa = text[..<mark]
      assert(mantissa.first != "0")
      return Int(text[text.index(after: mark)...]) ?? 0
    }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    if parts[0] != "0" { return parts[0].utf8.count - 1 }
    return -1 - parts[1].prefix { $0 == "0" }.count
  }

  /// Ten to a power that a `Double` can hold.
  package static func powerOfTen(_ power: Int) -> Double {
    // Reading a decimal rounds correctly, on any machine.
    Double("1e\(power)") ?? (power < 0 ? 0 : .infinity)
  }

  /// `value * 10^power`, also where the power alone is out of range.
  private static func scaled(_ value: Double, byTenTo power: Int) -> Double {
    let half = power / 2
    return value * powerOfTen(half) * powerOfTen(power - half)
  }

  /// The divisor and the letter for numbers up to `greatest`.
  package static func scale(_ greatest: Double) -> (divisor: Double, letter: String) {
    greatest >= 1e12 ? (1e12, "T") : greatest >= 1e9 ? (1e9, "B") : (1e6, "M")
  }

  private static func separated(_ whole: UInt64) -> String {
    let digits = Array("\(whole)")
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return text
  }
}
