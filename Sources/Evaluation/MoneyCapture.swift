/// How much of the money of those who left the best share of the ranking holds.
public struct MoneyCapture: Codable, Equatable, Sendable {
  /// One share of the rows.
  public struct Row: Codable, Equatable, Sendable {
    /// The share of the rows' weight, best first, in `0...1`.
    public var share: Double
    /// The money of the positive rows in it.
    public var money: Double
    /// The share of all positive rows' money that this is.
    public var captured: Double
    /// `captured / share`: how many times what as many rows at random hold.
    public var lift: Double
    /// The 95 % interval of `captured`; `nil` with fewer than 100 positive rows (accounts, where
    /// those are drawn) and where nothing or all is captured.
    public var low: Double?
    /// Its upper end.
    public var high: Double?
  }

  /// The money of all positive rows.
  public var total: Double
  /// One row per share asked for.
  public var rows: [Row]
  /// How the intervals were had.
  public var intervalMethod: IntervalMethod

  /// From how many positive rows on there are intervals: a few large customers decide below.
  static let minimumUnitCount = 100

  /// Sums up money, tied rows at a cut shared in proportion.
  ///
  /// - Parameters:
  ///   - scores: Who is contacted first, shape `[rowCount]`.
  ///   - money: What each row pays, for instance its monthly recurring revenue, shape `[rowCount]`,
  ///     at least 0.
  ///   - weights: How many customers each row stands for; `nil` for 1 each.
  ///   - groups: What each row belongs to; whole groups are drawn. `nil` to draw rows.
  ///   - shares: Which shares of the rows to look at, each above 0 and at most 1.
  /// - Returns: `nil` where no positive row has money, a share is out of range, a money or weight is
  ///   negative or not finite, or a score is not finite.
  /// - Precondition: All arrays of rows have one length.
  public init?(
    scores: [Double], labels: [Bool], money: [Double], weights: [Double]? = nil,
    groups: [Int]? = nil, shares: [Double] = [0.05, 0.1, 0.2, 0.3, 0.5],
    bootstrap: Bootstrap = Bootstrap(), threads: Int = 1
  ) {
    guard shares.allSatisfy({ $0 > 0 && $0 <= 1 }),
      let ranked = RankedRows(
        scores: scores, labels: labels, weights: weights, groups: groups, money: money)
    else { return nil }
    let walk = MoneyWalk(rows: ranked, shares: shares)
    let all = walk.sums([UInt8](repeating: 1, count: ranked.unitCount))
    guard all.total > 0 else { return nil }
    let units = ranked.outcomeUnitCounts
    let method = IntervalMethod.centredLogOdds
    var samples: [[Double?]] = []
    if units.positive >= Self.minimumUnitCount {
      samples = bootstrap.samples(unitCount: ranked.unitCount, threads: threads) { counts in
        let sums = walk.sums(counts)
        return sums.above.map { sums.total > 0 ? $0 / sums.total : nil }
      }
    }
    total = all.total / ranked.weightScale
    intervalMethod = method
    rows = shares.indices.map { index in
      let captured = shares[index] == 1 ? 1 : all.above[index] / all.total
      let limits = Bootstrap.defined(samples.map { $0[index] }).flatMap {
        ResampledFigure(estimate: captured, values: $0)
          .interval(method, unitCount: units.positive)
      }
      return Row(
        share: shares[index], money: all.above[index] / ranked.weightScale, captured: captured,
        lift: captured / shares[index], low: limits?.low, high: limits?.high)
    }
  }
}

/// Sums money from the best score down.
private struct MoneyWalk: Sendable {
  let rows: RankedRows
  let shares: [Double]

  /// The money of positive rows, all of it and that within each share.
  func sums(_ counts: [UInt8]) -> (total: Double, above: [Double]) {
    let ranking = rows.ranking(unitCounts: counts)
    let money = rows.positiveMoney(unitCounts: counts)
    // Ascending, so that one walk meets them all.
    let order = shares.indices.sorted { shares[$0] < shares[$1] }
    var above = [Double](repeating: 0, count: shares.count)
    var next = 0
    var (position, sum) = (0.0, 0.0)
    for index in ranking.scores.indices {
      let atScore = ranking.positive(index) + ranking.negative(index)
      while next < order.count, ranking.total * shares[order[next]] < position + atScore {
        let part = (ranking.total * shares[order[next]] - position) / atScore
        above[order[next]] = sum + part * money[index]
        next += 1
      }
      position += atScore
      sum += money[index]
    }
    for index in order[next...] { above[index] = sum }
    return (sum, above)
  }
}
