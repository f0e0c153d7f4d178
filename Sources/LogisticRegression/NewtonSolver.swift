import LinearAlgebra

/// How a fit ended.
public struct Convergence: Sendable, Equatable {
  /// How many Newton steps were taken.
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

/// Newton's method with step halving, for the penalised log loss.
///
/// Method: iteratively reweighted least squares (Hastie, Tibshirani, Friedman 2009, "The Elements of
/// Statistical Learning", section 4.4.1), each step by a Cholesky factor. Halving the step until the
/// objective falls makes it converge from any start, since the objective is convex.
struct NewtonSolver {
  var builder: NewtonSystemBuilder
  var iterationLimit: Int
  /// The weight of all rows: the scale on which a gradient counts as small.
  var totalWeight: Double

  struct Solution {
    var parameters: [Double]
    var system: NewtonSystem
    var factor: CholeskyFactor
    var convergence: Convergence
  }

  func solve(from start: [Double]) -> Solution {
    var parameters = start
    var system = builder.system(at: parameters)
    var (factor, ridge) = factored(system)
    var iterationCount = 0
    var isConverged = false
    while iterationCount < iterationLimit, !isConverged {
      let step = factor.solve(system.gradient)
      // The decrease that the quadratic model promises, twice over: Boyd, Vandenberghe 2004, 9.5.1.
      let decrement = zip(system.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      guard let next = lowered(from: parameters, system: system, along: step) else {
        // No step lowers the objective: rounding has the last word.
        isConverged = isSmall(system)
        break
      }
      iterationCount += 1
      (parameters, system) = next
      (factor, ridge) = factored(system)
      // Newton's error squares with each step: after one more from here, only rounding is left.
      isConverged = decrement <= 1e-13 * (1 + system.objective.magnitude) && isSmall(system)
    }
    return Solution(
      parameters: parameters, system: system, factor: factor,
      convergence: Convergence(
        iterationCount: iterationCount, gradientNorm: norm(system), isConverged: isConverged,
        addedRidge: ridge))
  }

  private func norm(_ system: NewtonSystem) -> Double {
    system.gradient.reduce(0) { max($0, $1.magnitude) } / totalWeight
  }

  private func isSmall(_ system: NewtonSystem) -> Bool { norm(system) <= 1e-8 }

  /// The first of the full step, half of it, a quarter, ... that does not raise the objective.
  private func lowered(from parameters: [Double], system: NewtonSystem, along step: [Double])
    -> ([Double], NewtonSystem)?
  {
    // At the minimum the objective's last bits are noise, which must not stop the last steps.
    let tolerance = 1e-14 * (1 + system.objective.magnitude)
    var share = 1.0
    while share > 1e-10 {
      var candidate = parameters
      BLAS.add(-share, times: step, from: 0, to: &candidate, from: 0, count: step.count)
      if candidate == parameters { return nil }
      let next = builder.system(at: candidate)
      if next.objective <= system.objective + tolerance { return (candidate, next) }
      share /= 2
    }
    return nil
  }

  /// The Hessian's factor, with the smallest ridge that makes it positive definite.
  private func factored(_ system: NewtonSystem) -> (CholeskyFactor, Double) {
    let order = system.gradient.count
    if let factor = CholeskyFactor(lower: system.hessian, order: order) { return (factor, 0) }
    let largest = (0..<order).reduce(0) { max($0, system.hessian[$1 * order + $1]) }
    var ridge = max(largest, .leastNormalMagnitude) * 1e-12
    while true {
      var hessian = system.hessian
      for index in 0..<order { hessian[index * order + index] += ridge }
      if let factor = CholeskyFactor(lower: hessian, order: order) { return (factor, ridge) }
      precondition(ridge.isFinite, "the Hessian holds numbers that are not finite")
      ridge *= 100
    }
  }
}
