import Learning
import LinearAlgebra

/// Proximal Newton's method for the log loss beside an elastic net, from one penalty to the next.
///
/// Each step goes to the minimum of a quadratic model of the loss beside the penalty
/// (``CoordinateDescent``) and is halved until the objective falls (Yuan, Ho, Lin 2012, "An improved
/// GLMNET for L1-regularized logistic regression", https://jmlr.org/papers/v13/yuan12a.html). The
/// gradient is always of all rows. A pass that also sums the Hessian costs many that do not, so one
/// Hessian is kept, from one penalty to the next too, and mended after each step from what the
/// gradients say (BFGS: Nocedal, Wright 2006, "Numerical Optimization", section 6.1), until steps
/// with it gain too little. Only parameters that may leave 0 are looked at (the sequential strong
/// rule: Tibshirani et al. 2012, "Strong rules for discarding predictors in lasso-type problems",
/// https://doi.org/10.1111/j.1467-9868.2011.01004.x); the gradient tells of those it left out
/// wrongly, and they join.
struct CoordinateDescentSolver {
  /// The loss without any penalty.
  let objective: LogisticObjective
  let net: ElasticNet
  /// How many steps are allowed for one penalty.
  let iterationLimit: Int
  /// Where it stands; value and gradient are those of the loss alone.
  private(set) var point: LogisticObjective.Point

  /// Both triangles, shape `[parameterCount, parameterCount]`.
  private var hessian: [Double]
  private var isWorking: [Bool]
  private var descent: CoordinateDescent?
  /// The one before; its factor may serve the next.
  private var lastDescent: CoordinateDescent?
  /// The penalty of the last minimum; `nil` before the first.
  private var last: ElasticNet.Strength?

  /// How many more steps are expected when the Hessian is summed anew.
  private static let patience = 12.0
  /// A step that promised less, in nats, changes the gradient by little more than rounding does.
  private static let leastLesson = 1e-11

  init(objective: LogisticObjective, net: ElasticNet, iterationLimit: Int, start: [Double]) {
    precondition(net.factors.count == objective.layout.parameterCount, "\(net.factors.count)")
    self.objective = objective
    self.net = net
    self.iterationLimit = iterationLimit
    point = objective.point(at: start, hessian: .all)
    hessian = Self.mirrored(point.hessian!, order: net.factors.count)
    point.hessian = nil
    isWorking = start.indices.map { start[$0] != 0 || net.factors[$0] == 0 }
  }

  /// Goes to the minimum over the parameters that are not penalised, all others 0.
  mutating func minimiseUnpenalised(tolerance: Double) -> Convergence {
    minimise(ElasticNet.Strength(l1: 0, l2: 0), isOpen: false, tolerance: tolerance)
  }

  /// The least `l1` at which all penalised parameters are 0, where they are.
  var largestThreshold: Double {
    point.gradient.indices.reduce(0) { max($0, net.threshold($1, slope: point.gradient[$1])) }
  }

  /// Goes to the minimum for a penalty.
  ///
  /// - Parameter tolerance: The decrease, in nats, that the last step no longer promises: with 1e-20
  ///   coefficients are within about 1e-10 standard errors of the minimum.
  mutating func minimise(_ strength: ElasticNet.Strength, tolerance: Double) -> Convergence {
    // What was 0 at the last penalty stays there unless its slope changes faster than the penalty.
    let before = last?.l1 ?? largestThreshold
    let least = 2 * strength.l1 - before
    join(isWorking.indices.filter { net.factors[$0] * least <= point.gradient[$0].magnitude })
    let convergence = minimise(strength, isOpen: true, tolerance: tolerance)
    last = strength
    return convergence
  }

  /// Sums the Hessian of all rows where it stands.
  mutating func renewHessian() {
    take(objective.point(at: point.parameters, hessian: .all), promise: 0)
  }

