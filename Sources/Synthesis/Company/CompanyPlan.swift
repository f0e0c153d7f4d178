/// What company to make up.
public struct CompanyPlan: Equatable, Sendable {
  /// How many customers it ever had, in `1...1_000_000`.
  public var accountCount = 2000
  /// How many calendar months are exported, in `1...120`.
  public var monthCount = 24
  /// What everything depends on.
  public var seed: UInt64 = 1
  /// About how many events there are; `nil` for what accounts of this size would make.
  public var eventCount: Int?
  /// Whether columns and rows that give the outcome away are planted.
  public var hasLeaks = false
  /// The first day of the export.
  public var start = CompanyDate(year: 2024, month: 1, day: 1)

  /// The defaults: 2,000 accounts and 24 months from 2024-01-01.
  public init() {}

  /// What is wrong with the plan, for its author; `nil` for a plan that can be carried out.
  public var fault: String? {
    if !(1...1_000_000).contains(accountCount) {
      return "\(accountCount) accounts, expected 1 to 1000000"
    }
    if !(1...120).contains(monthCount) { return "\(monthCount) months, expected 1 to 120" }
    if let eventCount, !(1...2_000_000_000).contains(eventCount) {
      return "\(eventCount) events, expected 1 to 2000000000"
    }
    if !(1970...2100).contains(start.year) {
      return "the start is \(start), expected a day of 1970 to 2100"
    }
    return nil
  }

  /// The day after the last of the export.
  public var end: CompanyDate { start.adding(months: monthCount) }
}

/// The days of a company, counted from the first of its export.
struct CompanyCalendar {
  private let startDay: Int
  private let start: CompanyDate
  /// How many days are exported.
  let dayCount: Int

  init(_ plan: CompanyPlan) {
    start = plan.start
    startDay = plan.start.daysSince1970
    dayCount = plan.end.daysSince1970 - startDay
  }

  /// The date of a day.
  func date(_ day: Int) -> CompanyDate { CompanyDate(daysSince1970: startDay + day) }

  /// The days of a month of the export, counting from 0.
  func days(ofMonth month: Int) -> Range<Int> {
    let first = start.adding(months: month).daysSince1970 - startDay
    return first..<start.adding(months: month + 1).daysSince1970 - startDay
  }

  /// The day so many months after another: anniversaries are counted from the first.
  func day(_ day: Int, addingMonths months: Int) -> Int {
    date(day).adding(months: months).daysSince1970 - startDay
  }

  /// 0 for Monday.
  func weekday(_ day: Int) -> Int { (startDay + day + 3) % 7 }

  func isWeekend(_ day: Int) -> Bool { weekday(day) >= 5 }
}
