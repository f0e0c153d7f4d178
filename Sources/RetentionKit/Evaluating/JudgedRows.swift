import Diagnostics
import Evaluation
import Learning
import Scoring
import Tabular

/// Rows that a model was judged on: what it said, what happened, and what else is known of each.
public struct JudgedRows: Sendable {
  /// The model's probabilities, shape `[rowCount]`.
  public var probabilities: [Double]
  /// Whether the outcome came, shape `[rowCount]`.
  public var labels: [Bool]
  /// How much each row counts, shape `[rowCount]`; `nil` for 1 each.
  public var weights: [Double]?
  /// What each row belongs to, for instance its account, shape `[rowCount]`; `nil` where each stands
  /// alone.
  public var groups: [Int]?
  /// The money that a row stands for, for instance its monthly recurring revenue, shape
  /// `[rowCount]`, NaN where unknown; `nil` where there is none.
  public var money: [Double]?

  /// Puts rows together.
  ///
  /// - Precondition: All arrays have one length.
  public init(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, groups: [Int]? = nil,
    money: [Double]? = nil
  ) {
    for count in [labels.count, weights?.count, groups?.count, money?.count].compactMap(\.self) {
      precondition(
        count == probabilities.count, "\(count) values for \(probabilities.count) rows")
    }
    self.probabilities = probabilities
    self.labels = labels
    self.weights = weights
    self.groups = groups
    self.money = money
  }

  /// The same rows with other probabilities beside those of the model.
  ///
  /// - Returns: `nil` where the rows define no figure.
  func paired(with first: [Double], bootstrap: Bootstrap, threads: Int) -> PairedEvaluation? {
    PairedEvaluation(
      first: first, second: probabilities, labels: labels, weights: weights, groups: groups,
      bootstrap: bootstrap, threads: threads)
  }
}