  /// Squared standard errors at the point, as if the parameters that are not 0 and at no bound had been
  /// chosen before the outcomes were known; 0 for all others. Shape `[parameterCount]`.
  ///
  /// - Precondition: The Hessian was renewed at the point.
  func variances(_ strength: ElasticNet.Strength) -> [Double] {
    let free = point.parameters.indices.filter {
      let value = point.parameters[$0]
      return value > net.lower[$0] && value < net.upper[$0]
        && (value != 0 || strength.l1 * net.factors[$0] == 0)
    }
    let order = free.count
    var lower = [Double](repeating: 0, count: order * order)
    for (column, parameter) in free.enumerated() {
      for row in column..<order {
        lower[column * order + row] = hessian[free[row] * net.factors.count + parameter]
      }
      lower[column * order + column] += strength.l2 * net.factors[parameter]
    }
    let (factor, _) = CholeskyFactor.mended(lower: lower, order: order)
    let inverse = factor.inverse()
    var variances = [Double](repeating: 0, count: net.factors.count)
    for (place, parameter) in free.enumerated() {
      variances[parameter] = inverse[place * order + place]
    }
    return variances
  }

  // MARK: - Steps

  /// - Parameter isOpen: Whether parameters may join the working ones.
  private mutating func minimise(
    _ strength: ElasticNet.Strength, isOpen: Bool, tolerance: Double
  ) -> Convergence {
    var iterationCount = 0
    // How closely the model is solved; the answer is only trusted once that is close enough.
    var closeness = 1e-6
    var earlier: Double?
    var stallCount = 0
    while true {
      var descent = self.descent ?? currentDescent()
      var target = point.parameters
      descent.minimise(
        &target, slopes: point.gradient, strength, tolerance: max(closeness, tolerance / 100))
      self.descent = descent
      let promise = promisedDecrease(to: target, strength)
      if promise <= tolerance {
        if closeness > tolerance / 100 {
          closeness = tolerance / 100
          continue
        }
        if !(isOpen && joinViolators(strength)) { break }
        continue
      }
      if iterationCount >= iterationLimit { break }
      let contraction = earlier.map { promise / $0 } ?? 0
      // What the objective no longer shows may be rounding, which no further step takes away.
      if contraction > 0.9, promise < 1e-15 * (1 + point.value) { stallCount += 1 }
      if stallCount > 2 { break }
      earlier = promise
      closeness = min(closeness, promise * 1e-4)
      let isSlow =
        contraction >= 1 || expectedSteps(promise, contraction, tolerance) > Self.patience
      guard
        let next = lowered(to: target, promise: promise, strength, hessian: isSlow ? .all : .none)
      else {
        // No step lowers the objective: rounding has the last word.
        break
      }
      iterationCount += 1
      if isSlow { earlier = nil }
      take(next, promise: promise)
      if isOpen { _ = joinViolators(strength) }
    }
    let norm =
      point.parameters.indices.reduce(0) {
        guard isOpen || isWorking[$1] else { return $0 }
        return max(
          $0,
          net.residual(point.parameters[$1], $1, slope: point.gradient[$1], strength).magnitude)
      } / objective.totalWeight
    return Convergence(
      iterationCount: iterationCount, gradientNorm: norm, isConverged: norm <= 1e-8, addedRidge: 0)
  }

  /// How many steps it takes to the tolerance if each contracts the promise as the last one did.
  private func expectedSteps(
    _ promise: Double, _ contraction: Double, _ tolerance: Double
  ) -> Double {
    guard contraction > 0 else { return 0 }
    return PortableMath.log(tolerance / promise) / PortableMath.log(contraction)
  }

  /// What the loss' slope and the penalty say of a step's gain, in nats; no less than half the
  /// model's.
  private func promisedDecrease(to target: [Double], _ strength: ElasticNet.Strength) -> Double {
    var change = 0.0
    for index in target.indices where target[index] != point.parameters[index] {
      change += point.gradient[index] * (target[index] - point.parameters[index])
      change +=
        net.value(target[index], index, strength)
        - net.value(point.parameters[index], index, strength)
    }
    return -change
  }

