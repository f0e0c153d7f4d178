/// Minimises the penalised log loss where the Hessian is too large to be held: by L-BFGS (Nocedal,
/// Wright 2006, "Numerical Optimization", section 7.2) on top of the Hessian's blocks, which know the
/// scale of each category's level and how it shares the mean with the others.
///
/// A pass costs the rows times the columns that are not 0, and memory the parameters times the steps
/// that are remembered.
struct QuasiNewtonSolver {
  let objective: LogisticObjective
  /// How many passes over the rows are allowed after the first.
  let iterationLimit: Int
  /// As in ``NewtonSolver``.
  let tolerance: Double

  struct Solution {
    var point: LogisticObjective.Point
    /// Of the blocks near `point`.
    var preconditioner: BlockPreconditioner
    var convergence: Convergence
  }

  func solve(from start: [Double]) -> Solution {
    var point = objective.point(at: start, hessian: .blocks)
    var preconditioner = point.preconditioner!
    var updates = SecantUpdates()
    var iterationCount = 0
    while iterationCount < iterationLimit {
      let step = updates.direction(of: point.gradient, preconditioner.solve)
      let decrement = zip(point.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrement > tolerance else { break }
      // Steps that move the scores by more than a few hundredths change the curvatures, and what was
      // learned of them with it.
      let isFar = decrement > 1e-3 * objective.totalWeight
      guard
        let next = objective.lowered(from: point, along: step, hessian: isFar ? .blocks : .none)
      else {
        // No step lowers the objective: rounding has the last word.
        break
      }
      iterationCount += 1
      if let blocks = next.preconditioner {
        preconditioner = blocks
        updates = SecantUpdates()
      } else {
        updates.add(from: point, to: next)
      }
      point = next
    }
    return Solution(
      point: point, preconditioner: preconditioner,
      convergence: objective.convergence(
        at: point, after: iterationCount, addedRidge: preconditioner.addedRidge))
  }
}
