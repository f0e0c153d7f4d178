import Learning

/// How much an account's people use the product: the pace of its events, of which the file holds a
/// draw.
struct Usage {
  /// Log of the level beside the account's own normal.
  private(set) var trend = 0.0
  private var wobble = 0.0
  private var decline = Episode()
  private var growth = Episode()
  private var restsUntil = Int.min
  /// Whether the first weeks' enthusiasm goes, and use with it.
  private let collapses: Bool
  private let collapsedLevel: Double

  /// The pace of the last 56 days, the day by the day of the account modulo 56.
  private var recentPace = [Double](repeating: 0, count: 56)
  /// The pace of each 28 days before an anniversary, the latest last; at most 6.
  private var monthlyPaces: [Double] = []
  private var firstWeekPace = 0.0
  private var laterWeeksPace = 0.0

  init(drawnFrom generator: inout SeededGenerator, temperament: Temperament) {
    collapses = generator.nextBool(
      probability: LogLoss.probability(-1.5 - 0.8 * temperament.engagement))
    collapsedLevel = 0.12 + 0.18 * generator.nextUnit()
  }

  /// One week on.
  mutating func step(on day: Int, temperament: Temperament, _ generator: inout SeededGenerator) {
    wobble = 0.7 * wobble + 0.06 * generator.nextNormal()
    let engagement = temperament.engagement
    let declines = decline.maybeBegin(
      on: day, chance: min(0.0085 * PortableMath.exp(-0.45 * engagement), 0.05),
      dayCount: 50...120, &generator)
    if declines {
      growth.end()
      restsUntil = day + 200 + generator.nextIndex(below: 200)
    }
    guard !decline.isOn(day) else {
      // A fifth to a third less each 28 days.
      trend = max(trend - 0.07 - 0.09 * decline.strength, -3)
      return
    }
    if day >= restsUntil {
      _ = growth.maybeBegin(
        on: day, chance: min(0.009 * PortableMath.exp(0.4 * engagement), 0.05),
        dayCount: 60...170, &generator)
    }
    if growth.isOn(day) {
      trend = min(trend + 0.02 + 0.025 * growth.strength, 1.2)
    } else if day >= restsUntil, trend < 0 {
      trend = min(trend + 0.04, 0)
    }
  }

  /// Whether the account has more and more to do.
  func isGrowing(on day: Int) -> Bool { growth.isOn(day) }

  /// Whether it has less and less to do.
  func isDeclining(on day: Int) -> Bool { decline.isOn(day) }

  /// Use beside the account's own normal, weekends aside.
  ///
  /// - Parameter age: Days since the account was opened.
  func level(age: Int, daysSinceNotice: Int?) -> Double {
    var level = PortableMath.exp(trend + wobble) * novelty(age: age)
    if let daysSinceNotice { level *= PortableMath.exp(-0.03 * Double(daysSinceNotice)) }
    return level
  }

  /// Curiosity in the first week; then the everyday, or next to nothing until the 10th week.
  private func novelty(age: Int) -> Double {
    if age < 7 { return 1.35 }
    guard collapses else { return age < 21 ? 1.35 - 0.025 * Double(age - 7) : 1 }
    if age < 21 { return 1.35 - (1.35 - collapsedLevel) * Double(age - 7) / 14 }
    if age < 70 { return collapsedLevel }
    // Some of it comes back within half a year.
    return min(collapsedLevel + 0.004 * Double(age - 70), max(collapsedLevel, 0.6))
  }

  /// Notes a day's pace.
  mutating func note(pace: Double, age: Int) {
    recentPace[age % 56] = pace
    if age < 7 {
      firstWeekPace += pace
    } else if age < 56 {
      laterWeeksPace += pace
    }
  }

  /// Notes that an anniversary has come.
  mutating func noteAnniversary(age: Int) {
    monthlyPaces.append(pace(ofDaysBefore: age, skipping: 0))
    if monthlyPaces.count > 6 { monthlyPaces.removeFirst() }
  }

  /// The last 28 days' pace over that of the 28 before; `nil` for an account of less than 56 days.
  func ratio(age: Int) -> Double? {
    guard age >= 56 else { return nil }
    return pace(ofDaysBefore: age, skipping: 0)
      / max(pace(ofDaysBefore: age, skipping: 28), 1e-9)
  }

  /// The last 28 days' pace over the highest at the last six anniversaries; `nil` with fewer than 2.
  var dropFromPeak: Double? {
    guard monthlyPaces.count > 1, let last = monthlyPaces.last, let peak = monthlyPaces.max(),
      peak > 0
    else { return nil }
    return last / peak
  }

  /// Use of weeks 2 to 8 over that of week 1; `nil` before the end of week 8.
  func noveltyRatio(age: Int) -> Double? {
    age < 56 || firstWeekPace == 0 ? nil : laterWeeksPace / 7 / firstWeekPace
  }

  private func pace(ofDaysBefore age: Int, skipping skipped: Int) -> Double {
    var sum = 0.0
    for day in max(0, age - skipped - 28)..<max(0, age - skipped) { sum += recentPace[day % 56] }
    return sum
  }
}
