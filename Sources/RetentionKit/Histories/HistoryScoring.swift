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
  /// The tables that were read.
  package let session: HistorySession
  /// The position in the history of the account of each row.
  package let accounts: [Int]
  /// Why accounts are not scored; `nil` for those that are. By position in the history.
  package let exclusions: [Exclusion?]
  /// Since when there is something of the account of each row.
  let knownSince: [CalendarDay?]

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
    threads: Int, onBadRow: BadRowPolicy = .stop, rejects: String? = nil, cache: String? = nil,
    progress: (@Sendable (Int) -> Void)? = nil
  ) throws(Diagnostic) {
    let recipe = try model.recipeOfHistories
    let used = recipe.configuration(readingWith: configuration)
    let session = try HistorySession(
      used, threads: threads, onBadRow: onBadRow, rejects: rejects, cache: cache,
      progress: progress)
    try self.init(model, recipe: recipe, session: session, asOf: asOf)
  }

  /// Computes the features of a model's recipe from tables that were read.
  ///
  /// - Throws: As the other.
  package init(
    _ model: RetentionModel, recipe: HistoryRecipe, session: HistorySession, asOf: CalendarDay
  ) throws(Diagnostic) {
    try session.check(asOf)
    let rule = session.rule(of: recipe.target)
    let found = try session.history.map(threads: session.threads) { account in
      (exclusion: rule.exclusion(of: account, asOf: asOf), since: account.knownSince)
    }
    let exclusions = found.map(\.exclusion)
    let accounts = exclusions.indices.filter { exclusions[$0] == nil }
    self.accounts = accounts
    self.exclusions = exclusions
    self.session = session
    knownSince = accounts.map { found[$0].since }
    input = try session.scoringInput(
      of: accounts.map { PanelRow(account: $0, asOf: asOf) }, model: model, recipe: recipe)
    self.asOf = asOf
    self.cache = session.history.report.cache
    leftOut = Exclusion.allCases.compactMap { reason in
      let count = exclusions.count { $0 == reason }
      return count > 0 ? "\(count) \(reason.text)" : nil
    }
  }
}

extension AccountHistory {
  /// The first subscription's start; without one, the sign-up, or else the first event's day.
  var knownSince: CalendarDay? {
    subscriptions.first?.start ?? profile.created
      ?? activity.first.map { CalendarDay(number: $0.day) }
  }
}

extension RetentionModel {
  /// How the model comes from raw tables to its features.
  ///
  /// - Throws: `model.wrong_task` for a model of a plain table.
  var recipeOfHistories: HistoryRecipe {
    get throws(Diagnostic) {
      guard let recipe else {
        throw Diagnostic(
          .modelWrongTask, "the model was trained on a plain table and knows no histories",
          hint: "give it a table: --table FILE")
      }
      return recipe
    }
  }
}

extension HistoryRecipe {
  /// What the model knows of the tables' meaning, with where a configuration says that they are and
  /// how they are written.
  func configuration(readingWith other: RetentionConfiguration) -> RetentionConfiguration {
    var used = configuration
    used.path = other.path
    used.timeZone = other.timeZone
    used.sources = other.sources
    used.asOf = nil
    return used
  }
}

extension HistorySession {
  /// The features of rows by a model's recipe, as the model reads them.
  func scoringInput(of rows: [PanelRow], model: RetentionModel, recipe: HistoryRecipe)
    throws(Diagnostic) -> ScoringInput
  {
    let panel = try FeaturePanel.rows(
      rows, of: history, recipe: recipe.features, dictionaries: history.dictionaries,
      threads: threads)
    let table = FeatureTable.table(of: panel, accountIDs: history.accountIDs)
    var input = try ScoringInput(table, model: model)
    input.warnings = history.report.sentences + input.warnings
    let absent = recipe.features.absentFeatures(in: history.dictionaries)
      .filter { listing in model.schema.features.contains { $0.name == listing.definition.name } }
    for listing in absent {
      input.warnings.append(
        "feature '\(displayText(listing.definition.name))' is missing for all accounts: "
          + (listing.absence ?? "its input is not there"))
    }
    return input
  }
}
