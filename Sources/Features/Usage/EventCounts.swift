import Configuration
import UsageHistory

/// Events in each window, and in all.
struct EventCounts: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.events)] }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    let scale = CountScale(inputs.settings)
    return inputs.windows.map {
      FeatureDefinition(
        "events_\($0)", unit: scale.unit, family: .usage, windowDays: $0, emptyValue: .zero,
        sentence: "events \(scale.words($0))", phrase: .rate("events", "event", scale, $0))
    } + [
      // A plain count, for it has no window to be scaled by: with the tenure it gives the rate.
      FeatureDefinition(
        "events_all", unit: "count", family: .usage, emptyValue: .zero,
        sentence: "events since the first",
        phrase: .fact("# events since the first", .count, zero: "no events ever", peers: true))
    ]
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
    var count = 0
    var next = 0
    for (index, window) in windows.enumerated() {
      while next < days.count && Int(days[next].age) <= window {
        count += days[next].eventCount
        next += 1
      }
      row[index] = scale.value(Double(count), window: window, observedDays: observed)
    }
    while next < days.count {
      count += days[next].eventCount
      next += 1
    }
    row[windows.count] = Double(count)
  }
}

/// The sum of the values of events in each window, and in all.
struct AmountSums: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .column("events.value")]
  }

  static func definitions(_ inputs: FeatureInputs) -> [FeatureDefinition] {
    let scale = CountScale(inputs.settings)
    return inputs.windows.map {
      FeatureDefinition(
        "amount_\($0)", unit: scale.isRaw ? "units" : "units/28 d", family: .usage,
        windowDays: $0, emptyValue: .zero,
        sentence: "sum of the values of events \(scale.words($0))",
        phrase: .rate("sum of the values of events #", scale, $0))
    } + [
      FeatureDefinition(
        "amount_all", unit: "units", family: .usage, emptyValue: .zero,
        sentence: "sum of the values of all events since the first",
        phrase: .fact("sum of the values of all events #", .count, peers: true))
    ]
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
    var sum = ExactAmount.zero
    var next = 0
    for (index, window) in windows.enumerated() {
      while next < days.count && Int(days[next].age) <= window {
        sum += days[next].amount
        next += 1
      }
      row[index] = scale.value(sum.value, window: window, observedDays: observed)
    }
    while next < days.count {
      sum += days[next].amount
      next += 1
    }
    row[windows.count] = sum.value
  }
}
