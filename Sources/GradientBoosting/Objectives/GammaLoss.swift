import Learning

/// The negative log likelihood of positive amounts of mean `m = e^s` whose deviation grows with the
/// mean, but for what the score does not change: `y / m + s`.
package struct GammaLoss: Objective {
  private let outcomes: OutcomeColumn

  package init(_ outcomes: OutcomeColumn) { self.outcomes = outcomes }

  package var largestWeight: Double { outcomes.largestWeight }
  package var bounds: (gradient: Float, hessian: Float)? { nil }

  package func baseScores(rows: [Int]) -> [Double] { [LogLink.baseScore(outcomes, rows)] }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    let ratio = SIMD8<Float>(outcomes.eight(row)) * PortableMath.exp(-SIMD8<Float>(scores))
    return outcomes.weighted(row, 1 - ratio, ratio)
  }

  package func optimum(gradient: Double, hessian: Double) -> Double? {
    LogLink.optimum(gradient: gradient, hessian: hessian, power: 2)
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    let weight = outcomes.weight(row)
    return (weight * (outcomes[row] * PortableMath.exp(-scores[0]) + scores[0]), weight)
  }
}
