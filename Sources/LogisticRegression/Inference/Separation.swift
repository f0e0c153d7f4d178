import Learning

/// Finds features that tell the two outcomes apart by themselves.
///
/// With such a feature the unpenalised coefficients grow without bound, and the feature is more
/// often a leak from after the outcome than a driver of it.
public enum Separation {
  /// The positions of features of which some threshold, or some set of levels, divides the outcomes
  /// without a single error.
  public static func separatingFeatures(of set: TrainingSet) -> [Int] {
    set.matrix.columns.indices.filter { separates(set.matrix.columns[$0], set.labels) }
  }

  /// Whether some threshold, or some set of levels, divides the outcomes without a single error.
  package static func separates(_ column: FeatureColumn, _ labels: [Bool]) -> Bool {
    switch column {
    case .number(let values): separates(values, labels)
    case .category(let codes): separates(codes, labels)
    }
  }

  /// Whether some threshold divides the outcomes without a single error.
  ///
  /// - Parameters:
  ///   - values: A quantity or a raw score, shape `[rowCount]`.
  ///   - labels: What happened, shape `[rowCount]`.
  public static func separates(_ values: [Double], _ labels: [Bool]) -> Bool {
    var range: [(low: Double, high: Double)] = [
      (.infinity, -.infinity), (.infinity, -.infinity),
    ]
    for row in values.indices {
      // A missing cell may stand with either class, so it must not hide the other rows.
      guard !values[row].isNaN else { return false }
      let side = labels[row] ? 1 : 0
      range[side].low = min(range[side].low, values[row])
      range[side].high = max(range[side].high, values[row])
    }
    return range[0].high < range[1].low || range[1].high < range[0].low
  }

  private static func separates(_ codes: [Int32], _ labels: [Bool]) -> Bool {
    var labelOfCode: [Int32: Bool] = [:]
    for row in codes.indices {
      if let seen = labelOfCode.updateValue(labels[row], forKey: codes[row]), seen != labels[row] {
        return false
      }
    }
    return true
  }
}
