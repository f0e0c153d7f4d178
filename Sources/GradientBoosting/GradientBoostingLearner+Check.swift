import Diagnostics

extension GradientBoostingLearner {
  /// Makes sure that every parameter is in its range, by the name of its option.
  ///
  /// - Throws: `usage`.
  func check(featureCount: Int) throws(Diagnostic) {
    try checkTrees()
    try checkSampling()
    try checkCategories()
    try checkFeatures(count: featureCount)
  }

  private func checkTrees() throws(Diagnostic) {
    // What is left open is in range.
    let settled = settledInFull
    let (treeCount, leafCount) = (settled.treeCount!, settled.leafCount!)
    let learningRate = settled.learningRate!
    try require((1...100_000).contains(treeCount), "trees", treeCount, "1 to 100,000")
    try require((2...65_536).contains(leafCount), "leaves", leafCount, "2 to 65,536")
    if let depthLimit {
      try require(
        (1...Tree.depthLimit).contains(depthLimit), "max-depth", depthLimit,
        "1 to \(Tree.depthLimit), or none")
    }
    try require(
      learningRate > 0 && learningRate <= 1, "learning-rate", learningRate,
      "more than 0, at most 1")
    try require(
      (2...BinMapper.largestBinCount).contains(binLimit), "max-bins", binLimit, "2 to 65,535")
    try require(minimumRowsPerLeaf >= 1, "min-rows-per-leaf", minimumRowsPerLeaf, "at least 1")
    try requirePenalty(minimumHessianPerLeaf, "min-hessian-per-leaf")
    try requirePenalty(minimumGain, "min-gain")
    try requirePenalty(l1, "l1")
    try requirePenalty(l2, "l2")
    try requirePenalty(pathSmoothing, "path-smoothing")
    if let patience = earlyStoppingPatience {
      try require(patience >= 1, "early-stopping", patience, "at least 1, or off")
    }
    try requirePenalty(earlyStoppingMinimumImprovement, "early-stopping-min-improvement")
    try require(
      Self.positiveWeights.contains(positiveWeight), "positive-weight", positiveWeight,
      "0.0001 to 10,000")
    try require(
      FocalCurve.gammas.contains(focalGamma), "focal", focalGamma, "0 (the log loss) to 5")
  }

  /// Beyond these, the rows of one outcome are lost in the rounding of gradients.
  private static let positiveWeights = 1e-4...1e4

  private func checkSampling() throws(Diagnostic) {
    try requireShare(settledInFull.rowSample!, "row-sample")
    try requireShare(columnSample, "column-sample")
    try requireShare(nodeColumnSample, "node-column-sample")
    guard let sampling = gradientSampling else { return }
    try require(
      sampling.topShare > 0 && sampling.otherShare > 0
        && sampling.topShare + sampling.otherShare <= 1,
      "goss", "\(sampling.topShare),\(sampling.otherShare)",
      "two shares above 0 that are at most 1 together")
    try require(
      settledInFull.rowSample == 1, "row-sample", settledInFull.rowSample!,
      "1 with --goss, which draws the rows itself")
  }

  private func checkCategories() throws(Diagnostic) {
    try requirePenalty(categorySmoothing, "category-smoothing")
    try requirePenalty(categoryL2, "category-l2")
    try require(categoryOneHotLimit >= 0, "category-one-hot", categoryOneHotLimit, "0 or more")
    try require(categoryLevelLimit >= 1, "category-levels", categoryLevelLimit, "at least 1")
    try require(
      categoryRowsPerGroup >= 1, "category-rows-per-group", categoryRowsPerGroup, "at least 1")
    if let categoryRowsPerLevel {
      try require(
        categoryRowsPerLevel >= 1, "category-rows-per-level", categoryRowsPerLevel, "at least 1")
    }
  }

  private func checkFeatures(count: Int) throws(Diagnostic) {
    for feature in monotone.keys.sorted() {
      try require(
        (0..<count).contains(feature), "monotone", feature, "a feature, 0 to \(count - 1)")
      let sign = monotone[feature]!
      try require((-1...1).contains(sign), "monotone", sign, "+1 or -1")
    }
    for feature in featureWeights.keys.sorted() {
      try require(
        (0..<count).contains(feature), "feature-weight", feature, "a feature, 0 to \(count - 1)")
      try requirePenalty(featureWeights[feature]!, "feature-weight")
    }
    for feature in interactions.flatMap({ $0.sorted() }) {
      try require(
        (0..<count).contains(feature), "interaction", feature, "a feature, 0 to \(count - 1)")
    }
  }

  private func requirePenalty(_ value: Double, _ option: String) throws(Diagnostic) {
    try require(value >= 0 && value.isFinite, option, value, "a finite number, 0 or more")
  }

  private func requireShare(_ value: Double, _ option: String) throws(Diagnostic) {
    try require(value > 0 && value <= 1, option, value, "more than 0, at most 1")
  }

  private func require(_ holds: Bool, _ option: String, _ found: Any, _ expected: String)
    throws(Diagnostic)
  {
    if !holds {
      throw Diagnostic(.usage, "--\(option) is \(found), expected \(expected)")
    }
  }
}
