import Explanation
import Learning

/// What a fitted model says of its own features, without held-out rows.
public enum ModelImportance {
  /// The importances of the model's kind, the largest first.
  ///
  /// Trees: each feature's share of the gain of all splits, then how many splits test it. Logistic
  /// regression: how far the feature's term spreads over the rows of `matrix`, as a standard
  /// deviation in log odds.
  public static func of(_ learner: FittedModel, on matrix: FeatureMatrix) -> [Importance] {
    let importances: [Importance]
    switch learner {
    case .trees(let model):
      let gains = model.gainOfFeature
      let total = gains.reduce(0, +)
      let shares = zip(matrix.features, gains).map { feature, gain in
        Importance(
          feature: feature.name, kind: .gain, value: total > 0 ? gain / total : 0,
          standardError: nil)
      }
      let splits = zip(matrix.features, model.splitCountOfFeature).map { feature, count in
        Importance(
          feature: feature.name, kind: .splits, value: Double(count), standardError: nil)
      }
      return shares.sorted(by: Importance.ranksBefore) + splits.sorted(by: Importance.ranksBefore)
    case .logistic(let model):
      let contributions = model.contributions(of: matrix)
      let width = matrix.features.count
      importances = matrix.features.enumerated().map { index, feature in
        let squares = stride(from: index, to: contributions.count, by: width)
          .reduce(0) { $0 + contributions[$1] * contributions[$1] }
        return Importance(
          feature: feature.name, kind: .coefficient,
          value: (squares / Double(max(1, matrix.rowCount))).squareRoot(), standardError: nil)
      }
    }
    return importances.sorted(by: Importance.ranksBefore)
  }
}
