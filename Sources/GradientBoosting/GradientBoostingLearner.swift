import Diagnostics
import Learning

/// Gradient-boosted decision trees on histograms, grown leaf by leaf, for the log loss.
///
/// Method: Friedman 2001, "Greedy function approximation", with Newton leaf values as in Chen and
/// Guestrin 2016, "XGBoost", and histograms as in Ke et al. 2017, "LightGBM". The result depends on
/// the rows, the parameters and the seed, never on the number of threads.
public struct GradientBoostingLearner: Learner {
  /// The largest number of trees.
  public var treeCount = 300
  /// The most leaves of a tree (`num_leaves` in LightGBM).
  public var leafCount = 31
  /// How much of each tree's correction is taken.
  public var learningRate = 0.1
  /// The most bins of a feature, the one for missing cells included; at most 255.
  public var binLimit = 255
  /// The fewest rows of a leaf (`min_data_in_leaf` in LightGBM).
  public var minimumRowsPerLeaf = 20
  /// The smallest sum of hessians in a leaf (`min_child_weight` in XGBoost).
  public var minimumHessianPerLeaf = 1e-3
  /// Penalty on the squares of leaf values (`lambda_l2` in LightGBM).
  public var l2: Double = 1
  /// The share of rows that each tree learns from.
  public var rowSample: Double = 1
  /// The share of features that each tree may split on.
  public var columnSample: Double = 1
  /// Stop when so many trees in a row have not lowered the held-out loss; `nil` to grow all trees.
  public var earlyStoppingPatience: Int? = 20
  /// Features by position whose rise must not lower (+1) or raise (-1) the score.
  public var monotone: [Int: Int] = [:]
  /// What row and column sampling depend on.
  public var seed: UInt64 = 0
  /// Called after each tree with the number of trees so far and the most there can be.
  public var progress: (@Sendable (Int, Int) -> Void)?

  /// One row in so many is held out for early stopping.
  private static let holdOutOneIn = 10

  /// A learner with default parameters.
  public init() {}

  /// - Throws: `usage` for a parameter out of range.
  public func fitted(to set: TrainingSet, threads: Int) throws(Diagnostic) -> BoostedTrees {
    try check(featureCount: set.matrix.features.count)
    guard let patience = earlyStoppingPatience,
      let split = set.scheme.holdOut(labels: set.labels, oneIn: Self.holdOutOneIn),
      let inner = try? set.selecting(split.training),
      let judged = try? set.selecting(split.validation)
    else {
      // Without a held-out row of each outcome there is nothing to stop by.
      return boosted(set, treeCount: treeCount, heldOut: nil, threads: threads)
    }
    let trial = boosted(inner, treeCount: treeCount, heldOut: (judged, patience), threads: threads)
    // The held-out rows have told how many trees are best; now they are learned from as well.
    return boosted(set, treeCount: trial.trees.count, heldOut: nil, threads: threads)
  }

  /// Grows trees one after another.
  ///
  /// - Parameter heldOut: Rows that decide when to stop, and after how many trees without progress;
  ///   the result is then cut back to the best round.
  private func boosted(
    _ set: TrainingSet, treeCount: Int, heldOut: (set: TrainingSet, patience: Int)?, threads: Int
  ) -> BoostedTrees {
    let matrix = BinnedMatrix(set.matrix, binLimit: binLimit, threads: threads)
    let grower = TreeGrower(
      matrix: matrix, levelCounts: set.matrix.features.map(\.levelCount),
      rules: SplitRules(
        minimumRowsPerLeaf: minimumRowsPerLeaf, minimumHessianPerLeaf: minimumHessianPerLeaf,
        l2: l2),
      leafLimit: leafCount, learningRate: learningRate,
      monotone: set.matrix.features.indices.map { monotone[$0] ?? 0 }, threads: threads)
    // A weighted base rate of 0 or 1 has no log odds.
    let baseScore = LogLoss.score(min(max(set.baseRate, 1e-12), 1 - 1e-12))
    var model = BoostedTrees(
      featureCount: matrix.featureCount, baseScore: baseScore, trees: [])
    var scores = [Double](repeating: baseScore, count: set.rowCount)
    var watch = heldOut.map { HeldOutWatch($0.set, baseScore: baseScore, patience: $0.patience) }
    for round in 0..<treeCount {
      let rows = sampledRows(of: set.rowCount, round: round)
      guard
        let grown = grower.grow(
          rows: rows, pairs: gradientPairs(set, scores, threads: threads),
          features: sampledFeatures(of: matrix, round: round))
      else { break }
      model.trees.append(grown.tree)
      if rows.count == set.rowCount {
        for (value, rows) in grown.rowsOfLeaf { for row in rows { scores[Int(row)] += value } }
      } else {
        // Rows that were not drawn have to walk the tree.
        scores = sum(scores, model.step(model.trees.count - 1, of: set.matrix, threads: threads))
      }
      progress?(round + 1, treeCount)
      if watch?.shouldStop(after: model, threads: threads) ?? false { break }
    }
    if let watch { model.trees.removeLast(model.trees.count - watch.bestTreeCount) }
    return model
  }

