import LinearAlgebra

/// The minimum of a quadratic model of the loss beside an elastic net, by cyclic coordinate descent
/// over a working set of parameters; all others stay where they are.
///
/// The model knows the loss by its slopes and its Hessian at one point, so that a step on one
/// parameter changes the slopes of the others by a row of the Hessian, and no row of data is looked
/// at (the covariance updates of Friedman, Hastie, Tibshirani 2010, "Regularization paths for
/// generalized linear models via coordinate descent", section 2.2,
/// https://doi.org/10.18637/jss.v033.i01). The intercept is always at its best beside the others, so
/// that it need not follow them sweep by sweep: the model is of the others alone. Sweeps are slow
/// where columns are correlated. Once they have cost as much as a Cholesky factor of the parameters
/// that are neither 0 nor at a bound, those go together straight to their common minimum, as if
/// their signs were settled.
struct CoordinateDescent: Sendable {
  /// The parameters that may move beside the intercept, ascending.
  let working: [Int]
  private let intercept: Int
  /// Of the working parameters with the intercept at its best (the Schur complement), both triangles,
  /// shape `[workingCount, workingCount]`.
  private let curvature: [Double]
  /// Of each working parameter and the intercept, divided by the intercept's own.
  private let interceptShares: [Double]
  private let interceptCurvature: Double
  private let net: ElasticNet
  private var joint: JointStep?
  /// Whether the factor is of an earlier Hessian: its steps are then near the minimum, not at it.
  private var isStale = false

  /// After so many sweeps the caller is better served with what there is.
  private static let sweepLimit = 1000
  /// A factor costs as much as the order divided by this many sweeps.
  private static let factorShare = 6

  /// - Parameters:
  ///   - working: The parameters that may move; the intercept always may.
  ///   - hessian: Of all parameters, both triangles.
  ///   - last: A model of fewer working parameters or an earlier Hessian, whose factor may still serve.
  init(
    working: [Int], intercept: Int, hessian: [Double], net: ElasticNet,
    after last: CoordinateDescent?
  ) {
    self.working = working.filter { $0 != intercept }
    self.intercept = intercept
    self.net = net
    let order = net.factors.count
    let count = self.working.count
    let own = hessian[intercept * order + intercept]
    let mixed = self.working.map { hessian[intercept * order + $0] }
    var curvature = [Double](repeating: 0, count: count * count)
    for (row, parameter) in self.working.enumerated() {
      let share = own > 0 ? mixed[row] / own : 0
      for (column, other) in self.working.enumerated() {
        curvature[row * count + column] =
          hessian[parameter * order + other] - share * mixed[column]
      }
    }
    self.curvature = curvature
    interceptShares = mixed.map { own > 0 ? $0 / own : 0 }
    interceptCurvature = own
    guard let last, let joint = last.joint else { return }
    var places = [Int](repeating: -1, count: order)
    for (place, parameter) in self.working.enumerated() { places[parameter] = place }
    self.joint = joint.moved { places[last.working[$0]] }
    isStale = true
  }

  /// Moves `parameters`, shape `[parameterCount]`, to the model's minimum.
  ///
  /// - Parameters:
  ///   - slopes: The gradient of the loss at `parameters`, shape `[parameterCount]`.
  ///   - tolerance: The decrease, in nats, that no single step could still bring.
  mutating func minimise(
    _ parameters: inout [Double], slopes: [Double], _ strength: ElasticNet.Strength,
    tolerance: Double
  ) {
    let start = working.map { parameters[$0] }
    var state = State(
      values: start,
      slopes: working.indices.map { slopes[working[$0]] - interceptShares[$0] * slopes[intercept] })
    var earlier: Double?
    // Whether all that is free has just gone to its minimum.
    var isSettled = false
    var hasStepped = false
    // Whether the last common step was of the model's own Hessian and of all that are free.
    var isExact = false
    var sweepCount = 0
    for _ in 0..<Self.sweepLimit {
      let gain = sweep(&state, strength)
      if gain == 0 || isSettled && gain <= tolerance { break }
      if let earlier, hasStepped, !isExact, gain > earlier / 4 { joint = nil }
      // What is left is the sum of a geometric series.
      if let earlier, gain < earlier {
        let rest = 1 - (gain / earlier).squareRoot()
        if gain <= tolerance * rest * rest { break }
      }
      earlier = gain
      isSettled = false
      hasStepped = false
      sweepCount += 1
      let free = freePlaces(state.values, strength)
      var isFree = joint?.serving(free, l2: strength.l2)
      if isFree == nil {
        guard !free.isEmpty, sweepCount * Self.factorShare > free.count else { continue }
        joint = JointStep(
          free, l2: strength.l2, curvature: curvature,
          ridge: working.map { strength.l2 * net.factors[$0] })
        isStale = false
        sweepCount = 0
        isFree = joint?.serving(free, l2: strength.l2)
      }
      if let isFree, let whole = settle(isFree, &state, strength) {
        isExact = !isStale && isFree.count(where: \.self) == free.count
        isSettled = whole && isExact
        hasStepped = true
      }
    }
    var shift = interceptCurvature > 0 ? slopes[intercept] / interceptCurvature : 0
    for (place, parameter) in working.enumerated() {
      parameters[parameter] = state.values[place]
      shift += interceptShares[place] * (state.values[place] - start[place])
    }
    parameters[intercept] -= shift
  }

  /// The working parameters, and the model's slopes there.
  private struct State {
    var values: [Double]
    var slopes: [Double]
  }

