import Learning

/// The raw scores of rows, each with one feature set to each of some places and all else as it is.
package struct FeatureSweep: Sendable {
  /// How many places there are.
  package let placeCount: Int
  /// Shape `[rowCount, placeCount]`.
  package let scores: [Double]

  /// Sweeps a feature.
  ///
  /// In trees and sums, what does not depend on the feature is added first, then the rest in its order:
  /// a model each of whose trees rises along the feature rises to the last bit.
  ///
  /// - Parameter places: Values of the feature, in any order; a missing one is a place too.
  /// - Complexity: For trees O(`rowCount` * (`placeCount` + depth)) for each tree that tests the
  ///   feature. The bits never depend on `threads`.
  package init(
    of feature: Int, at places: FeatureColumn, _ model: CurveModel, _ matrix: FeatureMatrix,
    threads: Int
  ) {
    switch model {
    case .trees(let trees):
      self = TreeSweep(trees, feature: feature, places: places).sweep(matrix, threads: threads)
    case .additive(let rest, let term):
      let terms = term(
        feature,
        FeatureMatrix(
          features: [matrix.features[feature]], columns: [places], rowCount: places.count))
      self.init(
        placeCount: places.count,
        scores: rest(feature, matrix).flatMap { rest in terms.map { rest + $0 } })
    case .any(let score):
      self.init(of: feature, at: places, scoring: score, matrix)
    }
  }

  /// By the definition: all rows are scored at each place. The readable twin of the others.
  package init(
    of feature: Int, at places: FeatureColumn, scoring score: (FeatureMatrix) -> [Double],
    _ matrix: FeatureMatrix
  ) {
    let rowCount = matrix.rowCount
    placeCount = places.count
    let columns = (0..<places.count).map { place in
      score(
        matrix.replacing(
          feature, with: places.selecting([Int](repeating: place, count: rowCount))))
    }
    scores = (0..<rowCount).flatMap { row in columns.map { $0[row] } }
  }

  init(placeCount: Int, scores: [Double]) {
    self.placeCount = placeCount
    self.scores = scores
  }
}
