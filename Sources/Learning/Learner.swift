import Diagnostics

/// A way to learn: its parameters, not yet fitted to anything.
public protocol Learner: Sendable {
  /// What fitting gives.
  associatedtype Fitted: FittedLearner

  /// Fits to a training set.
  ///
  /// - Parameter threads: How many threads may work; the result does not depend on it.
  /// - Throws: `Diagnostic` where the set or the parameters do not allow it.
  func fitted(to set: TrainingSet, threads: Int) throws(Diagnostic) -> Fitted
}

/// A learner that has been fitted and gives each row a raw score: the log odds of the outcome,
/// before calibration.
public protocol FittedLearner: Sendable {
  /// The raw score of every row, shape `[rowCount]`; finite whatever the row holds.
  ///
  /// - Precondition: The matrix has the features the learner was fitted to, in their order.
  func scores(of matrix: FeatureMatrix, threads: Int) -> [Double]
}
