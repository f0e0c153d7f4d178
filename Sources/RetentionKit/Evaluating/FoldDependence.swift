import Evaluation
import Learning

/// How far the figures of folds depend on each other because folds learn from each other's rows.
///
/// With k folds, what fold A learns from B and what B learns from A meet the same two sets of labels.
/// Where models know something, that is next to nothing. Where they know nothing, each chance likeness
/// of two folds counts twice, and areas scatter by half as much again as an interval over held-out
/// rows can see: one of nine would leave out 0.5. So the intervals of figures of rank are made wider by
/// the root of `1 + noise * k / (k - 1)`: all of the correction of Nadeau and Bengio 2003 ("Inference
/// for the generalization error", section 3.2) where scores are noise, nothing of it where the
/// models of all folds score alike. Folds that go forward learn from no row that they or earlier ones
/// judge later, and need none.
enum FoldDependence {
  /// How many rows all models score.
  static let rowCount = 1000

  /// The rows that all models score, a sample of all.
  static func rows(of rowCount: Int, seed: UInt64) -> [Int] {
    var generator = SeededGenerator(seed: seed, stream: 49)
    return generator.sample(min(rowCount, Self.rowCount), of: rowCount)
  }

  /// The share of the scores' variance that is due to the rows that a fold happens to learn from.
  ///
  /// Two of k folds share `(k - 2) / (k - 1)` of what they learn from: noise correlates by that
  /// much, and what holds for all customers by 1.
  ///
  /// - Parameter scores: Of the same rows by each fold's model, shape `[foldCount][rowCount]`.
  static func noiseShare(_ scores: [[Double]]) -> Double {
    let foldCount = scores.count
    guard foldCount > 1 else { return 1 }
    var sum = 0.0
    var pairCount = 0.0
    for first in 0..<foldCount {
      for second in first + 1..<foldCount {
        sum += correlation(scores[first], scores[second]) ?? 0
        pairCount += 1
      }
    }
    let shared = Double(foldCount - 2) / Double(foldCount - 1)
    return min(1, max(0, (1 - sum / pairCount) / (1 - shared)))
  }

  /// - Returns: `nil` where one of the two does not vary.
  private static func correlation(_ first: [Double], _ second: [Double]) -> Double? {
    let count = Double(first.count)
    let means = (first.reduce(0, +) / count, second.reduce(0, +) / count)
    var (both, one, other) = (0.0, 0.0, 0.0)
    for row in first.indices {
      let (x, y) = (first[row] - means.0, second[row] - means.1)
      both += x * y
      one += x * x
      other += y * y
    }
    let scale = (one * other).squareRoot()
    return scale > 0 ? both / scale : nil
  }
}

extension CrossValidation {
  /// By how much intervals over the held-out rows of these folds are too narrow where they are of
  /// ranks; 1 where they are not.
  func intervalFactor(_ scheme: ValidationScheme) -> Double {
    if case .forward = scheme.rule { return 1 }
    return (1 + noiseShare * Double(foldCount) / Double(max(1, foldCount - 1))).squareRoot()
  }
}

extension EvaluationSummary {
  /// The same figures with the intervals of those of rank so many times as wide.
  func wideningRanks(by factor: Double) -> EvaluationSummary {
    guard factor > 1 else { return self }
    var wider = self
    for (index, interval) in intervals.enumerated() {
      guard [.rocAUC, .averagePrecision, .liftAt10].contains(interval.metric),
        let value = self[interval.metric]
      else { continue }
      let most = interval.metric == .liftAt10 ? Double.infinity : 1
      wider.intervals[index].low = max(0, value + (interval.low - value) * factor)
      wider.intervals[index].high = min(most, value + (interval.high - value) * factor)
    }
    return wider
  }
}
