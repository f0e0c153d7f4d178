extension SplitSearch {
  /// Tries sets of levels; missing cells count as one more level.
  ///
  /// Few levels: each against all others. Many: levels are sorted by the leaf value they would have
  /// alone, and the split with the best gain takes the lowest or the highest of them (Fisher 1958,
  /// "On grouping for maximum homogeneity"), smoothed and limited as in LightGBM.
  ///
  /// - Parameter bins: The node's histogram of the feature, the missing bin last.
  mutating func searchLevels(_ bins: ArraySlice<HistogramBin>) {
    let sums = Array(bins)
    let used = sums.indices.filter { sums[$0].rowCount > 0 }
    if used.count <= rules.category.oneAgainstRestLimit {
      for bin in used { considerLevels([bin], sums[bin], l2: rules.l2) }
      return
    }
    let smoothing = rules.category.smoothing
    let fewest = rules.category.minimumRowsPerLevel(nodeRowCount: total.rowCount)
    let order = used.filter { sums[$0].rowCount >= fewest }
      .sorted { first, second in
        let a = sums[first].gradientSum / (sums[first].hessianSum + smoothing)
        let b = sums[second].gradientSum / (sums[second].hessianSum + smoothing)
        return (a, first) < (b, second)
      }
    searchPrefixes(of: order, sums)
    searchPrefixes(of: order.reversed(), sums)
  }

  /// Lets levels join the left side in turn, and weighs the split after each full group.
  private mutating func searchPrefixes(of order: [Int], _ sums: [HistogramBin]) {
    let limit = min(rules.category.levelLimit, (order.count + 1) / 2)
    var left = HistogramBin()
    var rowsInGroup: UInt32 = 0
    for (position, bin) in order.prefix(limit).enumerated() {
      left = left + sums[bin]
      rowsInGroup += sums[bin].rowCount
      let right = total - left
      guard Int(right.rowCount) >= rules.category.minimumRowsPerGroup else { return }
      guard Int(rowsInGroup) >= rules.category.minimumRowsPerGroup, rules.allows(left) else {
        continue
      }
      rowsInGroup = 0
      considerLevels(
        Array(order[...position]), left, l2: rules.l2 + rules.category.l2)
    }
  }

  private mutating func considerLevels(_ bins: [Int], _ left: HistogramBin, l2: Double) {
    let missingGoesLeft = mapper.hasMissing && bins.contains(mapper.missingBin)
    consider(
      left: left, l2: l2, missingGoesLeft: missingGoesLeft, test: .among(bins: bins.sorted()))
  }
}
