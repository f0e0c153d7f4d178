import Learning

/// A logistic regression with one to three coefficients and targets that are probabilities.
///
/// Minimises the mean of `log(1 + exp(z)) - target z` with `z = offset + sum of coefficient *
/// column`, which is convex. Method: Newton steps, halved until the loss falls (Lin, Lin and Weng
/// 2007, "A note on Platt's probabilistic outputs for support vector machines", appendix C).
struct LogisticFit {
  /// The columns, shape `[coefficientCount][rowCount]`.
  var columns: [[Double]]
  /// What is added to each row's `z`, shape `[rowCount]`.
  var offset: [Double]
  /// The target of each row, strictly between 0 and 1.
  var targets: [Double]
  /// The weight of each row, positive.
  var weights: [Double]

  /// The coefficients of least loss, and that loss.
  func minimised(from start: [Double]) -> (coefficients: [Double], loss: Double) {
    var coefficients = start
    var loss = self.loss(coefficients)
    for _ in 0..<100 {
      let (gradient, hessian) = derivatives(coefficients)
      if gradient.allSatisfy({ $0.magnitude <= 1e-13 }) { break }
      let step = Self.solve(hessian, gradient)
      let descent = zip(gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      guard
        let next = searched(from: coefficients, loss: loss, step: step, descent: descent)
      else { break }
      let hasMoved = next.coefficients != coefficients
      (coefficients, loss) = next
      if !hasMoved { break }
    }
    return (coefficients, loss)
  }

  /// The longest of the step's halves along which the loss falls by a share of what it promised.
  private func searched(
    from start: [Double], loss: Double, step: [Double], descent: Double
  ) -> (coefficients: [Double], loss: Double)? {
    var length = 1.0
    // Near the minimum the fall is less than the loss's own rounding, which must not stop Newton.
    let rounding = 4 * loss.ulp
    while length >= 1e-10 {
      let tried = zip(start, step).map { $0 - length * $1 }
      let triedLoss = self.loss(tried)
      if triedLoss <= loss - 1e-4 * length * descent + rounding { return (tried, triedLoss) }
      length /= 2
    }
    return nil
  }

  private func score(_ row: Int, _ coefficients: [Double]) -> Double {
    var z = offset[row]
    for index in coefficients.indices { z += coefficients[index] * columns[index][row] }
    return z
  }

  private func loss(_ coefficients: [Double]) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in targets.indices {
      let z = score(row, coefficients)
      // The loss of a negative row less target * z, arranged as the mean of both outcomes' losses.
      sum +=
        weights[row]
        * (targets[row] * LogLoss.value(score: z, label: true)
          + (1 - targets[row]) * LogLoss.value(score: z, label: false))
      total += weights[row]
    }
    return sum / total
  }

  private func derivatives(_ coefficients: [Double]) -> ([Double], [[Double]]) {
    let count = coefficients.count
    var gradient = [Double](repeating: 0, count: count)
    var hessian = [[Double]](repeating: gradient, count: count)
    let total = weights.reduce(0, +)
    for row in targets.indices {
      let p = LogLoss.probability(score(row, coefficients))
      let share = weights[row] / total
      for i in 0..<count {
        gradient[i] += share * (p - targets[row]) * columns[i][row]
        for j in 0...i {
          hessian[i][j] += share * p * (1 - p) * columns[i][row] * columns[j][row]
        }
      }
    }
    return (gradient, hessian)
  }

  /// Solves `hessian x = gradient` by Cholesky, from the lower triangle.
  ///
  /// A ridge far below any real curvature keeps columns that depend on one another solvable.
  private static func solve(_ hessian: [[Double]], _ gradient: [Double]) -> [Double] {
    let count = gradient.count
    let ridge = 1e-12 * (1e-3 + hessian.indices.map { hessian[$0][$0] }.max()!)
    var factor = hessian
    var x = gradient
    for i in 0..<count {
      for j in 0...i {
        var sum = hessian[i][j] + (i == j ? ridge : 0)
        for k in 0..<j { sum -= factor[i][k] * factor[j][k] }
        factor[i][j] = i == j ? max(sum, ridge).squareRoot() : sum / factor[j][j]
      }
      for k in 0..<i { x[i] -= factor[i][k] * x[k] }
      x[i] /= factor[i][i]
    }
    for i in (0..<count).reversed() {
      for k in (i + 1)..<max(count, i + 1) { x[i] -= factor[k][i] * x[k] }
      x[i] /= factor[i][i]
    }
    return x
  }
}
