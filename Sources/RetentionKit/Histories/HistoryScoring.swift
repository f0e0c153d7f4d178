import CivilCalendar
import Configuration
import Diagnostics
import Features
import Revenue
import Scoring
import Tabular
import UsageHistory

/// Scores the accounts of raw tables as of a day.
public struct HistoryScoring: Sendable {
  /// The eligible accounts, ready to be scored.
  public let input: ScoringInput
  /// The as-of day.
  public let asOf: CalendarDay
  /// Accounts that are not scored, by reason, in words.
  public let leftOut: [String]
  /// What the cache was good for; `nil` where none was named.
  public let cache: HistoryReport.Cache?

  /// Reads the tables and computes the features of a model's recipe.
  ///
  /// What columns and events mean, and which features there are, the model knows; where the tables
  /// are, and how they are written, the configuration at hand says.
  ///
  /// - Parameters:
  ///   - configuration: Where the tables are.
  ///   - cache: The file that keeps event logs that were read, see ``HistoryReader``.
  /// - Throws: `model.wrong_task` for a model of a plain table; what ``HistorySession`` throws.
  public init(
    _ model: RetentionModel, configuration: RetentionConfiguration, asOf: CalendarDay,
    threads: Int, cache: String? = nil, progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) {
    guard let recipe = model.recipe else {
      throw Diagnostic(
        .modelWrongTask, "the model was trained on a plain table and knows no histories",
        hint: "score a table: --table FILE")
    }
    var used = recipe.configuration
    used.path = configuration.path
    used.timeZone = configuration.timeZone
    used.sources = configuration.sources
    used.asOf = nil
    let session = try HistorySession(used, threads: threads, cache: cache, progress: progress)
    try session.check(asOf)
    let rule = session.rule(of: recipe.target)
    let exclusions = try session.history.map(threads: threads) {
      rule.exclusion(of: $0, asOf: asOf)
    }
    let accounts = exclusions.indices.filter { exclusions[$0] == nil }
    let panel = try FeaturePanel.rows(
      accounts.map { PanelRow(account: $0, asOf: asOf) }, of: session.history,
      recipe: recipe.features, dictionaries: session.history.dictionaries, threads: threads)
    let table = FeatureTable.table(of: panel, accountIDs: session.history.accountIDs)
    var input = try ScoringInput(table, model: model)
    input.warnings = session.history.report.sentences + input.warnings
    let absent = recipe.features.absentFeatures(in: session.history.dictionaries)
      .filter { listing in model.schema.features.contains { $0.name == listing.definition.name } }
    for listing in absent {
      input.warnings.append(
        "feature '\(displayText(listing.definition.name))' is missing for all accounts: "
          + (listing.absence ?? "its input is not there"))
    }
    self.input = input
    self.asOf = asOf
    self.cache = session.history.report.cache
    leftOut = Exclusion.allCases.compactMap { reason in
      let count = exclusions.count { $0 == reason }
      return count > 0 ? "\(count) \(reason.text)" : nil
    }
  }
}
