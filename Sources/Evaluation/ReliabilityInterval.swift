import Learning

/// Between which rates the true one of a reliability bin lies, with 95 % confidence.
public struct ReliabilityInterval: Sendable, Equatable {
  /// The lower end.
  public var low: Double
  /// The upper end.
  public var high: Double
}

extension Metrics {
  /// The intervals of the observed rates of ``reliability(probabilities:labels:weights:binCount:)``,
  /// in its order; `nil` for a bin of one unit.
  ///
  /// Wilson's interval (Wilson 1927) for as many independent rows as tell as much: the rate's variance
  /// is that between units, and `n = rate (1 - rate) / variance` (Korn and Graubard 1998, "Confidence
  /// intervals for proportions with small expected number of positive counts estimated from survey
  /// data"), at most the rows there are. Where all rows of a bin have one outcome, `n` is the number
  /// of units.
  ///
  /// - Parameter groups: What each row belongs to, for instance its account: the unit. `nil` where
  ///   each row stands alone.
  /// - Returns: Empty where there are no bins.
  /// - Precondition: All arrays have one length.
  public static func reliabilityIntervals(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, groups: [Int]? = nil,
    binCount: Int
  ) -> [ReliabilityInterval?] {
    guard binCount > 0,
      let rows = RankedRows(
        scores: probabilities, labels: labels, weights: weights, groups: groups)
    else { return [] }
    let ranking = rows.ranking
    guard ranking.holdsProbabilities else { return [] }
    var rowsOfScore: [Range<Int>] = []
    var start = 0
    for row in 1...rows.cellOfRow.count
    where row == rows.cellOfRow.count || rows.cellOfRow[row] / 2 != rows.cellOfRow[start] / 2 {
      rowsOfScore.append(start..<row)
      start = row
    }
    var residuals = [Double](repeating: 0, count: rows.unitCount)
    var intervals: [ReliabilityInterval?] = []
    for pieces in ranking.pieces(cuts: ranking.cuts(count: binCount)).reversed() {
      var slice = Slice()
      for piece in pieces { slice.add(ranking, piece) }
      guard slice.mass > 0 else { continue }
      let rate = slice.positive / slice.mass
      var units: Set<Int> = []
      var rowCount = 0.0
      for piece in pieces {
        for row in rowsOfScore[piece.index] {
          let unit = rows.unit(of: row)
          units.insert(unit)
          rowCount += 1
          residuals[unit] +=
            piece.share * rows.weight(of: row) * (Double(rows.cellOfRow[row] & 1) - rate)
        }
      }
      // In order, so that the sum is the same in every process.
      var squares = 0.0
      for unit in units.sorted() {
        squares += residuals[unit] * residuals[unit]
        residuals[unit] = 0
      }
      let count = Double(units.count)
      guard units.count > 1 else {
        intervals.append(nil)
        continue
      }
      let variance = squares / (slice.mass * slice.mass) * count / (count - 1)
      let effective = variance > 0 ? min(rowCount, rate * (1 - rate) / variance) : count
      intervals.append(ReliabilityInterval(rate: rate, of: effective))
    }
    return intervals
  }
}

extension ReliabilityInterval {
  /// Wilson's interval.
  fileprivate init(rate: Double, of count: Double) {
    let z = PortableMath.normal95
    let scale = 1 + z * z / count
    let centre = (rate + z * z / (2 * count)) / scale
    let half = z / scale * (rate * (1 - rate) / count + z * z / (4 * count * count)).squareRoot()
    // The ends hold the rate, whatever was rounded.
    low = max(0, min(rate, centre - half))
    high = min(1, max(rate, centre + half))
  }
}
