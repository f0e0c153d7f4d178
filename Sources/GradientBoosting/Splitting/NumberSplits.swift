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

  /// The same for the plain rules, by ``ThresholdKernel``.
  ///
  /// - Parameter bins: As above, with ``ThresholdKernel/slack`` readable entries more.
  package mutating func searchPlainThresholds(
    _ bins: Span<HistogramBin>, kernel: ThresholdKernel = .fastest
  ) {
    let missing = mapper.hasMissing ? bins[mapper.missingBin] : HistogramBin()
    guard !missing.isEmpty else {
      scanPlain(bins, mapper.valueBinCount - 1, from: HistogramBin(), nil, kernel)
      return
    }
    scanPlain(bins, mapper.valueBinCount, from: HistogramBin(), false, kernel)
    scanPlain(bins, mapper.valueBinCount - 1, from: missing, true, kernel)
  }

  private mutating func scanPlain(
    _ bins: Span<HistogramBin>, _ thresholdCount: Int, from start: HistogramBin,
    _ missingGoesLeft: Bool?, _ kernel: ThresholdKernel
  ) {
    let scanned = ScannedNode(node, rules, units)
    // What a split of another feature gains already, this one has to gain as well.
    var sum = scanned.sum(atGain: max(best?.gain ?? 0, bar) / weight)
    guard
      let threshold = kernel.bestThreshold(
        bins, thresholdCount: thresholdCount, from: start, scanned, &sum)
    else { return }
    let gain = sum - scanned.wholeReduction
    guard gain > leastGain(whole: scanned.wholeReduction) else { return }
    var left = start
    for bin in 0...threshold { left = left + bins[bin] }
    keep(
      left: left, missingGoesLeft: missingGoesLeft, gain: gain,
      leftValue: rules.leafValue(side(left), l2: rules.l2, node: node),
      rightValue: rules.leafValue(side(node.sum - left), l2: rules.l2, node: node),
      test: .upTo(bin: threshold))
  }
}
