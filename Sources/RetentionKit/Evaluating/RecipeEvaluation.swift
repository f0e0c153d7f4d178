import Calibration
import Diagnostics
import Evaluation
import GradientBoosting
import Learning
import Scoring

/// A way of learning judged by the folds of a table: each row by a model that learned without it.
public struct RecipeEvaluation: Sendable {
  /// What was learned from, and judged on.
  public let table: TrainingTable
  /// How it was learned, the settings that were left open left open in each fold as well.
  public let options: TrainingOptions
  /// What each fold learned from and judged.
  public let splits: [Split]
  /// The figures of the rows that have a held-out probability.
  public let summary: EvaluationSummary
  /// How each row of ``table`` was held out.
  public let outOfFold: [OutOfFoldRow]
  /// What the one who evaluates should know.
  public let warnings: [String]
  /// The folds' figures before calibration.
  package let folds: CrossValidation
  /// The model that was fitted to each fold's rows, in the order of ``splits``.
  package let models: [FittedModel]
  /// From raw score to probability, fitted to the held-out scores of all folds.
  package let calibrator: Calibrator
  /// What the folds fit with.
  package let fitting: LearnerFitting

  /// Fits and judges the learner of the options on each fold.
  ///
  /// - Parameter options: One learner, not `best`, and how many folds.
  /// - Throws: `data.too_few_rows` where no two folds have both outcomes on either side; what
  ///   reading features throws.
  package init(
    _ options: TrainingOptions, on table: TrainingTable,
    progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    precondition(options.learner != .best, "one learner is judged, not the better of two")
    let options = options.withScaledDefaultsOpen(for: table.set)
    let folds = ValidationFolds(of: table.set, asked: options.foldCount)
    guard !folds.splits.isEmpty else {
      throw Diagnostic(
        .dataTooFewRows, folds.warnings.first ?? "there are no folds", file: options.table,
        hint: "bring more rows of both outcomes, or judge the model itself on other rows")
    }
    var fitting = LearnerFitting(options, table: table)
    fitting.progress = progress
    var models: [FittedModel] = []
    let result = try fitting.crossValidated(
      options.learner, folds.splits, shuffles: false, keep: { models.append($0) })
    let calibration = try HeldOutJudgement.calibration(
      of: result, table.set, method: options.calibration)
    let judgement = try HeldOutJudgement(result, calibration, of: table, options: options)
    self.table = table
    self.options = options
    splits = folds.splits
    summary = judgement.evaluation
    outOfFold = judgement.rows
    warnings = folds.warnings
    self.folds = result
    self.fitting = fitting
    self.models = models
    calibrator = judgement.calibrator
  }

  /// The rows of ``table`` that have a held-out probability, ascending.
  public var judgedRows: [Int] { outOfFold.indices.filter { outOfFold[$0].probability != nil } }
}

extension TrainingOptions {
  /// The options with those left open again that are what the size of a table makes them.
  ///
  /// A model says of how many leaves its trees are, not whether somebody had chosen that. Where all
  /// that is scaled by the number of rows is as it would be by default, nobody had, and each fold
  /// finds its own from the rows that it learns from.
  func withScaledDefaultsOpen(for set: TrainingSet) -> TrainingOptions {
    var open = self
    (open.boosting.treeCount, open.boosting.learningRate) = (nil, nil)
    (open.boosting.rowSample, open.boosting.leafCount) = (nil, nil)
    let scaled = open.boosting.settled(for: set)
    let isDefault =
      (boosting.treeCount == nil || boosting.treeCount == scaled.treeCount)
      && (boosting.learningRate == nil || boosting.learningRate == scaled.learningRate)
      && (boosting.rowSample == nil || boosting.rowSample == scaled.rowSample)
    return isDefault ? open : self
  }
}
