import Learning

/// A logistic regression with one to three coefficients and targets that are probabilities.
///
/// Minimises the mean of `log(1 + exp(z)) - target z` with `z = offset + sum of coefficient *
/// column`, which is convex. Method: Newton steps, halved until the loss falls (Lin, Lin and Weng
/// 2007, "A note on Platt's probabilistic outputs for support vector machines", appendix C).
struct LogisticFit {
  private let rows: [Row]
  private let totalWeight: Double
  private let count: Int

  /// What is known of a row; columns beyond the last are 0.
  private struct Row {
    var columns: SIMD4<Double>
    var offset: Double
    var target: Double
    var weight: Double
  }

  /// The loss with its first and second derivatives, at some coefficients.
  private struct Place {
    var coefficients: SIMD4<Double>
    var loss = 0.0
    var gradient = SIMD4<Double>.zero
    /// The columns of the Hessian, of which there are as many as coefficients.
    var hessian = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
  }

  /// - Parameters:
  ///   - columns: Shape `[coefficientCount][rowCount]`, one to three.
  ///   - offset: What is added to each row's `z`, shape `[rowCount]`.
  ///   - targets: Strictly between 0 and 1, shape `[rowCount]`.
  ///   - weights: Positive, shape `[rowCount]`.
  init(columns: [[Double]], offset: [Double], targets: [Double], weights: [Double]) {
    precondition((1...3).contains(columns.count), "\(columns.count) columns, expected 1 to 3")
    count = columns.count
    totalWeight = weights.reduce(0, +)
    rows = targets.indices.map { row in
      var values = SIMD4<Double>.zero
      for column in columns.indices { values[column] = columns[column][row] }
      return Row(
        columns: values, offset: offset[row], target: targets[row], weight: weights[row])
    }
  }

  /// The coefficients of least loss, and that loss.
  func minimised(from start: [Double]) -> (coefficients: [Double], loss: Double) {
    var coefficients = SIMD4<Double>.zero
    for index in start.indices { coefficients[index] = start[index] }
    var place = self.place(coefficients)
    for _ in 0..<100 {
      if (0..<count).allSatisfy({ place.gradient[$0].magnitude <= 1e-13 }) { break }
      let step = solved(place)
      let descent = (place.gradient * step).sum()
      // What is left after a step this small is its square, below any rounding of the loss, which
      // could no longer tell whether it fell.
      if descent <= 1e-14 {
        let last = self.place(place.coefficients - step)
        if last.loss.isFinite { place = last }
        break
      }
      guard let next = searched(from: place, step: step, descent: descent) else { break }
      place = next
    }
    return ((0..<count).map { place.coefficients[$0] }, place.loss)
  }

  /// The longest of the step's halves along which the loss falls by a share of what it promised.
  private func searched(from start: Place, step: SIMD4<Double>, descent: Double) -> Place? {
    var length = 1.0
    // Near the minimum the fall is less than the loss's own rounding, which must not stop Newton.
    let rounding = 4 * start.loss.ulp
    while length >= 1e-10 {
      let tried = place(start.coefficients - length * step)
      if tried.loss <= start.loss - 1e-4 * length * descent + rounding { return tried }
      length /= 2
    }
    return nil
  }

  /// One pass gives the loss and both derivatives, which share an exponential.
  private func place(_ coefficients: SIMD4<Double>) -> Place {
    var place = Place(coefficients: coefficients)
    for row in rows {
      let z = row.offset + (coefficients * row.columns).sum()
      let decay = PortableMath.exp(-z.magnitude)
      // The mean of both outcomes' losses; see LogLoss for why it is arranged so.
      place.loss +=
        row.weight
        * (row.target * (max(z, 0) - z) + (1 - row.target) * max(z, 0)
          + PortableMath.log1p(decay))
      let rarer = decay / (1 + decay)
      let p = z >= 0 ? 1 / (1 + decay) : rarer
      place.gradient += row.weight * (p - row.target) * row.columns
      let curved = row.weight * rarer * (1 / (1 + decay)) * row.columns
      place.hessian.0 += row.columns[0] * curved
      place.hessian.1 += row.columns[1] * curved
      place.hessian.2 += row.columns[2] * curved
    }
    place.loss /= totalWeight
    place.gradient /= totalWeight
    place.hessian.0 /= totalWeight
    place.hessian.1 /= totalWeight
    place.hessian.2 /= totalWeight
    return place
  }

  /// The Newton step, by Cholesky from the lower triangle.
  ///
  /// A ridge far below any real curvature keeps columns that depend on one another solvable.
  private func solved(_ place: Place) -> SIMD4<Double> {
    let columns = [place.hessian.0, place.hessian.1, place.hessian.2]
    var factor = (0..<count).map { row in (0..<count).map { columns[$0][row] } }
    let ridge = 1e-12 * (1e-3 + (0..<count).map { factor[$0][$0] }.max()!)
    var x = place.gradient
    for i in 0..<count {
      for j in 0...i {
        var sum = factor[i][j] + (i == j ? ridge : 0)
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
