import Learning

extension Calibrator {
  /// By how much the probability rises per unit of score, at a score; at a knot, to its right.
  ///
  /// 0 only where the probability is within an ulp of 0 or 1.
  public func derivative(at score: Double) -> Double {
    let p = probability(score)
    switch self {
    case .identity:
      return p * (1 - p)
    case .platt(let slope, _):
      return slope * p * (1 - p)
    case .isotonic(let knots):
      let above = Self.firstIndex(in: knots, above: score)
      guard above > 0, above < knots.count else { return Self.minimumSlope * p * (1 - p) }
      let (left, right) = (knots[above - 1], knots[above])
      return (right.probability - left.probability) / (right.score - left.score)
    case .beta(let a, let b, _):
      // d log q / d score = 1 - q, written as the probability of the opposite score.
      return (a * LogLoss.probability(-score) + b * LogLoss.probability(score)) * p * (1 - p)
    }
  }

  /// The mean rise of the probability per unit of score between two scores, so that
  /// `secant * (end - start)` is what the probability moved; the derivative where the two are
  /// equal.
  ///
  /// It turns a share of a score into a share of a probability.
  public func secant(from start: Double, to end: Double) -> Double {
    start == end
      ? derivative(at: start) : (probability(end) - probability(start)) / (end - start)
  }
}
