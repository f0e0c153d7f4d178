import Configuration
import Diagnostics
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
      SingleColumnArea.area(of: matrix.columns[feature].selecting(rows), labels: labels)
    }
    let order = areas.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }
    strongest = order.prefix(5).map { Strength(feature: definitions[$0].name, rocAUC: areas[$0]) }
    guard positives >= LeakThresholds.leastCount, negatives >= LeakThresholds.leastCount else {
      findings = []
      return
    }
    findings = order.prefix(20).compactMap { feature in
      let area = areas[feature]
      let error = SingleColumnArea.standardError(
        area, positives: positives, negatives: negatives)
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
}
