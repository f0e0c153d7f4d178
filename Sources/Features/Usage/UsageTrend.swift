import Configuration
import UsageHistory

/// Each window against the one before it.
struct WindowRatios: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    inputs.windows.map {
      FeatureDefinition(
        "ratio_\($0)_prev", unit: "ratio", family: .usage, windowDays: 2 * $0,
        sentence: "events in the last \($0) days against the \($0) days before",
        phrase: .fact("events in \($0) days at # those in the \($0) days before", .multiple))
    }
  }

  let definitions: [FeatureDefinition]
  private let windows: [Int]
  private let scale: CountScale

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    windows = inputs.windows
    scale = CountScale(inputs.settings)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let days = view.digest.days
    let observed = scale.observedDays(view)
    for (index, window) in windows.enumerated() {
      var (now, before) = (0, 0)
      for day in days {
        let age = Int(day.age)
        if age > 2 * window { break }
        if age <= window { now += day.eventCount } else { before += day.eventCount }
      }
      row[index] = ratio(Double(now), Double(before), window, observed)
    }
  }

  /// One is added to both, so that a window without events is a small number and not a hole. Where
  /// the earlier window was only partly to be seen, it is scaled to its length; under 14 days, or a
  /// shorter window's length, the ratio is missing.
  private func ratio(_ now: Double, _ before: Double, _ window: Int, _ observed: Int?) -> Double {
    if scale.isRaw { return (now + 1) / (before + 1) }
    guard let observed else { return .nan }
    let seen = min(window, observed - window)
    guard seen >= min(window, CountScale.minimumDays) else { return .nan }
    return (now + 1) / (before * Double(window) / Double(seen) + 1)
  }
}

