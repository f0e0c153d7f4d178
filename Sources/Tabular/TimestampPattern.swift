import Diagnostics

/// A form of dates and times, put together from fields as `strptime` has them.
///
/// `%Y` `%y` year of four or two digits (69 to 99 are 1969 to 1999, as POSIX has it), `%m` month,
/// `%b` its English name or the first three letters of it, `%d` day, `%H` `%M` `%S` hour, minute,
/// second (a fraction may follow), `%z` `Z` or an offset such as +05:30, `%%` a percent sign. Numbers
/// of fewer digits than their field has are read. All else stands for itself.
public struct TimestampPattern: Sendable, Equatable {
  private enum Element: Sendable, Equatable {
    case year, yearOfCentury, month, monthName, day, hour, minute, second, offset
    case literal(UInt8)
  }

  /// The pattern as it was written.
  public let text: String
  private let elements: [Element]

  /// Reads a pattern.
  ///
  /// - Throws: `config.format` for an unknown field, one that comes twice, or a pattern without
  ///   year, month and day.
  public init(_ text: String) throws(Diagnostic) {
    var elements: [Element] = []
    var bytes = text.utf8.makeIterator()
    while let byte = bytes.next() {
      guard byte == UInt8(ascii: "%") else {
        elements.append(.literal(byte))
        continue
      }
      guard let letter = bytes.next(), let element = Self.element(letter) else {
        throw Self.fault("'\(displayText(text))' has an unknown field", text)
      }
      if case .literal = element {
      } else if elements.contains(element) {
        throw Self.fault("'\(displayText(text))' has a field twice", text)
      }
      elements.append(element)
    }
    let years = elements.count { $0 == .year || $0 == .yearOfCentury }
    let months = elements.count { $0 == .month || $0 == .monthName }
    guard years == 1, months == 1, elements.contains(.day) else {
      throw Self.fault("'\(displayText(text))' needs one year, one month and one day", text)
    }
    self.text = text
    self.elements = elements
  }

  private static func fault(_ message: String, _ text: String) -> Diagnostic {
    Diagnostic(
      .configFormat, "the timestamp format \(message)",
      hint: "use %Y %y %m %b %d %H %M %S %z, as in %d.%m.%Y %H:%M, or iso, epoch_s, epoch_ms, excel"
    )
  }

  private static func element(_ letter: UInt8) -> Element? {
    switch letter {
    case UInt8(ascii: "Y"): .year
    case UInt8(ascii: "y"): .yearOfCentury
    case UInt8(ascii: "m"): .month
    case UInt8(ascii: "b"): .monthName
    case UInt8(ascii: "d"): .day
    case UInt8(ascii: "H"): .hour
    case UInt8(ascii: "M"): .minute
    case UInt8(ascii: "S"): .second
    case UInt8(ascii: "z"): .offset
    case UInt8(ascii: "%"): .literal(UInt8(ascii: "%"))
    default: nil
    }
  }

  // MARK: Reading cells

  private struct Fields {
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var minute = 0
    var second = 0
    var fraction = 0.0
    var offset: Int?
  }

  /// Reads a cell; blanks around it do not matter.
  func read(_ cell: Span<UInt8>) -> CivilReading {
    let text = cell.extracting(cell.trimmed(0..<cell.count))
    if MissingToken.matches(text) { return .missing }
    guard let fields = fields(of: text), fields.hour < 24, fields.minute < 60,
      fields.second <= 60, 1...12 ~= fields.month, fields.day >= 1,
      fields.day <= CalendarArithmetic.dayCount(year: fields.year, month: fields.month)
    else { return .notATimestamp }
    guard 1970...2199 ~= fields.year else { return .outOfRange }
    let days = CalendarArithmetic.days(
      year: fields.year, month: fields.month, day: fields.day)
    let clock = fields.hour * 3600 + fields.minute * 60 + min(fields.second, 59)
    return .time(
      CivilTime(
        seconds: Double(days * 86_400 + clock) + fields.fraction, offset: fields.offset,
        isLeapSecond: fields.second == 60))
  }

  private func fields(of text: Span<UInt8>) -> Fields? {
    var fields = Fields()
    var at = 0
    func number(_ most: Int) -> Int? {
      var value = 0
      let start = at
      while at < text.count, at - start < most, text[at] &- 0x30 < 10 {
        value = value * 10 + Int(text[at] &- 0x30)
        at += 1
      }
      return at > start ? value : nil
    }
    for element in elements {
      switch element {
      case .year:
        let start = at
        guard let year = number(4), at - start == 4 else { return nil }
        fields.year = year
      case .yearOfCentury:
        let start = at
        guard let year = number(2), at - start == 2 else { return nil }
        fields.year = year + (year >= 69 ? 1900 : 2000)
      case .month:
        guard let month = number(2) else { return nil }
        fields.month = month
      case .monthName:
        guard let (month, length) = Self.monthName(text.extracting(at..<text.count)) else {
          return nil
        }
        fields.month = month
        at += length
      case .day:
        guard let day = number(2) else { return nil }
        fields.day = day
      case .hour:
        guard let hour = number(2) else { return nil }
        fields.hour = hour
      case .minute:
        guard let minute = number(2) else { return nil }
        fields.minute = minute
      case .second:
        guard let second = number(2) else { return nil }
        fields.second = second
        if at < text.count, text[at] == UInt8(ascii: ".") {
          guard let fraction = TimestampGrammar.fraction(text, at: &at) else { return nil }
          fields.fraction = fraction
        }
      case .offset:
        guard let offset = TimestampGrammar.offset(text, at: &at) else { return nil }
        fields.offset = offset
      case .literal(let byte):
        guard at < text.count, text[at] == byte else { return nil }
        at += 1
      }
    }
    return at == text.count ? fields : nil
  }

  private static let monthNames: [[UInt8]] = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ].map { Array($0.utf8) }

  /// The month that the text begins with, and how many letters its name takes up.
  private static func monthName(_ text: Span<UInt8>) -> (month: Int, length: Int)? {
    for (index, name) in monthNames.enumerated() {
      var length = 0
      while length < name.count, length < text.count, text[length] | 0x20 == name[length] {
        length += 1
      }
      // "Mar" of "March", but not half of it.
      if length == name.count { return (index + 1, length) }
      if length >= 3 { return (index + 1, 3) }
    }
    return nil
  }
}
