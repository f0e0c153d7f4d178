import Evaluation
import Learning

/// How well one column ranks rows by itself, without any model.
package enum SingleColumnArea {
  /// The area under the ROC curve, at least a half; a half where rows have one outcome.
  ///
  /// A quantity may rank either way, and its missing values may stand below or above all others: the
  /// best of the four counts. A category ranks by how often the outcome came in rows of the same level
  /// in other folds, so that a level of one row, or one without any bearing, tells nothing.
  ///
  /// - Parameter column: One value per label.
  package static func area(of column: FeatureColumn, labels: [Bool]) -> Double {
    switch column {
    case .number(let values):
      let bound = Double.greatestFiniteMagnitude
      guard values.contains(where: \.isNaN) else { return folded(values, labels) }
      return max(
        folded(values.map { $0.isNaN ? -bound : $0 }, labels),
        folded(values.map { $0.isNaN ? bound : $0 }, labels))
    case .category(let codes):
      // A high rate speaks for the outcome, so there is one way only.
      return max(0.5, Metrics.rocAUC(scores: rates(codes, labels), labels: labels) ?? 0.5)
    }
  }

  /// The standard error of an area.
  ///
  /// Method: Hanley and McNeil 1982, equation 2.
  package static func standardError(_ area: Double, positives: Int, negatives: Int) -> Double {
    let (m, n) = (Double(positives), Double(negatives))
    let (first, second) = (area / (2 - area), 2 * area * area / (1 + area))
    let variance =
      area * (1 - area) + (m - 1) * (first - area * area) + (n - 1) * (second - area * area)
    return (max(0, variance) / max(1, m * n)).squareRoot()
  }

  private static func folded(_ scores: [Double], _ labels: [Bool]) -> Double {
    Metrics.rocAUC(scores: scores, labels: labels).map { max($0, 1 - $0) } ?? 0.5
  }

  /// The rate of each row's level in the other folds, drawn towards the base rate.
  private static func rates(_ codes: [Int32], _ labels: [Bool]) -> [Double] {
    let foldCount = 5
    let base = Double(labels.count { $0 }) / Double(max(1, labels.count))
    let levelCount = Int(codes.max() ?? 0) - Int(CategoryCode.unseen) + 1
    func place(_ code: Int32) -> Int { Int(code) - Int(CategoryCode.unseen) }
    var positives = [Double](repeating: 0, count: levelCount * foldCount)
    var all = positives
    let folds = folds(of: labels, foldCount: foldCount)
    for row in codes.indices {
      let cell = place(codes[row]) * foldCount + folds[row]
      positives[cell] += labels[row] ? 1 : 0
      all[cell] += 1
    }
    return codes.indices.map { row in
      let cells = place(codes[row]) * foldCount..<(place(codes[row]) + 1) * foldCount
      let own = cells.lowerBound + folds[row]
      let others = cells.filter { $0 != own }
      let hits = others.reduce(0) { $0 + positives[$1] }
      return (hits + base) / (others.reduce(0) { $0 + all[$1] } + 1)
    }
  }

  /// Each outcome's rows are dealt out in turn, so that folds have the same base rate: else a fold's
  /// own rate would speak against it.
  private static func folds(of labels: [Bool], foldCount: Int) -> [Int] {
    var next = [0, 0]
    return labels.map { label in
      defer { next[label ? 1 : 0] += 1 }
      return next[label ? 1 : 0] % foldCount
    }
  }
}
