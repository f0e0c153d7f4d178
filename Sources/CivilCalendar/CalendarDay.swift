/// A day of the Gregorian calendar in UTC; as an instant, its first moment.
///
/// As-of instants, windows and labels are whole days, so that a window of 28 days has four of each
/// weekday and an account's history needs no time of day.
public struct CalendarDay: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01, which is day 0.
  public var number: Int32

  /// The day this many days after 1970-01-01.
  public init(number: Int32) { self.number = number }

  /// The day of a date; `nil` where the calendar has no such date or the year is not 1 to 9999.
  public init?(year: Int, month: Int, day: Int) {
    guard 1...9999 ~= year, 1...12 ~= month,
      1...Self.dayCount(year: year, month: month) ~= day
    else { return nil }
    number = Self.number(year: year, month: month, day: day)
  }

  /// Reads `YYYY-MM-DD`, and nothing else.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, zip(parts, [4, 2, 2]).allSatisfy({ $0.utf8.count == $1 }),
      parts.allSatisfy({ $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } }),
      let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
    else { return nil }
    self.init(year: year, month: month, day: day)
  }

  /// The day that holds an instant given in seconds since 1970-01-01T00:00:00Z.
  public init(secondsSince1970 seconds: Double) {
    number = Int32((seconds / 86_400).rounded(.down))
  }

  /// The first moment of the day, in seconds since 1970-01-01T00:00:00Z.
  public var secondsSince1970: Double { Double(number) * 86_400 }

  /// Whether a day comes before another.
  public static func < (earlier: CalendarDay, later: CalendarDay) -> Bool {
    earlier.number < later.number
  }

  /// The day so many days later.
  public static func + (day: CalendarDay, count: Int) -> CalendarDay {
    CalendarDay(number: day.number + Int32(count))
  }

  /// The day so many days earlier.
  public static func - (day: CalendarDay, count: Int) -> CalendarDay { day + -count }

  /// How many days `later` is after this day; negative where it is before.
  public func days(until later: CalendarDay) -> Int { Int(later.number) - Int(number) }
}

extension CalendarDay: CustomStringConvertible {
  /// `YYYY-MM-DD`.
  public var description: String {
    let date = components
    func padded(_ value: Int, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    return "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))"
  }
}