  /// Minimises along each axis in turn; returns the largest decrease, in nats, but for a factor 2.
  private func sweep(_ state: inout State, _ strength: ElasticNet.Strength) -> Double {
    var gain = 0.0
    let count = working.count
    for place in 0..<count {
      let parameter = working[place]
      let factor = net.factors[parameter]
      let own = curvature[place * count + place]
      let bend = own + strength.l2 * factor
      guard bend > 0 else { continue }
      let target = own * state.values[place] - state.slopes[place]
      let l1 = strength.l1 * factor
      var value = 0.0
      if target > l1 {
        value = (target - l1) / bend
      } else if target < -l1 {
        value = (target + l1) / bend
      }
      value = min(max(value, net.lower[parameter]), net.upper[parameter])
      let change = value - state.values[place]
      guard change != 0 else { continue }
      gain = max(gain, bend * change * change)
      move(place, to: value, &state)
    }
    return gain
  }

  private func move(_ place: Int, to value: Double, _ state: inout State) {
    let count = working.count
    let change = value - state.values[place]
    state.values[place] = value
    // SAFETY: `place` is below `count`, the length of a row and of the slopes.
    unsafe curvature.withUnsafeBufferPointer { curvature in
      unsafe state.slopes.withUnsafeMutableBufferPointer { slopes in
        unsafe Vectors.add(
          change, times: curvature.baseAddress! + place * count, to: slopes.baseAddress!,
          count: count)
      }
    }
  }

  /// The places of parameters along which the model is smooth.
  private func freePlaces(_ values: [Double], _ strength: ElasticNet.Strength) -> [Int] {
    values.indices.filter { place in
      let parameter = working[place]
      guard values[place] > net.lower[parameter], values[place] < net.upper[parameter] else {
        return false
      }
      return values[place] != 0 || strength.l1 * net.factors[parameter] == 0
    }
  }

  /// Moves the free parameters together; those that would change their sign end at 0, those that would
  /// leave their bounds end there, and the others make the best of it. If that gains nothing, all of
  /// them go only as far as the first of these.
  ///
  /// - Parameter isFree: Of the parameters of the common step, in its order.
  /// - Returns: Whether all went the whole way; `nil` where nothing moved.
  private mutating func settle(
    _ isFree: [Bool], _ state: inout State, _ strength: ElasticNet.Strength
  ) -> Bool? {
    guard var joint else { return nil }
    defer { self.joint = joint }
    let places = joint.places
    // Those that have ended since the factor was made stay where they are.
    var end = isFree.map { $0 ? nil : 0.0 }
    let direct = joint.solution(
      of: places.map { place in
        let parameter = working[place]
        let value = state.values[place]
        let l1 = strength.l1 * net.factors[parameter]
        return -state.slopes[place] - strength.l2 * net.factors[parameter] * value
          - (value > 0 ? l1 : value < 0 ? -l1 : 0)
      })
    var first: (share: Double, step: [Double], index: Int)?
    var step: [Double]
    while true {
      guard let next = joint.constrained(direct, to: end), next.allSatisfy(\.isFinite) else {
        return nil
      }
      step = next
      let ending = places.indices.filter { index in
        guard end[index] == nil, step[index] != 0 else { return false }
        let room = room(of: places[index], at: state, step[index], strength)
        return step[index] > 0 ? step[index] > room : step[index] < room
      }
      if ending.isEmpty { break }
      if first == nil {
        let shares = ending.map { index in
          (
            share: room(of: places[index], at: state, step[index], strength) / step[index],
            index: index
          )
        }
        let least = shares.min { $0.share < $1.share }!
        first = (least.share, step, least.index)
      }
      for index in ending {
        end[index] = room(of: places[index], at: state, step[index], strength)
      }
    }
    var next = state
    for (index, place) in places.enumerated() {
      move(place, to: state.values[place] + step[index], &next)
    }
    if first == nil && !isStale || change(from: state, to: next, strength) < 0 {
      state = next
      return first == nil
    }
    guard let first else { return nil }
    next = state
    for (index, place) in places.enumerated() {
      let step =
        index == first.index
        ? room(of: place, at: state, first.step[index], strength)
        : first.share * first.step[index]
      move(place, to: state.values[place] + step, &next)
    }
    guard change(from: state, to: next, strength) < 0 else { return nil }
    state = next
    return false
  }

  /// How far a parameter may go in a direction without changing its sign or leaving its bounds.
  private func room(
    of place: Int, at state: State, _ step: Double, _ strength: ElasticNet.Strength
  ) -> Double {
    let parameter = working[place]
    let value = state.values[place]
    var bound = step > 0 ? net.upper[parameter] : net.lower[parameter]
    if strength.l1 * net.factors[parameter] > 0, value * step < 0 {
      bound = step > 0 ? min(bound, 0) : max(bound, 0)
    }
    return bound - value
  }

  /// What the model and the penalty change by from one state to another, in nats.
  private func change(from state: State, to next: State, _ strength: ElasticNet.Strength)
    -> Double
  {
    var change = 0.0
    for place in working.indices where next.values[place] != state.values[place] {
      // A quadratic changes by the mean of its slopes.
      change +=
        (next.values[place] - state.values[place]) * (state.slopes[place] + next.slopes[place]) / 2
      change +=
        net.value(next.values[place], working[place], strength)
        - net.value(state.values[place], working[place], strength)
    }
    return change
  }
}