  /// The first of the full step, half of it, a quarter, ... that lowers the objective enough.
  private func lowered(
    to target: [Double], promise: Double, _ strength: ElasticNet.Strength,
    hessian rows: LogisticObjective.HessianParts
  ) -> LogisticObjective.Point? {
    let value = point.value + net.value(point.parameters, strength)
    // At the minimum the objective's last bits are noise, which must not stop the last steps.
    let noise = 1e-13 * (1 + value.magnitude)
    var share = 1.0
    while share > 1e-10 {
      let parameters =
        share == 1
        ? target : zip(point.parameters, target).map { $0 + share * ($1 - $0) }
      if parameters == point.parameters { return nil }
      let next = objective.point(at: parameters, hessian: rows)
      if next.value + net.value(parameters, strength) <= value - 1e-4 * share * promise + noise {
        return next
      }
      share /= 2
    }
    return nil
  }

  /// Goes to a point, and learns from it of the Hessian.
  private mutating func take(_ next: LogisticObjective.Point, promise: Double) {
    var next = next
    if let lower = next.hessian {
      hessian = Self.mirrored(lower, order: net.factors.count)
      next.hessian = nil
      discardDescent()
    } else if promise > Self.leastLesson {
      mendHessian(by: next)
    }
    point = next
  }

  // MARK: - The working parameters

  private mutating func discardDescent() {
    lastDescent = descent ?? lastDescent
    descent = nil
  }

  private func currentDescent() -> CoordinateDescent {
    CoordinateDescent(
      working: isWorking.indices.filter { isWorking[$0] },
      intercept: objective.layout.interceptIndex, hessian: hessian, net: net,
      after: lastDescent)
  }

  /// Makes parameters working ones; returns whether any of them was not.
  @discardableResult
  private mutating func join(_ parameters: [Int]) -> Bool {
    let joining = parameters.filter { !isWorking[$0] }
    for index in joining { isWorking[index] = true }
    if !joining.isEmpty { discardDescent() }
    return !joining.isEmpty
  }

  /// Takes up parameters that would leave 0; returns whether there were any.
  private mutating func joinViolators(_ strength: ElasticNet.Strength) -> Bool {
    join(
      isWorking.indices.filter {
        !isWorking[$0] && net.residual(0, $0, slope: point.gradient[$0], strength) != 0
      })
  }

  // MARK: - The Hessian

  private static func mirrored(_ lower: [Double], order: Int) -> [Double] {
    var full = lower
    for column in 0..<order {
      for row in column + 1..<max(order, column + 1) {
        full[row * order + column] = full[column * order + row]
      }
    }
    return full
  }

  /// Makes the Hessian map the step to `next` to what it changed in the gradient.
  private mutating func mendHessian(by next: LogisticObjective.Point) {
    let order = net.factors.count
    let step = zip(next.parameters, point.parameters).map { $0 - $1 }
    let change = zip(next.gradient, point.gradient).map { $0 - $1 }
    let curvature = zip(step, change).reduce(0) { $0 + $1.0 * $1.1 }
    let length = step.reduce(0) { $0 + $1 * $1 } * change.reduce(0) { $0 + $1 * $1 }
    // Near the minimum the change may be all rounding, and then teaches nothing.
    guard curvature > 1e-12 * length.squareRoot() else { return }
    var mapped = [Double](repeating: 0, count: order)
    // SAFETY: rows of the Hessian and the vectors have `order` elements.
    unsafe hessian.withUnsafeMutableBufferPointer { hessian in
      unsafe mapped.withUnsafeMutableBufferPointer { mapped in
        for row in 0..<order where step[row] != 0 {
          unsafe Vectors.add(
            step[row], times: hessian.baseAddress! + row * order, to: mapped.baseAddress!,
            count: order)
        }
      }
      let bend = zip(step, mapped).reduce(0) { $0 + $1.0 * $1.1 }
      guard bend > 0 else { return }
      for row in 0..<order {
        let own = unsafe hessian.baseAddress! + row * order
        unsafe Vectors.add(change[row] / curvature, times: change, to: own, count: order)
        unsafe Vectors.add(-mapped[row] / bend, times: mapped, to: own, count: order)
      }
    }
    discardDescent()
  }
}
