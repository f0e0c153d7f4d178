import Diagnostics
import Learning

/// Gradient-boosted decision trees on histograms, grown leaf by leaf, for the log loss.
///
/// Method: Friedman 2001, "Greedy function approximation", with Newton leaf values as in Chen and
/// Guestrin 2016, "XGBoost", and histograms as in Ke et al. 2017, "LightGBM". The result depends on
/// the rows, the parameters and the seed, never on the number of threads.
public struct GradientBoostingLearner: Learner {
  /// The largest number of trees; `nil`: see ``settled(for:)``.
  public var treeCount: Int?
  /// The most leaves of a tree (`num_leaves` in LightGBM); `nil`: see ``settled(for:)``.
  public var leafCount: Int?
  /// How much of each tree's correction is taken; `nil`: see ``settled(for:)``.
  public var learningRate: Double?
  /// The most bins of a quantity, the one for missing cells included; at most 65,535. Above 256, a
  /// value takes two bytes and training is slower.
  public var binLimit = 255
  /// The fewest rows of a leaf (`min_data_in_leaf` in LightGBM).
  public var minimumRowsPerLeaf = 20
  /// The smallest sum of hessians in a leaf (`min_child_weight` in XGBoost).
  public var minimumHessianPerLeaf = 1e-3
  /// Penalty on the magnitudes of leaf values (`lambda_l1` in LightGBM).
  public var l1: Double = 0
  /// Penalty on the squares of leaf values (`lambda_l2` in LightGBM).
  public var l2: Double = 1
  /// A node of `n` rows takes `n / (n + pathSmoothing)` of its own value and the rest of its
  /// parent's (`path_smooth` in LightGBM).
  public var pathSmoothing: Double = 0
  /// The most tests on a path; `nil` for as many as can be explained (`max_depth` in LightGBM).
  public var depthLimit: Int?
  /// A split must gain more than this (`min_gain_to_split` in LightGBM).
  public var minimumGain: Double = 0
  /// The share of rows that each tree learns from (`bagging_fraction` in LightGBM); `nil`: see
  /// ``settled(for:)``.
  public var rowSample: Double?
  /// Rows by the size of their gradients in place of ``rowSample`` (`data_sample_strategy=goss` in
  /// LightGBM); `nil` for all rows alike.
  public var gradientSampling: GradientSampling?
  /// The share of features that each tree may split on (`feature_fraction` in LightGBM).
  public var columnSample: Double = 1
  /// The share of a tree's features that each node may be split on (`feature_fraction_bynode` in
  /// LightGBM).
  public var nodeColumnSample: Double = 1
  /// What the gains of features by position are multiplied with; 1 where nothing is said
  /// (`feature_contri` in LightGBM).
  public var featureWeights: [Int: Double] = [:]
  /// Groups of features by position that may meet on a path; a feature in no group is not split on.
  /// Without groups all may meet (`interaction_constraints` in LightGBM).
  public var interactions: [Set<Int>] = []
  /// Stop when so many trees in a row have not lowered the held-out loss; `nil` to grow all trees
  /// (`early_stopping_round` in LightGBM).
  public var earlyStoppingPatience: Int? = 20
  /// A tree counts as progress where the held-out loss falls by more than this
  /// (`early_stopping_min_delta` in LightGBM).
  public var earlyStoppingMinimumImprovement: Double = 0
  /// Features by position whose rise must not lower (+1) or raise (-1) the score
  /// (`monotone_constraints` in LightGBM).
  public var monotone: [Int: Int] = [:]
  /// Added to a level's hessian when levels are sorted (`cat_smooth` in LightGBM).
  public var categorySmoothing: Double = 10
  /// Up to so many levels in a node, one level is split from all others (`max_cat_to_onehot` in
  /// LightGBM).
  public var categoryOneHotLimit = 4
  /// The most levels on the smaller side of a split (`max_cat_threshold` in LightGBM).
  public var categoryLevelLimit = 32
  /// Added to ``l2`` in splits on sorted levels (`cat_l2` in LightGBM).
  public var categoryL2: Double = 10
  /// Sorted levels join a side in groups of at least so many rows (`min_data_per_group` in LightGBM).
  public var categoryRowsPerGroup = 100
  /// The rows that a level needs to be sorted; `nil` for a twentieth of the node's, but 10 to 100.
  /// LightGBM takes `cat_smooth` for this as well.
  public var categoryRowsPerLevel: Int?
  /// What the weights of positive rows are multiplied with (`scale_pos_weight` in LightGBM). Scores
  /// stay the log odds of the rows as they are. For a yes-or-no outcome only, as the next.
  public var positiveWeight: Double = 1
  /// The exponent of the focal loss (Lin et al. 2017), 0 for the log loss. Scores stay log odds.
  public var focalGamma: Double = 0
  /// What row and column sampling depend on.
  public var seed: UInt64 = 0
  /// Called after each tree.
  public var progress: (@Sendable (BoostingRound) -> Void)?
  /// Asked after each tree: once it says yes, no further tree is grown, and the model is what there is
  /// by then; where early stopping was still looking for the best round, the best so far.
  public var interruption: (@Sendable () -> Bool)?

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
    try grown(on: set, columns: source, folder: folder, from: nil, threads: threads)
  }

  /// Whether growing is to end.
  var isInterrupted: Bool { interruption?() ?? false }

  /// Grows trees, on top of those that there are; see ``fitted(to:columns:folder:threads:)``.
  func grown(
    on set: TrainingSet, columns source: some ColumnSource, folder: String?,
    from start: Booster.Start?, threads: Int
  ) throws(Diagnostic) -> BoostedTrees {
    precondition(
      source.rowCount == set.rowCount, "\(source.rowCount) rows, \(set.rowCount) outcomes")
    try check(featureCount: source.features.count)
    let logLoss = logLoss(of: set)
    return focalGamma == 0
      ? try grown(
        logLoss, on: set, columns: source, folder: folder, from: start, threads: threads)
      : try grown(
        FocalLoss(logLoss, gamma: focalGamma), on: set, columns: source, folder: folder,
        from: start, threads: threads)
  }

  /// What is minimised, but for the focal exponent.
  func logLoss(of set: TrainingSet) -> BinaryLogLoss {
    BinaryLogLoss(labels: set.labels, weights: set.weights, positiveWeight: positiveWeight)
  }

  private func grown(
    _ objective: some Objective, on set: TrainingSet, columns source: some ColumnSource,
    folder: String?, from start: Booster.Start?, threads: Int
  ) throws(Diagnostic) -> BoostedTrees {
    var settled = settled(for: set)
    let pool = WorkerPool(threads: threads)
    let matrix = try BinnedMatrix(of: source, binLimit: binLimit, pool: pool, folder: folder)
    let levelCounts = source.features.map(\.levelCount)
    func booster(_ learner: GradientBoostingLearner, _ pool: WorkerPool) -> Booster {
      Booster(matrix, levelCounts: levelCounts, learner: learner, pool: pool)
    }
    // Without a held-out row of each outcome there is nothing to stop by.
    if let patience = earlyStoppingPatience, let search = RoundSearch(set, patience: patience) {
      func find(_ leafCount: Int) -> RoundSearch.Finding {
        var learner = settled
        learner.leafCount = leafCount
        return search.find(
          objective, limit: settled.treeCount!, from: start, pool: pool
        ) { booster(learner, $0) }
      }
      let best =
        leafCount.map(find) ?? search.best(from: settled.leafCount!, find: find)
      if isInterrupted { return best.model }
      (settled.leafCount, settled.treeCount) = (best.leafCount, best.treeCount)
    }
    // The held-out rows have told how many trees are best; now they are learned from as well.
    var final = booster(settled, pool)
    return final.boosted(
      objective, rows: nil, treeCount: settled.treeCount!, watch: nil, from: start)
  }

  /// How each tree may grow.
  func treeSettings(featureCount: Int) -> TreeSettings {
    var settings = TreeSettings(featureCount: featureCount)
    settings.rules.minimumRowsPerLeaf = minimumRowsPerLeaf
    settings.rules.minimumHessianPerLeaf = minimumHessianPerLeaf
    settings.rules.l1 = l1
    settings.rules.l2 = l2
    settings.rules.pathSmoothing = pathSmoothing
    settings.rules.minimumGain = minimumGain
    settings.rules.category.oneAgainstRestLimit = categoryOneHotLimit
    settings.rules.category.levelLimit = categoryLevelLimit
    settings.rules.category.smoothing = categorySmoothing
    settings.rules.category.l2 = categoryL2
    settings.rules.category.minimumRowsPerGroup = Double(categoryRowsPerGroup)
    settings.rules.category.rowsPerLevel = categoryRowsPerLevel
    settings.leafLimit = leafCount ?? ScaledDefaults.full.leafCount
    settings.depthLimit = min(depthLimit ?? Tree.depthLimit, Tree.depthLimit)
    settings.learningRate = learningRate ?? ScaledDefaults.full.learningRate
    settings.nodeColumnSample = nodeColumnSample
    settings.interactions.groups = interactions
    for (feature, sign) in monotone { settings.monotone[feature] = sign }
    for (feature, weight) in featureWeights { settings.featureWeights[feature] = weight }
    settings.seed = seed
    return settings
  }

  /// The rows of one tree, ascending; `nil` for all rows of the matrix.
  ///
  /// - Parameters:
  ///   - gradients: Of every row; sampling by gradients changes those of the sampled rows.
  ///   - units: Of the gradients.
  func sampledRows(
    _ rows: [UInt32]?, of gradients: LargeArray<PackedGradient>, units: inout GradientUnits,
    round: Int
  ) -> [UInt32]? {
    let learningRate = learningRate ?? ScaledDefaults.full.learningRate
    if let gradientSampling, round >= Int(1 / learningRate) {
      return gradientSampling.draw(
        rows, of: gradients, units: &units,
        generator: SeededGenerator(seed: seed, stream: 1 << 41 | UInt64(round)))
    }
    guard let rowSample, rowSample < 1 else { return rows }
    var generator = SeededGenerator(seed: seed, stream: 1000 + 2 * UInt64(round))
    let available = rows?.count ?? gradients.count
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
}
