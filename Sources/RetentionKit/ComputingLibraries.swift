import LogisticRegression

/// What numbers are computed with on this machine; no result depends on it.
public enum ComputingLibraries {
  /// One line for each, for people.
  public static var text: String {
    """
    linear algebra  \(LogisticRegressionLearner.linearAlgebra)
    vectors         \(LogisticRegressionLearner.vectors)
    """
  }
}
