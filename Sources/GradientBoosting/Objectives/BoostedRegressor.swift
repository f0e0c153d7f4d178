import Learning

/// Boosted trees for a quantity, with the objective they were grown for.
public struct BoostedRegressor: Sendable, Equatable {
  /// What the trees add up to is a score; see ``RegressionObjective/prediction(_:)``.
  public var trees: BoostedTrees
  /// What is predicted.
  public var objective: RegressionObjective

  /// Puts a model together.
  public init(trees: BoostedTrees, objective: RegressionObjective) {
    self.trees = trees
    self.objective = objective
  }

  /// The prediction of every row, shape `[rowCount]`: a mean or a quantile, in the outcome's unit.
  public func predictions(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    trees.scores(of: matrix, threads: threads).map { objective.prediction($0) }
  }
}
