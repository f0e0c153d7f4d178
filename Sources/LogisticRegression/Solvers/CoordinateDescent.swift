import LinearAlgebra

/// The minimum of a quadratic model of the loss beside an elastic net, by cyclic coordinate descent
/// over a working set of parameters; all others stay where they are.
///
/// The model knows the loss by its slopes and its Hessian at one point, so that a step on one
/// parameter changes the slopes of the others by a row of the Hessian, and no row of data is looked
/// at (the covariance updates of Friedman, Hastie, Tibshirani 2010, "Regularization paths for
/// generalized linear models via coordinate descent", section 2.2,
/// https://doi.org/10.18637/jss.v033.i01). Sweeps are slow where columns are correlated. Once they
/// have cost as much as a Cholesky factor of the parameters that are neither 0 nor at a bound, the
/// signs are taken as settled and those parameters go straight to their common minimum, or as far as
/// none of them changes its sign.
struct CoordinateDescent: Sendable {
  /// The parameters that may move, ascending.
  let working: [Int]
  /// Of the working parameters, both triangles, shape `[workingCount, workingCount]`.
  private let curvature: [Double]
  private let net: ElasticNet
  private var factored: (free: [Int], l2: Double, factor: CholeskyFactor?)?

  /// After so many sweeps the caller is better served with what there is.
  private static let sweepLimit = 1000
  /// A factor costs as much as the order divided by this many sweeps.
  private static let factorShare = 6

  /// - Parameter hessian: Of all parameters, both triangles.
  init(working: [Int], hessian: [Double], net: ElasticNet) {
    self.working = working
    self.net = net
    let order = net.factors.count
    let count = working.count
    var curvature = [Double](repeating: 0, count: count * count)
    for (row, parameter) in working.enumerated() {
      for (column, other) in working.enumerated() {
        curvature[row * count + column] = hessian[parameter * order + other]
      }
    }
    self.curvature = curvature
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
    var own = working.map { slopes[$0] }
    var values = working.map { parameters[$0] }
    var earlier = Double.infinity
    var sweepsOfSet = 0
    var free: [Int] = []
    for _ in 0..<Self.sweepLimit {
      let gain = sweep(&values, &own, strength)
      // What is left is the sum of a geometric series.
      let rate = (gain / earlier).squareRoot()
      if gain == 0 || gain <= tolerance * (1 - rate) * (1 - rate), rate < 1, earlier.isFinite {
        break
      }
      earlier = gain
      let now = freePlaces(values, strength)
      if now != free {
        free = now
        sweepsOfSet = 0
      }
      sweepsOfSet += 1
      let isAtHand = factored.map { $0.free == free && $0.l2 == strength.l2 } ?? false
      if isAtHand || sweepsOfSet * Self.factorShare > free.count, !free.isEmpty {
        if settle(free, &values, &own, strength) { earlier = .infinity }
        sweepsOfSet = 0
      }
    }
    for (place, parameter) in working.enumerated() { parameters[parameter] = values[place] }
  }

  /// Minimises along each axis in turn; returns the largest decrease, in nats, but for a factor 2.
  private func sweep(
    _ values: inout [Double], _ slopes: inout [Double], _ strength: ElasticNet.Strength
  ) -> Double {
    var gain = 0.0
    let count = working.count
    for place in 0..<count {
      let parameter = working[place]
      let factor = net.factors[parameter]
      let own = curvature[place * count + place]
      let bend = own + strength.l2 * factor
      guard bend > 0 else { continue }
      let target = own * values[place] - slopes[place]
      let l1 = strength.l1 * factor
      var value = 0.0
      if target > l1 {
        value = (target - l1) / bend
      } else if target < -l1 {
        value = (target + l1) / bend
      }
      value = min(max(value, net.lower[parameter]), net.upper[parameter])
      let change = value - values[place]
      guard change != 0 else { continue }
      values[place] = value
      gain = max(gain, bend * change * change)
      add(change, rowOf: place, to: &slopes)
    }
    return gain
  }

  private func add(_ change: Double, rowOf place: Int, to slopes: inout [Double]) {
    let count = working.count
    // SAFETY: `place` is below `count`, the length of a row and of the slopes.
    unsafe curvature.withUnsafeBufferPointer { curvature in
      unsafe slopes.withUnsafeMutableBufferPointer { slopes in
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

  /// Moves the free parameters together, signs as they are; returns whether that was possible.
  private mutating func settle(
    _ free: [Int], _ values: inout [Double], _ slopes: inout [Double],
    _ strength: ElasticNet.Strength
  ) -> Bool {
    guard let factor = factor(free, l2: strength.l2) else { return false }
    let step = factor.solve(
      free.map { place in
        let parameter = working[place]
        let value = values[place]
        let l1 = strength.l1 * net.factors[parameter]
        return -slopes[place] - strength.l2 * net.factors[parameter] * value
          - (value > 0 ? l1 : value < 0 ? -l1 : 0)
      })
    guard step.allSatisfy(\.isFinite) else { return false }
    // The first parameter to meet 0 or a bound, and where.
    var share = 1.0
    var stop: (place: Int, value: Double)?
    for (index, place) in free.enumerated() {
      let parameter = working[place]
      let isHeld = strength.l1 * net.factors[parameter] > 0
      var bound = step[index] > 0 ? net.upper[parameter] : net.lower[parameter]
      if isHeld, values[place] * step[index] < 0 {
        bound = step[index] > 0 ? min(bound, 0) : max(bound, 0)
      }
      guard bound.isFinite, step[index] != 0 else { continue }
      let reach = (bound - values[place]) / step[index]
      if reach < share {
        share = reach
        stop = (place, bound)
      }
    }
    for (index, place) in free.enumerated() {
      var value = values[place] + share * step[index]
      if let stop, stop.place == place { value = stop.value }
      let change = value - values[place]
      values[place] = value
      if change != 0 { add(change, rowOf: place, to: &slopes) }
    }
    return true
  }

  /// The factor of the free parameters' curvature; `nil` where it is singular.
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
    // A pivot that is all rounding would send the parameters anywhere.
    if let found = factor, found.smallestPivotShare(of: lower) < 1e-13 { factor = nil }
    factored = (free, l2, factor)
    return factor
  }
}
