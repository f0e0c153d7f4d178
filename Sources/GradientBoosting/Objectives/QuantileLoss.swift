import Learning

/// The pinball loss, least at a quantile: `a (y - s)` where the outcome is above the score, else
/// `(1 - a) (s - y)`; the score is the prediction of the quantile at level `a`.
///
/// Source: Koenker and Bassett 1978, "Regression quantiles", https://doi.org/10.2307/1913643. The
/// loss has no curvature, so trees are grown with hessians of 1, and each leaf then takes the
/// weighted quantile of what is left of its rows' outcomes (Friedman 2001, section 4.3, for the
/// median; `RenewTreeOutput` in LightGBM).
package struct QuantileLoss: Objective {
  private let outcomes: OutcomeColumn
  private let level: Double

  package init(_ outcomes: OutcomeColumn, level: Double) {
    precondition(level > 0 && level < 1, "a level of \(level)")
    self.outcomes = outcomes
    self.level = level
  }

  package var largestWeight: Double { outcomes.largestWeight }
  package var bounds: (gradient: Float, hessian: Float)? { (Float(max(level, 1 - level)), 1) }

  package func baseScores(rows: [Int]) -> [Double] {
    [quantile(rows.map { (outcomes[$0], outcomes.weight($0)) })]
  }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    let isAbove = SIMD8<Float>(scores - outcomes.eight(row)) .< 0
    let gradient = SIMD8<Float>(repeating: Float(1 - level)).replacing(
      with: -Float(level), where: isAbove)
    return outcomes.weighted(row, gradient, SIMD8<Float>(repeating: 1))
  }

  package var renewsLeaves: Bool { true }

  package func renewedValue(rows: [Int], scores: LargeArray<Double>) -> Double {
    quantile(rows.map { (outcomes[$0] - scores[$0], outcomes.weight($0)) })
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    let weight = outcomes.weight(row)
    let above = outcomes[row] - scores[0]
    return (weight * (above > 0 ? level * above : (level - 1) * above), weight)
  }

  /// The least value that has at least ``level`` of the weight at or beneath it; halfway to the next
  /// where it has exactly that.
  private func quantile(_ values: [(value: Double, weight: Double)]) -> Double {
    let sorted = values.filter { $0.weight > 0 }.sorted { $0.value < $1.value }
    let wanted = level * sorted.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    for (position, (value, weight)) in sorted.enumerated() {
      sum += weight
      if sum < wanted { continue }
      if sum == wanted, position + 1 < sorted.count {
        return value / 2 + sorted[position + 1].value / 2
      }
      return value
    }
    return sorted.last?.value ?? 0
  }
}
