import Diagnostics
import Learning

/// Tries settings of boosting on rows held out of one table, whose bins are made once for all of them.
///
/// A trial grows trees without each of some parts, side by side, and stops where the mean of their
/// losses does, as a fit does to find how many trees are best.
package struct BoostingTrials: Sendable {
  private let set: TrainingSet
  private let matrix: BinnedMatrix
  private let levelCounts: [Int]

  /// What a trial told.
  package struct Outcome: Sendable {
    /// The most leaves of a tree: those asked for, or where that was left open, those found.
    package var leafCount: Int
    /// How many trees did best.
    package var treeCount: Int
    /// The raw scores of each part's rows by so many trees, shape `[partCount][heldOutCount]`.
    package var scores: [[Double]]
  }

  /// Makes the bins.
  ///
  /// - Parameters:
  ///   - set: Outcomes and weights; its matrix is not looked at.
  ///   - source: The features of the set's rows.
  /// - Throws: What the source throws.
  package init(
    _ set: TrainingSet, columns source: some ColumnSource, binLimit: Int, threads: Int
  ) throws(Diagnostic) {
    self.set = set
    matrix = try BinnedMatrix(
      of: source, binLimit: binLimit, pool: WorkerPool(threads: threads), folder: nil)
    levelCounts = source.features.map(\.levelCount)
  }

  /// Tries a learner whose rows are those of the set; its `binLimit` is not looked at.
  ///
  /// - Parameter parts: What is held out in turn; each side has both outcomes.
  /// - Precondition: The learner stops early.
  /// - Throws: `usage` for a parameter out of range.
  package func outcome(of learner: GradientBoostingLearner, parts: [Split])
    throws(Diagnostic) -> Outcome
  {
    try learner.check(featureCount: matrix.featureCount)
    let logLoss = learner.logLoss(of: set)
    return learner.focalGamma == 0
      ? outcome(logLoss, learner, parts)
      : outcome(FocalLoss(logLoss, gamma: learner.focalGamma), learner, parts)
  }

  private func outcome(
    _ objective: some Objective, _ learner: GradientBoostingLearner, _ parts: [Split]
  ) -> Outcome {
    guard let patience = learner.earlyStoppingPatience,
      let search = RoundSearch(set, parts: parts, patience: patience)
    else { preconditionFailure("a trial is judged by rows held out, and stops by them") }
    // A trial has one thread: others run beside it.
    let pool = WorkerPool(threads: 1)
    let settled = learner.settled(for: set)
    func find(_ leafCount: Int) -> RoundSearch.Finding {
      var learner = settled
      learner.leafCount = leafCount
      return search.find(
        objective, limit: settled.treeCount!, from: nil, pool: pool, keepsScores: true
      ) { Booster(matrix, levelCounts: levelCounts, learner: learner, pool: $0) }
    }
    let best =
      learner.leafCount.map(find) ?? search.best(from: settled.leafCount!, find: find)
    return Outcome(leafCount: best.leafCount, treeCount: best.treeCount, scores: best.scores)
  }
}
