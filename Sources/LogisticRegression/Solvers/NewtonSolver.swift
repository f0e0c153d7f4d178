import Learning
import LinearAlgebra

/// Newton's method for the penalised log loss, where the Hessian fits in memory.
///
/// Method: iteratively reweighted least squares (Hastie, Tibshirani, Friedman 2009, "The Elements of
/// Statistical Learning", section 4.4.1) with step halving, which makes it converge from any start,
/// since the objective is convex. A pass that also sums the Hessian costs several times one that only
/// sums the gradient. So where rows are plenty, far from the minimum the Hessian is that of a sample
/// of them (Byrd, Chin, Neveitt, Nocedal 2011, "On the use of stochastic Hessian information in
/// optimization methods for machine learning"), and near it a Hessian is kept as long as it serves,
/// mended after each step from what the gradients say (BFGS: Nocedal, Wright 2006, "Numerical
/// Optimization", section 7.2). Gradients are always of all rows, and so is the last Hessian, from
/// which standard errors come.
struct NewtonSolver {
  let objective: LogisticObjective
  /// How many passes over the rows are allowed after the first.
  let iterationLimit: Int
  /// The square of the Newton decrement (Boyd, Vandenberghe 2004, "Convex Optimization", 9.5.1) at
  /// which it ends: coefficients are then within about the decrement, in standard errors, of the
  /// minimum.
  let tolerance: Double

  struct Solution {
    var point: LogisticObjective.Point
    /// Of the Hessian at `point`.
    var factor: CholeskyFactor
    var convergence: Convergence
  }

  func solve(from start: [Double]) -> Solution {
    let order = objective.layout.parameterCount
    var rows = objective.canSample ? LogisticObjective.HessianParts.sampled : .all
    var point = objective.point(at: start, hessian: rows)
    var (factor, ridge) = CholeskyFactor.mended(lower: point.hessian!, order: order)
    var updates = SecantUpdates()
    var iterationCount = 0
    var earlier: Double?
    // Whether the factor is of the Hessian of all rows at the point.
    var isWhole = rows == .all
    while true {
      let step = updates.direction(of: point.gradient, factor.solve)
      let decrement = zip(point.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      if decrement <= tolerance || iterationCount >= iterationLimit { break }
      let contraction = earlier.map { decrement / $0 } ?? 1
      earlier = decrement
      // The next point is the last one if it gains as much as this one did; the last one needs its
      // whole Hessian, and one that follows a step that gained little needs some. A whole one has to
      // save more passes without one than that of a sample has to.
      let isLast = decrement * contraction <= tolerance
      let isSlow = contraction > (rows == .sampled ? 0.02 : 0.3)
      if decrement <= 1e-4 * objective.totalWeight, isSlow { rows = .all }
      guard
        let next = objective.lowered(
          from: point, along: step, hessian: isLast ? .all : isSlow ? rows : .none)
      else {
        // No step lowers the objective: rounding has the last word.
        break
      }
      iterationCount += 1
      if let hessian = next.hessian {
        (factor, ridge) = CholeskyFactor.mended(lower: hessian, order: order)
        updates = SecantUpdates()
      } else {
        updates.add(from: point, to: next)
      }
      isWhole = isLast || next.hessian != nil && rows == .all
      point = next
    }
    if !isWhole {
      point = objective.point(at: point.parameters, hessian: .all)
      (factor, ridge) = CholeskyFactor.mended(lower: point.hessian!, order: order)
    }
    return Solution(
      point: point, factor: factor,
      convergence: objective.convergence(at: point, after: iterationCount, addedRidge: ridge))
  }
}
