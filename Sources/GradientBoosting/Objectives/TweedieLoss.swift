import Learning

/// The negative log likelihood of amounts that are often 0 and else positive, of mean `m = e^s` and
/// variance in proportion to `m^p`, `1 < p < 2`, but for what the score does not change:
/// `m^(2 - p) / (2 - p) - y m^(1 - p) / (1 - p)`.
///
/// Source: Jorgensen 1987, "Exponential dispersion models"; as a sum of a Poisson number of gamma
/// amounts, `p` 1 is a count and `p` 2 is always positive.
package struct TweedieLoss: Objective {
  private let outcomes: OutcomeColumn
  private let power: Double

  package init(_ outcomes: OutcomeColumn, power: Double) {
    precondition(power > 1 && power < 2, "a variance power of \(power)")
    self.outcomes = outcomes
    self.power = power
  }

  package var largestWeight: Double { outcomes.largestWeight }
  package var bounds: (gradient: Float, hessian: Float)? { nil }

  package func baseScores(rows: [Int]) -> [Double] { [LogLink.baseScore(outcomes, rows)] }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    let score = SIMD8<Float>(scores)
    let fromOne = Float(1 - power)
    let fromTwo = Float(2 - power)
    let found = SIMD8<Float>(outcomes.eight(row)) * PortableMath.exp(score * fromOne)
    let expected = PortableMath.exp(score * fromTwo)
    return outcomes.weighted(row, expected - found, expected * fromTwo - found * fromOne)
  }

  package func optimum(gradient: Double, hessian: Double) -> Double? {
    LogLink.optimum(gradient: gradient, hessian: hessian, power: power)
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    let weight = outcomes.weight(row)
    let found = outcomes[row] * PortableMath.exp((1 - power) * scores[0]) / (1 - power)
    let expected = PortableMath.exp((2 - power) * scores[0]) / (2 - power)
    return (weight * (expected - found), weight)
  }
}
