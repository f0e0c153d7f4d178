/// What calling the best rows, more and more of them, has found so far: the curve behind ROC,
/// precision-recall and gains.
///
/// Rows of one score are called together, so a tie is one step.
public struct RankingCurve: Sendable, Equatable {
  /// What is found when all rows of at least some score are called.
  public struct Point: Sendable, Equatable {
    /// The lowest score called; infinite where none is.
    public var threshold: Double
    /// The share of all rows called, in `0...1`.
    public var share: Double
    /// The share of the positive rows called: recall, and the ROC curve's height.
    public var recall: Double
    /// The share of the negative rows called: the ROC curve's distance from the left.
    public var falsePositiveRate: Double
    /// The share of positive rows among the called; `nil` where none is.
    public var precision: Double?
  }

  /// From no row to all of them, one point for each distinct score.
  public let points: [Point]
  /// The share of positive rows.
  public let baseRate: Double

  /// Walks the ranking from the best score down.
  ///
  /// - Returns: `nil` where rows have one outcome only, a score is not finite, or a weight is negative
  ///   or not finite.
  /// - Precondition: All arrays have one length.
  /// - Complexity: O(`n` log `n`) for `n` rows.
  public init?(scores: [Double], labels: [Bool], weights: [Double]? = nil) {
    guard let ranking = RankedRows(scores: scores, labels: labels, weights: weights)?.ranking,
      ranking.hasBothClasses
    else { return nil }
    var (positives, negatives) = (0.0, 0.0)
    var points = [
      Point(threshold: .infinity, share: 0, recall: 0, falsePositiveRate: 0, precision: nil)
    ]
    points.reserveCapacity(ranking.scores.count + 1)
    for index in ranking.scores.indices {
      positives += ranking.positive(index)
      negatives += ranking.negative(index)
      points.append(
        Point(
          threshold: ranking.scores[index], share: (positives + negatives) / ranking.total,
          recall: positives / ranking.positiveTotal,
          falsePositiveRate: negatives / ranking.negativeTotal,
          precision: positives / (positives + negatives)))
    }
    self.points = points
    baseRate = ranking.baseRate
  }
}
