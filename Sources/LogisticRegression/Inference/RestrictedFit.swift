import Learning
import LinearAlgebra

/// The minimum of the objective with some parameters held at 0, from the minimum without.
///
/// Near the full minimum the objective is all but a quadratic, whose restricted minimum follows from
/// the inverse Hessian at once. From there steps take that Hessian, mended by what gradients say,
/// so that a handful of passes without a Hessian is enough.
struct RestrictedFit {
  let objective: LogisticObjective
  /// The parameters at the full minimum.
  let parameters: [Double]
  /// The inverse Hessian there, both triangles, shape `[parameterCount, parameterCount]`.
  let inverse: [Double]

  /// The Newton decrement, squared, at which it ends: the objective is then half of it too high.
  private static let tolerance = 1e-9
  private static let passLimit = 60

  /// The objective at the restricted minimum; `nil` where it was not reached.
  ///
  /// - Parameter held: Which parameters are held at 0, ascending.
  func minimum(holding held: [Int]) -> Double? {
    guard let restriction = Restriction(inverse: inverse, held: held) else { return nil }
    var point = objective.point(at: restriction.start(from: parameters), hessian: .none)
    var updates = SecantUpdates()
    for _ in 0..<Self.passLimit {
      for index in held { point.gradient[index] = 0 }
      let step = updates.direction(of: point.gradient, restriction.solve)
      let decrement = zip(point.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrement.isFinite, decrement >= 0 else { return nil }
      if decrement <= Self.tolerance { return point.value }
      guard var next = lowered(from: point, along: step) else {
        // No step lowers the objective: rounding has the last word.
        return decrement <= 1e-6 ? point.value : nil
      }
      for index in held { next.gradient[index] = 0 }
      updates.add(from: point, to: next)
      point = next
    }
    return nil
  }

  private func lowered(from point: LogisticObjective.Point, along step: [Double])
    -> LogisticObjective.Point?
  {
    var share = 1.0
    while share > 1e-6 {
      let next = objective.point(
        at: zip(point.parameters, step).map { $0 - share * $1 }, hessian: .none)
      if next.value <= point.value { return next }
      share /= 2
    }
    return nil
  }
}

/// The inverse of a matrix without the rows and columns of some parameters, by the inverse of the
/// whole: `C_ff - C_fh inverse(C_hh) C_hf`.
struct Restriction {
  private let inverse: [Double]
  private let held: [Int]
  private let factor: CholeskyFactor
  private let order: Int

  /// - Returns: `nil` where rounding leaves nothing of the held parameters' own part.
  init?(inverse: [Double], held: [Int]) {
    let order = Int(Double(inverse.count).squareRoot())
    let own = held.flatMap { row in held.map { inverse[row * order + $0] } }
    guard let factor = CholeskyFactor(lower: own, order: held.count) else { return nil }
    (self.inverse, self.held, self.factor, self.order) = (inverse, held, factor, order)
  }

  /// The minimum of the quadratic with the held parameters at 0.
  func start(from parameters: [Double]) -> [Double] {
    let start = less(factor.solve(held.map { parameters[$0] }), from: parameters)
    return zeroed(start)
  }

  /// The step for a gradient whose held components are 0.
  func solve(_ gradient: [Double]) -> [Double] {
    var step = [Double](repeating: 0, count: order)
    for row in 0..<order where gradient[row] != 0 {
      add(gradient[row], timesRow: row, to: &step)
    }
    return zeroed(less(factor.solve(held.map { step[$0] }), from: step))
  }

  private func less(_ shares: [Double], from vector: [Double]) -> [Double] {
    var vector = vector
    for (row, share) in zip(held, shares) { add(-share, timesRow: row, to: &vector) }
    return vector
  }

  private func add(_ factor: Double, timesRow row: Int, to vector: inout [Double]) {
    // SAFETY: `row` is below `order`, and both have `order` elements from there on.
    unsafe inverse.withUnsafeBufferPointer { inverse in
      unsafe vector.withUnsafeMutableBufferPointer { vector in
        unsafe Vectors.add(
          factor, times: inverse.baseAddress! + row * order, to: vector.baseAddress!, count: order)
      }
    }
  }

  private func zeroed(_ vector: [Double]) -> [Double] {
    var vector = vector
    for index in held { vector[index] = 0 }
    return vector
  }
}
