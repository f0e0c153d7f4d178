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
  private var factored: (free: [Int], l2: Double, factor: CholeskyFactor?)?

  /// After so many sweeps the caller is better served with what there is.
  private static let sweepLimit = 1000
  /// A factor costs as much as the order divided by this many sweeps.
  private static let factorShare = 6

  /// - Parameters:
  ///   - working: The parameters that may move; the intercept always may.
  ///   - hessian: Of all parameters, both triangles.
  init(working: [Int], intercept: Int, hessian: [Double], net: ElasticNet) {
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
    var sweepCount = 0
    for _ in 0..<Self.sweepLimit {
      let gain = sweep(&state, strength)
      if gain == 0 || isSettled && gain <= tolerance { break }
      // What is left is the sum of a geometric series.
      if let earlier, gain < earlier {
        let rest = 1 - (gain / earlier).squareRoot()
        if gain <= tolerance * rest * rest { break }
      }
      earlier = gain
      isSettled = false
      sweepCount += 1
      let free = freePlaces(state.values, strength)
      let isAtHand = factored.map { $0.free == free && $0.l2 == strength.l2 } ?? false
      guard !free.isEmpty, isAtHand || sweepCount * Self.factorShare > free.count else { continue }
      if let whole = settle(free, &state, strength) {
        isSettled = whole
        earlier = nil
      }
      sweepCount = 0
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

  /// Moves the free parameters together; those that would change their sign end at 0, and those that
  /// would leave their bounds end there. If that gains nothing, all of them go only as far as the
  /// first of these. Returns whether all went the whole way; `nil` where nothing moved.
  private mutating func settle(
    _ free: [Int], _ state: inout State, _ strength: ElasticNet.Strength
  ) -> Bool? {
    guard let factor = factor(free, l2: strength.l2) else { return nil }
    let step = factor.solve(
      free.map { place in
        let parameter = working[place]
        let value = state.values[place]
        let l1 = strength.l1 * net.factors[parameter]
        return -state.slopes[place] - strength.l2 * net.factors[parameter] * value
          - (value > 0 ? l1 : value < 0 ? -l1 : 0)
      })
    guard step.allSatisfy(\.isFinite) else { return nil }
    var first: (share: Double, place: Int)?
    var next = state
    for (index, place) in free.enumerated() where step[index] != 0 {
      let end = end(of: place, from: state.values[place], step[index], strength)
      let value = state.values[place] + step[index]
      let isBeyond = step[index] > 0 ? value > end : value < end
      if isBeyond {
        let share = (end - state.values[place]) / step[index]
        if share < first?.share ?? 1 { first = (share, place) }
      }
      move(place, to: isBeyond ? end : value, &next)
    }
    guard let first else {
      state = next
      return true
    }
    if change(from: state, to: next, strength) < 0 {
      state = next
      return false
    }
    for (index, place) in free.enumerated() {
      let value =
        place == first.place
        ? end(of: place, from: state.values[place], step[index], strength)
        : state.values[place] + first.share * step[index]
      move(place, to: value, &state)
    }
    return false
  }

  /// How far a parameter may go in a direction without changing its sign or leaving its bounds.
  private func end(
    of place: Int, from value: Double, _ step: Double, _ strength: ElasticNet.Strength
  ) -> Double {
    let parameter = working[place]
    let bound = step > 0 ? net.upper[parameter] : net.lower[parameter]
    guard strength.l1 * net.factors[parameter] > 0, value * step < 0 else { return bound }
    return step > 0 ? min(bound, 0) : max(bound, 0)
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

  /// The factor of the free parameters' curvature; `nil` where there is none even so.
  private mutating func factor(_ free: [Int], l2: Double) -> CholeskyFactor? {
    if let factored, factored.free == free, factored.l2 == l2 { return factored.factor }
    let order = free.count
    var lower = [Double](repeating: 0, count: order * order)
    for (column, place) in free.enumerated() {
      for row in column..<order {
        lower[column * order + row] = curvature[free[row] * working.count + place]
      }
      lower[column * order + column] += l2 * net.factors[working[place]]
    }
    var factor = CholeskyFactor(lower: lower, order: order)
    // Levels of one category beside the intercept are collinear, and without squares in the penalty
    // their common shift may be free: a little of the diagonal holds it back, and the next step makes
    // up for it elsewhere.
    if factor?.smallestPivotShare(of: lower) ?? 0 < 1e-10 {
      for index in 0..<order { lower[index * order + index] *= 1 + 1e-9 }
      factor = CholeskyFactor(lower: lower, order: order)
    }
    factored = (free, l2, factor)
    return factor
  }
}
