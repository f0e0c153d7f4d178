import Learning

/// What Poisson, gamma and Tweedie losses share: the score is the log of the mean, and the variance
/// goes with the mean's power `p` (1 for counts, 2 for gamma).
enum LogLink {
  /// The log of the mean outcome, which has the lowest loss of all constants whatever the power.
  static func baseScore(_ outcomes: OutcomeColumn, _ rows: [Int]) -> Double {
    // A mean of 0 has no log.
    PortableMath.log(max(outcomes.mean(rows), 1e-12))
  }

  /// The constant that, added to the scores of some rows, has the lowest loss: the log of `Y / M`,
  /// with `Y = sum y m^(1 - p)` and `M = sum m^(2 - p)`.
  ///
  /// Both follow from the sums of the derivatives, `G = M - Y` and `H = (2 - p) M + (p - 1) Y`.
  static func optimum(gradient: Double, hessian: Double, power: Double) -> Double? {
    let found = hessian - (2 - power) * gradient
    let expected = hessian + (power - 1) * gradient
    guard found > 0, expected > 0 else { return nil }
    return PortableMath.log(found / expected)
  }
}
