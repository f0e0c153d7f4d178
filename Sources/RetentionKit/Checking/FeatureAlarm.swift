import Configuration
import Diagnostics
import Evaluation
import Features
import Learning
import Reporting

/// Looks for features that tell an outcome almost alone: few honest ones do.
struct FeatureAlarm {
  /// A feature and how well it ranks by itself.
  struct Strength: Encodable, Sendable, Equatable {
    /// Its name.
    let feature: String
    /// Its area under the ROC curve, turned so that it is at least a half.
    let rocAUC: Double

    private enum CodingKeys: String, CodingKey {
      case feature
      case rocAUC = "roc_auc"
    }
  }

  /// The strongest features, the strongest first.
  let strongest: [Strength]
  let findings: [LeakFinding]

  /// Judges every feature on rows with labels.
  init(
    _ target: TargetName, matrix: FeatureMatrix, definitions: [FeatureDefinition], rows: [Int],
    labels: [Bool], threads: Int
  ) {
    let positives = labels.count { $0 }
    let negatives = labels.count - positives
    let areas = Parallel.map(definitions.count, threads: threads) { feature in
      Self.area(of: matrix.columns[feature], rows: rows, labels: labels)
    }
    let order = areas.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }
    strongest = order.prefix(5).map { Strength(feature: definitions[$0].name, rocAUC: areas[$0]) }
    guard positives >= LeakThresholds.leastCount, negatives >= LeakThresholds.leastCount else {
      findings = []
      return
    }
    findings = order.prefix(20).compactMap { feature in
      let area = areas[feature]
      let error = Self.standardError(area, positives, negatives)
      // The best of other families: windows of one count are alike, and would hide each other.
      let rival =
        order.first { definitions[$0].family != definitions[feature].family }.map { areas[$0] }
        ?? 0.5
      let isAlone = area - 3 * error > 0.95
      let isFarAhead = area > 0.9 && area - 3 * error > rival + 0.1
      guard isAlone || isFarAhead else { return nil }
      return LeakFinding(
        kind: .featureAlone, target: target.rawValue, table: nil,
        column: definitions[feature].name, words: [], reachesFeatures: true,
        evidence: "ROC AUC \(Numbers.fixed(area, 3)) alone for \(target.rawValue), standard error "
          + "\(Numbers.fixed(error, 3)); the best feature of another family has "
          + Numbers.fixed(rival, 3),
        figures: ["roc_auc": area, "standard_error": error, "best_other_family": rival],
        advice: "find the rows that it counts and ask when they were written; until then "
          + "features: {exclude: [\(definitions[feature].name)]}")
    }
  }

  /// The area of a column, turned to at least a half; missing values count as lowest, then as
  /// highest, and the better of the two is taken.
  private static func area(of column: FeatureColumn, rows: [Int], labels: [Bool]) -> Double {
    func folded(_ scores: [Double]) -> Double {
      Metrics.rocAUC(scores: scores, labels: labels).map { max($0, 1 - $0) } ?? 0.5
    }
    switch column {
    case .number(let values):
      let own = rows.map { values[$0] }
      let bound = Double.greatestFiniteMagnitude
      guard own.contains(where: \.isNaN) else { return folded(own) }
      return max(
        folded(own.map { $0.isNaN ? -bound : $0 }), folded(own.map { $0.isNaN ? bound : $0 }))
    case .category(let codes):
      // The rate of the other rows of the level, drawn towards the base rate, so that a level of one
      // row tells nothing of it.
      let base = Double(labels.count { $0 }) / Double(max(1, labels.count))
      var sums: [Int32: (positive: Double, all: Double)] = [:]
      for (index, row) in rows.enumerated() {
        sums[codes[row], default: (0, 0)].positive += labels[index] ? 1 : 0
        sums[codes[row], default: (0, 0)].all += 1
      }
      return folded(
        rows.enumerated().map { index, row in
          let sum = sums[codes[row]]!
          return (sum.positive - (labels[index] ? 1 : 0) + base) / sum.all
        })
    }
  }

  /// Method: Hanley and McNeil 1982, equation 2.
  private static func standardError(_ area: Double, _ positives: Int, _ negatives: Int) -> Double {
    let (m, n) = (Double(positives), Double(negatives))
    let (first, second) = (area / (2 - area), 2 * area * area / (1 + area))
    let variance =
      area * (1 - area) + (m - 1) * (first - area * area) + (n - 1) * (second - area * area)
    return (max(0, variance) / (m * n)).squareRoot()
  }
}
