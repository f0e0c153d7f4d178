import CivilCalendar
import Configuration
import UsageHistory

/// When in the week and in the day events happen.
struct Rhythm: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "weekend_share", unit: "0..1", family: .usage, windowDays: 84,
        sentence: "share of events on Saturdays and Sundays in the last 84 days",
        isActionable: false, phrase: .level("events on weekends #", .share, in: 84)),
      FeatureDefinition(
        "offhours_share", unit: "0..1", family: .usage, windowDays: 84,
        sentence: "share of events before 9 or from 17 o'clock on in the last 84 days",
        isActionable: false,
        phrase: .level("events before 9 or from 17 o'clock on #", .share, in: 84)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let weekday = view.asOf.weekday
    var (all, weekend, offHours) = (0, 0, 0)
    for day in view.digest.days {
      if day.age > 84 { break }
      all += day.eventCount
      offHours += day.offHoursEventCount
      // 0 for Monday to 6 for Sunday; 84 is a multiple of 7 that keeps the number positive.
      if (weekday - 1 - Int(day.age) + 84) % 7 >= 5 { weekend += day.eventCount }
    }
    row[0] = quotient(Double(weekend), Double(all))
    row[1] = quotient(Double(offHours), Double(all))
  }
}

/// The month of the as-of day: off by default.
struct Calendar: BuiltFamily {
  static func requirements(_ settings: FeatureSettings) -> [Requirement] {
    [.setting(settings.calendarMonth, "off by default; features: calendar_month: true")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "calendar_month", unit: "1..12", family: .usage, sentence: "month of the year",
        isActionable: false, phrase: .fact("month #", .monthName))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = Double(view.asOf.components.month)
  }
}
