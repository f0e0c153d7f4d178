/// How probabilities are spread among rows of either outcome, in bins of one width.
public struct ScoreDistribution: Sendable, Equatable {
  /// Where bins begin and end, ascending from 0, shape `[binCount + 1]`.
  public let edges: [Double]
  /// The share of the positive rows in each bin; they add up to 1. Shape `[binCount]`.
  public let positive: [Double]
  /// The share of the negative rows in each bin.
  public let negative: [Double]
  /// The mean probability of the positive rows.
  public let positiveMean: Double
  /// The mean probability of the negative rows.
  public let negativeMean: Double

  /// The most bins.
  private static let mostBins = 40

  /// Counts rows.
  ///
  /// - Returns: `nil` where rows have one outcome only, or a value is no probability.
  /// - Precondition: All arrays have one length.
  public init?(probabilities: [Double], labels: [Bool], weights: [Double]? = nil) {
    precondition(
      probabilities.count == labels.count,
      "\(probabilities.count) probabilities but \(labels.count) labels")
    guard probabilities.allSatisfy({ $0 >= 0 && $0 <= 1 }), let highest = probabilities.max() else {
      return nil
    }
    let steps = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025]
    let step = steps.first { highest / $0 <= Double(Self.mostBins) } ?? 0.025
    let count = max(1, Int((highest / step).rounded(.up)))
    var means = [0.0, 0.0]
    var sums = [[Double]](repeating: [Double](repeating: 0, count: count), count: 2)
    for row in probabilities.indices {
      let bin = min(count - 1, Int(probabilities[row] / step))
      let weight = weights?[row] ?? 1
      sums[labels[row] ? 1 : 0][bin] += weight
      means[labels[row] ? 1 : 0] += weight * probabilities[row]
    }
    let totals = sums.map { $0.reduce(0, +) }
    guard totals.allSatisfy({ $0 > 0 }) else { return nil }
    edges = (0...count).map { Double($0) * step }
    negative = sums[0].map { $0 / totals[0] }
    positive = sums[1].map { $0 / totals[1] }
    negativeMean = means[0] / totals[0]
    positiveMean = means[1] / totals[1]
  }
}
