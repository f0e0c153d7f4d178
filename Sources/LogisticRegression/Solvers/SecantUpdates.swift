/// What steps with one Hessian have taught of the next: the limited-memory form of BFGS (Nocedal,
/// Wright 2006, "Numerical Optimization", section 7.2).
struct SecantUpdates {
  /// How many steps are remembered.
  private static let limit = 40

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
    if pairs.count == Self.limit { pairs.removeFirst() }
    pairs.append((step, change, curvature))
  }

  /// The step that `solve`, which applies the inverse of a Hessian, and the steps since give for
  /// `gradient`, to be subtracted.
  func direction(of gradient: [Double], _ solve: ([Double]) -> [Double]) -> [Double] {
    var rest = gradient
    var shares: [Double] = []
    for pair in pairs.reversed() {
      let share = Self.dot(pair.step, rest) / pair.curvature
      shares.append(share)
      for index in rest.indices { rest[index] -= share * pair.change[index] }
    }
    var direction = solve(rest)
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
