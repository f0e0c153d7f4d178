import Learning

/// The log loss of a yes-or-no outcome; the score is its log odds. See ``Learning/LogLoss``.
struct BinaryLogLoss: Objective {
  /// 1 where the outcome happened, else 0, shape `[rowCount]`.
  private let outcomes: LargeArray<Float>
  /// Divided by the largest, shape `[rowCount]`.
  private let weights: LargeArray<Float>?
  let largestWeight: Double
  private let set: TrainingSet

  init(_ set: TrainingSet) {
    self.set = set
    outcomes = LargeArray(count: set.rowCount)
    for row in set.labels.indices { outcomes[row] = set.labels[row] ? 1 : 0 }
    guard let given = set.weights else {
      weights = nil
      largestWeight = 1
      return
    }
    let weights = LargeArray<Float>(count: set.rowCount)
    largestWeight = given.max() ?? 1
    for row in given.indices { weights[row] = Float(given[row] / largestWeight) }
    self.weights = weights
  }

  var bounds: (gradient: Float, hessian: Float)? { (1, 0.25) }

  func baseScore(rows: [Int]) -> Double {
    // Whole numbers, so that the sums do not hang on the order of the rows.
    var positive: UInt64 = 0
    var total: UInt64 = 0
    for row in rows {
      let weight = UInt64(Double(weights?[row] ?? 1) * 0x1p32)
      total += weight
      if set.labels[row] { positive += weight }
    }
    // A weighted base rate of 0 or 1 has no log odds.
    let rate = Double(positive) / Double(max(1, total))
    return LogLoss.score(min(max(rate, 1e-12), 1 - 1e-12))
  }

  @inline(__always)
  func derivatives(row: Int, scores: SIMD8<Float>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    // SAFETY: arrays end in slack, so that eight may be read from any row.
    let outcome = unsafe UnsafeRawPointer(outcomes.start + row).loadUnaligned(
      as: SIMD8<Float>.self)
    let odds = PortableMath.exp(-scores)
    let probability = 1 / (1 + odds)
    var gradient = probability - outcome
    var hessian = probability * (1 - probability)
    if let weights {
      let weight = unsafe UnsafeRawPointer(weights.start + row).loadUnaligned(
        as: SIMD8<Float>.self)
      gradient *= weight
      hessian *= weight
    }
    return (gradient, hessian)
  }

  func loss(row: Int, score: Double) -> (loss: Double, weight: Double) {
    let weight = set.weight(row)
    return (weight * LogLoss.value(score: score, label: set.labels[row]), weight)
  }
}
