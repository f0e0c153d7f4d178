import CivilCalendar
import Configuration
import UsageHistory

/// How soon value came: days from the first subscription to the first value event.
struct FirstValue: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.value, "value")]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "ttfv_days", unit: "days", family: .usage,
        sentence: "days from the start to the first value event",
        phrase: .fact(
          "first value event # after the start", .days, missing: "no value event yet", peers: true))
    ]
      + inputs.settings.thresholds.activationDays.map {
        FeatureDefinition(
          "activated_\($0)d", unit: "yes/no", family: .usage, kind: .boolean,
          sentence: "a value event within \($0) days of the start",
          phrase: .flag(
            "had a value event within \($0) days of the start",
            no: "had no value event within \($0) days of the start", past: nil))
      }
  }

  let definitions: [FeatureDefinition]
  private let limits: [Int]
  private let isValue: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    limits = inputs.settings.thresholds.activationDays
    isValue = inputs.isName(.value)
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var firstAge: Int?
    for name in view.digest.names where isValue[Int(name.name)] {
      firstAge = max(firstAge ?? 0, Int(name.firstAge))
    }
    let lifetime = view.lifetimeDays
    // Value before the first subscription, in a trial, is value at once.
    let days = firstAge.flatMap { age in lifetime.map { max(0, $0 - age) } }
    row[0] = days.map(Double.init) ?? .nan
    for (index, limit) in limits.enumerated() {
      // Not reached yet is no while the days are not over: nobody can tell.
      let isOver = lifetime.map { $0 >= limit } ?? false
      row.set(1 + index, days.map { $0 < limit } ?? (isOver ? false : nil))
    }
  }
}

/// How many of the key steps were done in the first 14 days.
struct Onboarding: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .meaning(.onboarding, "onboarding")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "onboarding_depth_14", unit: "0..1", family: .usage,
        sentence: "share of the onboarding steps done in the first 14 days",
        phrase: .fact("onboarding steps done in the first 14 days #", .share, peers: true))
    ]
  }

  let definitions: [FeatureDefinition]
  private let isStep: [Bool]
  private let stepCount: Int

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    let steps = Set(inputs.words.onboardingSteps)
    isStep = inputs.dictionaries.events.names.map { steps.contains($0) }
    stepCount = steps.count
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = .nan
    guard let lifetime = view.lifetimeDays, lifetime >= 14 else { return }
    var count = 0
    for name in view.digest.names
    where isStep[Int(name.name)] && lifetime - Int(name.firstAge) < 14 { count += 1 }
    row[0] = quotient(Double(count), Double(stepCount))
  }
}

/// Whether use outlived its novelty: week k holds the days `7 (k - 1) ..< 7 k` after the first use.
struct Novelty: BuiltFamily {
  /// A ratio below it is a collapse.
  static let collapse = 0.35

  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "novelty_ratio_w2_8", unit: "ratio", family: .usage,
        sentence: "active days per week in weeks 2 to 8 against the first week",
        phrase: .fact(
          "active days per week in weeks 2 to 8 at # the first week", .multiple, peers: true)),
      FeatureDefinition(
        "novelty_collapsed", unit: "yes/no", family: .usage, kind: .boolean,
        sentence: "use collapsed after the first week",
        phrase: .flag(
          "use collapsed after the first week", no: "use did not collapse after the first week",
          past: nil)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = .nan
    row[1] = .nan
    guard let oldest = view.digest.days.last else { return }
    let firstAge = Int(oldest.age)
    // A week that is not over is not counted: its missing days are not days without use.
    let weekCount = min(8, firstAge / 7)
    guard weekCount >= 2 else { return }
    var daysOfWeek = InlineArray<8, Int>(repeating: 0)
    for day in view.digest.days.reversed() {
      let week = (firstAge - Int(day.age)) / 7
      if week >= weekCount { break }
      daysOfWeek[week] += 1
    }
    var (later, last) = (0, 0)
    for week in 1..<weekCount {
      later += daysOfWeek[week]
      if week >= 4 { last += daysOfWeek[week] }
    }
    row[0] = Double(later) / Double(weekCount - 1) / Double(daysOfWeek[0])
    row.set(1, weekCount < 8 ? nil : row[0] < Self.collapse || last == 0)
  }
}
