import Diagnostics
import Evaluation
import Learning

/// A model beside a simple rule, both judged on the same rows by the same resamples.
public struct BaselineComparison: Sendable {
  /// What the rule looks at.
  public var kind: BaselineRule.Kind
  /// The columns that it read.
  public var columns: [String]
  /// The rule (first) beside the model (second).
  public var paired: PairedEvaluation

  /// By how much the model's log loss is lower: positive where the model is better, in nats.
  public var logLossGain: Gain? { gain(.logLoss, sign: -1) }

  /// By how much the model's ROC AUC is higher: positive where the model is better.
  public var rocAUCGain: Gain? { gain(.rocAUC, sign: 1) }

  /// By how much a model is better, with its 95 % interval.
  public struct Gain: Sendable, Equatable {
    /// Positive where the model is better.
    public var value: Double
    /// The 2.5 % point; `nil` where too few resamples define it.
    public var low: Double?
    /// The 97.5 % point.
    public var high: Double?

    /// Whether chance alone seldom makes so much; no where there is no interval.
    public var isCertain: Bool { (low ?? 0) > 0 }
  }

  private func gain(_ metric: Metric, sign: Double) -> Gain? {
    guard let found = paired[metric] else { return nil }
    let ends = [found.low, found.high].compactMap(\.self).map { sign * $0 }.sorted()
    return Gain(
      value: sign * found.difference, low: ends.count == 2 ? ends[0] : nil,
      high: ends.count == 2 ? ends[1] : nil)
  }

  /// Fits rules and sets the model beside each.
  ///
  /// - Parameters:
  ///   - rows: What the model is judged by.
  ///   - positions: The row of the fitting's set of each of them.
  /// - Returns: In the order of the rules; one that the rows do not define is left out.
  static func all(
    _ rules: [BaselineRule], fitting: BaselineFitting, rows: JudgedRows, positions: [Int],
    bootstrap: Bootstrap
  ) throws(Diagnostic) -> [BaselineComparison] {
    var comparisons: [BaselineComparison] = []
    for rule in rules {
      let (values, columns) = try fitting.probabilities(of: rule)
      let own = positions.map { values[$0] }
      guard let paired = rows.paired(with: own, bootstrap: bootstrap, threads: fitting.threads)
      else { continue }
      comparisons.append(
        BaselineComparison(kind: rule.kind, columns: columns, paired: paired))
    }
    return comparisons
  }
}
