import Learning

/// Half the squared difference of score and outcome; the score is the prediction, of the mean.
package struct SquaredError: Objective {
  private let outcomes: OutcomeColumn

  package init(_ outcomes: OutcomeColumn) { self.outcomes = outcomes }

  package var largestWeight: Double { outcomes.largestWeight }
  package var bounds: (gradient: Float, hessian: Float)? { nil }

  package func baseScores(rows: [Int]) -> [Double] { [outcomes.mean(rows)] }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    // The difference in double precision: it may be small where both are large.
    outcomes.weighted(
      row, SIMD8<Float>(scores - outcomes.eight(row)), SIMD8<Float>(repeating: 1))
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    let weight = outcomes.weight(row)
    let difference = scores[0] - outcomes[row]
    return (weight * difference * difference / 2, weight)
  }
}
