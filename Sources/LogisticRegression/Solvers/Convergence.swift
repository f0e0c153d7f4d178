/// How a fit ended.
public struct Convergence: Sendable, Equatable {
  /// How many steps were taken.
  public var iterationCount: Int
  /// The largest component of the objective's gradient at the end, divided by the weight of all
  /// rows.
  public var gradientNorm: Double
  /// Whether the gradient is as small as rounding lets it be.
  public var isConverged: Bool
  /// What was added to the Hessian's diagonal because it was singular; 0 as a rule.
  public var addedRidge: Double

  /// Restores a record of a fit.
  public init(
    iterationCount: Int, gradientNorm: Double, isConverged: Bool, addedRidge: Double
  ) {
    self.iterationCount = iterationCount
    self.gradientNorm = gradientNorm
    self.isConverged = isConverged
    self.addedRidge = addedRidge
  }
}

extension LogisticObjective {
  /// The first of the full step, half of it, a quarter, ... that does not raise the objective.
  func lowered(
    from point: Point, along step: [Double], of rows: Rows = .all, hessian parts: HessianParts
  ) -> Point? {
    // At the minimum the objective's last bits are noise, which must not stop the last steps.
    let tolerance = 1e-13 * (1 + point.value.magnitude)
    var share = 1.0
    while share > 1e-10 {
      let parameters = zip(point.parameters, step).map { $0 - share * $1 }
      if parameters == point.parameters { return nil }
      let next = self.point(at: parameters, of: rows, hessian: parts)
      if next.value <= point.value + tolerance { return next }
      share /= 2
    }
    return nil
  }

  /// What is to be said of a fit that ended at `point`.
  func convergence(at point: Point, after iterationCount: Int, addedRidge: Double) -> Convergence {
    let norm = point.gradient.reduce(0) { max($0, $1.magnitude) } / totalWeight
    return Convergence(
      iterationCount: iterationCount, gradientNorm: norm, isConverged: norm <= 1e-8,
      addedRidge: addedRidge)
  }
}
