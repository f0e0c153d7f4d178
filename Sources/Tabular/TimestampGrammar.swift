/// Reads ISO 8601: `YYYY-MM-DD`, or a date, `T` or a blank, and `hh:mm[:ss[.f...]][Z|+hh[[:]mm]]`.
///
/// Years are 1970 to 2199; without an offset the time is UTC; the second 60 counts as 59, so that a
/// leap second stays in its minute.
package enum TimestampGrammar {
  /// What a cell is.
  package enum Reading: Equatable {
    /// Seconds since 1970-01-01T00:00:00Z.
    case value(Double)
    case missing
    case notATimestamp
    /// A date of another year than 1970 to 2199.
    case outOfRange
  }

  /// Reads a cell; blanks around it do not matter.
  package static func read(_ cell: Span<UInt8>) -> Reading {
    let range = cell.trimmed(0..<cell.count)
    let text = cell.extracting(range)
    if MissingToken.matches(text) { return .missing }
    guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let century = twoDigits(text, at: 0), let yearOfCentury = twoDigits(text, at: 2),
      let month = twoDigits(text, at: 5), let day = twoDigits(text, at: 8)
    else { return .notATimestamp }
    var time = 0.0
    if text.count > 10 {
      guard let seconds = secondsOfDay(text) else { return .notATimestamp }
      time = seconds
    }
    let year = century * 100 + yearOfCentury
    guard 1970...2199 ~= year else { return .outOfRange }
    guard 1...12 ~= month, day >= 1, day <= CalendarArithmetic.dayCount(year: year, month: month)
    else { return .notATimestamp }
    let days = CalendarArithmetic.days(year: year, month: month, day: day)
    return .value(Double(days * 86_400) + time)
  }

  /// The time that follows the date, in seconds after the day's midnight in UTC.
  private static func secondsOfDay(_ text: Span<UInt8>) -> Double? {
    guard text.count >= 16, text[10] == UInt8(ascii: "T") || text[10] == ASCII.blank,
      let hour = twoDigits(text, at: 11), hour < 24, text[13] == UInt8(ascii: ":"),
      let minute = twoDigits(text, at: 14), minute < 60
    else { return nil }
    var seconds = Double(hour * 3600 + minute * 60)
    var at = 16
    if at < text.count && text[at] == UInt8(ascii: ":") {
      guard let second = twoDigits(text, at: at + 1), second <= 60 else { return nil }
      seconds += Double(min(second, 59))
      at += 3
      if at < text.count && text[at] == UInt8(ascii: ".") {
        guard let fraction = fraction(text, at: &at) else { return nil }
        // Nor does a leap second's fraction leave the minute in disorder: it follows :59.
        seconds += fraction
      }
    }
    guard let offset = offset(text, at: at) else { return nil }
    return seconds - Double(offset)
  }

  /// The fraction whose point is at `at`, which moves behind the last digit.
  private static func fraction(_ text: Span<UInt8>, at: inout Int) -> Double? {
    at += 1
    let start = at
    var digits = 0
    while at < text.count, text[at] &- 0x30 < 10 {
      // Digits beyond the nanoseconds are far below what seconds since 1970 can tell apart.
      if at - start < 9 { digits = digits * 10 + Int(text[at] &- 0x30) }
      at += 1
    }
    guard at > start else { return nil }
    var scale = 1.0
    for _ in start..<min(at, start + 9) { scale *= 10 }
    return Double(digits) / scale
  }

  /// The offset from UTC, in seconds, that fills the rest of the text.
  private static func offset(_ text: Span<UInt8>, at start: Int) -> Int? {
    if start == text.count { return 0 }
    let sign = text[start]
    if sign == UInt8(ascii: "Z") { return start + 1 == text.count ? 0 : nil }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let hours = twoDigits(text, at: start + 1), hours < 24
    else { return nil }
    var at = start + 3
    var minutes = 0
    if at < text.count {
      if text[at] == UInt8(ascii: ":") { at += 1 }
      guard let written = twoDigits(text, at: at), written < 60 else { return nil }
      minutes = written
      at += 2
    }
    guard at == text.count else { return nil }
    let seconds = hours * 3600 + minutes * 60
    return sign == UInt8(ascii: "-") ? -seconds : seconds
  }

  @inline(__always) private static func twoDigits(_ text: Span<UInt8>, at index: Int) -> Int? {
    guard index &+ 1 < text.count else { return nil }
    let tens = text[index] &- 0x30
    let units = text[index &+ 1] &- 0x30
    return tens < 10 && units < 10 ? Int(tens) &* 10 &+ Int(units) : nil
  }
}
