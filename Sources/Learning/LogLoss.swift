/// The loss of a probability against an outcome, in nats, as a function of the raw score (log odds).
///
/// Both learners minimise it, so that their fits can be compared; `score` is any finite number.
public enum LogLoss {
  /// The probability that a raw score stands for.
  public static func probability(_ score: Double) -> Double {
    // Never the exponential of a positive number: it could overflow.
    if score >= 0 { return 1 / (1 + PortableMath.exp(-score)) }
    let odds = PortableMath.exp(score)
    return odds / (1 + odds)
  }

  /// The raw score that stands for a probability strictly between 0 and 1.
  public static func score(_ probability: Double) -> Double {
    PortableMath.log(probability) - PortableMath.log(1 - probability)
  }

  /// The loss of one row: `-log p` where the outcome happened, else `-log(1 - p)`.
  public static func value(score: Double, label: Bool) -> Double {
    // max(z, 0) - y z + log(1 + exp(-|z|)): no cancellation and no overflow for large scores.
    max(score, 0) - (label ? score : 0) + PortableMath.log1p(PortableMath.exp(-score.magnitude))
  }

  /// First derivative of the loss by the score: `p - y`.
  public static func gradient(probability: Double, label: Bool) -> Double {
    label ? probability - 1 : probability
  }

  /// Second derivative of the loss by the score: `p (1 - p)`.
  public static func hessian(probability: Double) -> Double { probability * (1 - probability) }

  /// The weighted mean loss of scores, shape `[rowCount]` each.
  public static func mean(scores: [Double], labels: [Bool], weights: [Double]? = nil) -> Double {
    precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
    var sum = 0.0
    var total = 0.0
    for row in scores.indices {
      let weight = weights?[row] ?? 1
      sum += weight * value(score: scores[row], label: labels[row])
      total += weight
    }
    return sum / total
  }
}
