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
  /// The most bins of a quantity, the one for missing cells included; at most 65,535. Above 256, a
  /// value takes two bytes and training is slower.
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
    try fitted(to: set, columns: set.matrix, folder: nil, threads: threads)
  }

  /// Fits to columns that need not be in memory, with the same trees as a result.
  ///
  /// - Parameters:
  ///   - set: Outcomes, weights and how rows are held out; its matrix is not looked at.
  ///   - source: The features of the set's rows.
  ///   - folder: Where the bins are kept in temporary files; `nil` for memory.
  /// - Throws: `usage` for a parameter out of range; what the source throws; `output.*` of the files.
  package func fitted(
    to set: TrainingSet, columns source: some ColumnSource, folder: String?, threads: Int
  ) throws(Diagnostic) -> BoostedTrees {
    precondition(
      source.rowCount == set.rowCount, "\(source.rowCount) rows, \(set.rowCount) outcomes")
    try check(featureCount: source.features.count)
    let pool = WorkerPool(threads: threads)
    let matrix = try BinnedMatrix(of: source, binLimit: binLimit, pool: pool, folder: folder)
    var booster = Booster(
      matrix, levelCounts: source.features.map(\.levelCount), learner: self, pool: pool)
    let objective = BinaryLogLoss(set)
    guard let patience = earlyStoppingPatience,
      let split = set.scheme.holdOut(labels: set.labels, oneIn: Self.holdOutOneIn),
      set.hasBothOutcomes(split.training), set.hasBothOutcomes(split.validation)
    else {
      // Without a held-out row of each outcome there is nothing to stop by.
      return booster.boosted(objective, rows: nil, treeCount: treeCount, watch: nil)
    }
    let trial = booster.boosted(
      objective, rows: split.training.map { UInt32($0) }, treeCount: treeCount,
      watch: Booster.Watch(rows: split.validation.map { UInt32($0) }, patience: patience))
    // The held-out rows have told how many trees are best; now they are learned from as well.
    return booster.boosted(objective, rows: nil, treeCount: trial.trees.count, watch: nil)
  }

  /// How each tree may grow.
  func treeSettings(featureCount: Int) -> TreeSettings {
    var settings = TreeSettings(featureCount: featureCount)
    settings.rules.minimumRowsPerLeaf = minimumRowsPerLeaf
    settings.rules.minimumHessianPerLeaf = minimumHessianPerLeaf
    settings.rules.l2 = l2
    settings.leafLimit = leafCount
    settings.learningRate = learningRate
    for (feature, sign) in monotone { settings.monotone[feature] = sign }
    settings.seed = seed
    return settings
  }

  /// The rows of one tree, ascending; `nil` for all rows of the matrix.
  func sampledRows(_ rows: [UInt32]?, of rowCount: Int, round: Int) -> [UInt32]? {
    guard rowSample < 1 else { return rows }
    var generator = SeededGenerator(seed: seed, stream: 1000 + 2 * UInt64(round))
    let available = rows?.count ?? rowCount
    let count = max(1, Int((Double(available) * rowSample).rounded()))
    let chosen = generator.sample(count, of: available)
    return chosen.map { rows?[$0] ?? UInt32($0) }
  }

  /// The features of one tree, ascending.
  func sampledFeatures(_ usable: [Int], round: Int) -> [Int] {
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
      (2...BinMapper.largestBinCount).contains(binLimit), "max-bins", binLimit, "2 to 65,535")
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
