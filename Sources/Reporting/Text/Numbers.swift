import Diagnostics

/// Numbers as people read them.
package enum Numbers {
  /// With a fixed count of decimals; `-` for what is not defined.
  package static func fixed(_ value: Double?, _ decimalCount: Int) -> String {
    guard let value, value.isFinite else { return "-" }
    guard value.magnitude < 1e6 else { return "\(value)" }
    var bytes: [UInt8] = []
    FixedDecimal(value, decimalCount: decimalCount).append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A number of 0 or more with a few digits and a power of ten, as in `2.5e-11`; 1 to 15 digits.
  package static func scientific(_ value: Double, _ digitCount: Int) -> String {
    guard value > 0, value.isFinite else { return value == 0 ? "0" : "-" }
    var exponent = 0
    var mantissa = value
    while mantissa >= 10 {
      mantissa /= 10
      exponent += 1
    }
    while mantissa < 1 {
      mantissa *= 10
      exponent -= 1
    }
    var digits = fixed(mantissa, digitCount - 1)
    if digits.hasPrefix("10") {
      digits = fixed(1, digitCount - 1)
      exponent += 1
    }
    return "\(digits)e\(exponent)"
  }

  /// A share of 1 as per cent.
  package static func percent(_ share: Double?, _ decimalCount: Int = 1) -> String {
    share.map { fixed($0 * 100, decimalCount) + " %" } ?? "-"
  }

  /// A count with a comma after every third digit.
  package static func count(_ count: Int) -> String {
    let digits = String(count.magnitude)
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { grouped += "," }
      grouped.append(digit)
    }
    return (count < 0 ? "-" : "") + grouped
  }

  /// A count and what is counted.
  package static func count(_ count: Int, _ one: String, _ many: String? = nil) -> String {
    "\(Self.count(count)) \(count == 1 ? one : many ?? one + "s")"
  }

  /// Seconds.
  package static func seconds(_ seconds: Double) -> String {
    fixed(seconds, seconds < 10 ? 2 : 1) + " s"
  }

  /// A size in bytes.
  package static func bytes(_ count: Int) -> String {
    if count < 1000 { return "\(count) bytes" }
    if count < 1_000_000 { return fixed(Double(count) / 1e3, 1) + " kB" }
    return fixed(Double(count) / 1e6, 1) + " MB"
  }

  /// A quantity of a table with at most three decimals, so that it stays recognisable.
  package static func quantity(_ value: Double) -> String {
    if value.isNaN { return "missing" }
    guard value.magnitude < 1e6, value == 0 || value.magnitude >= 0.001 else { return "\(value)" }
    var text = fixed(value, 3)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text == "-0" ? "0" : text
  }

  /// A change, with its sign.
  package static func signed(_ change: Double, _ decimalCount: Int) -> String {
    let text = fixed(change, decimalCount)
    let isZero = !text.contains { ("1"..."9").contains($0) }
    return (change > 0 && !isZero ? "+" : "") + text
  }

  /// A change of a probability in percentage points, with its sign.
  package static func points(_ change: Double) -> String { signed(change * 100, 1) + " pts" }
}
