import Evaluation
import Learning

/// Permutation importance on rows that the model was not fitted to.
///
/// Method: Breiman 2001, "Random forests", section 10, in the form of Fisher, Rudin, Dominici 2019.
/// Features that say the same hide each other: shuffling one of them costs little, as the model still
/// has the others. So features are shuffled in sets; see ``FeatureGroups``.
public enum PermutationImportance {
  /// The order of each repeat, the same for all sets: the row whose values each row gets.
  ///
  /// - Returns: Shape `[repeatCount][rowCount]`.
  package static func orders(rowCount: Int, repeatCount: Int, seed: UInt64) -> [[Int32]] {
    (0..<repeatCount).map { round in
      var generator = SeededGenerator(seed: seed, stream: UInt64(round) + 1)
      var order = (0..<Int32(rowCount)).map(\.self)
      generator.shuffle(&order)
      return order
    }
  }

  /// The fall in ROC AUC for every feature and repeat, by the definition: any model is asked for the
  /// scores of rows with one column shuffled after another.
  ///
  /// - Parameters:
  ///   - repeatCount: How many shuffles are tried per feature.
  ///   - sets: The columns that are shuffled together; each alone by default.
  ///   - score: The model's raw scores of a matrix; called from one thread at a time.
  /// - Returns: Shape `[setCount][repeatCount]`; empty where ROC AUC is not defined.
  public static func falls(
    of matrix: FeatureMatrix, labels: [Bool], weights: [Double]?, repeatCount: Int, seed: UInt64,
    sets: [[Int]]? = nil, score: (FeatureMatrix) -> [Double]
  ) -> [[Double]] {
    // Rows of weight 0 are absent: no other row gets their values.
    let rows = matrix.rowCount == 0 ? [] : (0..<matrix.rowCount).filter { weights?[$0] != 0 }
    let matrix = matrix.selecting(rows)
    let labels = rows.map { labels[$0] }
    let weights = weights.map { weights in rows.map { weights[$0] } }
    guard
      let whole = Metrics.rocAUC(
        scores: score(matrix), labels: labels, weights: weights)
    else { return [] }
    let orders = orders(rowCount: rows.count, repeatCount: repeatCount, seed: seed)
    return (sets ?? matrix.columns.indices.map { [$0] }).map { set in
      orders.map { order in
        var shuffled = matrix
        for feature in set {
          shuffled = shuffled.replacing(
            feature, with: matrix.columns[feature].selecting(order.map { Int($0) }))
        }
        let auc = Metrics.rocAUC(scores: score(shuffled), labels: labels, weights: weights)
        return whole - (auc ?? whole)
      }
    }
  }

  /// What the definition gives, for a learner that knows which part of a score a shuffle changes; with
  /// how sure each fall is.
  ///
  /// - Parameters:
  ///   - groups: Which rows belong together, shape `[rowCount]`; `nil` where each stands alone.
  ///   - sets: The columns that are shuffled together.
  ///   - scorer: Makes the learner ready for the rows with weight.
  /// - Returns: One per set; empty where ROC AUC is not defined.
  /// - Complexity: O(`sets.count * repeatCount * rowCount`) beside the scores.
  package static func falls(
    of matrix: FeatureMatrix, labels: [Bool], weights: [Double]? = nil, groups: [Int]? = nil,
    sets: [[Int]], repeatCount: Int, seed: UInt64, threads: Int,
    by scorer: (FeatureMatrix) -> any ShuffleScorer
  ) -> [ShuffleFall] {
    let rows = (0..<matrix.rowCount).filter { weights?[$0] != 0 }
    let matrix = matrix.selecting(rows)
    guard
      let areas = ShuffledAreas(
        labels: rows.map { labels[$0] }, weights: weights.map { w in rows.map { w[$0] } },
        groups: groups.map { groups in rows.map { groups[$0] } })
    else { return [] }
    let scorer = scorer(matrix)
    let orders = orders(rowCount: rows.count, repeatCount: repeatCount, seed: seed)
    let scores = scorer.scores(of: matrix, threads: threads)
    var sums = [Double](repeating: 0, count: rows.count)
    var scratch = ShuffledAreas.Scratch(rowCount: rows.count)
    let whole = (area: areas.add(scores.span, to: &sums, &scratch), sums: sums)

    var falls = sets.map { _ in ShuffleFall.none(repeatCount) }
    let used = sets.indices.filter { sets[$0].contains(where: scorer.uses) }
    // As many sets at a time as memory has room for: the scores of each shuffle are kept until they
    // are sorted.
    let setsPerTurn = max(1, scoreLimit / max(1, repeatCount * rows.count))
    for start in stride(from: 0, to: used.count, by: setsPerTurn) {
      let turn = Array(used[start..<min(start + setsPerTurn, used.count)])
      let shuffled = scorer.scores(
        of: matrix, whole: scores, shuffling: turn.map { sets[$0] }, by: orders, threads: threads)
      let found = Parallel.map(turn.count, threads: threads) { place in
        var sums = [Double](repeating: 0, count: rows.count)
        var scratch = ShuffledAreas.Scratch(rowCount: rows.count)
        let shuffledAreas = orders.indices.map { round in
          let first = (place * orders.count + round) * rows.count
          return areas.add(
            shuffled.span.extracting(first..<first + rows.count), to: &sums, &scratch)
        }
        return areas.fall(from: whole, to: shuffledAreas, sums)
      }
      for (place, fall) in zip(turn, found) { falls[place] = fall }
    }
    return falls
  }

  /// 64 MB of scores.
  private static let scoreLimit = 1 << 24

  /// Mean and standard error of measurements, one importance per feature, the largest first.
  ///
  /// - Parameter falls: Shape `[featureCount][measurementCount]`.
  public static func summary(of falls: [[Double]], features: [Feature]) -> [Importance] {
    zip(features, falls).map { feature, values in
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      return Importance(
        feature: feature.name, kind: .permutation, value: mean,
        standardError: values.count > 1 ? (squares / (count - 1) / count).squareRoot() : nil)
    }.sorted(by: Importance.ranksBefore)
  }
}
