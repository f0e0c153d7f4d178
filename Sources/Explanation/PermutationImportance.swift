import Evaluation
import Learning

/// How much a model relies on a feature.
public struct Importance: Sendable, Equatable {
  /// How the reliance was measured.
  public enum Kind: String, Sendable, CaseIterable {
    /// How far ROC AUC on held-out rows falls when the feature's values are shuffled among them.
    case permutation
    /// The feature's share of what all splits gained in training.
    case gain
    /// The standard deviation of what the feature adds to the log odds over the training rows.
    case coefficient
  }

  /// The feature's name.
  public var feature: String
  /// How the reliance was measured.
  public var kind: Kind
  /// The reliance, in the unit of its kind.
  public var value: Double
  /// The standard error of `value`; `nil` where there is only one measurement.
  public var standardError: Double?

  /// Puts an importance together.
  public init(feature: String, kind: Kind, value: Double, standardError: Double?) {
    self.feature = feature
    self.kind = kind
    self.value = value
    self.standardError = standardError
  }
}

/// Permutation importance on rows that the model was not fitted to.
///
/// Method: Breiman 2001, "Random forests", section 10, in the form of Fisher, Rudin, Dominici 2019.
/// Features that say the same share their importance: shuffling one of them costs little.
public enum PermutationImportance {
  /// The fall in ROC AUC for every feature and repeat.
  ///
  /// - Parameters:
  ///   - repeatCount: How many shuffles are tried per feature.
  ///   - score: The model's raw scores of a matrix; called from one thread at a time.
  /// - Returns: Shape `[featureCount][repeatCount]`; empty where ROC AUC is not defined.
  public static func falls(
    of matrix: FeatureMatrix, labels: [Bool], weights: [Double]?, repeatCount: Int, seed: UInt64,
    score: (FeatureMatrix) -> [Double]
  ) -> [[Double]] {
    guard
      let whole = Metrics.rocAUC(
        scores: score(matrix), labels: labels, weights: weights)
    else { return [] }
    return matrix.columns.indices.map { feature in
      (0..<repeatCount).map { round in
        var generator = SeededGenerator(
          seed: seed, stream: UInt64(feature) << 16 | UInt64(round))
        let order = generator.permutation(of: matrix.rowCount)
        let shuffled = matrix.replacing(feature, with: matrix.columns[feature].selecting(order))
        let auc = Metrics.rocAUC(scores: score(shuffled), labels: labels, weights: weights)
        return whole - (auc ?? whole)
      }
    }
  }

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
    }.sorted { ($1.value, $0.feature) < ($0.value, $1.feature) }
  }
}
