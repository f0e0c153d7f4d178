import CivilCalendar
import Configuration
import Diagnostics
import Features
import Files
import Learning
import Reporting
import Revenue
import Tabular
import UsageHistory

/// Looks at the tables of a configuration before anything is learned from them: what is there, what
/// is wrong with it, what it will cost, and what gives the outcome away.
///
/// ```swift
/// let report = try Check(configuration).report(threads: 2)
/// if let fault = report.verdict(toleratesLeaks: false) { throw fault }
/// ```
public struct Check {
  private let configuration: RetentionConfiguration
  /// What the samples depend on.
  public var seed: UInt64 = 1
  /// The most rows per target on which features are judged alone.
  public var judgedRowLimit = 10_000
  /// The most rows whose features are computed again.
  public var replayedRowLimit = 200
  /// Called with what is being done.
  public var progress: (@Sendable (String) -> Void)?

  /// Prepares a check.
  public init(_ configuration: RetentionConfiguration) { self.configuration = configuration }

  /// Makes it.
  ///
  /// - Throws: what reading the tables throws, other than the faults that the report lists; what
  ///   cannot be opened at all.
  public func report(threads: Int) throws(Diagnostic) -> CheckReport {
    guard !configuration.sources.isEmpty else {
      throw Diagnostic(
        .configMissing, "sources is missing", file: configuration.path,
        hint: "'retain init FOLDER' writes a configuration for the tables of a folder")
    }
    var report = CheckReport(config: configuration.path)
    let headers = try HeaderFacts(configuration)
    report.problems = headers.problems
    report.notes = headers.notes
    guard report.problems.isEmpty else { return report }

    progress?("reading the histories")
    let history = try HistoryReader(configuration, threads: threads).read()
    describe(history, in: &report)
    progress?("looking at every column")
    let scanned = try scan(history)
    describe(scanned, history, in: &report)
    try describeRecords(history, in: &report, threads: threads)

    let outcomes = try OutcomeDays(history, configuration, threads: threads)
    report.accountsLeft = outcomes.leftCount
    let panels = labelled(history, in: &report, threads: threads)
    progress?("auditing the columns")
    var leaks = WordAudit(tables: scanned, outcomes: outcomes, configuration: configuration)
      .findings()
    if let accounts = scanned.first(where: { $0.source == .accounts }) {
      let numbers = NumberAudit(table: accounts, outcomes: outcomes).findings()
      // A column told by its words needs no second mention by its numbers.
      let told = Set(leaks.filter { $0.table == accounts.source.rawValue }.map(\.column))
      leaks += numbers.filter { !told.contains($0.column) }
    }
    if let renewal = try RenewalAudit.finding(history, configuration, threads: threads) {
      leaks.append(renewal)
    }
    progress?("auditing the features")
    try auditFeatures(history, panels, &leaks, in: &report, threads: threads)
    report.leaks = leaks.filter(\.reachesFeatures) + leaks.filter { !$0.reachesFeatures }
    report.audited = true
    return report
  }

  // MARK: Tables

  private func describe(_ history: CustomerHistory, in report: inout CheckReport) {
    report.accounts = history.accountCount
    report.firstDay = history.coverage.lowerBound.description
    report.lastDay = history.coverage.upperBound.description
    report.notes += history.report.warnings
    if configuration.sources[.events] != nil {
      let names = history.dictionaries.events.names
      report.problems += EventWord.missing(configuration, in: names).map { key, name in
        CheckReport.Problem(
          kind: Diagnostic.Kind.configEventName.rawValue, place: configuration.path,
          message: "\(key): no event is called '\(displayText(name))'",
          hint: EventWord.nearest(to: name, among: names).map {
            "did you mean '\(displayText($0))'?"
          }
            ?? "take it out, or correct it; a pattern with * may match nothing",
          exitCode: Diagnostic.Kind.configEventName.exitCode)
      }
    }
  }

