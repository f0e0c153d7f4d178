/// How good scores are, given what happened.
///
/// Each figure ignores the order of the rows to the last bit, treats tied scores alike, and counts
/// a row of weight 0 as absent. A figure that is not defined is `nil`, never 0.5 or NaN: where no
/// row has weight, a score is not finite, a weight is negative or not finite, or as each function
/// says. Definitions and sources: `Docs/Methods/Metrics.md`.
///
/// All arrays have shape `[rowCount]`. `scores` only rank, so log odds will do; `probabilities`
/// are in `0...1`, and a figure is `nil` where one is not. `weights` of `nil` count each row once.
///
/// - Complexity: O(`rowCount` log `rowCount`) each. ``EvaluationSummary`` sorts once for all.
public enum Metrics {
  /// The chance that a random positive row scores above a random negative one; a tie counts half.
  ///
  /// `nil` where rows have one outcome. Hanley and McNeil 1982.
  public static func rocAUC(
    scores: [Double], labels: [Bool], weights: [Double]? = nil
  ) -> Double? {
    RankedRows(scores: scores, labels: labels, weights: weights)?.ranking.rocAUC
  }

  /// The mean precision at the positives: `sum (R[k] - R[k-1]) P[k]` over distinct scores.
  ///
  /// `average_precision_score` in scikit-learn: steps, without interpolation. `nil` without
  /// positives.
  public static func averagePrecision(
    scores: [Double], labels: [Bool], weights: [Double]? = nil
  ) -> Double? {
    RankedRows(scores: scores, labels: labels, weights: weights)?.ranking.averagePrecision
  }

  /// The mean of `-log p` over positives and `-log(1 - p)` over negatives, in nats.
  ///
  /// A probability of exactly 0 counts as `Double.leastNonzeroMagnitude` and one of exactly 1 as
  /// `1.0.nextDown`, so that the loss is finite; no other is changed.
  public static func logLoss(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil
  ) -> Double? {
    guard
      let ranking = RankedRows(scores: probabilities, labels: labels, weights: weights)?.ranking,
      let losses = Losses(ranking)
    else { return nil }
    return ranking.logLoss(losses)
  }

  /// The mean squared distance of probability and outcome. Brier 1950, for one event.
  public static func brierScore(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil
  ) -> Double? {
    RankedRows(scores: probabilities, labels: labels, weights: weights)?.ranking.brierScore
  }

  /// The parts of a Brier score over bins of equal weight, tied rows at an edge shared by both;
  /// `binCount` of `nil` for a bin for each distinct probability.
  public static func brierParts(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, binCount: Int? = nil
  ) -> BrierParts? {
    RankedRows(scores: probabilities, labels: labels, weights: weights)?.ranking
      .brierParts(binCount: binCount)
  }

  /// The regression of outcomes on the log odds foretold; `nil` where rows have one outcome.
  ///
  /// - Parameter groups: What each row belongs to, for standard errors; `nil` for itself.
  public static func calibrationLine(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, groups: [Int]? = nil
  ) -> CalibrationLine? {
    RankedRows(scores: probabilities, labels: labels, weights: weights, groups: groups)
      .flatMap(CalibrationLine.init)
  }

  /// The weighted mean probability, to hold against the base rate.
  public static func meanProbability(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil
  ) -> Double? {
    RankedRows(scores: probabilities, labels: labels, weights: weights)?.ranking.meanProbability
  }

  /// The mean distance of mean probability and observed rate, over bins of equal weight.
  ///
  /// Rows that are tied across a bin's edge are shared by both bins in proportion, positives
  /// likewise, so their order is nothing to it. It shrinks with more rows even for a perfect
  /// calibration: small samples have some by chance. Naeini, Cooper, Hauskrecht 2015, with the
  /// equal-mass bins of Nixon et al. 2019.
  public static func expectedCalibrationError(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, binCount: Int = 10
  ) -> Double? {
    RankedRows(scores: probabilities, labels: labels, weights: weights)?.ranking
      .expectedCalibrationError(binCount: binCount)
  }

  /// The bins of ``expectedCalibrationError(probabilities:labels:weights:binCount:)``, lowest
  /// probability first; empty where that is `nil`.
  public static func reliability(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, binCount: Int = 10
  ) -> [ReliabilityBin] {
    RankedRows(scores: probabilities, labels: labels, weights: weights)?.ranking
      .reliability(binCount: binCount) ?? []
  }

  /// The rate of positives in the best `share` of the rows, over the base rate.
  ///
  /// Rows tied at the cut-off give their positives in proportion to how many of them are needed:
  /// a score that knows nothing has a lift of 1 in expectation, however many ties it has.
  ///
  /// `nil` without positives, or for a `share` outside `0 < share <= 1`.
  public static func lift(
    at share: Double, scores: [Double], labels: [Bool], weights: [Double]? = nil
  ) -> Double? {
    RankedRows(scores: scores, labels: labels, weights: weights)?.ranking.lift(at: share)
  }

  /// Slices of equal weight, best first, with ties shared as in
  /// ``lift(at:scores:labels:weights:)``; empty where nothing is defined.
  public static func gains(
    scores: [Double], labels: [Bool], weights: [Double]? = nil, sliceCount: Int = 10
  ) -> [GainsRow] {
    RankedRows(scores: scores, labels: labels, weights: weights)?.ranking
      .gains(sliceCount: sliceCount) ?? []
  }

  /// The widest gap between the shares of positives and of negatives above a score (two-sample
  /// Kolmogorov-Smirnov distance); `nil` where rows have one outcome.
  public static func kolmogorovSmirnov(
    scores: [Double], labels: [Bool], weights: [Double]? = nil
  ) -> Double? {
    RankedRows(scores: scores, labels: labels, weights: weights)?.ranking.kolmogorovSmirnov
  }

  /// The accuracy of calling every row negative: `1 - baseRate`.
  public static func allNegativeAccuracy(labels: [Bool], weights: [Double]? = nil) -> Double? {
    Baseline(labels: labels, weights: weights)?.allNegativeAccuracy
  }

  /// The accuracy of giving every row the more frequent outcome.
  public static func majorityAccuracy(labels: [Bool], weights: [Double]? = nil) -> Double? {
    Baseline(labels: labels, weights: weights)?.majorityAccuracy
  }
}
