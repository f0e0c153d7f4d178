/// How far two scores of the same rows agree on who comes first.
public struct RankAgreement: Sendable, Equatable {
  /// The correlation of ranks, ties with their mean rank (Spearman 1904); `nil` where one of the
  /// scores is the same for all rows.
  public let spearman: Double?
  /// Of the pairs of rows, those in the same order less those in the opposite one, corrected for ties:
  /// tau-b (Kendall 1945).
  public let kendall: Double?
  /// The share of rows that are three tenths or more away from where they were.
  public let movedShare: Double
  /// A row has moved that is so many tenths away.
  public static let movedDecileCount = 3

  /// Compares two scores, each of shape `[rowCount]`.
  ///
  /// - Precondition: Both are finite and of one length.
  /// - Complexity: O(n log n).
  public init(_ first: [Double], _ second: [Double]) {
    precondition(first.count == second.count, "\(first.count) and \(second.count) scores")
    let (a, b) = (Self.doubledRanks(first), Self.doubledRanks(second))
    spearman = Self.spearman(a, b)
    kendall = Self.kendall(first, second)
    let count = first.count
    func tenth(_ doubledRank: Int) -> Int { min(9, (doubledRank - 1) * 10 / (2 * max(1, count))) }
    let moved = zip(a, b).count { abs(tenth($0) - tenth($1)) >= Self.movedDecileCount }
    movedShare = Double(moved) / Double(max(1, count))
  }

  /// Twice the rank from 1 of each value, ties with their mean: whole numbers, so that sums of them
  /// are exact in any order.
  static func doubledRanks(_ values: [Double]) -> [Int] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var ranks = [Int](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      for place in start..<end { ranks[order[place]] = start + end + 1 }
      start = end
    }
    return ranks
  }

  private static func spearman(_ first: [Int], _ second: [Int]) -> Double? {
    // Ranks are centred on their mean, (n + 1) / 2.
    let centre = first.count + 1
    var (products, firstSquares, secondSquares) = (0.0, 0.0, 0.0)
    for (a, b) in zip(first, second) {
      let (a, b) = (Double(a - centre), Double(b - centre))
      products += a * b
      firstSquares += a * a
      secondSquares += b * b
    }
    guard firstSquares > 0, secondSquares > 0 else { return nil }
    return products / (firstSquares.squareRoot() * secondSquares.squareRoot())
  }

  /// Method: Knight 1966, "A computer method for calculating Kendall's tau with ungrouped data": pairs
  /// in opposite order are the exchanges of a merge sort.
  private static func kendall(_ first: [Double], _ second: [Double]) -> Double? {
    let order = first.indices.sorted { (first[$0], second[$0]) < (first[$1], second[$1]) }
    func pairCount(_ count: Int) -> Int { count * (count - 1) / 2 }
    func tiedPairs(_ isTied: (Int, Int) -> Bool, in order: [Int]) -> Int {
      var (pairs, start) = (0, 0)
      for end in 1...max(1, order.count)
      where end == order.count || !isTied(order[end - 1], order[end]) {
        pairs += pairCount(end - start)
        start = end
      }
      return pairs
    }
    guard first.count > 1 else { return nil }
    let all = pairCount(first.count)
    let tiedInFirst = tiedPairs({ first[$0] == first[$1] }, in: order)
    let tiedInBoth = tiedPairs({ first[$0] == first[$1] && second[$0] == second[$1] }, in: order)
    var values = order.map { second[$0] }
    let exchanges = sortCountingExchanges(&values)
    let tiedInSecond = tiedPairs({ values[$0] == values[$1] }, in: Array(values.indices))
    let (a, b) = (Double(all - tiedInFirst), Double(all - tiedInSecond))
    guard a > 0, b > 0 else { return nil }
    let agreeing = all - tiedInFirst - tiedInSecond + tiedInBoth - 2 * exchanges
    return Double(agreeing) / (a.squareRoot() * b.squareRoot())
  }

  /// Sorts, and counts the pairs that were in descending order.
  private static func sortCountingExchanges(_ values: inout [Double]) -> Int {
    var exchanges = 0
    var merged = values
    var width = 1
    while width < values.count {
      var start = 0
      while start < values.count {
        let middle = min(start + width, values.count)
        let end = min(start + 2 * width, values.count)
        var (left, right) = (start, middle)
        for place in start..<end {
          if left < middle, right == end || values[left] <= values[right] {
            merged[place] = values[left]
            left += 1
          } else {
            merged[place] = values[right]
            right += 1
            exchanges += middle - left
          }
        }
        start = end
      }
      swap(&values, &merged)
      width *= 2
    }
    return exchanges
  }
}
