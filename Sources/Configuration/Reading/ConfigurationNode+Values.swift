import CivilCalendar
import Diagnostics

/// The values of single cells of a configuration.
extension ConfigurationNode {
  // MARK: Texts

  /// A text; not a number or a yes or no, unless in quotes.
  func text() throws(Diagnostic) -> String {
    let text = try word()
    if isPlain && isNumeric {
      throw wrongType("a text", hint: "put it in quotes to make it a text")
    }
    return text
  }

  /// A word as it stands in the data: a text, or a number as it is written.
  func word() throws(Diagnostic) -> String {
    guard let scalar = node?.scalar, !isEmpty else { throw wrongType("a text") }
    if isPlain && isFlagWord {
      throw wrongType("a text", hint: "put it in quotes to make it a text: \"\(scalar.string)\"")
    }
    guard !scalar.string.isEmpty else { throw outOfRange("a text that is not empty") }
    guard !scalar.string.unicodeScalars.contains("\0") else {
      throw outOfRange("a text without NUL")
    }
    return scalar.string
  }

  /// One of the words of a list.
  func choice<Choice: RawRepresentable & CaseIterable>(_ type: Choice.Type = Choice.self)
    throws(Diagnostic) -> Choice where Choice.RawValue == String
  {
    let names = Choice.allCases.map(\.rawValue)
    let text = try text()
    guard let choice = Choice(rawValue: text) else {
      throw outOfRange(
        names.joined(separator: " or "),
        hint: nearestName(to: text, among: names).map { "did you mean '\($0)'?" })
    }
    return choice
  }

  // MARK: Yes and no

  /// Yes or no, in the words of YAML 1.1: true, yes, on; false, no, off.
  func flag() throws(Diagnostic) -> Bool {
    guard isPlain, let scalar = node?.scalar, isFlagWord else {
      throw wrongType("true or false", hint: "without quotes")
    }
    return ["true", "yes", "on"].contains(scalar.string.lowercased())
  }

  /// Whether YAML 1.1 reads a plain word as yes or no.
  var isFlagWord: Bool {
    guard let text = node?.scalar?.string else { return false }
    guard ["true", "false", "yes", "no", "on", "off"].contains(text.lowercased()) else {
      return false
    }
    return text == text.lowercased() || text == text.uppercased()
      || text.dropFirst() == text.dropFirst().lowercased()
  }

  // MARK: Numbers

  /// A whole number.
  func integer(in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    guard isPlain, isNumeric, let text = node?.scalar?.string else {
      throw wrongType("a whole number")
    }
    guard text.utf8.dropFirst().allSatisfy({ 0x30...0x39 ~= $0 }), text.utf8.first != 0x2e else {
      throw wrongType("a whole number")
    }
    guard let value = Int(text), range.contains(value) else {
      throw outOfRange("a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// A number that is finite.
  func number(in range: ClosedRange<Double>) throws(Diagnostic) -> Double {
    guard isPlain, isNumeric, let text = node?.scalar?.string else { throw wrongType("a number") }
    return try checked(text, scale: 1, range)
  }

  /// A share: a number, or a percentage as `5%`.
  func share(in range: ClosedRange<Double>) throws(Diagnostic) -> Double {
    guard isPlain, let text = node?.scalar?.string, text.hasSuffix("%") else {
      guard isPlain, isNumeric else { throw wrongType("a number or a percentage, as 5%") }
      return try number(in: range)
    }
    let digits = String(text.dropLast()).trimmingBlanks
    guard Self.isNumeric(digits) else { throw wrongType("a number or a percentage, as 5%") }
    return try checked(digits, scale: 100, range)
  }

  private func checked(_ text: String, scale: Double, _ range: ClosedRange<Double>)
    throws(Diagnostic) -> Double
  {
    guard let value = Double(text), value.isFinite else {
      throw outOfRange("a number that a 64-bit float holds")
    }
    guard range.contains(value / scale) else {
      let bound =
        range.upperBound < .greatestFiniteMagnitude ? " to \(range.upperBound)" : " or more"
      throw outOfRange("a number from \(range.lowerBound)\(bound)")
    }
    // No negative zero: it would be written as it was read.
    return value / scale + 0
  }

  /// Whether a plain word is written like a number, finite or not.
  var isNumeric: Bool { node?.scalar.map { Self.isNumeric($0.string) } ?? false }

  private static func isNumeric(_ text: String) -> Bool {
    var rest = Substring(text)
    if let sign = rest.first, "+-".contains(sign) { rest.removeFirst() }
    if [".inf", ".nan", "inf", "infinity", "nan"].contains(rest.lowercased()) { return true }
    guard let first = rest.utf8.first, 0x30...0x39 ~= first || first == 0x2e,
      rest.utf8.contains(where: { 0x30...0x39 ~= $0 })
    else { return false }
    return Double(rest) != nil
      && rest.utf8.allSatisfy { 0x30...0x39 ~= $0 || ".eE+-".utf8.contains($0) }
  }

  // MARK: Days

  /// A count of days: a whole number, or `90 days`, `1 day`, `12 weeks`.
  func dayCount(in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    let expected = "a count of days, as 90 days"
    guard isPlain, let text = node?.scalar?.string, !isEmpty else { throw wrongType(expected) }
    let parts = text.split(separator: " ")
    guard parts.count <= 2, let digits = parts.first, digits.utf8.count <= 9,
      digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }), let count = Int(digits)
    else {
      let isWhole = isNumeric && !text.utf8.contains { ".eE".utf8.contains($0) }
      throw isWhole
        ? outOfRange("from \(range.lowerBound) to \(range.upperBound) days")
        : wrongType(expected)
    }
    var days = count
    if parts.count == 2 {
      switch parts[1] {
      case "day", "days": break
      case "week", "weeks": days *= 7
      default:
        throw wrongType(expected, hint: "days and weeks are known; a month has no fixed length")
      }
    }
    guard range.contains(days) else {
      throw outOfRange("from \(range.lowerBound) to \(range.upperBound) days")
    }
    return days
  }

  /// A day as `2024-01-31`.
  func day() throws(Diagnostic) -> CalendarDay {
    guard let text = node?.scalar?.string, let day = CalendarDay(text) else {
      let fault = wrongType("a day, as 2024-01-31")
      throw Diagnostic(.configAsOf, fault.message, file: file, line: line)
    }
    return day
  }

  /// Whether the value was written without quotes, on one line.
  private var isPlain: Bool { node?.scalar?.style == .plain }
}

extension String {
  /// The text without blanks at its ends.
  fileprivate var trimmingBlanks: String {
    var rest = Substring(self)
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }
}
