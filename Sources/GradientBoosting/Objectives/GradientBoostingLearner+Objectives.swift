import Diagnostics
import Learning

extension GradientBoostingLearner {
  /// Fits trees that predict a quantity.
  ///
  /// - Parameters:
  ///   - matrix: The features, shape `[rowCount, featureCount]`.
  ///   - outcomes: What to predict, shape `[rowCount]`.
  ///   - weights: How much each row counts, shape `[rowCount]`; `nil` for 1 each.
  ///   - heldOut: Rows that tell by their loss how many trees are best; as for a yes-or-no outcome,
  ///     that many are then grown on all rows. Without any, all trees are grown.
  ///   - threads: How many threads may work; the result does not depend on it.
  /// - Throws: `usage` for a parameter out of range; `data.outcomes`, `data.weights` or
  ///   `data.no_rows` for what cannot be learned from.
  public func fitted(
    to matrix: FeatureMatrix, outcomes: [Double], weights: [Double]? = nil,
    objective: RegressionObjective, heldOut: [Int] = [], threads: Int
  ) throws(Diagnostic) -> BoostedRegressor {
    try objective.check()
    try check(matrix, outcomeCount: outcomes.count, weights: weights, heldOut: heldOut)
    try objective.check(outcomes)
    let column = OutcomeColumn(outcomes, weights: weights)
    func grown(_ loss: some Objective) -> BoostedRegressor {
      let pool = WorkerPool(threads: threads)
      return BoostedRegressor(
        trees: outputs(
          BinnedMatrix(matrix, binLimit: binLimit, pool: pool),
          levelCounts: matrix.features.map(\.levelCount), loss, heldOut: heldOut, pool: pool)[0],
        objective: objective)
    }
    switch objective {
    case .squaredError: return grown(SquaredError(column))
    case .poisson: return grown(PoissonLoss(column))
    case .gamma: return grown(GammaLoss(column))
    case .tweedie(let power): return grown(TweedieLoss(column, power: power))
    case .quantile(let level): return grown(QuantileLoss(column, level: level))
    }
  }

  /// Fits trees that predict the probabilities of classes; ``treeCount`` trees for each class.
  ///
  /// - Parameters:
  ///   - classes: Each row's class, in `0..<classCount`, shape `[rowCount]`.
  ///   - heldOut: See ``fitted(to:outcomes:weights:objective:heldOut:threads:)``.
  /// - Throws: As there.
  public func fitted(
    to matrix: FeatureMatrix, classes: [Int], classCount: Int, weights: [Double]? = nil,
    heldOut: [Int] = [], threads: Int
  ) throws(Diagnostic) -> BoostedClassifier {
    guard (2...1000).contains(classCount) else {
      throw Diagnostic(.usage, "the number of classes is \(classCount), expected 2 to 1000")
    }
    try check(matrix, outcomeCount: classes.count, weights: weights, heldOut: heldOut)
    if let row = classes.firstIndex(where: { !(0..<classCount).contains($0) }) {
      throw Diagnostic(
        .dataOutcomes, "row \(row + 1) is of class \(classes[row]), expected 0 to \(classCount - 1)"
      )
    }
    let pool = WorkerPool(threads: threads)
    let loss = MultinomialLogLoss(classes: classes, classCount: classCount, weights: weights)
    return BoostedClassifier(
      classes: outputs(
        BinnedMatrix(matrix, binLimit: binLimit, pool: pool),
        levelCounts: matrix.features.map(\.levelCount), loss, heldOut: heldOut, pool: pool))
  }

  /// The trees of each output of an objective.
  func outputs(
    _ matrix: BinnedMatrix, levelCounts: [Int], _ objective: some Objective, heldOut: [Int],
    pool: WorkerPool
  ) -> [BoostedTrees] {
    let learner = settledInFull
    let treeCount = learner.treeCount!
    var booster = Booster(matrix, levelCounts: levelCounts, learner: learner, pool: pool)
    guard !heldOut.isEmpty else {
      return booster.boostedOutputs(objective, rows: nil, roundCount: treeCount, watch: nil)
    }
    let isHeldOut = Set(heldOut)
    let trial = booster.boostedOutputs(
      objective, rows: (0..<matrix.rowCount).filter { !isHeldOut.contains($0) }.map { UInt32($0) },
      roundCount: treeCount,
      watch: Booster.Watch(
        rows: isHeldOut.sorted().map { UInt32($0) },
        patience: earlyStoppingPatience ?? treeCount))
    return booster.boostedOutputs(
      objective, rows: nil, roundCount: trial[0].trees.count, watch: nil)
  }

  /// - Throws: For whatever cannot be learned from, whatever the objective.
  func check(
    _ matrix: FeatureMatrix, outcomeCount: Int, weights: [Double]?, heldOut: [Int]
  ) throws(Diagnostic) {
    precondition(
      outcomeCount == matrix.rowCount, "\(outcomeCount) outcomes for \(matrix.rowCount) rows")
    try check(featureCount: matrix.features.count)
    guard outcomeCount > 0 else {
      throw Diagnostic(.dataNoRows, "there are no rows to learn from")
    }
    if let row = heldOut.first(where: { !(0..<outcomeCount).contains($0) }) {
      throw Diagnostic(
        .usage, "row \(row + 1) is held out, but there are \(outcomeCount)",
        hint: "rows are counted from 0")
    }
    let isHeldOut = Set(heldOut)
    guard let weights else {
      guard isHeldOut.count < outcomeCount else {
        throw Diagnostic(.dataNoRows, "all rows are held out, none is left to learn from")
      }
      return
    }
    precondition(weights.count == outcomeCount, "\(weights.count) weights, \(outcomeCount) rows")
    try TrainingSet.check(weights)
    func hasWeight(_ rows: some Sequence<Int>) -> Bool { rows.contains { weights[$0] > 0 } }
    guard hasWeight(weights.indices.lazy.filter { !isHeldOut.contains($0) }),
      heldOut.isEmpty || hasWeight(heldOut)
    else {
      throw Diagnostic(.dataWeights, "the rows held out, or the others, have no weight")
    }
  }
}
