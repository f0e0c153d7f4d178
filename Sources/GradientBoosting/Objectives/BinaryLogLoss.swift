import Learning

/// The log loss of a yes-or-no outcome; the score is its log odds. See ``Learning/LogLoss``.
///
/// Positive rows may weigh more than they are. As such rows have odds that are as many times too high,
/// the loss is taken at the score plus the logarithm of that weight: the score that minimises it is
/// then the log odds of the rows as they are, and no probability needs to be corrected afterwards
/// (Elkan 2001, "The foundations of cost-sensitive learning", theorem 2).
package struct BinaryLogLoss: Objective {
  /// 1 where the outcome happened, else 0, shape `[rowCount]`.
  private let outcomes: LargeArray<Float>
  /// Divided by the largest, shape `[rowCount]`.
  private let shares: LargeArray<Float>?
  package let largestWeight: Double
  private let labels: [Bool]
  private let weights: [Double]?
  /// What is added to a score: the logarithm of the weight of positive rows.
  let priorOffset: Double

  /// - Parameter positiveWeight: What the weights of positive rows are multiplied with.
  package init(labels: [Bool], weights plain: [Double]?, positiveWeight: Double = 1) {
    self.labels = labels
    weights =
      positiveWeight == 1
      ? plain : labels.indices.map { (plain?[$0] ?? 1) * (labels[$0] ? positiveWeight : 1) }
    priorOffset = PortableMath.log(positiveWeight)
    outcomes = LargeArray(count: labels.count)
    for row in labels.indices { outcomes[row] = labels[row] ? 1 : 0 }
    guard let weights else {
      shares = nil
      largestWeight = 1
      return
    }
    let shares = LargeArray<Float>(count: labels.count)
    largestWeight = weights.max() ?? 1
    for row in weights.indices { shares[row] = Float(weights[row] / largestWeight) }
    self.shares = shares
  }

  package var bounds: (gradient: Float, hessian: Float)? { (1, 0.25) }

  package func baseScores(rows: [Int]) -> [Double] {
    // Whole numbers, so that the sums do not hang on the order of the rows.
    var positive: UInt64 = 0
    var total: UInt64 = 0
    for row in rows {
      let share = UInt64(Double(shares?[row] ?? 1) * 0x1p32)
      total += share
      if labels[row] { positive += share }
    }
    // A weighted base rate of 0 or 1 has no log odds.
    let rate = Double(positive) / Double(max(1, total))
    return [LogLoss.score(min(max(rate, 1e-12), 1 - 1e-12)) - priorOffset]
  }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    let odds = PortableMath.exp(-SIMD8<Float>(scores + priorOffset))
    let probability = 1 / (1 + odds)
    let gradient = probability - outcomes.eight(row)
    let hessian = probability * (1 - probability)
    guard let shares else { return (gradient, hessian) }
    let weight = shares.eight(row)
    return (gradient * weight, hessian * weight)
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    let (label, weight) = self.row(row)
    return (weight * LogLoss.value(score: scores[0] + priorOffset, label: label), weight)
  }

  /// A row's outcome, and how much it counts.
  func row(_ row: Int) -> (label: Bool, weight: Double) { (labels[row], weights?[row] ?? 1) }
}
