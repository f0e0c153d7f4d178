import Configuration
import Diagnostics

/// A configuration that was found out, with what a person has to know of it.
struct ConfigurationDraft {
  /// A table, and what becomes of its columns.
  struct Part {
    var table: RecognisedTable
    var use: ColumnUse
    /// What a person should look at.
    var checks: [String]
  }

  /// The tables in the order of ``SourceName``.
  private(set) var parts: [Part] = []
  private(set) var meanings = EventMeanings()
  /// The most frequent event names.
  private(set) var eventNames: [String] = []
  private var limits: [String] = []
  let schedule: SchedulePlan
  /// A plain labelled table, where there are no histories.
  let plain: (sample: TableSample, table: PlainTable)?
  /// Tables that are none of ours.
  let rest: [TableSample]

  /// Recognises tables and drafts what they allow.
  ///
  /// - Throws: what reading throws, where a file has changed meanwhile.
  init(_ samples: [TableSample]) throws(Diagnostic) {
    let (tables, rest) = TableRecognition.assign(samples)
    let hasHistory = tables.contains { [.subscriptions, .events, .outcomes].contains($0.source) }
    plain = hasHistory ? nil : PlainTableGuess.table(in: samples)
    let used =
      plain.map { plain in tables.filter { $0.sample.files != plain.sample.files } } ?? tables
    let files = Set(used.flatMap(\.sample.files) + (plain?.sample.files ?? []))
    self.rest = (rest + tables.map(\.sample)).filter { files.isDisjoint(with: $0.files) }
    var kept: [RecognisedTable] = []
    for name in SourceName.allCases {
      guard var table = used.first(where: { $0.source == name }) else { continue }
      let use = ColumnUse(&table)
      kept.append(table)
      parts.append(Part(table: table, use: use, checks: []))
    }
    schedule = SchedulePlan(kept)
    for index in parts.indices {
      parts[index].checks = Self.checks(parts[index].table, among: kept)
    }
    guard let events = kept.first(where: { $0.source == .events }) else { return }
    eventNames = events.column("event")?.words ?? []
    meanings = EventVocabulary.meanings(
      of: eventNames, statuses: events.column("status")?.words ?? [],
      hasActor: events.columns["actor"] != nil)
    let tiers = kept.first { $0.source == .tiers }
    limits = (tiers?.columns.keys.filter { $0.hasPrefix("limit_") } ?? []).sorted()
    guard !limits.isEmpty, let name = events.columns["event"] else { return }
    let amounts = try events.columns["value"].map { (value) throws(Diagnostic) in
      try events.sample.words(of: name, withAmountsIn: value)
    }
    meanings.meters = EventVocabulary.meters(
      of: limits, names: eventNames, withAmounts: amounts ?? [])
  }

  /// The limits of the tiers of which no event says how much was used.
  var unmeteredLimits: [String] {
    limits.filter { limit in !meanings.meters.contains { "limit_\($0.name)" == limit } }
  }

  /// All that a person should look at, each with the key that it concerns.
  var checks: [String] {
    var checks: [String] = []
    for part in parts {
      let key = "sources.\(part.table.source.rawValue)"
      checks += part.checks.map { "\(key): \($0)" }
      for column in part.table.source.columnNames {
        if let check = part.use.checks[column] {
          checks.append("\(key).columns.\(column): \(check.dropFirst("check: ".count))")
        }
      }
    }
    if isValueUnknown { checks.append("events.value: no name says what customers come for") }
    for limit in unmeteredLimits {
      checks.append("events.meters: no event is called like \(limit)")
    }
    return checks + schedule.checks.map { "targets: \($0)" }
  }

  /// Whether there are events of which none looks like what customers come for.
  var isValueUnknown: Bool { !eventNames.isEmpty && meanings.value.isEmpty }

  private static func checks(_ table: RecognisedTable, among tables: [RecognisedTable]) -> [String]
  {
    var checks: [String] = []
    if !table.sample.isWhole {
      checks.append("only the first \(table.sample.rowCount) rows were looked at")
    }
    let joins: [(String, SourceName)] = [("account_id", .accounts), ("sub_id", .subscriptions)]
    for (key, owner) in joins where owner != table.source {
      guard let column = table.column(key),
        owner != .subscriptions || table.columns["account_id"] == nil,
        let known = tables.first(where: { $0.source == owner })?.column(key),
        !known.isCapped, !column.counts.isEmpty
      else { continue }
      let share =
        Double(column.counts.keys.count { known.counts[$0] != nil }) / Double(column.counts.count)
      if share < 0.95 {
        let percent = Int((share * 100).rounded())
        checks.append("\(percent) % of the ids in \(column.name) are in \(owner.rawValue)")
      }
    }
    if table.layout == .changes, table.endedPlans.isEmpty {
      checks.append("no plan says that a subscription has ended: list such plans under ended_plans")
    }
    return checks
  }
}
