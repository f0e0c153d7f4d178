import Configuration
import UsageHistory

/// Silence, against the calendar and against the account's own habit.
struct Recency: BuiltFamily {
  /// Longer gaps between events count as this many days.
  static let longestGap = 399

  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "days_since_last_event", unit: "days", family: .usage,
        sentence: "days since the last event",
        phrase: .fact("last event # ago", .days, missing: "no event ever", peers: true)),
      FeatureDefinition(
        "longest_gap_84", unit: "days", family: .usage, windowDays: 84,
        sentence: "longest gap between events in the last 84 days, in days",
        phrase: .level("longest gap between events #", .days, in: 84)),
      FeatureDefinition(
        "gap_vs_own", unit: "ratio", family: .usage,
        sentence: "days since the last event against the account's usual gap",
        phrase: .fact("time since the last event at # the account's usual gap", .multiple)),
    ]
  }

  let definitions: [FeatureDefinition]
  /// The gaps take far longer than the newest day.
  private let hasGaps: Bool

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    hasGaps = definitions.dropFirst().contains { inputs.settings.refusal(of: $0) == nil }
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let days = view.digest.days
    guard let newest = days.first else {
      for index in 0..<3 { row[index] = .nan }
      return
    }
    row[0] = Double(newest.age)
    guard hasGaps else {
      (row[1], row[2]) = (.nan, .nan)
      return
    }
    var longest = 0
    // How often each gap occurs: the median is found without sorting.
    var countOfGap = InlineArray<400, Int32>(repeating: 0)
    var previous = Int(newest.age)
    for day in days.dropFirst() {
      let age = Int(day.age)
      let gap = age - previous
      if age <= 84 { longest = max(longest, gap) }
      countOfGap[min(gap, Self.longestGap)] += 1
      previous = age
    }
    row[1] = longest == 0 ? .nan : Double(longest)
    row[2] =
      days.count < 3
      ? .nan : Double(newest.age) / Self.median(countOfGap, count: days.count - 1)
  }

  /// The median of gaps that are counted by their length; of an even number the mean of the middle
  /// two.
  private static func median(
    _ countOfGap: borrowing InlineArray<400, Int32>, count: Int
  ) -> Double {
    var seen = 0
    var lower: Int?
    for gap in 1...longestGap {
      seen += Int(countOfGap[gap])
      if lower == nil && seen > (count - 1) / 2 { lower = gap }
      if seen > count / 2 { return Double(lower! + gap) / 2 }
    }
    preconditionFailure("\(seen) gaps are counted; expected \(count)")
  }
}
