import CivilCalendar
import Configuration
import Diagnostics
import Features
import Revenue
import Tabular
import UsageHistory

/// The features of the accounts of raw tables, as a table of their own.
public struct FeatureExport: Sendable {
  /// The account, the day, every feature, and the label where a target was named.
  public let table: Table
  /// The features, as they are told to people.
  public let definitions: [FeatureDefinition]
  /// The days that rows are of.
  public let days: [CalendarDay]
  /// How labels came about; `nil` without a target.
  public let outcomes: OutcomePanel?
  /// What the one who runs it should know.
  public let warnings: [String]
  /// What the cache was good for; `nil` where none was named.
  public let cache: HistoryReport.Cache?
  /// Seconds from files to histories.
  public let readSeconds: Double
  /// Seconds from histories to the table.
  public let featureSeconds: Double

  /// Computes features.
  ///
  /// Without a target every account is in the table that was known as of the day; with one, those
  /// whose outcome is known.
  ///
  /// - Parameters:
  ///   - schedule: The as-of days, in place of the configuration's.
  ///   - cache: The file that keeps event logs that were read, see ``HistoryReader``.
  /// - Throws: what ``HistorySession`` throws; `data.*` where there are no rows.
  public init(
    _ configuration: RetentionConfiguration, schedule: AsOfSchedule?, target: TargetName?,
    threads: Int, onBadRow: BadRowPolicy = .stop, rejects: String? = nil, cache: String? = nil,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) {
    var configuration = configuration
    if let schedule { configuration.asOf = schedule }
    let start = ContinuousClock.now
    let session = try HistorySession(
      configuration, threads: threads, onBadRow: onBadRow, rejects: rejects, cache: cache,
      progress: progress)
    let readEnd = ContinuousClock.now
    try session.checkEventNames()
    var labels: (name: String, outcomes: [Bool])?
    let rows: [PanelRow]
    if let target {
      let panel = try session.labels(of: target)
      outcomes = panel.outcomes
      rows = panel.rows
      labels = (target.rawValue, panel.outcomes.rows.map(\.isPositive))
    } else {
      outcomes = nil
      rows = try Self.rows(session)
    }
    let (panel, recipe) = try session.fittedFeatures(of: rows)
    table = FeatureTable.table(
      of: panel, accountIDs: session.history.accountIDs, labels: labels)
    definitions = recipe.definitions
    days = Self.distinct(rows.map(\.asOf))
    warnings = session.history.report.sentences
    self.cache = session.history.report.cache
    readSeconds = (readEnd - start) / .seconds(1)
    featureSeconds = (ContinuousClock.now - readEnd) / .seconds(1)
  }

  /// The days among those of all rows, ascending; they are few beside the rows.
  private static func distinct(_ days: [CalendarDay]) -> [CalendarDay] {
    guard let first = days.min(), let last = days.max() else { return [] }
    var isMet = [Bool](repeating: false, count: first.days(until: last) + 1)
    for day in days { isMet[first.days(until: day)] = true }
    return isMet.indices.filter { isMet[$0] }.map { CalendarDay(number: first.number + Int32($0)) }
  }

  private static func rows(_ session: HistorySession) throws(Diagnostic) -> [PanelRow] {
    var rows: [PanelRow] = []
    switch try session.days(of: session.configuration.asOf) {
    case .shared(let days):
      for day in days {
        try session.check(day)
        rows += try session.knownAccounts(asOf: day).map { PanelRow(account: $0, asOf: day) }
      }
    case .perAccount(let days):
      for (account, day) in days.enumerated() {
        if let day { rows.append(PanelRow(account: account, asOf: day)) }
      }
    }
    guard !rows.isEmpty else {
      throw Diagnostic(
        .dataNoRows, "no account was known on any as-of day", file: session.configuration.path)
    }
    return rows
  }
}
