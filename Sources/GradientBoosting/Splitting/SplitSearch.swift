/// Looks for the best split of one node on one feature.
package struct SplitSearch {
  let rules: SplitRules
  let mapper: BinMapper
  let feature: Int
  /// +1: the score may not fall as the feature rises; -1: may not rise; 0: free.
  let monotone: Int
  let node: NodeStatistics
  let units: GradientUnits
  /// Multiplies gains: below 1, the feature is only taken where it gains that much more.
  let weight: Double
  /// The exact number of rows in each of the feature's bins; without it, rows are told from their
  /// hessians, as in LightGBM.
  let rowCountOfBin: [UInt32]?
  /// A gain that other features reach: what gains less need not be found.
  let bar: Double
  /// Rows per unit of hessian in this node.
  let rowsPerHessian: Double

  package private(set) var best: SplitCandidate?

  package init(
    rules: SplitRules, mapper: BinMapper, feature: Int, monotone: Int, node: NodeStatistics,
    units: GradientUnits, weight: Double = 1, rowCountOfBin: [UInt32]? = nil, bar: Double = 0
  ) {
    self.rules = rules
    self.mapper = mapper
    self.feature = feature
    self.monotone = monotone
    self.node = node
    self.units = units
    self.weight = weight
    self.rowCountOfBin = rowCountOfBin
    self.bar = bar
    rowsPerHessian = Double(node.rowCount) / Double(max(1, node.sum.hessianSum))
  }

  /// Looks through all splits of the feature.
  ///
  /// - Parameter bins: The node's histogram of the feature, the missing bin last.
  package mutating func search(_ bins: Span<HistogramBin>) {
    if mapper.isCategory {
      searchLevels(bins)
    } else if rules.isPlain, monotone == 0, !node.isBounded, rowCountOfBin == nil {
      searchPlainThresholds(bins)
    } else {
      searchThresholds(bins)
    }
  }

  /// A side of a split in the loss's own units.
  func side(_ sum: HistogramBin, rowCount: Int? = nil) -> SideSum {
    SideSum(
      gradient: Double(sum.gradientSum) * units.gradient,
      hessian: Double(sum.hessianSum) * units.hessian,
      rowCount: rowCount.map(Double.init) ?? Double(sum.hessianSum) * rowsPerHessian)
  }

  /// How many rows a bin has.
  func rowCount(_ bin: Int, _ sum: HistogramBin) -> Double {
    rowCountOfBin.map { Double($0[bin]) } ?? Double(sum.hessianSum) * rowsPerHessian
  }

  /// The gain below which a split is not worth having.
  ///
  /// - Parameter whole: The reduction of the node itself.
  func leastGain(whole: Double) -> Double {
    // Below the second, a gain is what rounding left of zero.
    max(rules.minimumGain, 1e-12 * (1 + whole.magnitude))
  }

  /// Weighs one way to split, and keeps it if it is the best so far.
  ///
  /// The first of equals stays, so that ties fall to the lowest threshold.
  ///
  /// - Parameter leftRowCount: Exact, where it is known.
  mutating func consider(
    left: HistogramBin, leftRowCount: Int?, l2: Double, missingGoesLeft: Bool?,
    test: @autoclosure () -> SplitCandidate.Test
  ) {
    let leftSide = side(left, rowCount: leftRowCount)
    let rightSide = side(node.sum - left, rowCount: leftRowCount.map { node.rowCount - $0 })
    guard rules.allows(leftSide), rules.allows(rightSide) else { return }
    let leftValue = rules.leafValue(leftSide, l2: l2, node: node)
    let rightValue = rules.leafValue(rightSide, l2: l2, node: node)
    if monotone > 0, leftValue > rightValue { return }
    if monotone < 0, leftValue < rightValue { return }
    // The node itself would carry the plain penalty, also where its sides carry a heavier one.
    let wholeSide = SideSum(node, units)
    let whole = rules.reduction(
      wholeSide, value: rules.leafValue(wholeSide, l2: rules.l2, node: node), l2: rules.l2)
    let gain =
      rules.reduction(leftSide, value: leftValue, l2: l2)
      + rules.reduction(rightSide, value: rightValue, l2: l2) - whole
    guard gain > leastGain(whole: whole) else { return }
    keep(
      left: left, missingGoesLeft: missingGoesLeft, gain: gain, leftValue: leftValue,
      rightValue: rightValue, test: test())
  }

  /// Keeps a split if it is better than what there is.
  mutating func keep(
    left: HistogramBin, missingGoesLeft: Bool?, gain: Double, leftValue: Double,
    rightValue: Double, test: @autoclosure () -> SplitCandidate.Test
  ) {
    let gain = gain * weight
    guard gain > (best?.gain ?? 0) else { return }
    best = SplitCandidate(
      feature: feature, test: test(), missingGoesLeft: missingGoesLeft, gain: gain, left: left,
      leftValue: leftValue, rightValue: rightValue)
  }
}
