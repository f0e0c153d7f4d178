import Configuration
import UsageHistory

/// Distinct event names in each window.
struct EventTypes: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    inputs.windows.map {
      FeatureDefinition(
        "event_types_\($0)", unit: "count", family: .usage, windowDays: $0, emptyValue: .zero,
        sentence: "different kinds of events in the last \($0) days",
        phrase: .count("kinds of events", "kind of event", in: $0))
    }
  }

  let definitions: [FeatureDefinition]
  private let windows: [Int]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    windows = inputs.windows
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let names = view.digest.names
    for (index, window) in windows.enumerated() {
      var count = 0
      for name in names where Int(name.lastAge) <= window { count += 1 }
      row[index] = Double(count)
    }
  }
}

/// How events spread over names, and which names are new or given up.
struct EventMix: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "feature_entropy_28", unit: "nats", family: .usage, windowDays: 28,
        sentence: "spread of events over their kinds in the last 28 days",
        phrase: .level("spread of use over kinds of events #", .decimal, in: 28)),
      FeatureDefinition(
        "new_features_28", unit: "count", family: .usage, windowDays: 28, emptyValue: .zero,
        sentence: "kinds of events used for the first time in the last 28 days",
        phrase: .count(
          "kinds of events tried for the first time", "kind of event tried for the first time",
          in: 28)),
      FeatureDefinition(
        "abandoned_features_28", unit: "count", family: .usage, emptyValue: .zero,
        sentence: "kinds of events used before but not in the last 28 days",
        phrase: .count(
          "kinds of events used before but not in 28 days",
          "kind of event used before but not in 28 days", past: 28)),
      FeatureDefinition(
        "last2w_vs_month", unit: "ratio", family: .usage, windowDays: 28,
        sentence: "kinds of events in the last 14 days as a share of those in the last 28",
        phrase: .fact("kinds of events of the last 14 days at # those of the last 28", .multiple)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let logarithms = CountLogarithms()

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var total = 0
    var weightedLogs = 0.0
    var (new, abandoned, of14, of28) = (0, 0, 0, 0)
    // By code, so that the sum of logarithms has one order.
    for name in view.digest.names {
      if name.lastAge <= 14 { of14 += 1 }
      if name.lastAge > 28 {
        abandoned += 1
        continue
      }
      of28 += 1
      if name.firstAge <= 28 { new += 1 }
      total += name.count28
      weightedLogs += Double(name.count28) * logarithms[name.count28]
    }
    // -sum p log p with p = n / total, without a division per name; never below 0 by rounding.
    row[0] =
      total == 0 ? .nan : max(0, logarithms[total] - weightedLogs / Double(total))
    row[1] = Double(new)
    row[2] = Double(abandoned)
    row[3] = quotient(Double(of14), Double(of28))
  }
}
