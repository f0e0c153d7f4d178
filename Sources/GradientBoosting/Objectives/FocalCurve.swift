import Learning

/// The focal loss of a yes-or-no outcome as a function of the true log odds.
///
/// Lin et al. 2017, "Focal loss for dense object detection", equation 4, give a row of confidence `q`
/// the loss `-(1 - q)^gamma log q` where the outcome happened, else `-q^gamma log(1 - q)`. The `q`
/// that minimises the expected loss is not the probability `p` of the outcome, but lies between it
/// and a half. Charoenphakdee et al. 2021, "On focal loss for class-posterior probability
/// estimation", give the way back, `p = A / (A + B)`, with
///
/// ```
/// A = d/du of the loss of a negative = q^gamma       (q - gamma (1 - q) log(1 - q))
/// B = -d/du of the loss of a positive = (1 - q)^gamma (1 - q - gamma q log q)      q = 1 / (1 + e^-u)
/// ```
///
/// Here the score is the log odds of `p`, so that nothing is left to be mapped: `u` is what has to be
/// found for a score. `log A - log B` rises with a slope of at least 1, so there is one `u` for each.
package struct FocalCurve: Sendable {
  /// The exponent of Lin et al.; 0 is the log loss.
  package let gamma: Double

  /// What may be asked for: Lin et al. looked at exponents up to 5.
  static let gammas = 0.0...5

  package init(gamma: Double) { self.gamma = gamma }

  /// The log odds of the probability for which the confidence of log odds `u` is best, their
  /// derivative by `u`, and `A + B`.
  private func atConfidence(_ u: Double) -> (logOdds: Double, slope: Double, sum: Double) {
    let (q, r) = (LogLoss.probability(u), LogLoss.probability(-u))
    let logQ = -LogLoss.value(score: u, label: true)
    let logR = -LogLoss.value(score: u, label: false)
    // A and B without their powers, and the derivatives of these.
    let (a, b) = (q - gamma * r * logR, r - gamma * q * logQ)
    let aSlope = q * r * (1 + gamma + gamma * logR)
    let bSlope = -q * r * (1 + gamma + gamma * logQ)
    return (
      gamma * u + PortableMath.log(a) - PortableMath.log(b), gamma + aSlope / a - bSlope / b,
      PortableMath.exp(gamma * logQ) * a + PortableMath.exp(gamma * logR) * b
    )
  }

  /// The log odds of the confidence that is best where the outcome has these log odds.
  package func confidence(ofLogOdds score: Double) -> Double {
    // The curve is odd and its slope at least 1, so `u` lies between 0 and the score.
    // A little more, so that rounding at the ends drives no step out.
    var (low, high) = (min(0, score) - 1, max(0, score) + 1)
    var u = score / (1 + gamma)
    for _ in 0..<100 {
      let (logOdds, slope, _) = atConfidence(u)
      if logOdds < score { low = u } else { high = u }
      var next = u - (logOdds - score) / slope
      if !(low...high).contains(next) { next = low / 2 + high / 2 }
      if (next - u).magnitude <= 1e-15 * max(1, u.magnitude) { return next }
      u = next
    }
    return u
  }

  /// What the log loss's derivatives by the score are multiplied with: `(A + B) du/ds`.
  ///
  /// The loss is proper in its score, so its gradient is 0 on average where the score is right, and
  /// so a multiple of `p - y`. The expected second derivative is the same multiple of `p (1 - p)`.
  package func weight(ofLogOdds score: Double) -> Double {
    let (_, slope, sum) = atConfidence(confidence(ofLogOdds: score))
    return sum / slope
  }

  /// The loss of one row.
  package func loss(score: Double, label: Bool) -> Double {
    let u = confidence(ofLogOdds: score)
    return PortableMath.exp(-gamma * LogLoss.value(score: u, label: !label))
      * LogLoss.value(score: u, label: label)
  }
}
