import LinearAlgebra

/// Newton's method for the penalised log loss, where the Hessian fits in memory.
///
/// Method: iteratively reweighted least squares (Hastie, Tibshirani, Friedman 2009, "The Elements of
/// Statistical Learning", section 4.4.1) with step halving, which makes it converge from any start,
/// since the objective is convex. A pass over the rows is what costs, and one that also sums the
/// Hessian several times as much. So where rows are plenty:
///
/// 1. A sample of the rows is fitted first, whose minimum is as near to that of all rows as the sample
///    can tell, at an eighth of the cost of a pass.
/// 2. From there on gradients are of all rows. The first step is taken with the sample's Hessian
///    (Byrd, Chin, Neveitt, Nocedal 2011, "On the use of stochastic Hessian information in
///    optimization methods for machine learning"), and one of all rows is summed where it will save
///    passes.
/// 3. A Hessian is kept as long as it serves, mended after each step from what the gradients say (BFGS:
///    Nocedal, Wright 2006, "Numerical Optimization", section 7.2).
struct NewtonSolver {
  let objective: LogisticObjective
  /// How many passes over the rows are allowed after the first.
  let iterationLimit: Int
  /// The square of the Newton decrement (Boyd, Vandenberghe 2004, "Convex Optimization", 9.5.1) at
  /// which it ends: coefficients are then within about the decrement, in standard errors, of the
  /// minimum.
  let tolerance: Double
  /// Whether the Hessian at the minimum is wanted, which costs another pass or most of one. The
  /// parameters do not depend on it, to the last bit.
  var needsHessian = true

  struct Solution {
    /// With its Hessian, of all rows and not rough, if that was wanted.
    var point: LogisticObjective.Point
    /// Of the Hessian at `point`; `nil` where it was not wanted.
    var factor: CholeskyFactor?
    var convergence: Convergence
  }

  func solve(from start: [Double]) -> Solution {
    if objective.canSample, let near = fitOfSample(from: start) {
      return solve(
        from: objective.point(at: near.parameters, hessian: .none), by: near.curvature,
        of: .sampled)
    }
    let point = objective.point(at: start, hessian: .all)
    return solve(from: point, by: Curvature(point), of: .all)
  }

  /// As if it had ended at `parameters`.
  func solution(at parameters: [Double]) -> Solution {
    let point = objective.point(at: parameters, hessian: .all)
    let curvature = Curvature(point)
    return Solution(
      point: point, factor: curvature.factor,
      convergence: objective.convergence(at: point, after: 0, addedRidge: curvature.addedRidge))
  }

  /// What steps go by.
  private struct Curvature {
    var factor: CholeskyFactor
    /// What was added to the Hessian's diagonal.
    var addedRidge: Double
    var updates = SecantUpdates()

    init(_ point: LogisticObjective.Point) {
      (factor, addedRidge) = CholeskyFactor.mended(
        lower: point.hessian!, order: point.parameters.count)
    }

    /// The step for the gradient at a point, to be subtracted, and the square of its decrement.
    func step(at point: LogisticObjective.Point) -> (step: [Double], decrement: Double) {
      let step = updates.direction(of: point.gradient, factor.solve)
      return (step, zip(point.gradient, step).reduce(0) { $0 + $1.0 * $1.1 })
    }
  }

  // MARK: - A sample

  /// More steps than this mean that the sample tells the outcomes apart, or nearly.
  private static let sampleStepLimit = 12

  /// The minimum over a sample of the rows, nearly, and the Hessian there; `nil` where it is not found
  /// in a few steps.
  private func fitOfSample(from start: [Double]) -> (parameters: [Double], curvature: Curvature)? {
    // About what the minimum of a sample differs from that of all rows by; a Newton step with this
    // decrement leaves a small part of it.
    let enough = 2 * Double(start.count)
    var point = objective.point(at: start, of: .sampled, hessian: .sampled)
    for _ in 0..<Self.sampleStepLimit {
      let curvature = Curvature(point)
      guard curvature.addedRidge == 0 else { return nil }
      let (step, decrement) = curvature.step(at: point)
      guard decrement > enough else {
        return (zip(point.parameters, step).map { $0 - $1 }, curvature)
      }
      guard
        let next = objective.lowered(from: point, along: step, of: .sampled, hessian: .sampled)
      else { return nil }
      point = next
    }
    return nil
  }

  // MARK: - All rows

  private func solve(
    from start: LogisticObjective.Point, by first: Curvature,
    of kind: LogisticObjective.HessianParts
  ) -> Solution {
    var (point, curvature) = (start, first)
    var choice = HessianChoice(objective, tolerance: tolerance, kind: kind)
    // Of all rows at `point`, and not rough.
    var last = kind == .all ? curvature : nil
    var iterationCount = 0
    var earlier: Double?
    while true {
      let (step, decrement) = curvature.step(at: point)
      if decrement <= tolerance || iterationCount >= iterationLimit { break }
      let contraction = earlier.map { decrement / $0 }
      earlier = decrement
      // The next point is the last one if it gains as much as this one did; the Hessian that is wanted
      // of that one is not for steps.
      let isLast = decrement * (contraction ?? 1) <= tolerance
      let wanted = isLast ? .none : choice.next(decrement: decrement)
      let parts = isLast && needsHessian ? .all : wanted
      guard let next = objective.lowered(from: point, along: step, hessian: parts) else {
        // No step lowers the objective: rounding has the last word.
        break
      }
      iterationCount += 1
      let newest = next.hessian == nil ? nil : Curvature(next)
      last = parts == .all ? newest : nil
      if wanted != .none, let newest {
        curvature = newest
      } else {
        curvature.updates.add(from: point, to: next)
      }
      point = next
    }
    if needsHessian, last == nil {
      point = objective.point(at: point.parameters, hessian: .all)
      last = Curvature(point)
    }
    return Solution(
      point: point, factor: needsHessian ? last!.factor : nil,
      convergence: objective.convergence(
        at: point, after: iterationCount, addedRidge: (last ?? curvature).addedRidge))
  }
}
