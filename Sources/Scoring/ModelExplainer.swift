import Explanation
import GradientBoosting
import Learning
import LogisticRegression

/// A fitted learner, made ready once to explain many rows, block by block.
public struct ModelExplainer: Sendable {
  private enum Method: Sendable {
    case terms(LogisticModel)
    case trees(TreeSHAP)
  }
  private let method: Method
  /// How many features a row has.
  public let featureCount: Int

  /// Prepares to explain a learner's scores.
  public init(_ learner: FittedModel) {
    switch learner {
    case .logistic(let model):
      method = .terms(model)
      featureCount = model.terms.count
    case .trees(let model):
      method = .trees(TreeSHAP(model))
      featureCount = model.featureCount
    }
  }

  /// The mean raw score: what contributions are added to.
  public var meanScore: Double {
    switch method {
    case .terms(let model): model.meanScore
    case .trees(let explainer): explainer.meanScore
    }
  }

  /// How far each feature moves each row from the mean row.
  public func attribution(of matrix: FeatureMatrix, threads: Int) -> Attribution {
    let values =
      switch method {
      case .terms(let model): model.contributions(of: matrix)
      case .trees(let explainer): explainer.contributions(of: matrix, threads: threads)
      }
    return Attribution(meanScore: meanScore, featureCount: featureCount, values: values)
  }

  /// Rows in blocks whose contributions take 64 MB at most, or a block's least.
  public func blocks(ofRows rowCount: Int) -> [Range<Int>] {
    let size = max(Self.blockMinimum, Self.blockValueLimit / max(1, featureCount))
    return stride(from: 0, to: rowCount, by: size).map { $0..<min($0 + size, rowCount) }
  }

  private static let blockValueLimit = 8 << 20
  private static let blockMinimum = 4096
}
