extension SplitSearch {
  /// Tries every threshold of a quantity, with missing cells on either side.
  ///
  /// - Parameter bins: The node's histogram of the feature, the missing bin last.
  package mutating func searchThresholds(_ bins: Span<HistogramBin>) {
    let missing = mapper.hasMissing ? bins[mapper.missingBin] : HistogramBin()
    guard mapper.hasMissing, hasRows(mapper.missingBin, missing) else {
      searchThresholds(bins, lastBin: mapper.valueBinCount - 2, from: HistogramBin(), 0, nil)
      return
    }
    // Up to the last bin, all values stand against the missing cells.
    searchThresholds(bins, lastBin: mapper.valueBinCount - 1, from: HistogramBin(), 0, false)
    searchThresholds(
      bins, lastBin: mapper.valueBinCount - 2, from: missing,
      Int(rowCountOfBin?[mapper.missingBin] ?? 0), true)
  }

  private mutating func searchThresholds(
    _ bins: Span<HistogramBin>, lastBin: Int, from start: HistogramBin, _ startRowCount: Int,
    _ missingGoesLeft: Bool?
  ) {
    guard lastBin >= 0 else { return }
    var left = start
    var rowCount = startRowCount
    for bin in 0...lastBin {
      // Rows of no weight are rows as well, also where a bin has no others.
      if let rowCountOfBin { rowCount += Int(rowCountOfBin[bin]) }
      // An empty bin gives the same two sides as the threshold before it.
      if !hasRows(bin, bins[bin]) { continue }
      left = left + bins[bin]
      consider(
        left: left, leftRowCount: rowCountOfBin.map { _ in rowCount }, l2: rules.l2,
        missingGoesLeft: missingGoesLeft, test: .upTo(bin: bin))
    }
  }

  /// Whether any row is in a bin. Sums do not tell of rows that weigh nothing, or next to nothing.
  private func hasRows(_ bin: Int, _ sum: HistogramBin) -> Bool {
    rowCountOfBin.map { $0[bin] > 0 } ?? !sum.isEmpty
  }

  /// The same for the plain rules, four thresholds at a time.
  package mutating func searchPlainThresholds(_ bins: Span<HistogramBin>) {
    let missing = mapper.hasMissing ? bins[mapper.missingBin] : HistogramBin()
    guard !missing.isEmpty else {
      scanPlain(bins, thresholdCount: mapper.valueBinCount - 1, from: HistogramBin(), nil)
      return
    }
    scanPlain(bins, thresholdCount: mapper.valueBinCount, from: HistogramBin(), false)
    scanPlain(bins, thresholdCount: mapper.valueBinCount - 1, from: missing, true)
  }

  private mutating func scanPlain(
    _ bins: Span<HistogramBin>, thresholdCount: Int, from start: HistogramBin,
    _ missingGoesLeft: Bool?
  ) {
    typealias Four = SIMD4<Double>
    let whole = side(node.sum)
    // A lower bound on hessians says both: enough hessian, and enough rows at the node's average.
    let least = max(
      rules.minimumHessianPerLeaf,
      Double(rules.minimumRowsPerLeaf) / rowsPerHessian * units.hessian)
    let l2 = Four(repeating: rules.l2)
    var left = start
    var bestGain = Four(repeating: -1)
    var bestBin = Four(repeating: 0)
    var bin = 0
    while bin < thresholdCount {
      var gradient = Four(repeating: 0)
      // Beyond the last threshold, a side without hessian is never allowed.
      var hessian = Four(repeating: -1)
      if bin + 4 <= thresholdCount {
        let first = left + bins[bin]
        let second = first + bins[bin + 1]
        let third = second + bins[bin + 2]
        left = third + bins[bin + 3]
        gradient = Four(
          Double(first.gradientSum), Double(second.gradientSum), Double(third.gradientSum),
          Double(left.gradientSum))
        hessian = Four(
          Double(first.hessianSum), Double(second.hessianSum), Double(third.hessianSum),
          Double(left.hessianSum))
      } else {
        for lane in 0..<thresholdCount - bin {
          left = left + bins[bin + lane]
          gradient[lane] = Double(left.gradientSum)
          hessian[lane] = Double(left.hessianSum)
        }
      }
      gradient *= units.gradient
      hessian *= units.hessian
      let otherGradient = whole.gradient - gradient
      let otherHessian = whole.hessian - hessian
      let gain =
        gradient * gradient / (hessian + l2) + otherGradient * otherGradient / (otherHessian + l2)
      let isBetter = (hessian .>= least) .& (otherHessian .>= least) .& (gain .> bestGain)
      bestGain.replace(with: gain, where: isBetter)
      bestBin.replace(
        with: Four(0, 1, 2, 3) + Double(bin), where: isBetter)
      bin += 4
    }
    var lane = 0
    for other in 1..<4
    where bestGain[other] > bestGain[lane]
      || bestGain[other] == bestGain[lane] && bestBin[other] < bestBin[lane]
    {
      lane = other
    }
    guard bestGain[lane] >= 0 else { return }
    let wholeReduction = whole.gradient * whole.gradient / (whole.hessian + rules.l2)
    let gain = bestGain[lane] - wholeReduction
    guard gain > leastGain(whole: wholeReduction) else { return }
    let threshold = Int(bestBin[lane])
    left = start
    for bin in 0...threshold { left = left + bins[bin] }
    let leftSide = side(left)
    let rightSide = side(node.sum - left)
    keep(
      left: left, missingGoesLeft: missingGoesLeft, gain: gain,
      leftValue: rules.leafValue(leftSide, l2: rules.l2, node: node),
      rightValue: rules.leafValue(rightSide, l2: rules.l2, node: node),
      test: .upTo(bin: threshold))
  }
}
