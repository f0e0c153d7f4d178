import Configuration
import UsageHistory

/// Days with activity in each window: with a human event, or in raw counts with any.
struct ActiveDays: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    inputs.windows.map {
      FeatureDefinition(
        "active_days_\($0)", unit: "days", family: .usage, windowDays: $0, emptyValue: .zero,
        sentence: "active days in the last \($0) days",
        phrase: .count("active days", "active day", in: $0))
    }
  }

  let definitions: [FeatureDefinition]
  private let windows: [Int]
  private let countsAgents: Bool

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    windows = inputs.windows
    countsAgents = inputs.settings.counts == .raw
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let days = view.digest.days
    var count = 0
    var next = 0
    for (index, window) in windows.enumerated() {
      while next < days.count && Int(days[next].age) <= window {
        if countsAgents || days[next].humanEventCount > 0 { count += 1 }
        next += 1
      }
      row[index] = Double(count)
    }
  }
}
