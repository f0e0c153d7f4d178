/// What comes of calling some rows positive and the others negative.
///
/// Counts are weights, and may be fractions where a cut parts tied rows, which go to both sides in
/// proportion. A rate without rows to take it of is `nil`.
public struct Confusion: Codable, Equatable, Sendable {
  /// Positive rows called positive.
  public var truePositives: Double
  /// Negative rows called positive.
  public var falsePositives: Double
  /// Negative rows called negative.
  public var trueNegatives: Double
  /// Positive rows called negative.
  public var falseNegatives: Double

  /// Calls rows positive whose probability is at least `threshold`.
  ///
  /// For the cut of best profit, pass its ``ProfitCurve/Point/lowestScore``.
  ///
  /// - Returns: `nil` where no row has weight, a weight is negative or not finite, a score is not
  ///   finite, or the threshold is not a number.
  /// - Precondition: All arrays have one length.
  public init?(
    scores: [Double], labels: [Bool], weights: [Double]? = nil, atLeast threshold: Double
  ) {
    guard !threshold.isNaN,
      let ranking = RankedRows(scores: scores, labels: labels, weights: weights)?.ranking
    else { return nil }
    let last = ranking.scores.indices.last { ranking.scores[$0] >= threshold }
    self.init(ranking, [(0..<((last ?? -1) + 1)).map { Piece(index: $0, share: 1) }])
  }

  /// Calls the best `share` of the rows positive.
  ///
  /// - Returns: `nil` as above, and for a share outside `0...1`.
  /// - Precondition: All arrays have one length.
  public init?(scores: [Double], labels: [Bool], weights: [Double]? = nil, topShare share: Double) {
    guard share >= 0, share <= 1,
      let ranking = RankedRows(scores: scores, labels: labels, weights: weights)?.ranking
    else { return nil }
    self.init(
      ranking,
      share == 1
        ? ranking.pieces(cuts: []) : [ranking.pieces(cuts: [ranking.total * share])[0]])
  }

  private init(_ ranking: Ranking, _ called: [[Piece]]) {
    var (positives, negatives) = (0.0, 0.0)
    for piece in called.joined() {
      positives += ranking.positive(piece.index) * piece.share
      negatives += ranking.negative(piece.index) * piece.share
    }
    truePositives = ranking.given(positives)
    falsePositives = ranking.given(negatives)
    trueNegatives = ranking.given(max(0, ranking.negativeTotal - negatives))
    falseNegatives = ranking.given(max(0, ranking.positiveTotal - positives))
  }

  /// The weight of all rows.
  public var total: Double { truePositives + falsePositives + trueNegatives + falseNegatives }
  /// The share of rows called positive.
  public var calledShare: Double { (truePositives + falsePositives) / total }
  /// The share of right calls.
  public var accuracy: Double { (truePositives + trueNegatives) / total }
  /// The share of positives among rows called positive.
  public var precision: Double? { Self.share(truePositives, falsePositives) }
  /// The share of positives that were called so.
  public var recall: Double? { Self.share(truePositives, falseNegatives) }
  /// The share of negatives that were called so.
  public var specificity: Double? { Self.share(trueNegatives, falsePositives) }
  /// The share of negatives among rows called negative.
  public var negativePredictiveValue: Double? { Self.share(trueNegatives, falseNegatives) }
  /// The harmonic mean of precision and recall; `nil` where no row is positive nor called so.
  public var f1: Double? { Self.share(2 * truePositives, falsePositives + falseNegatives) }
  /// The correlation of call and outcome (Matthews 1975); `nil` where either is always the same.
  public var matthewsCorrelation: Double? {
    let sides = [
      truePositives + falsePositives, truePositives + falseNegatives,
      trueNegatives + falsePositives, trueNegatives + falseNegatives,
    ]
    guard sides.allSatisfy({ $0 > 0 }) else { return nil }
    // Root by root: the product of four large weights may leave the range.
    let scale = sides.reduce(1) { $0 * $1.squareRoot() }
    return (truePositives * trueNegatives - falsePositives * falseNegatives) / scale
  }

  private static func share(_ part: Double, _ rest: Double) -> Double? {
    part + rest > 0 ? part / (part + rest) : nil
  }
}