  private func scan(_ history: CustomerHistory) throws(Diagnostic) -> [ScannedTable] {
    var accountOfKey: [UInt64: Int32] = [:]
    for (account, id) in history.accountIDs.enumerated() {
      accountOfKey[ByteHash.of(id)] = Int32(account)
    }
    var accountOfSubscription: [UInt64: Int32] = [:]
    var tables: [ScannedTable] = []
    for source in SourceName.allCases {
      guard let table = configuration.sources[source] else { continue }
      let bySubscription =
        source == .events && table.columns["account_id"] == nil && table.columns["sub_id"] != nil
      let notes: ((UInt64, Int32) -> Void)? =
        source == .subscriptions ? { accountOfSubscription[$0] = $1 } : nil
      tables.append(
        try ScannedTable(
          source, configuration, accountCount: history.accountCount,
          keyColumn: source == .tiers ? "" : bySubscription ? "sub_id" : "account_id",
          accountOfKey: bySubscription ? accountOfSubscription : accountOfKey, noteKey: notes))
    }
    return tables
  }

  private func describe(
    _ scanned: [ScannedTable], _ history: CustomerHistory, in report: inout CheckReport
  ) {
    let first = history.coverage.lowerBound.components
    let last = history.coverage.upperBound.components
    let months = first.year * 12 + first.month - 1...last.year * 12 + last.month - 1
    for table in scanned {
      let unused = table.columns.filter { $0.role == nil && !$0.isAttribute }.map(\.name)
      report.tables.append(
        CheckReport.Table(
          name: table.source.rawValue,
          files: table.files.map { CheckReport.Table.File(path: $0.path, rows: $0.rowCount) },
          rows: table.rowCount,
          accounts: table.source == .tiers ? nil : table.accountCount,
          firstDay: table.days?.first.description, lastDay: table.days?.last.description,
          orphanRows: table.source == .tiers ? 0 : table.orphanRowCount,
          repeatedRows: table.repeated.count, repeatedRowsExact: table.repeated.isExact,
          repeatedKeys: table.repeatedKeyCount, undatedRows: table.undatedRowCount,
          ancientRows: table.ancientRowCount,
          months: table.source.dateColumn == nil || table.days == nil
            ? [:]
            : Dictionary(
              uniqueKeysWithValues: months.prefix(600).map {
                (MonthChart.name($0), table.rowCountOfMonth[$0] ?? 0)
              }),
          unusedColumns: table.source == .tiers ? [] : unused,
          chart: table.days == nil ? "" : MonthChart.text(table.rowCountOfMonth, months: months)))
      report.notes += notes(of: table)
    }
    report.notes.append(timeZoneNote)
  }

  private func notes(of table: ScannedTable) -> [String] {
    var notes: [String] = []
    let name = table.source.rawValue
    func add(_ count: Int, _ text: String) {
      if count > 0 { notes.append("\(name): \(Numbers.count(count, "row")) \(text)") }
    }
    if table.source != .tiers {
      add(table.orphanRowCount, "of accounts that do not exist; left out")
    }
    add(table.repeated.count, "that another repeats byte by byte; kept")
    if table.repeatedKeyCount > 0, table.source != .accounts {
      add(table.repeatedKeyCount, "with the \(table.source.rowKey ?? "key") of another; kept")
    }
    add(table.undatedRowCount, "without a date")
    add(table.ancientRowCount, "dated before 1990: look for a wrong format or a sentinel")
    let late = MonthChart.strayMonths(table.rowCountOfMonth)
    add(
      late,
      "dated more than a year after all others: they move the end of the data, on which labels depend"
    )
    let holes = MonthChart.holes(table.rowCountOfMonth)
    // Where most months are empty, it is stray dates that make the holes.
    if table.source.isDatedLog, !holes.isEmpty, holes.count < table.rowCountOfMonth.count {
      let shown = holes.prefix(3).map(MonthChart.name).joined(separator: ", ")
      notes.append(
        "\(name): no row in \(Numbers.count(holes.count, "month")) between others (\(shown)\(holes.count > 3 ? ", ..." : ""))"
      )
    }
    return notes
  }

  private var timeZoneNote: String {
    let others = configuration.sources.values.flatMap { source in
      [source.format.timeZone].compactMap(\.self)
        + source.columnFormats.values.compactMap(\.timeZone)
    }.filter { $0 != configuration.timeZone }
    let more =
      others.isEmpty ? "" : "; \(Set(others).sorted().joined(separator: ", ")) in some columns"
    return
      "time zone: \(configuration.timeZone) for times that state none\(more); days are UTC days"
  }

