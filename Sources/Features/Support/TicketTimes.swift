import Configuration
import UsageHistory

/// Tickets that are open at the as-of day.
struct OpenTickets: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .column("tickets.closed")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "open_tickets", unit: "count", family: .support, emptyValue: .zero,
        sentence: "open support tickets",
        phrase: .count("open support tickets", "open support ticket")),
      FeatureDefinition(
        "oldest_open_days", unit: "days", family: .support,
        sentence: "days that the oldest open support ticket has waited",
        phrase: .fact(
          "the oldest open support ticket has waited #", .days, missing: "no open support ticket",
          peers: true)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var count = 0
    var oldest: Int?
    for ticket in view.tickets where ticket.closed == nil {
      count += 1
      oldest = max(oldest ?? 0, view.age(ticket))
    }
    row[0] = Double(count)
    row[1] = oldest.map(Double.init) ?? .nan
  }
}

/// How long the resolution of tickets takes.
struct ResolutionTime: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .column("tickets.closed", "tickets.resolution_hours")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "median_resolution_84", unit: "hours", family: .support, windowDays: 84,
        sentence: "median hours to resolve the support tickets of the last 84 days",
        phrase: .level(
          "median time to resolve support tickets #", .hours, in: 84,
          missing: "no support ticket resolved in 84 days"))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = median(
      view.tickets.lazy.filter { view.age($0) <= 84 }.map {
        guard $0.resolutionHours.isNaN, let closed = $0.closed else { return $0.resolutionHours }
        return Double($0.opened.days(until: closed)) * 24
      })
  }
}

/// How long the first reply takes.
struct FirstReplyTime: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.tickets), .column("tickets.first_reply", "tickets.first_reply_hours")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "first_reply_84", unit: "hours", family: .support, windowDays: 84,
        sentence: "median hours to the first reply on the support tickets of the last 84 days",
        phrase: .level(
          "median time to the first reply to support tickets #", .hours, in: 84,
          missing: "no support ticket answered in 84 days"))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = median(
      view.tickets.lazy.filter { view.age($0) <= 84 }.map(\.firstReplyHours))
  }
}

/// The median of the values that are there; of an even number the mean of the middle two.
func median(_ values: some Sequence<Double>) -> Double {
  let sorted = values.filter { !$0.isNaN }.sorted()
  guard !sorted.isEmpty else { return .nan }
  return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}
