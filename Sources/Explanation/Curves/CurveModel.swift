import GradientBoosting
import Learning

/// A model as curves see it: something that scores rows, with what is known of its inside where that
/// saves work.
public enum CurveModel: Sendable {
  /// Boosted trees: of one feature, only the trees that test it are walked anew.
  case trees(BoostedTrees)
  /// A sum of one term per feature: only the feature's own term is computed anew.
  ///
  /// `rest` has the raw scores of rows without the term of a feature, `term` the feature's term for the
  /// values of a matrix of that feature alone.
  case additive(
    rest: @Sendable (_ feature: Int, FeatureMatrix) -> [Double],
    term: @Sendable (_ feature: Int, FeatureMatrix) -> [Double])
  /// Anything else: all rows are scored anew at each place.
  case any(@Sendable (FeatureMatrix) -> [Double])
}

/// A model, and rows to draw its curves on: best rows that it has not learned from.
public struct CurvePart: Sendable {
  /// What scores.
  public var model: CurveModel
  /// The raw score of every row, shape `[rowCount]`.
  public var score: @Sendable (FeatureMatrix, _ threads: Int) -> [Double]
  /// From raw score to probability.
  public var probability: @Sendable (Double) -> Double
  /// Why rows score as they do; `nil` where that is not to be had.
  public var attribution: (@Sendable (FeatureMatrix, _ threads: Int) -> Attribution)?
  /// The rows.
  public var matrix: FeatureMatrix
  /// The rows' weights, shape `[rowCount]`; `nil` where all count the same.
  public var weights: [Double]?
  /// Which rows belong together and are drawn together, shape `[rowCount]`; `nil` where none do.
  public var groups: [Int]?

  /// Puts a part together.
  public init(
    model: CurveModel, matrix: FeatureMatrix, weights: [Double]? = nil, groups: [Int]? = nil,
    probability: @escaping @Sendable (Double) -> Double,
    score: @escaping @Sendable (FeatureMatrix, _ threads: Int) -> [Double],
    attribution: (@Sendable (FeatureMatrix, _ threads: Int) -> Attribution)? = nil
  ) {
    precondition(weights.map { $0.count == matrix.rowCount } ?? true, "a weight for each row")
    precondition(groups.map { $0.count == matrix.rowCount } ?? true, "a group for each row")
    self.model = model
    self.score = score
    self.probability = probability
    self.attribution = attribution
    self.matrix = matrix
    self.weights = weights
    self.groups = groups
  }
}
