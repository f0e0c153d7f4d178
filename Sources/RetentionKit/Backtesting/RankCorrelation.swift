/// How far two measures of the same things put them into the same order.
package enum RankCorrelation {
  /// Spearman's correlation: Pearson's, of ranks in which those that are tied share the mean of theirs.
  ///
  /// `nil` for fewer than 3 things, or where one measure is the same for all.
  ///
  /// - Precondition: Both have one length and no NaN.
  /// - Complexity: O(`n` log `n`).
  package static func spearman(_ first: [Double], _ second: [Double]) -> Double? {
    precondition(first.count == second.count, "\(first.count) and \(second.count) values")
    guard first.count >= 3 else { return nil }
    let (a, b) = (ranks(first), ranks(second))
    let mean = Double(first.count + 1) / 2
    var (product, squareA, squareB) = (0.0, 0.0, 0.0)
    for place in a.indices {
      product += (a[place] - mean) * (b[place] - mean)
      squareA += (a[place] - mean) * (a[place] - mean)
      squareB += (b[place] - mean) * (b[place] - mean)
    }
    guard squareA > 0, squareB > 0 else { return nil }
    return min(1, max(-1, product / (squareA.squareRoot() * squareB.squareRoot())))
  }

  /// The rank of each value, 1 for the smallest.
  package static func ranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      // The mean of start + 1 ... end.
      for place in start..<end { ranks[order[place]] = Double(start + 1 + end) / 2 }
      start = end
    }
    return ranks
  }
}
