import Diagnostics
import Evaluation
import Explanation
import Learning
import Scoring

/// What a learner did on rows that it was not fitted to.
package struct CrossValidation: Sendable {
  /// The raw score of every row by the model that was fitted without it; NaN where there is none.
  package var scores: [Double]
  /// The fold in which each row was held out; -1 where it never was.
  package var foldOfRow: [Int]
  package var foldCount: Int
  /// The log loss on each fold, before calibration.
  package var logLossOfFold: [Double]
  /// Mean over the folds, before calibration.
  package var rocAUC: Double
  /// What the folds' models rely on; `nil` where no columns were shuffled.
  package var importances: ImportanceMeasurement?
  /// See ``FoldDependence/noiseShare(_:)``.
  package var noiseShare = 1.0

  /// Mean over the folds, before calibration.
  package var logLoss: Double { logLossOfFold.reduce(0, +) / Double(logLossOfFold.count) }

  /// How far another learner's mean log loss on the same folds is from this one's, and the standard
  /// error of that difference over the folds.
  func gap(to other: CrossValidation) -> LearnerGap {
    LearnerGap(of: zip(other.logLossOfFold, logLossOfFold).map { $0 - $1 })
  }

  /// The rows that were held out.
  package var judgedRows: [Int] { foldOfRow.indices.filter { foldOfRow[$0] >= 0 } }

  /// How many held-out rows of a fold are shuffled: more add little to what that tells.
  ///
  /// The wider a table, the fewer: a fold shuffles about ten million cells at most.
  private static func shuffledRowLimit(featureCount: Int) -> Int {
    min(5000, max(2000, 10_000_000 / max(1, shuffleCount * featureCount)))
  }

  /// How often a column is shuffled in each fold.
  private static let shuffleCount = 3
  /// Contributions are of so many held-out rows of a fold.
  private static let contributionRowLimit = 100

  /// Fits and judges a learner on each split.
  ///
  /// - Parameters:
  ///   - source: The features of the set's rows.
  ///   - shuffles: Whether columns of held-out rows are shuffled, for importances.
  ///   - progress: Called with the number of each fold, from 1, before it is fitted.
  ///   - keep: Called with the model of each fold, in the order of the folds.
  ///   - wrap: The model as one of either kind.
  ///   - fit: Fits to some rows.
  /// - Precondition: Both sides of each split have rows of both outcomes whose weight is not 0.
  static func run<Model: FittedLearner>(
    on set: TrainingSet, columns source: any ColumnSource, splits: [Split], seed: UInt64,
    threads: Int, shuffles: Bool, progress: (Int) -> Void, keep: (FittedModel) -> Void,
    wrap: (Model) -> FittedModel,
    fit: ([Int]) throws(Diagnostic) -> Model
  ) throws(Diagnostic) -> CrossValidation {
    var result = CrossValidation(
      scores: [Double](repeating: .nan, count: set.rowCount),
      foldOfRow: [Int](repeating: -1, count: set.rowCount), foldCount: splits.count,
      logLossOfFold: [], rocAUC: 0)
    var areas: [Double] = []
    let common = try source.matrix(of: FoldDependence.rows(of: set.rowCount, seed: seed))
    var scoresOfCommon: [[Double]] = []
    if shuffles {
      result.importances = ImportanceMeasurement(
        common,
        settings: ImportanceMeasurement.Settings(
          repeatCount: shuffleCount, seed: seed, threads: threads,
          contributionRowLimit: contributionRowLimit))
    }
    for (fold, split) in splits.enumerated() {
      progress(fold + 1)
      let model = try fit(split.training)
      let wrapped = wrap(model)
      keep(wrapped)
      scoresOfCommon.append(model.scores(of: common, threads: threads))
      let labels = split.validation.map { set.labels[$0] }
      let weights = set.weights.map { weights in split.validation.map { weights[$0] } }
      let scores = try source.scores(of: split.validation) {
        model.scores(of: $0, threads: threads)
      }
      for (position, row) in split.validation.enumerated() {
        result.scores[row] = scores[position]
        result.foldOfRow[row] = fold
      }
      result.logLossOfFold.append(
        LogLoss.mean(scores: scores, labels: labels, weights: weights))
      if let area = Metrics.rocAUC(scores: scores, labels: labels, weights: weights) {
        areas.append(area)
      }
      guard shuffles else { continue }
      var generator = SeededGenerator(seed: seed, stream: UInt64(fold) + 50)
      let limit = shuffledRowLimit(featureCount: source.features.count)
      let rows = generator.sample(min(labels.count, limit), of: labels.count)
        .map { split.validation[$0] }
      result.importances?.add(
        HeldOutPart(
          learner: wrapped, calibrator: .identity, matrix: try source.matrix(of: rows),
          labels: rows.map { set.labels[$0] }, weights: set.weights.map { w in rows.map { w[$0] } },
          groups: set.scheme.groups.map { groups in rows.map { groups[$0] } }))
    }
    result.noiseShare = FoldDependence.noiseShare(scoresOfCommon)
    result.rocAUC = areas.reduce(0, +) / Double(areas.count)
    return result
  }
}
