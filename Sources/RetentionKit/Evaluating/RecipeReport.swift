import Diagnostics
import Reporting
import Scoring

/// A model's recipe judged by folds, with what there is to say of it.
public struct RecipeReport: Sendable {
  /// Figures, simple rules and the verdict.
  public let report: EvaluationReport
  /// The folds and the table.
  public let recipe: RecipeEvaluation
  /// How the outcomes came about; empty for a plain table.
  public let notes: String
  /// What the one who evaluates should know.
  public let warnings: [String]

  /// Puts a report together.
  public init(
    _ report: EvaluationReport, recipe: RecipeEvaluation, notes: String, warnings: [String]
  ) {
    self.report = report
    self.recipe = recipe
    self.notes = notes
    self.warnings = warnings
  }

  /// Judges a model's recipe by the folds of a labelled table.
  ///
  /// - Parameter options: How the model learned, and from which table; columns that the model does
  ///   not read are left out.
  /// - Throws: `model.wrong_task` for a model of histories; what reading a table for training
  ///   throws; `data.*` where nothing can be learned or judged.
  public init(
    _ model: RetentionModel, options: TrainingOptions,
    questions: EvaluationQuestions = EvaluationQuestions(),
    progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    var options = options
    options.auditsColumns = false
    for feature in model.schema.features {
      switch feature.kind {
      case .number: options.numeric.append(feature.name)
      case .category: options.categorical.append(feature.name)
      case .boolean: break
      }
    }
    let read = try TrainingTable(
      TrainingTable.shelf(options) { progress?(.reading(byteCount: $0)) }, options: options)
    let table = try read.reading(model.schema.features.map(\.name), of: options)
    let recipe = try RecipeEvaluation(options, on: table, progress: progress)
    let positions = recipe.judgedRows
    let set = table.set
    let rows = JudgedRows(
      probabilities: positions.map { recipe.outOfFold[$0].probability! },
      labels: positions.map { set.labels[$0] },
      weights: set.weights.map { weights in positions.map { weights[$0] } },
      groups: set.scheme.groups.map { groups in positions.map { groups[$0] } })
    report = try EvaluationReport(
      recipe, rows: rows, whole: read.source, ruleColumns: table.source, questions: questions,
      progress: progress)
    self.recipe = recipe
    notes = ""
    warnings =
      recipe.warnings
      + Self.ruleWarning(model.summary.validation?.rule, set.scheme.name)
  }

  /// A model whose folds kept groups together, or went forward, should be judged so again.
  private static func ruleWarning(_ trained: String?, _ judged: String) -> [String] {
    guard let trained, trained != judged else { return [] }
    return [
      "the model was validated by folds that were \(trained), and these are \(judged): "
        + "--group and --time say which rows belong together and when they were"
    ]
  }

  /// The report for a terminal.
  public func text(path: String, modelID: String, showsSplits: Bool) -> String {
    let summary = report.summary
    let set = recipe.table.set
    return (notes.isEmpty ? "" : notes + "\n")
      + "\(displayText(path)): the recipe of model \(modelID), fitted anew in each of "
      + "\(recipe.splits.count) folds (\(set.scheme.name))\n"
      + "\(Numbers.count(summary.rows, "held-out row")) of \(Numbers.count(set.rowCount)), "
      + "\(Numbers.count(summary.positives)) positive (\(Numbers.percent(summary.baseRate)))\n\n"
      + report.text(showsSplits: showsSplits)
  }

  /// The report in JSON.
  public func json(showsSplits: Bool) -> EvaluationReportJSON {
    let counts = recipe.table.rowCounts
    return EvaluationReportJSON(
      report, isTrainingTable: false, rowsRead: counts.read, rowsRejected: counts.rejected,
      showsSplits: showsSplits)
  }
}