  /// What the rows say of each other.
  private func describeRecords(
    _ history: CustomerHistory, in report: inout CheckReport, threads: Int
  ) throws(Diagnostic) {
    let lastDay = history.coverage.upperBound
    let counts = try history.map(threads: threads) { RecordCounts($0, lastDay: lastDay) }
      .reduce(into: RecordCounts()) { $0.add($1) }
    func share(_ part: Int, _ whole: Int) -> String {
      "\(Numbers.count(part)) (\(Numbers.percent(Double(part) / Double(max(1, whole)))))"
    }
    if counts.early > 0 {
      report.notes.append(
        "events: \(share(counts.early, counts.events)) are dated before the account's sign-up")
    }
    if counts.outside > 0 {
      report.notes.append(
        "events: \(share(counts.outside, counts.events)) are dated outside any subscription of the "
          + "account")
    }
    if counts.overlaps > 0 {
      report.notes.append(
        "subscriptions: \(share(counts.overlaps, counts.spells)) begin while another of the account "
          + "runs: of one subscription the later row holds, revenues of several are added")
    }
    if counts.futureEnds > 0 {
      report.notes.append(
        "subscriptions: \(Numbers.count(counts.futureEnds)) end after the last day of the data; they "
          + "count as running")
    }
  }

  // MARK: Labels

  private func labelled(
    _ history: CustomerHistory, in report: inout CheckReport, threads: Int
  ) -> [(target: TargetName, panel: OutcomePanel)] {
    var panels: [(TargetName, OutcomePanel)] = []
    guard !configuration.targets.isEmpty, let schedule = configuration.asOf else {
      report.notes.append(
        configuration.targets.isEmpty
          ? "no targets: labels and features were not judged"
          : "no as_of: labels and features were not judged")
      return []
    }
    var dates: [CalendarDay?] = []
    if case .before = schedule {
      dates = (try? history.map(threads: threads) { $0.profile.scheduleDate }) ?? []
    }
    let days = schedule.days(dates: dates)
    for target in TargetName.allCases {
      guard let definition = configuration.targets[target] else { continue }
      var entry = CheckReport.Target(name: target.rawValue)
      let rule = OutcomeRule(
        target, definition, dictionaries: history.dictionaries, lastDay: history.coverage.upperBound
      )
      do throws(Diagnostic) {
        let panel = try OutcomePanel(rule, of: history, asOf: days, threads: threads)
        let total = panel.total
        entry.rows = panel.rows.count
        entry.positives = total.positiveCount
        entry.accounts = Set(panel.rows.map(\.account)).count
        entry.asOfDays = panel.days.count { $0.asOf != nil }
        entry.censored = total.censoredCount
        for (reason, count) in total.excludedCounts { entry.excluded["\(reason)"] = count }
        entry.overlappingWindows = overlap(panel, definition)
        panels.append((target, panel))
      } catch {
        entry.failure = error.message + (error.hint.map { "; \($0)" } ?? "")
      }
      report.targets.append(entry)
    }
    let overlapping = report.targets.filter { $0.overlappingWindows > 1 }
    if let most = overlapping.map(\.overlappingWindows).max() {
      report.notes.append(
        "\(overlapping.map(\.name).joined(separator: ", ")): as-of days are closer than the label "
          + "window is long, so one outcome is seen from up to \(most) of them; folds must leave a gap"
      )
    }
    return panels
  }

  /// The most as-of days whose label windows share a day.
  private func overlap(_ panel: OutcomePanel, _ definition: TargetDefinition) -> Int {
    guard case .before? = configuration.asOf else {
      let days = Set(panel.rows.map(\.asOf)).sorted()
      var most = 1
      var start = 0
      for end in days.indices {
        while days[start].days(until: days[end]) >= definition.horizonDays { start += 1 }
        most = max(most, end - start + 1)
      }
      return most
    }
    return 1
  }

  // MARK: Features

