import Configuration
import UsageHistory

/// What a feature needs to exist; a missing table gives absent features, never zeros.
enum Requirement: Sendable {
  case table(SourceName)
  /// At least one of these columns, as `table.column`.
  case column([String])
  /// An event name with this meaning; the text is the configuration's key of it.
  case meaning(EventCatalog.Traits, String)
  /// Rows that agents did: a column says so, or names do.
  case agents
  case capabilities
  case meters
  /// A plan of which the tiers table, or the configuration, says this.
  case planRanks
  case segments
  /// A setting that is off by default; the text says how to switch it on.
  case setting(Bool, String)

  static func column(_ names: String...) -> Requirement { .column(names) }

  /// Why the requirement is not met; `nil` where it is.
  func fault(in dictionaries: HistoryDictionaries) -> String? {
    isMet(by: dictionaries) ? nil : reason
  }

  private func isMet(by dictionaries: HistoryDictionaries) -> Bool {
    switch self {
    case .table(let name): dictionaries.tables.contains(name)
    case .column(let names): !dictionaries.columns.isDisjoint(with: names)
    case .meaning(let trait, _): dictionaries.events.traits.contains { $0.contains(trait) }
    case .agents:
      dictionaries.columns.contains("events.actor")
        || dictionaries.events.traits.contains { $0.contains(.agent) }
    case .capabilities: !dictionaries.events.capabilities.isEmpty
    case .meters:
      !dictionaries.events.meters.isEmpty
        && dictionaries.plans.contains { $0.limits.contains { $0 > 0 } }
    case .planRanks: dictionaries.plans.contains { !$0.rank.isNaN }
    case .segments: !dictionaries.segments.isEmpty
    case .setting(let isOn, _): isOn
    }
  }

  private var reason: String {
    switch self {
    case .table(let name): "there is no table of \(name.rawValue)"
    case .column(let names): "there is no column \(names.joined(separator: " or "))"
    case .meaning(_, let key): "no event name is listed under events: \(key)"
    case .agents: "there is no column events.actor, nor an event name under events: agents"
    case .capabilities: "no event name is a capability"
    case .meters: "no plan limits a meter"
    case .planRanks: "no plan has a rank"
    case .segments: "there is no column accounts.segment"
    case .setting(_, let advice): advice
    }
  }
}
