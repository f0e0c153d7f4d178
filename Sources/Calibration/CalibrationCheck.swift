import Learning

/// Whether probabilities are right on average: their mean beside the share of rows with the outcome.
public struct CalibrationCheck: Equatable, Sendable {
  /// The mean probability.
  public var meanProbability: Double
  /// The share of rows with the outcome.
  public var observedRate: Double
  /// The standard error of the difference, were the probabilities right.
  public var standardError: Double

  /// Compares rows, shape `[rowCount]` each.
  ///
  /// Independent rows vary by `p (1 - p)`. Rows of one group turn out alike, so there each group's sum
  /// of differences counts as one, squared; the larger of both variances is taken.
  ///
  /// - Parameter groups: What the rows belong to; `nil` where each stands alone.
  /// - Returns: `nil` without rows of weight.
  public init?(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, groups: [Int]? = nil
  ) {
    precondition(
      probabilities.count == labels.count,
      "\(probabilities.count) probabilities, \(labels.count) labels")
    let heaviest = weights?.max() ?? 1
    guard heaviest > 0, !labels.isEmpty else { return nil }
    var (total, predicted, observed, variance) = (0.0, 0.0, 0.0, 0.0)
    var differenceOfGroup: [Int: Double] = [:]
    for row in labels.indices {
      let weight = (weights?[row] ?? 1) / heaviest
      let probability = probabilities[row]
      total += weight
      predicted += weight * probability
      observed += labels[row] ? weight : 0
      variance += weight * weight * probability * (1 - probability)
      if let groups {
        differenceOfGroup[groups[row], default: 0] += weight * ((labels[row] ? 1 : 0) - probability)
      }
    }
    meanProbability = predicted / total
    observedRate = observed / total
    if !differenceOfGroup.isEmpty {
      // The difference itself is no scatter, so each group's share of it is taken off. Summed in a
      // fixed order, so that the bits are the same each time.
      let mean = (observed - predicted) / Double(differenceOfGroup.count)
      let squares = differenceOfGroup.keys.sorted().reduce(0.0) { sum, group in
        let scatter = differenceOfGroup[group]! - mean
        return sum + scatter * scatter
      }
      variance = max(variance, squares)
    }
    standardError = variance.squareRoot() / total
  }

  /// How the mean probability departs from what happened.
  public enum Departure: Sendable {
    /// By no more than chance allows, or too little to matter.
    case none
    /// By more than three standard errors and two per cent of what happened.
    case clear
    /// By a factor above 2, or by more than ten standard errors and a fifth.
    case gross
  }

  /// The difference in standard errors; its sign says whether too much was foretold.
  public var zScore: Double {
    let difference = meanProbability - observedRate
    return difference == 0 ? 0 : difference / standardError
  }

  /// See ``Departure``.
  public var departure: Departure {
    let ratio = meanProbability / observedRate
    let share = (ratio - 1).magnitude
    guard zScore.magnitude > 3, !(share <= 0.02) else { return .none }
    return !(ratio <= 2 && ratio >= 0.5) || (zScore.magnitude > 10 && share > 0.2) ? .gross : .clear
  }
}