  private func sum(_ first: [Double], _ second: [Double]) -> [Double] {
    zip(first, second).map { $0 + $1 }
  }

  private func gradientPairs(_ set: TrainingSet, _ scores: [Double], threads: Int) -> [GradientPair]
  {
    let chunk = 1 << 14
    return Parallel.map((scores.count + chunk - 1) / chunk, threads: threads) { index in
      (index * chunk..<min((index + 1) * chunk, scores.count)).map { row in
        let probability = LogLoss.probability(scores[row])
        let weight = set.weight(row)
        return GradientPair(
          gradient: weight * LogLoss.gradient(probability: probability, label: set.labels[row]),
          hessian: weight * LogLoss.hessian(probability: probability))
      }
    }.flatMap(\.self)
  }

  private func sampledRows(of rowCount: Int, round: Int) -> [UInt32] {
    guard rowSample < 1 else { return (0..<UInt32(rowCount)).map(\.self) }
    var generator = SeededGenerator(seed: seed, stream: 1000 + 2 * UInt64(round))
    let count = max(1, Int((Double(rowCount) * rowSample).rounded()))
    return generator.sample(count, of: rowCount).map { UInt32($0) }
  }

  private func sampledFeatures(of matrix: BinnedMatrix, round: Int) -> [Int] {
    // A feature of one bin has nothing to split.
    let usable = matrix.mappers.indices.filter { matrix.mappers[$0].binCount > 1 }
    guard columnSample < 1, !usable.isEmpty else { return usable }
    var generator = SeededGenerator(seed: seed, stream: 1001 + 2 * UInt64(round))
    let count = max(1, Int((Double(usable.count) * columnSample).rounded()))
    return generator.sample(count, of: usable.count).map { usable[$0] }
  }

  private func check(featureCount: Int) throws(Diagnostic) {
    func require(_ holds: Bool, _ option: String, _ found: Any, _ expected: String)
      throws(Diagnostic)
    {
      if !holds {
        throw Diagnostic(.usage, "--\(option) is \(found), expected \(expected)")
      }
    }
    try require((1...100_000).contains(treeCount), "trees", treeCount, "1 to 100,000")
    try require((2...65_536).contains(leafCount), "leaves", leafCount, "2 to 65,536")
    try require(
      learningRate > 0 && learningRate <= 1, "learning-rate", learningRate,
      "more than 0, at most 1")
    try require(
      (2...BinMapper.largestBinCount).contains(binLimit), "max-bins", binLimit, "2 to 255")
    try require(minimumRowsPerLeaf >= 1, "min-rows-per-leaf", minimumRowsPerLeaf, "at least 1")
    try require(
      minimumHessianPerLeaf >= 0 && minimumHessianPerLeaf.isFinite, "min-hessian-per-leaf",
      minimumHessianPerLeaf, "0 or more")
    try require(l2 >= 0 && l2.isFinite, "l2", l2, "a finite number, 0 or more")
    try require(rowSample > 0 && rowSample <= 1, "row-sample", rowSample, "more than 0, at most 1")
    try require(
      columnSample > 0 && columnSample <= 1, "column-sample", columnSample,
      "more than 0, at most 1")
    if let patience = earlyStoppingPatience {
      try require(patience >= 1, "early-stopping", patience, "at least 1, or off")
    }
  }
}

/// The held-out loss, round by round, and the round with the lowest.
private struct HeldOutWatch {
  private let set: TrainingSet
  private let patience: Int
  private var scores: [Double]
  private var bestLoss: Double
  /// How many trees the best round has; 0 where no tree helps.
  private(set) var bestTreeCount = 0

  init(_ set: TrainingSet, baseScore: Double, patience: Int) {
    self.set = set
    self.patience = patience
    scores = [Double](repeating: baseScore, count: set.rowCount)
    bestLoss = LogLoss.mean(scores: scores, labels: set.labels, weights: set.weights)
  }

  /// Judges the model's last tree.
  mutating func shouldStop(after model: BoostedTrees, threads: Int) -> Bool {
    let step = model.step(model.trees.count - 1, of: set.matrix, threads: threads)
    for row in scores.indices { scores[row] += step[row] }
    let loss = LogLoss.mean(scores: scores, labels: set.labels, weights: set.weights)
    if loss < bestLoss {
      bestLoss = loss
      bestTreeCount = model.trees.count
    }
    return model.trees.count - bestTreeCount >= patience
  }
}
