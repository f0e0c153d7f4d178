extension SplitSearch {
  /// Tries sets of levels; missing cells count as one more level.
  ///
  /// Few levels: each against all others. Many: levels are sorted by the leaf value they would have
  /// alone, and the split with the best gain takes the lowest or the highest of them (Fisher 1958,
  /// "On grouping for maximum homogeneity"), smoothed and limited as in LightGBM.
  ///
  /// - Parameter bins: The node's histogram of the feature, the missing bin last.
  mutating func searchLevels(_ bins: Span<HistogramBin>) {
    let used = bins.indices.filter { !bins[$0].isEmpty }
    if used.count <= rules.category.oneAgainstRestLimit {
      for bin in used {
        consider(
          left: bins[bin], leftRowCount: rowCountOfBin.map { Int($0[bin]) }, l2: rules.l2,
          missingGoesLeft: missingGoesLeft(among: [bin]), test: .among(bins: [bin]))
      }
      return
    }
    let smoothing = rules.category.smoothing
    let fewest = rules.category.minimumRowsPerLevel(nodeRowCount: node.rowCount)
    var order: [(key: Double, bin: Int)] = []
    for bin in used where rowCount(bin, bins[bin]) >= fewest {
      let sum = side(bins[bin])
      order.append((sum.gradient / (sum.hessian + smoothing), bin))
    }
    order.sort { $0 < $1 }
    searchPrefixes(of: order.map(\.bin), bins)
    searchPrefixes(of: order.reversed().map(\.bin), bins)
  }

  /// Lets levels join the left side in turn, and weighs the split after each full group.
  private mutating func searchPrefixes(of order: [Int], _ bins: Span<HistogramBin>) {
    let limit = min(rules.category.levelLimit, (order.count + 1) / 2)
    var left = HistogramBin()
    var rows = 0.0
    var rowsInGroup = 0.0
    for (position, bin) in order.prefix(limit).enumerated() {
      left = left + bins[bin]
      rows += rowCount(bin, bins[bin])
      rowsInGroup += rowCount(bin, bins[bin])
      guard Double(node.rowCount) - rows >= rules.category.minimumRowsPerGroup else { return }
      guard rowsInGroup >= rules.category.minimumRowsPerGroup else { continue }
      rowsInGroup = 0
      let levels = order[...position]
      consider(
        left: left, leftRowCount: rowCountOfBin.map { _ in Int(rows) },
        l2: rules.l2 + rules.category.l2, missingGoesLeft: missingGoesLeft(among: levels),
        test: .among(bins: levels.sorted()))
    }
  }

  private func missingGoesLeft(among bins: some Sequence<Int>) -> Bool {
    mapper.hasMissing && bins.contains(mapper.missingBin)
  }
}
