import CivilCalendar
import Configuration

/// What is to be predicted, and on which days accounts are looked at, as the tables allow.
struct SchedulePlan {
  private(set) var targets: [(name: TargetName, definition: TargetDefinition)] = []
  private(set) var asOf: AsOfSchedule?
  /// The first and the last day of the data.
  private(set) var span: ClosedRange<CalendarDay>?
  /// What a person should look at.
  private(set) var checks: [String] = []

  /// The longest window of the default features, in days.
  static let lookBackDays = 84

  /// Plans for tables.
  init(_ tables: [RecognisedTable]) {
    let bySource = Dictionary(uniqueKeysWithValues: tables.map { ($0.source, $0) })
    choose(bySource)
    span = Self.span(of: bySource)
    schedule()
  }

  private mutating func choose(_ tables: [SourceName: RecognisedTable]) {
    if let outcomes = tables[.outcomes] {
      var churn = TargetDefinition(.churn)
      churn.source = .outcomes
      let words = outcomes.column("outcome")?.words ?? []
      let churnWords = words.filter {
        ColumnNaming($0).hasStem(["churn", "cancel", "lost", "left"])
      }
      churn.outcomeWords = words.isEmpty ? ["churn"] : churnWords.isEmpty ? words : churnWords
      // Whether the account paid is only known where revenue is.
      churn.paying = tables[.subscriptions]?.columns["mrr"] != nil
      targets.append((.churn, churn))
    } else if tables[.subscriptions] != nil {
      targets.append((.churn, TargetDefinition(.churn)))
    } else if tables[.events] != nil {
      var churn = TargetDefinition(.churn)
      churn.source = .inactivity
      churn.activeWithinDays = 180
      churn.paying = false
      targets.append((.churn, churn))
      checks.append("without subscriptions, churn is 90 days without an event")
    }
    if tables[.subscriptions]?.columns["mrr"] != nil {
      targets.append((.contraction, TargetDefinition(.contraction)))
      targets.append((.expansion, TargetDefinition(.expansion)))
    }
  }

  /// The days that the tables tell of: those on which something happened, not those that lie ahead.
  private static func span(of tables: [SourceName: RecognisedTable]) -> ClosedRange<CalendarDay>? {
    let columns: [(SourceName, String)] = [
      (.events, "ts"), (.subscriptions, "start"), (.outcomes, "ts"), (.tickets, "opened"),
      (.payments, "ts"),
    ]
    let spans = columns.compactMap { tables[$0]?.column($1)?.daysSeen }
    guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else {
      return nil
    }
    return first...last
  }

  /// The first of each month that has a look back before it and the label window behind it.
  private mutating func schedule() {
    guard let span, !targets.isEmpty else { return }
    let ahead = targets.map { $0.definition.leadDays + $0.definition.horizonDays }.max()!
    let first = Self.monthStart(notBefore: span.lowerBound + Self.lookBackDays)
    // The label window ends with the last day of the data at the latest.
    let latest = span.upperBound + 1 - ahead
    let (year, month, _) = latest.components
    let last = CalendarDay(year: year, month: month, day: 1)!
    guard first <= last else {
      checks.append(
        "the data reach from \(span.lowerBound) to \(span.upperBound), which is too short for "
          + "\(Self.lookBackDays) days before a day and \(ahead) after it: shorten the horizon")
      return
    }
    asOf = first == last ? .days([first]) : .series(from: first, to: last, every: .months(1))
  }

  private static func monthStart(notBefore day: CalendarDay) -> CalendarDay {
    let (year, month, dayOfMonth) = day.components
    let start = CalendarDay(year: year, month: month, day: 1)!
    return dayOfMonth == 1 ? start : start.adding(months: 1)
  }
}
