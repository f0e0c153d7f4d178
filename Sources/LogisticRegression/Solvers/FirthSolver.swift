import Learning
import LinearAlgebra

/// The fit that maximises the log likelihood plus half the log determinant of the information.
///
/// Method: Firth 1993, "Bias reduction of maximum likelihood estimates",
/// https://doi.org/10.1093/biomet/80.1.27; for logistic regression Heinze, Schemper 2002, "A solution
/// to the problem of separation in logistic regression", https://doi.org/10.1002/sim.1047. Its score
/// is `sum of (w (y - p) + h (1/2 - p)) x`, `h` the row's leverage, and steps are scoring steps by the
/// information, halved until the penalised likelihood rises. It is finite where outcomes are
/// separated.
struct FirthSolver {
  /// Without a ridge.
  let objective: LogisticObjective
  let iterationLimit: Int

  /// Beyond these a pass, which costs `rows * parameters^2`, takes too long.
  static let parameterLimit = 200
  static let rowLimit = 100_000

  struct Solution {
    var parameters: [Double]
    /// The negative penalised log likelihood.
    var value: Double
    /// Of the information at `parameters`.
    var factor: CholeskyFactor
    var convergence: Convergence
  }

  /// The fit with the parameters `held` at 0; the determinant is that of all parameters' information
  /// nevertheless, as in profiles of the penalised likelihood. `nil` where the information is
  /// singular, so that there is no determinant.
  func solve(from start: [Double], holding held: [Int] = []) -> Solution? {
    guard var point = point(at: start) else { return nil }
    var iterationCount = 0
    var decrement = Double.infinity
    while true {
      let gradient = gradient(at: point, holding: held)
      guard let restriction = Restriction(point.factor, holding: held) else { return nil }
      let step = restriction.solve(gradient)
      decrement = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      if decrement <= 1e-20 * max(1, objective.totalWeight) || iterationCount >= iterationLimit {
        break
      }
      guard let next = lowered(from: point, along: step) else { break }
      point = next
      iterationCount += 1
    }
    let norm =
      gradient(at: point, holding: held).reduce(0) { max($0, $1.magnitude) }
      / objective.totalWeight
    return Solution(
      parameters: point.parameters, value: point.value, factor: point.factor,
      convergence: Convergence(
        iterationCount: iterationCount, gradientNorm: norm, isConverged: norm <= 1e-8,
        addedRidge: 0))
  }

  private struct Point {
    var parameters: [Double]
    var value: Double
    var factor: CholeskyFactor
  }

  private func point(at parameters: [Double]) -> Point? {
    let order = objective.layout.parameterCount
    let information = ProductSums.products(of: objective, at: parameters)
    guard let factor = CholeskyFactor(lower: information, order: order),
      // Columns that others give exactly leave a pivot of rounding alone.
      factor.smallestPivotShare(of: information) > 1e-12
    else { return nil }
    let loss = objective.point(at: parameters, hessian: .none).value
    // Half the log determinant is the sum of the logarithms of the factor's diagonal.
    let penalty = factor.diagonal.reduce(0) { $0 + PortableMath.log($1) }
    return Point(parameters: parameters, value: loss - penalty, factor: factor)
  }

  /// The gradient of the negative penalised log likelihood: that of the loss, and the leverages'.
  private func gradient(at point: Point, holding held: [Int]) -> [Double] {
    let order = objective.layout.parameterCount
    let lanes = Parallel.map(objective.lanes.count, threads: objective.threads) { lane in
      var sum = [Double](repeating: 0, count: order)
      var row = [Double](repeating: 0, count: order)
      _ = objective.forEachBlock(ofLane: lane, at: point.parameters) { _, block in
        for position in 0..<block.rowCount {
          for index in row.indices { row[index] = 0 }
          block.add(row: position, times: 1, to: &row)
          point.factor.solveLower(&row)
          let leverage = unsafe block.curvatures[position] * row.reduce(0) { $0 + $1 * $1 }
          let probability = LogLoss.probability(unsafe block.scores[position])
          block.add(
            row: position,
            times: unsafe block.slopes[position] + leverage * (probability - 0.5), to: &sum)
        }
      }
      return sum
    }
    var total = lanes[0]
    for lane in lanes.dropFirst() {
      for index in total.indices { total[index] += lane[index] }
    }
    for index in held { total[index] = 0 }
    return total
  }

  private func lowered(from point: Point, along step: [Double]) -> Point? {
    // At the minimum the objective's last bits are noise, which must not stop the last steps.
    let tolerance = 1e-13 * (1 + point.value.magnitude)
    // Where probabilities are all but 0 or 1, the information promises steps that leave the range.
    let longest = step.reduce(0) { max($0, $1.magnitude) }
    var share = min(1, 5 / max(longest, .leastNormalMagnitude))
    while share > 1e-10 {
      let parameters = zip(point.parameters, step).map { $0 - share * $1 }
      if parameters == point.parameters { return nil }
      if let next = self.point(at: parameters), next.value <= point.value + tolerance {
        return next
      }
      share /= 2
    }
    return nil
  }
}

extension Restriction {
  /// The steps by a factored information with some parameters held.
  fileprivate init?(_ factor: CholeskyFactor, holding held: [Int]) {
    self.init(inverse: factor.inverse(), held: held)
  }
}
