import Learning

/// The log loss of one of `K` classes: `log(sum over k of e^(s_k)) - s_y`; a row has a score per
/// class, and its probabilities are their softmax.
///
/// The hessian by one score alone, `p_k (1 - p_k)`, is multiplied with `K / (K - 1)`, because the
/// scores of all classes step at once. Source: Friedman 2001, "Greedy function approximation",
/// algorithm 6. For two classes, a round then moves the difference of the scores as a tree of
/// ``BinaryLogLoss`` would.
package struct MultinomialLogLoss: Objective {
  private let classes: OutcomeColumn
  package let outputCount: Int
  /// The largest score of each row, and 1 over the sum of the exponentials of what the scores are
  /// beneath it, as the round began, shape `[rowCount]` each.
  private let largest: LargeArray<Double>
  private let shares: LargeArray<Float>
  private let rowCount: Int

  /// - Parameter classes: Positions from 0, shape `[rowCount]`.
  package init(classes: [Int], classCount: Int, weights: [Double]?) {
    precondition(classCount >= 2, "\(classCount) classes")
    self.classes = OutcomeColumn(classes.map(Double.init), weights: weights)
    outputCount = classCount
    rowCount = classes.count
    largest = LargeArray(count: rowCount)
    shares = LargeArray(count: rowCount)
  }

  package var largestWeight: Double { classes.largestWeight }
  private var stretch: Float { Float(outputCount) / Float(outputCount - 1) }
  package var bounds: (gradient: Float, hessian: Float)? { (1, 0.25 * stretch) }

  package func baseScores(rows: [Int]) -> [Double] {
    var totals = [Double](repeating: 0, count: outputCount)
    for row in rows { totals[Int(classes[row])] += classes.weight(row) }
    let total = totals.reduce(0, +)
    // A class that no row has, has no log.
    return totals.map { PortableMath.log(max($0 / total, 1e-12)) }
  }

  package func beginRound(_ scores: [LargeArray<Double>], pool: WorkerPool) {
    let (largest, shares) = (largest, shares)
    let piece = 1 << 13
    pool.forEach((rowCount + piece - 1) / piece) { index in
      for row in stride(from: index * piece, to: min((index + 1) * piece, rowCount), by: 8) {
        var most = scores[0].eight(row)
        for output in scores.dropFirst() {
          let other = output.eight(row)
          most.replace(with: other, where: other .> most)
        }
        var sum = SIMD8<Float>()
        for output in scores { sum += PortableMath.exp(SIMD8<Float>(output.eight(row) - most)) }
        let share = 1 / sum
        // Pieces do not meet, and end where rows end.
        for lane in 0..<min(8, rowCount - row) {
          largest[row + lane] = most[lane]
          shares[row + lane] = share[lane]
        }
      }
    }
  }

  @inline(__always)
  package func derivatives(output: Int, row: Int, scores: SIMD8<Double>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    let below = SIMD8<Float>(scores - largest.eight(row))
    let probability = PortableMath.exp(below) * shares.eight(row)
    let isClass = SIMD8<Float>(classes.eight(row)) .== Float(output)
    let outcome = SIMD8<Float>(repeating: 0).replacing(with: 1, where: isClass)
    return classes.weighted(
      row, probability - outcome, probability * (1 - probability) * stretch)
  }

  package func loss(row: Int, scores: Span<Double>) -> (loss: Double, weight: Double) {
    var most = scores[0]
    for output in 1..<outputCount { most = max(most, scores[output]) }
    var sum = 0.0
    for output in 0..<outputCount { sum += PortableMath.exp(scores[output] - most) }
    let weight = classes.weight(row)
    return (weight * (PortableMath.log(sum) + most - scores[Int(classes[row])]), weight)
  }
}
