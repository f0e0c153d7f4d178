import Learning

/// A fitted multinomial logistic regression: one raw score per class, and probabilities that add up to
/// 1 whatever the row holds.
public struct MultinomialLogisticModel: Sendable, Equatable {
  /// The raw score of each class, shape `[classCount]`. Fitted with a penalty, coefficients add up to
  /// 0 over the classes; without one, those of the first class are 0 and the others measured from it.
  public var classes: [LogisticModel]

  /// Puts a model together.
  public init(classes: [LogisticModel]) { self.classes = classes }

  /// The probability of every class for every row, shape `[rowCount][classCount]`; a row's sum is 1.
  public func probabilities(of matrix: FeatureMatrix, threads: Int) -> [[Double]] {
    let scores = classes.map { $0.scores(of: matrix, threads: threads) }
    return (0..<matrix.rowCount).map { row in Self.softmax(scores.map { $0[row] }).probabilities }
  }

  /// Probabilities in proportion to the exponentials of scores, and the logarithm of their sum.
  static func softmax(_ scores: [Double]) -> (probabilities: [Double], logSum: Double) {
    let most = scores.max() ?? 0
    // Never the exponential of a positive number: it could overflow.
    let odds = scores.map { PortableMath.exp($0 - most) }
    let total = odds.reduce(0, +)
    return (odds.map { $0 / total }, most + PortableMath.log(total))
  }
}
