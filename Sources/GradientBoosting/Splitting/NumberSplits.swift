extension SplitSearch {
  /// Tries every threshold of a quantity, with missing cells on either side.
  ///
  /// - Parameter bins: The node's histogram of the feature, the missing bin last.
  mutating func searchThresholds(_ bins: ArraySlice<HistogramBin>) {
    let values = bins.prefix(mapper.valueBinCount)
    let missing = mapper.hasMissing ? bins[bins.startIndex + mapper.missingBin] : HistogramBin()
    guard missing.rowCount > 0 else {
      // With nothing to learn from, a missing cell later goes where most rows went.
      searchThresholds(values, from: HistogramBin(), missingGoesLeft: nil)
      return
    }
    searchThresholds(values, from: missing, missingGoesLeft: true)
    searchThresholds(values, from: HistogramBin(), missingGoesLeft: false)
    // All values against the missing cells.
    let lastBin = mapper.valueBinCount - 1
    consider(
      left: total - missing, l2: rules.l2, missingGoesLeft: false, test: .upTo(bin: lastBin))
  }

  private mutating func searchThresholds(
    _ values: ArraySlice<HistogramBin>, from start: HistogramBin, missingGoesLeft: Bool?
  ) {
    var left = start
    for (bin, sum) in values.enumerated().dropLast() {
      // An empty bin gives the same two sides as the threshold before it.
      guard sum.rowCount > 0 else { continue }
      left = left + sum
      consider(
        left: left, l2: rules.l2,
        missingGoesLeft: missingGoesLeft ?? (left.rowCount * 2 >= total.rowCount),
        test: .upTo(bin: bin))
    }
  }
}
