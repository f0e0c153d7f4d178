import Diagnostics
import Evaluation
import Learning
import LogisticRegression
import Reporting
import Scoring

/// All that an evaluation comes to: figures, simple rules beside the model, and a verdict.
public struct EvaluationReport: Sendable {
  /// The figures.
  public let summary: EvaluationSummary
  /// What they are of.
  public let rows: JudgedRows
  /// The model beside simple rules, and beside logistic regression where it is trees that folds have
  /// judged.
  public let comparisons: [BaselineComparison]
  /// What it comes to.
  public let verdict: Verdict
  /// The folds; `nil` where the model itself was judged.
  public let splits: SplitPicture?
  /// What was asked beyond.
  public let answers: EvaluationAnswers

  /// How many folds of judged rows rules are fitted to where the model itself is judged.
  private static let ruleFoldCount = 5

  /// A model that was judged as it is, on rows that it has not learned from.
  ///
  /// The rules are fitted to folds of the judged rows themselves. That favours them: they know the
  /// rows' own time, which the model does not.
  ///
  /// - Parameter isTrainingTable: Whether it has learned from them after all.
  /// - Throws: What fitting the rules throws.
  init(
    _ summary: EvaluationSummary, rows: JudgedRows, matrix: FeatureMatrix, learner: String,
    isTrainingTable: Bool, questions: EvaluationQuestions, seed: UInt64, threads: Int
  ) throws(Diagnostic) {
    self.summary = summary
    self.rows = rows
    splits = nil
    answers = try EvaluationAnswers(
      questions, rows: rows, columns: matrix, positions: Array(rows.labels.indices),
      bootstrap: Bootstrap(seed: seed), threads: threads)
    var comparisons: [BaselineComparison] = []
    // Rows of one outcome tell nothing of who is right.
    if rows.labels.contains(true), rows.labels.contains(false) {
      let scheme = ValidationScheme(rows.groups.map { .grouped($0) } ?? .stratified, seed: seed)
      let set = try TrainingSet(
        matrix: FeatureMatrix(features: [], columns: [], rowCount: matrix.rowCount),
        labels: rows.labels, weights: rows.weights, scheme: scheme)
      let splits = ValidationFolds(of: set, asked: Self.ruleFoldCount).splits
      if splits.reduce(0, { $0 + $1.validation.count }) == set.rowCount {
        comparisons = try BaselineComparison.all(
          BaselineRule.all(for: matrix.features),
          fitting: BaselineFitting(
            source: matrix, set: set, splits: splits, calibration: .auto, seed: seed,
            threads: threads),
          rows: rows, positions: Array(set.labels.indices), bootstrap: Bootstrap(seed: seed))
      }
    }
    self.comparisons = comparisons
    verdict =
      isTrainingTable
      ? Verdict.ofTrainingRows : Verdict(summary, comparisons: comparisons, learner: learner)
  }

  /// A recipe that was judged by folds; rules are fitted to what each fold learned from.
  ///
  /// - Parameters:
  ///   - whole: The columns that may be asked for, of the rows of the recipe's table.
  ///   - ruleColumns: The columns that rules may read.
  /// - Throws: What fitting the rules throws.
  init(
    _ recipe: RecipeEvaluation, rows: JudgedRows, whole: any ColumnSource,
    ruleColumns: any ColumnSource, questions: EvaluationQuestions,
    progress: ((TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    summary = recipe.summary
    self.rows = rows
    let table = recipe.table
    let options = recipe.options
    splits = SplitPicture(
      recipe.splits, labels: table.set.labels, scheme: table.set.scheme,
      timesAreDates: table.timesAreDates)
    let positions = recipe.judgedRows
    let bootstrap = Bootstrap(seed: options.seed)
    answers = try EvaluationAnswers(
      questions, rows: rows, columns: whole, positions: positions, bootstrap: bootstrap,
      threads: options.threads)
    progress?(.step("judging simple rules"))
    var comparisons = try BaselineComparison.all(
      BaselineRule.all(for: ruleColumns.features),
      fitting: BaselineFitting(
        source: ruleColumns, set: table.set, splits: recipe.splits,
        calibration: options.calibration,
        seed: options.seed, threads: options.threads),
      rows: rows, positions: positions, bootstrap: bootstrap)
    if options.learner == .gbm {
      progress?(.step("judging logistic regression"))
      comparisons += try BaselineComparison.all(
        [BaselineRule(kind: .logistic, features: Array(table.source.features.indices))],
        fitting: BaselineFitting(
          source: table.source, set: table.set, splits: recipe.splits,
          calibration: options.calibration,
          seed: options.seed, threads: options.threads),
        rows: rows, positions: positions, bootstrap: bootstrap)
    }
    self.comparisons = comparisons
    verdict = Verdict(summary, comparisons: comparisons, learner: options.learner.rawValue)
  }
}

extension EvaluationReport {
  /// The rules beside the model.
  public var comparisonText: String {
    BaselineComparison.text(
      comparisons,
      note: splits == nil
        ? "The rules are fitted to folds of these very rows, which favours them.\n"
        : "The rules are fitted to what each fold learns from.\n")
  }

  /// The figures and tables for a terminal, from the figures on.
  ///
  /// - Parameter showsSplits: Whether the folds are drawn.
  public func text(showsSplits: Bool) -> String {
    var text =
      summary.text + summary.accuracyNote + "\n"
      + "Customers by tenths, the riskiest first\n" + summary.gainsText + "\n"
      + "Predicted and observed rates\n" + summary.reliabilityText + "\n" + summary.calibrationText
    text += answers.text
    if !comparisons.isEmpty { text += "\n" + comparisonText }
    if showsSplits, let splits { text += "\n" + splits.text }
    return text + "\n" + verdict.text
  }
}

/// An evaluation in JSON, as `retain evaluate --json` prints it.
public struct EvaluationReportJSON: Encodable {
  private let figures: EvaluationJSON
  private let report: EvaluationReport
  private let showsSplits: Bool

  /// Takes over a report.
  ///
  /// - Parameters:
  ///   - isTrainingTable: Whether the model was trained on the very rows it is judged on.
  ///   - rowsRead: How many rows the table has, where it was read for this.
  ///   - rowsRejected: How many of them were left out as bad.
  public init(
    _ report: EvaluationReport, isTrainingTable: Bool, rowsRead: Int? = nil, rowsRejected: Int = 0,
    showsSplits: Bool = false
  ) {
    figures = EvaluationJSON(
      report.summary, isTrainingTable: isTrainingTable, rowsRead: rowsRead,
      rowsRejected: rowsRejected)
    self.report = report
    self.showsSplits = showsSplits
  }

  private enum CodingKeys: CodingKey {
    case baselines, verdict, splits, validationRule
  }

  /// Writes the figures and what goes with them into one object.
  public func encode(to encoder: any Encoder) throws {
    try figures.encode(to: encoder)
    try EvaluationAnswersJSON(answers: report.answers).encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(
      report.comparisons.map(BaselineComparisonJSON.init), forKey: .baselines)
    try container.encode(VerdictJSON(report.verdict), forKey: .verdict)
    if let splits = report.splits {
      try container.encode(splits.rule, forKey: .validationRule)
      if showsSplits { try container.encode(SplitJSON.all(splits), forKey: .splits) }
    }
  }
}
