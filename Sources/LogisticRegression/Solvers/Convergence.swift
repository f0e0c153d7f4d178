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
