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
    var rows = objective.canSample ? LogisticObjective.HessianRows.sampled : .all
    var point = objective.point(at: start, hessian: rows)
    var (factor, ridge) = factored(point.hessian!)
    var updates = SecantUpdates()
    var iterationCount = 0
    var earlier: Double?
    // Whether the factor is of the Hessian of all rows at the point.
    var isWhole = rows == .all
    while true {
      let step = updates.direction(of: point.gradient, factor)
      let decrement = zip(point.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      if decrement <= tolerance || iterationCount >= iterationLimit { break }
      let contraction = earlier.map { decrement / $0 } ?? 1
      earlier = decrement
      // The next point is the last one if it gains as much as this one did; the last one needs its
      // whole Hessian, and one that follows a step that gained little needs some.
      let isLast = decrement * contraction <= tolerance
      // A Hessian of all rows has to save more passes without one than one of a sample has to.
      let isSlow = contraction > (rows == .sampled ? 0.02 : 0.3)
      // A sample that serves badly is given up.
      if isSlow, point.hessian != nil, iterationCount > 3 { rows = .all }
      guard
        let next = lowered(from: point, along: step, hessian: isLast ? .all : isSlow ? rows : .none)
      else {
        // No step lowers the objective: rounding has the last word.
        break
      }
      iterationCount += 1
      if let hessian = next.hessian {
        (factor, ridge) = factored(hessian)
        updates = SecantUpdates()
      } else {
        updates.add(from: point, to: next)
      }
      isWhole = isLast || next.hessian != nil && rows == .all
      point = next
    }
    if !isWhole {
      point = objective.point(at: point.parameters, hessian: .all)
      (factor, ridge) = factored(point.hessian!)
    }
    let norm = point.gradient.reduce(0) { max($0, $1.magnitude) } / objective.totalWeight
    return Solution(
      point: point, factor: factor,
      convergence: Convergence(
        iterationCount: iterationCount, gradientNorm: norm, isConverged: norm <= 1e-8,
        addedRidge: ridge))
  }

  /// The first of the full step, half of it, a quarter, ... that does not raise the objective.
  private func lowered(
    from point: LogisticObjective.Point, along step: [Double],
    hessian rows: LogisticObjective.HessianRows
  ) -> LogisticObjective.Point? {
    // At the minimum the objective's last bits are noise, which must not stop the last steps.
    let tolerance = 1e-13 * (1 + point.value.magnitude)
    var share = 1.0
    while share > 1e-10 {
      let parameters = zip(point.parameters, step).map { $0 - share * $1 }
      if parameters == point.parameters { return nil }
      let next = objective.point(at: parameters, hessian: rows)
      if next.value <= point.value + tolerance { return next }
      share /= 2
    }
    return nil
  }

  /// The Hessian's factor, with the smallest ridge that makes it positive definite.
  private func factored(_ hessian: [Double]) -> (factor: CholeskyFactor, ridge: Double) {
    CholeskyFactor.mended(lower: hessian, order: objective.layout.parameterCount)
  }
}

/// What steps with one Hessian have taught of the next: the limited-memory form of BFGS.
struct SecantUpdates {
  private var pairs: [(step: [Double], change: [Double], curvature: Double)] = []

  /// Takes up a step and how it changed the gradient.
  mutating func add(from point: LogisticObjective.Point, to next: LogisticObjective.Point) {
    let step = zip(next.parameters, point.parameters).map { $0 - $1 }
    let change = zip(next.gradient, point.gradient).map { $0 - $1 }
    let curvature = Self.dot(step, change)
    // Near the minimum the change may be all rounding, and then teaches nothing.
    guard
      curvature > 1e-12 * Self.dot(change, change).squareRoot() * Self.dot(step, step).squareRoot()
    else { return }
    pairs.append((step, change, curvature))
  }

  /// The step that the factored Hessian and the steps since give for `gradient`, to be subtracted.
  func direction(of gradient: [Double], _ factor: CholeskyFactor) -> [Double] {
    var rest = gradient
    var shares: [Double] = []
    for pair in pairs.reversed() {
      let share = Self.dot(pair.step, rest) / pair.curvature
      shares.append(share)
      for index in rest.indices { rest[index] -= share * pair.change[index] }
    }
    var direction = factor.solve(rest)
    for (pair, share) in zip(pairs, shares.reversed()) {
      let other = Self.dot(pair.change, direction) / pair.curvature
      for index in direction.indices { direction[index] += (share - other) * pair.step[index] }
    }
    return direction
  }

  private static func dot(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
  }
}
