import GradientBoosting
import Learning

/// A fitted learner that scores rows again and again, each time with other columns shuffled.
///
/// Scores are whole multiples of a small step, so that parts of them can be taken off and put on
/// without rounding; see ``ScoreStep``.
package protocol ShuffleScorer: Sendable {
  /// Whether a feature has a say in any score.
  func uses(_ feature: Int) -> Bool

  /// The scores of the rows as they are, in steps, shape `[rowCount]`.
  func scores(of matrix: FeatureMatrix, threads: Int) -> [Int32]

  /// The scores with each set of columns shuffled by each order, in steps.
  ///
  /// - Parameters:
  ///   - whole: What ``scores(of:threads:)`` gives.
  ///   - sets: The columns that are shuffled together, shape `[setCount][]`.
  ///   - orders: The row whose values each row gets instead, shape `[orderCount][rowCount]`.
  /// - Returns: Shape `[setCount, orderCount, rowCount]`.
  func scores(
    of matrix: FeatureMatrix, whole: [Int32], shuffling sets: [[Int]], by orders: [[Int32]],
    threads: Int
  ) -> [Int32]
}

extension SteppedTrees: ShuffleScorer {}

/// A learner whose score is a sum of one term for each feature: of a shuffled column, only that term
/// changes.
package struct SteppedTerms: ShuffleScorer {
  /// What the scores are multiples of.
  package let step: Double
  private let isUsed: [Bool]
  private let term: @Sendable (Int, FeatureMatrix) -> [Double]

  /// - Parameters:
  ///   - matrix: The rows that will be scored: their terms say how fine steps can be.
  ///   - term: What a feature adds to the score of each row of a matrix, shape `[rowCount]`.
  package init(
    _ matrix: FeatureMatrix, term: @escaping @Sendable (Int, FeatureMatrix) -> [Double]
  ) {
    var reach = 0.0
    isUsed = matrix.columns.indices.map { feature in
      let values = term(feature, matrix)
      reach += values.reduce(0) { max($0, $1.magnitude) }
      return values.contains { $0 != values[0] }
    }
    step = ScoreStep.forScores(within: reach)
    self.term = term
  }

  package func uses(_ feature: Int) -> Bool { isUsed[feature] }

  private func steps(_ feature: Int, _ matrix: FeatureMatrix) -> [Int32] {
    term(feature, matrix).map { ScoreStep.steps($0, of: step) }
  }

  package func scores(of matrix: FeatureMatrix, threads: Int) -> [Int32] {
    var sums = [Int32](repeating: 0, count: matrix.rowCount)
    for feature in matrix.columns.indices {
      let steps = steps(feature, matrix)
      for row in sums.indices { sums[row] += steps[row] }
    }
    return sums
  }

  package func scores(
    of matrix: FeatureMatrix, whole: [Int32], shuffling sets: [[Int]], by orders: [[Int32]],
    threads: Int
  ) -> [Int32] {
    let parts = Parallel.map(sets.count, threads: threads) { place in
      var terms = [Int32](repeating: 0, count: whole.count)
      for feature in sets[place] {
        let steps = steps(feature, matrix)
        for row in terms.indices { terms[row] += steps[row] }
      }
      var scores: [Int32] = []
      scores.reserveCapacity(orders.count * whole.count)
      for order in orders {
        for row in whole.indices {
          scores.append(whole[row] - terms[row] + terms[Int(order[row])])
        }
      }
      return scores
    }
    return Array(parts.joined())
  }
}
