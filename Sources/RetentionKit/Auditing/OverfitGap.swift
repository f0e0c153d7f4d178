import Diagnostics
import Evaluation
import Learning
import Reporting
import Scoring

/// How much better a model ranks the rows that it was fitted to than rows held out.
///
/// A gap is no leak by itself: trees of a small table always have one. A wide one says that the model
/// knows rows one by one, which is what features make possible that identify them.
public struct OverfitGap: Sendable, Equatable {
  /// ROC AUC on the rows that it was fitted to.
  public let training: Double
  /// ROC AUC on rows held out, by the models of the folds.
  public let heldOut: Double

  /// A gap that is wider, beyond what chance explains, is worth a word.
  static let notable = 0.15
  /// Rows are sampled beyond this number.
  static let rowLimit = 50_000

  /// Judges a model on rows of its table.
  ///
  /// - Returns: `nil` where either figure is not defined.
  /// - Throws: What reading the columns throws.
  init?(
    _ learner: FittedModel, of table: TrainingTable, _ evaluation: EvaluationSummary,
    seed: UInt64, threads: Int
  ) throws(Diagnostic) {
    var generator = SeededGenerator(seed: seed, stream: 94)
    let count = table.set.rowCount
    let rows = generator.sample(min(count, Self.rowLimit), of: count)
    let scores = try table.source.scores(of: rows) { learner.scores(of: $0, threads: threads) }
    guard let heldOut = evaluation.rocAUC,
      let training = Metrics.rocAUC(
        scores: scores, labels: rows.map { table.set.labels[$0] },
        weights: table.set.weights.map { weights in rows.map { weights[$0] } })
    else { return nil }
    self.training = training
    self.heldOut = heldOut
  }

  /// What the one who trains should know, if anything.
  func warning(_ evaluation: EvaluationSummary) -> String? {
    let bound = evaluation.interval(of: .rocAUC)?.high ?? heldOut
    guard training - max(heldOut, bound) > Self.notable else { return nil }
    return "ROC AUC is \(Numbers.fixed(training, 3)) on the rows that the model was fitted to and "
      + "\(Numbers.fixed(heldOut, 3)) on rows held out: it knows rows one by one. Fewer leaves or "
      + "trees, or columns left out that identify rows, narrow the gap"
  }
}
