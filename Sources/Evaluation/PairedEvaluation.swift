import Learning

/// Two sets of probabilities of the same rows, judged by the same resamples.
///
/// Rows that are hard for one are mostly hard for the other, so a difference is known far better
/// than either figure: its interval comes from the differences within each resample, never from two
/// separate intervals. ROC AUC has the variance of DeLong et al. for it, other figures percentiles.
public struct PairedEvaluation: Sendable, Equatable {
  /// One figure of both, and by how much they differ.
  public struct Difference: Sendable, Equatable {
    /// Which figure.
    public var metric: Metric
    /// The figure of the first probabilities.
    public var first: Double
    /// The figure of the second.
    public var second: Double
    /// `second - first`.
    public var difference: Double
    /// The 2.5 % point of the difference; `nil` where more than 1 resample in 20 leaves it
    /// undefined, and without resamples.
    public var low: Double?
    /// The 97.5 % point.
    public var high: Double?
    /// For ROC AUC, how often two equally good rankings differ by as much (two-sided paired test of
    /// DeLong et al. 1988, of whole accounts where those are given); else `nil`.
    public var pValue: Double?
  }

  /// The figures that both define, in the order of `Metric.allCases`.
  public var differences: [Difference]

  /// Compares two sets of probabilities, each of shape `[rowCount]`.
  ///
  /// - Parameters:
  ///   - weights: How much each row counts; `nil` for 1 each.
  ///   - groups: What each row belongs to, for instance its account: whole groups are then drawn;
  ///     `nil` to draw rows.
  ///   - bootstrap: How resamples are drawn.
  ///   - threads: How many threads may work; the result does not depend on it, nor on the order of
  ///     the rows.
  /// - Returns: `nil` where no row has weight, a weight is negative or not finite, or a probability
  ///   is not finite.
  /// - Precondition: All arrays have one length.
  /// - Complexity: O(`n` log `n` + `resampleCount` `n`) for `n` rows.
  public init?(
    first: [Double], second: [Double], labels: [Bool], weights: [Double]? = nil,
    groups: [Int]? = nil, bootstrap: Bootstrap = Bootstrap(), threads: Int = 1
  ) {
    precondition(first.count == second.count, "\(first.count) and \(second.count) probabilities")
    let units = groups ?? Self.rowUnits(first, second, labels, weights)
    guard
      let firstRows = RankedRows(scores: first, labels: labels, weights: weights, groups: units),
      let secondRows = RankedRows(scores: second, labels: labels, weights: weights, groups: units)
    else { return nil }
    let rankings = (firstRows.ranking, secondRows.ranking)
    let losses = (Losses(rankings.0), Losses(rankings.1))
    let metrics = Metric.allCases
    let variances = AUCVariance(firstRows).flatMap { first in
      AUCVariance(secondRows).map { (first, $0) }
    }
    // Both hold the same rows of weight, so their units are the same, in the same order.
    let samples = bootstrap.samples(
      of: [
        ResampledMetrics(firstRows, losses: losses.0),
        ResampledMetrics(secondRows, losses: losses.1),
      ], threads: threads)
    let changes = zip(samples[0], samples[1]).map { before, after in
      zip(before, after).map { before, after in
        before.flatMap { before in after.map { $0 - before } }
      }
    }
    differences = metrics.indices.compactMap { index in
      guard let first = rankings.0.value(of: metrics[index], losses: losses.0),
        let second = rankings.1.value(of: metrics[index], losses: losses.1)
      else { return nil }
      var result = Difference(
        metric: metrics[index], first: first, second: second, difference: second - first)
      if metrics[index] == .rocAUC {
        guard bootstrap.resampleCount > 0, let variances else { return result }
        let comparison = variances.0.comparison(with: variances.1)
        result.pValue = comparison.pValue
        result.low = result.difference - comparison.reach
        result.high = result.difference + comparison.reach
      } else if let values = Bootstrap.defined(changes.map { $0[index] }) {
        // The calibration error of a resample is too large; see `IntervalMethod.centred`.
        let bias =
          metrics[index] == .expectedCalibrationError
          ? ResampledFigure.mean(values) - result.difference : 0
        result.low = ResampledFigure.quantile(0.025, of: values) - bias
        result.high = ResampledFigure.quantile(0.975, of: values) - bias
      }
      return result
    }
  }

  /// The difference of one metric, where both define it.
  public subscript(metric: Metric) -> Difference? {
    differences.first { $0.metric == metric }
  }

  /// A number for each row by its place among all rows, whatever their order; rows that are alike in
  /// everything may swap theirs, which no figure can notice.
  private static func rowUnits(
    _ first: [Double], _ second: [Double], _ labels: [Bool], _ weights: [Double]?
  ) -> [Int] {
    func key(_ row: Int) -> (Double, Double, Int, Double) {
      (first[row], second[row], labels[row] ? 1 : 0, weights?[row] ?? 1)
    }
    var unitOfRow = [Int](repeating: 0, count: first.count)
    for (unit, row) in first.indices.sorted(by: { key($0) < key($1) }).enumerated() {
      unitOfRow[row] = unit
    }
    return unitOfRow
  }
}
