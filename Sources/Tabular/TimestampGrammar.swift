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

  /// The seconds that the years reach over.
  static let range = 0.0..<7_258_118_400

  /// Reads a cell; blanks around it do not matter.
  package static func read(_ cell: Span<UInt8>) -> Reading {
    switch civil(cell) {
    case .time(let time): .value(time.seconds - Double(time.offset ?? 0))
    case .missing: .missing
    case .notATimestamp: .notATimestamp
    case .outOfRange: .outOfRange
    }
  }

  /// Reads a cell as what the clocks showed, and how far ahead of UTC they were.
  static func civil(_ cell: Span<UInt8>) -> CivilReading {
    let range = cell.trimmed(0..<cell.count)
    let text = cell.extracting(range)
    if MissingToken.matches(text) { return .missing }
    guard text.count >= 10, text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
      let century = twoDigits(text, at: 0), let yearOfCentury = twoDigits(text, at: 2),
      let month = twoDigits(text, at: 5), let day = twoDigits(text, at: 8)
    else { return .notATimestamp }
    var time = CivilTime(seconds: 0)
    if text.count > 10 {
      guard let clock = clock(text) else { return .notATimestamp }
      time = clock
    }
    let year = century * 100 + yearOfCentury
    guard 1970...2199 ~= year else { return .outOfRange }
    guard 1...12 ~= month, day >= 1, day <= CalendarArithmetic.dayCount(year: year, month: month)
    else { return .notATimestamp }
    time.seconds += Double(CalendarArithmetic.days(year: year, month: month, day: day) * 86_400)
    return .time(time)
  }

  /// The time that follows the date, in seconds after the day's midnight.
  private static func clock(_ text: Span<UInt8>) -> CivilTime? {
    guard text.count >= 16, text[10] == UInt8(ascii: "T") || text[10] == ASCII.blank,
      let hour = twoDigits(text, at: 11), hour < 24, text[13] == UInt8(ascii: ":"),
      let minute = twoDigits(text, at: 14), minute < 60
    else { return nil }
    var time = CivilTime(seconds: Double(hour * 3600 + minute * 60))
    var at = 16
    if at < text.count && text[at] == UInt8(ascii: ":") {
      guard let second = twoDigits(text, at: at + 1), second <= 60 else { return nil }
      time.seconds += Double(min(second, 59))
      time.isLeapSecond = second == 60
      at += 3
      if at < text.count && text[at] == UInt8(ascii: ".") {
        guard let fraction = fraction(text, at: &at) else { return nil }
        // Nor does a leap second's fraction leave the minute in disorder: it follows :59.
        time.seconds += fraction
      }
    }
    if at < text.count {
      guard let offset = offset(text, at: &at), at == text.count else { return nil }
      time.offset = offset
    }
    return time
  }

  /// The fraction whose point is at `at`, which moves behind the last digit.
  static func fraction(_ text: Span<UInt8>, at: inout Int) -> Double? {
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

  /// The offset from UTC, in seconds, that begins at `at`, which moves behind it.
  static func offset(_ text: Span<UInt8>, at: inout Int) -> Int? {
    guard at < text.count else { return nil }
    let sign = text[at]
    if sign == UInt8(ascii: "Z") {
      at += 1
      return 0
    }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-"),
      let hours = twoDigits(text, at: at + 1), hours < 24
    else { return nil }
    at += 3
    var minutes = 0
    if at < text.count {
      if text[at] == UInt8(ascii: ":") { at += 1 }
      guard let written = twoDigits(text, at: at), written < 60 else { return nil }
      minutes = written
      at += 2
    }
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
