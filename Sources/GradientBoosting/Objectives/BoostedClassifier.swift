import Learning

/// Boosted trees for one of several classes.
public struct BoostedClassifier: Sendable, Equatable {
  /// The trees of each class, shape `[classCount]`; all have as many trees.
  ///
  /// Each is an ensemble of its own, so that whatever scores, explains or stores boosted trees does
  /// so class by class.
  public var classes: [BoostedTrees]

  /// Puts a model together.
  public init(classes: [BoostedTrees]) { self.classes = classes }

  /// The probability of every class for every row, shape `[rowCount][classCount]`; a row's sum is 1.
  public func probabilities(of matrix: FeatureMatrix, threads: Int) -> [[Double]] {
    let scores = classes.map { $0.scores(of: matrix, threads: threads) }
    return (0..<matrix.rowCount).map { row in Self.softmax(scores.map { $0[row] }) }
  }

  /// Probabilities in proportion to the exponentials of scores.
  static func softmax(_ scores: [Double]) -> [Double] {
    let most = scores.max() ?? 0
    // Never the exponential of a positive number: it could overflow.
    let odds = scores.map { PortableMath.exp($0 - most) }
    let total = odds.reduce(0, +)
    return odds.map { $0 / total }
  }
}
