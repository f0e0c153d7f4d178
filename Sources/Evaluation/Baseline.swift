import Learning

/// The figures of predicting the base rate for every row: what a model must beat.
///
/// The rate is that of the judged rows themselves, the best constant there is in hindsight.
public struct Baseline: Codable, Equatable, Sendable {
  /// The share of positive rows.
  public var baseRate: Double
  /// The entropy of the base rate, in nats.
  public var logLoss: Double
  /// `baseRate * (1 - baseRate)`.
  public var brierScore: Double
  /// 0.5 by definition, since all rows tie; `nil` where rows have one outcome.
  public var rocAUC: Double?
  /// The base rate; `nil` without positives.
  public var averagePrecision: Double?
  /// The accuracy of calling every row negative.
  public var allNegativeAccuracy: Double
  /// The accuracy of giving every row the more frequent outcome.
  public var majorityAccuracy: Double

  /// The figures of rows with these outcomes; `nil` where no row has weight or a weight is
  /// negative or not finite.
  ///
  /// - Precondition: `weights` are as many as `labels`.
  public init?(labels: [Bool], weights: [Double]? = nil) {
    let scores = [Double](repeating: 0, count: labels.count)
    guard let rows = RankedRows(scores: scores, labels: labels, weights: weights) else {
      return nil
    }
    self.init(rows.ranking)
  }

  init(_ ranking: Ranking) {
    let negativeRate = ranking.negativeTotal / ranking.total
    baseRate = ranking.baseRate
    // From 0 downwards: the negative of nothing would be -0.
    logLoss = 0 - Self.timesLog(baseRate) - Self.timesLog(negativeRate)
    brierScore = baseRate * negativeRate
    rocAUC = ranking.hasBothClasses ? 0.5 : nil
    averagePrecision = ranking.positiveTotal > 0 ? baseRate : nil
    allNegativeAccuracy = negativeRate
    majorityAccuracy = max(baseRate, negativeRate)
  }

  /// `x log x`, continued to 0 at 0.
  private static func timesLog(_ x: Double) -> Double { x > 0 ? x * PortableMath.log(x) : 0 }
}
