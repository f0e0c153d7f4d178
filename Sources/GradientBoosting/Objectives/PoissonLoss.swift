import Learning

/// The negative log likelihood of counts of mean `m = e^s`, but for what the score does not change:
/// `m - y s`.
///
/// The hessian `m` is multiplied with `e^0.7`, for shorter steps: where the mean rises, so does the
/// curvature, and Newton's step goes too far. LightGBM's `poisson_max_delta_step`, at its default.
package struct PoissonLoss: Objective {
  private let outcomes: OutcomeColumn
  /// `e^0.7`.
  package static let stretch = 2.0137527074704766

  package init(_ outcomes: OutcomeColumn) { self.outcomes = outcomes }

  package var largestWeight: Double { outcomes.largestWeight }
  package var bounds: (gradient: Float, hessian: Float)? { nil }

  package func baseScores(rows: [Int]) -> [Double] { [LogLink.baseScore(outcomes, rows)] }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    let mean = PortableMath.exp(SIMD8<Float>(scores))
    return outcomes.weighted(
      row, mean - SIMD8<Float>(outcomes.eight(row)), mean * Float(Self.stretch))
  }

  package func optimum(gradient: Double, hessian: Double) -> Double? {
    LogLink.optimum(gradient: gradient, hessian: hessian / Self.stretch, power: 1)
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    let weight = outcomes.weight(row)
    return (weight * (PortableMath.exp(scores[0]) - outcomes[row] * scores[0]), weight)
  }
}