/// The course of the weekly counts: week 0 is the last 7 days.
struct WeeklyCourse: BuiltFamily {
  static let longestStreak = 52

  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    let isRaw = inputs.settings.counts == .raw
    return [
      FeatureDefinition(
        "slope_12w", unit: isRaw ? "events per week" : "per week", family: .usage, windowDays: 84,
        sentence: isRaw
          ? "weekly change of the events per week over 12 weeks"
          : "weekly growth of the events per week over 12 weeks",
        phrase: .fact(
          "course of events per week #\(isRaw ? " events" : "") a week over 12 weeks",
          isRaw ? .change : .growth)),
      FeatureDefinition(
        "slope_4w_minus_12w", unit: isRaw ? "events per week" : "per week", family: .usage,
        windowDays: 84,
        sentence: "growth of weekly events over 4 weeks less that over 12",
        phrase: .fact(
          "course of events per week over 4 weeks against 12 weeks #\(isRaw ? " events" : "") a week",
          isRaw ? .change : .growth)),
      FeatureDefinition(
        "zero_weeks_12", unit: "weeks", family: .usage, windowDays: 84,
        sentence: "weeks without an event among the last 12",
        phrase: .fact(
          "# without an event among the last 12", .weeks,
          zero: "events in each of the last 12 weeks", peers: true)),
      FeatureDefinition(
        "cv_weekly_12", unit: "ratio", family: .usage, windowDays: 84,
        sentence: "spread of the weekly events over 12 weeks against their mean",
        phrase: .fact("weekly events vary by # of their mean over 12 weeks", .share, peers: true)),
      FeatureDefinition(
        "inactive_streak", unit: "weeks", family: .usage, windowDays: 364,
        sentence: "weeks in a row without an event",
        phrase: .fact(
          "# in a row without an event", .weeks, zero: "events in the last week", peers: true)),
      FeatureDefinition(
        "active_streak", unit: "weeks", family: .usage, windowDays: 364, emptyValue: .zero,
        sentence: "weeks in a row with events",
        phrase: .fact(
          "# in a row with events", .weeks, zero: "no event in the last week", peers: true)),
      FeatureDefinition(
        "usage_forecast_90", unit: "count", family: .usage, windowDays: 182,
        sentence: "events that the trend promises for the next 90 days",
        phrase: .fact("trend of events promises # in the next 90 days", .count, peers: true)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let scale: CountScale
  private let logarithms = CountLogarithms()
  /// The forecast takes as long as all the rest.
  private let hasForecast: Bool

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
    hasForecast = inputs.settings.refusal(of: definitions[6]) == nil
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var weeks = InlineArray<26, Int>(repeating: 0)
    var activeStreak = 0
    for day in view.digest.days {
      let week = (Int(day.age) - 1) / 7
      if week < 26 { weeks[week] += day.eventCount }
      if week == activeStreak { activeStreak += 1 }
      if week > activeStreak && week >= 26 { break }
    }
    let observedWeeks = scale.isRaw ? 12 : (scale.observedDays(view) ?? 0) / 7
    writeSlopes(weeks, isWhole: observedWeeks >= 12, to: &row)
    row[4] = inactiveStreak(view)
    row[5] = Double(min(activeStreak, Self.longestStreak))
    let weekCount = scale.isRaw ? 26 : min(26, observedWeeks)
    row[6] = hasForecast && observedWeeks >= 12 ? Self.forecast(weeks, count: weekCount) : .nan
  }

  private func writeSlopes(
    _ weeks: borrowing InlineArray<26, Int>, isWhole: Bool, to row: inout FeatureRow
  ) {
    guard isWhole else {
      for index in 0..<4 { row[index] = .nan }
      return
    }
    // Weeks count backwards, hence the turned signs. 143 and 5 are the sums of the squared
    // distances of 12 and of 4 weeks from their middle.
    var (slope12, slope4) = (0.0, 0.0)
    var (zeroCount, sum, squares) = (0, 0.0, 0.0)
    for week in 0..<12 {
      let value = scale.isRaw ? Double(weeks[week]) : logarithms[1 + weeks[week]]
      slope12 += (5.5 - Double(week)) * value
      if week < 4 { slope4 += (1.5 - Double(week)) * value }
      if weeks[week] == 0 { zeroCount += 1 }
      sum += Double(weeks[week])
      squares += Double(weeks[week]) * Double(weeks[week])
    }
    row[0] = slope12 / 143
    row[1] = slope4 / 5 - slope12 / 143
    row[2] = Double(zeroCount)
    // Exact integers below 2^53, so that no cancellation can make the variance negative.
    let variance = max(0, 12 * squares - sum * sum)
    row[3] = quotient(variance.squareRoot(), sum)
  }

  /// Full weeks since the last event, or since the account was first seen where there is none.
  private func inactiveStreak(_ view: HistoryView) -> Double {
    let days = view.digest.days.first.map { Int($0.age) - 1 } ?? scale.observedDays(view)
    return days.map { Double(min($0 / 7, Self.longestStreak)) } ?? .nan
  }

  /// The events of the next 90 days by exponential smoothing with a damped trend.
  ///
  /// Method: Gardner and McKenzie 1985, "Forecasting trends in time series", with weights of 0.3
  /// for the level, 0.1 for the trend and damping of 0.9, started at the mean of the oldest four
  /// weeks. No week is forecast below 0.
  static func forecast(_ weeks: borrowing InlineArray<26, Int>, count: Int) -> Double {
    var level = 0.0
    for week in count - 4..<count { level += Double(weeks[week]) / 4 }
    var trend = 0.0
    for week in (0..<count - 4).reversed() {
      let before = level
      level = 0.3 * Double(weeks[week]) + 0.7 * (level + 0.9 * trend)
      trend = 0.1 * (level - before) + 0.9 * 0.9 * trend
    }
    var sum = 0.0
    for step in 0..<13 {
      trend *= 0.9
      level += trend
      // 90 days are 12 weeks and 6 days.
      sum += max(0, level) * (step < 12 ? 1 : 6.0 / 7)
    }
    return sum
  }
}

/// The last 28 days against the busiest 28 of half a year.
struct Peak: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "drop_from_peak", unit: "0..1", family: .usage, windowDays: 182,
        sentence: "events in the last 28 days as a share of the busiest 28 days of half a year",
        phrase: .fact(
          "events in 28 days at # the busiest 28 days of half a year", .multiple, peers: true))
    ]
  }

  let definitions: [FeatureDefinition]
  private let scale: CountScale

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    scale = CountScale(inputs.settings)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = .nan
    guard scale.isRaw || scale.observedDays(view) ?? 0 >= 28 else { return }
    let days = view.digest.days
    var (now, busiest, sum, first) = (0, 0, 0, 0)
    // The busiest 28 days can be taken to end on a day with events: `day` is their oldest, `first`
    // their youngest.
    for day in days {
      if day.age > 182 { break }
      sum += day.eventCount
      while days[first].age <= day.age - 28 {
        sum -= days[first].eventCount
        first += 1
      }
      busiest = max(busiest, sum)
      if day.age <= 28 { now += day.eventCount }
    }
    row[0] = quotient(Double(now), Double(busiest))
  }
}