  private func auditFeatures(
    _ history: CustomerHistory, _ panels: [(target: TargetName, panel: OutcomePanel)],
    _ leaks: inout [LeakFinding], in report: inout CheckReport, threads: Int
  ) throws(Diagnostic) {
    guard !panels.isEmpty else { return }
    // The rows of the lowest hashes, so that targets share most of them.
    func sampled(_ panel: OutcomePanel) -> [OutcomePanel.Row] {
      guard panel.rows.count > judgedRowLimit else { return panel.rows }
      let order = panel.rows.indices.map { index in
        let row = panel.rows[index]
        var generator = SeededGenerator(
          seed: seed,
          stream: UInt64(row.account) << 20 ^ UInt64(UInt32(bitPattern: row.asOf.number)))
        return (generator.next(), index)
      }.sorted { $0 < $1 }
      return order.prefix(judgedRowLimit).map(\.1).sorted().map { panel.rows[$0] }
    }
    let samples = panels.map { sampled($0.panel) }
    let rows = Set(samples.flatMap { $0.map { PanelRow(account: $0.account, asOf: $0.asOf) } })
      .sorted { ($0.asOf, $0.account) < ($1.asOf, $1.account) }
    let placeOfRow = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
    let clock = ContinuousClock()
    let start = clock.now
    let (panel, recipe) = try FeaturePanel.fitted(
      rows, of: history, settings: configuration.features, dictionaries: history.dictionaries,
      threads: threads)
    let seconds = start.duration(to: clock.now) / .seconds(1)
    for (index, (target, _)) in panels.enumerated() {
      let sample = samples[index]
      let alarm = FeatureAlarm(
        target, matrix: panel.matrix, definitions: recipe.definitions,
        rows: sample.map { placeOfRow[PanelRow(account: $0.account, asOf: $0.asOf)]! },
        labels: sample.map(\.isPositive), threads: threads)
      leaks += alarm.findings
      if let place = report.targets.firstIndex(where: { $0.name == target.rawValue }) {
        report.targets[place].strongest = alarm.strongest
      }
    }
    report.judgedRows = rows.count
    var generator = SeededGenerator(seed: seed)
    let chosen = generator.sample(min(replayedRowLimit, rows.count), of: rows.count).sorted()
    let replay = try ReplayAudit(
      chosen.map { rows[$0] }, of: history, recipe: recipe, seed: seed, threads: threads)
    report.replayedRows = replay.rowCount
    leaks += replay.findings
    let most = panels.map(\.panel.rows.count).max() ?? 0
    report.size = CheckReport.Size(
      rows: panels.reduce(0) { $0 + $1.panel.rows.count }, features: recipe.definitions.count,
      // The values twice, as rows and as columns, and a byte for each bin.
      bytes: most * recipe.definitions.count * (2 * 8 + 1),
      featureSeconds: seconds * Double(most) / Double(max(1, rows.count)))
  }
}

/// What the rows of one account say of each other.
private struct RecordCounts: Sendable {
  var events = 0
  var early = 0
  var outside = 0
  var spells = 0
  var overlaps = 0
  var futureEnds = 0

  init() {}

  init(_ account: AccountHistory, lastDay: CalendarDay) {
    let spans = account.subscriptions
    spells = spans.count
    futureEnds = spans.count { $0.end.map { $0 > lastDay + 1 } ?? false }
    var running: CalendarDay?
    for spell in spans {
      if let running, spell.start < running { overlaps += 1 }
      running = max(running ?? spell.start, spell.end ?? lastDay + 1)
    }
    // Spells sorted by start, joined where they touch, so that one pass over the cells will do.
    var joined: [(start: Int32, end: Int32)] = []
    for spell in spans {
      let end = spell.end?.number ?? .max
      if let last = joined.last, spell.start.number <= last.end {
        joined[joined.count - 1].end = max(last.end, end)
      } else {
        joined.append((spell.start.number, end))
      }
    }
    let created = account.profile.created?.number ?? .min
    var place = 0
    for cell in account.activity {
      events += Int(cell.count)
      if cell.day < created { early += Int(cell.count) }
      while place < joined.count, joined[place].end <= cell.day { place += 1 }
      if !joined.isEmpty, place == joined.count || cell.day < joined[place].start {
        outside += Int(cell.count)
      }
    }
  }

  mutating func add(_ other: RecordCounts) {
    events += other.events
    early += other.early
    outside += other.outside
    spells += other.spells
    overlaps += other.overlaps
    futureEnds += other.futureEnds
  }
}
