import CivilCalendar
import Configuration
import Diagnostics
import Evaluation
import Features
import Learning
import Reporting
import Revenue
import Scoring
import Tabular
import UsageHistory

/// Held-out probabilities of accounts on the days of a schedule, each by a model of the past of its
/// day.
///
/// A model judged on the days that it learned from would be flattered. So its recipe is judged: the
/// same features, the same learner with the same settings, fitted anew to what each fold may learn
/// from.
///
/// ```swift
/// let held = try HeldOutHistory(model, configuration: configuration, options: options)
/// for row in held.rows { print(row.accountID, row.asOf, row.probability, row.label) }
/// ```
public struct HeldOutHistory: Sendable {
  /// An account on a day that a fold judged.
  public struct Row: Sendable {
    /// The row of the table that was learned from and judged.
    public var tableRow: Int
    /// The account's position in the history.
    public var account: Int
    /// The account's key.
    public var accountID: String
    /// The day at whose first moment it is looked at.
    public var asOf: CalendarDay
    /// Whether the outcome came.
    public var label: Bool
    /// The raw score of the fold's model.
    public var score: Double
    /// The score as a probability, by a calibrator that has not seen the row.
    public var probability: Double
    /// The fold that judged it, from 0.
    public var fold: Int
    /// Monthly recurring revenue as it was known on the day; NaN where no subscriptions are kept.
    public var mrr: Double
  }

  /// Sorted by as-of day, then by account.
  public let rows: [Row]
  /// The folds, the figures and the table.
  public let recipe: RecipeEvaluation
  /// How the outcomes came about, and who takes no part.
  public let outcomes: OutcomePanel
  /// What the outcomes mean.
  public let definition: TargetDefinition
  /// What the one who evaluates should know.
  public let warnings: [String]
  /// The table with all features of the recipe, of which the model reads some.
  package let whole: TrainingTable
  /// The panel, the history and the recipe of features.
  package let prepared: HistoryTraining.Prepared

  /// Reads the tables and judges a model's recipe on the days of the model's own schedule.
  ///
  /// - Parameters:
  ///   - configuration: Where the tables are, and how they are written; what they mean and how
  ///     outcomes are found the model knows.
  ///   - options: How the model learned: one learner, its parameters, calibration, folds and seed.
  ///     What is said of columns is not looked at.
  /// - Throws: `model.wrong_task` for a model of a plain table; `data.*` where there is nothing to
  ///   learn or judge; what ``HistorySession`` throws.
  public init(
    _ model: RetentionModel, configuration: RetentionConfiguration, options: TrainingOptions,
    progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    let history = try model.recipeOfHistories
    var used = history.configuration(readingWith: configuration)
    used.asOf = history.configuration.asOf
    var training = HistoryTraining(used, target: history.target)
    training.options = options
    training.options.auditsColumns = false
    training.progress = progress
    let prepared = try training.prepared()
    // Words and columns that the model does not read were left out for a reason.
    let whole = try TrainingTable(
      TableShelf(prepared.table), options: prepared.training.options)
    let table = try whole.reading(model.schema.features.map(\.name), of: options)
    let recipe = try RecipeEvaluation(prepared.training.options, on: table, progress: progress)
    let mrr = try prepared.session.mrr(of: prepared.panel.rows)
    let panel = prepared.panel.outcomes
    rows = recipe.judgedRows.map { row in
      let held = recipe.outOfFold[row]
      let place = table.rowOfFile[row]
      return Row(
        tableRow: row, account: panel.rows[place].account, accountID: held.accountID,
        asOf: panel.rows[place].asOf, label: held.label, score: held.score ?? .nan,
        probability: held.probability ?? .nan, fold: held.fold, mrr: mrr[place])
    }
    self.recipe = recipe
    self.whole = whole
    outcomes = panel
    definition = prepared.panel.definition
    warnings = prepared.report.sentences + recipe.warnings
    self.prepared = prepared
  }
}

extension HeldOutHistory {
  /// The rows as figures are made of them; an account's rows belong together.
  public var judged: JudgedRows {
    let groups = recipe.table.set.scheme.groups
    return JudgedRows(
      probabilities: rows.map(\.probability), labels: rows.map(\.label),
      groups: groups.map { groups in rows.map { groups[$0.tableRow] } },
      money: rows.contains { !$0.mrr.isNaN } ? rows.map(\.mrr) : nil)
  }

  /// Figures, simple rules beside the model's recipe, and the verdict.
  ///
  /// - Throws: What fitting the rules throws.
  public func report(
    _ questions: EvaluationQuestions = EvaluationQuestions(),
    progress: ((TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) -> EvaluationReport {
    try EvaluationReport(
      recipe, rows: judged, whole: whole.source, ruleColumns: whole.source, questions: questions,
      progress: progress)
  }
}

extension HistorySession {
  /// Monthly recurring revenue of accounts as it was known on their days; NaN where no subscriptions
  /// are kept.
  func mrr(of rows: [PanelRow]) throws(Diagnostic) -> [Double] {
    guard configuration.sources[.subscriptions] != nil else {
      return [Double](repeating: .nan, count: rows.count)
    }
    let rowsOfAccount = Dictionary(grouping: rows.indices) { rows[$0].account }
    let events = history.dictionaries.events
    let found = try history.map(threads: threads) { account in
      (rowsOfAccount[account.account] ?? []).map { row in
        let view = HistoryView(of: account, asOf: rows[row].asOf, events: events)
        return (row: row, mrr: view.mrr?.value ?? .nan)
      }
    }
    var mrr = [Double](repeating: .nan, count: rows.count)
    for (row, value) in found.joined() { mrr[row] = value }
    return mrr
  }
}

extension TrainingTable {
  /// The table with the named features only.
  ///
  /// - Throws: `schema.missing_column` where one is not there.
  func reading(_ names: [String], of options: TrainingOptions) throws(Diagnostic) -> TrainingTable {
    var positionOfName: [String: Int] = [:]
    for (position, feature) in schema.features.enumerated() {
      positionOfName[feature.name] = position
    }
    let missing = names.filter { positionOfName[$0] == nil }
    guard missing.isEmpty else {
      throw Diagnostic(
        .schemaMissingColumn,
        "the model reads \(missing.prefix(5).map { "'\(displayText($0))'" }.joined(separator: ", ")), "
          + "which a training on these data would leave out",
        file: options.table,
        hint: "its recipe can only be judged on data like those it learned from")
    }
    let positions = names.map { positionOfName[$0]! }
    if positions == Array(schema.features.indices) { return self }
    return try choosing(positions, inMemory: options.learner == .logistic)
  }
}
