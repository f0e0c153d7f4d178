import Diagnostics
import Learning

/// What a regression by boosting predicts, told by the loss that it minimises; see
/// Docs/Methods/Objectives.md.
public enum RegressionObjective: Sendable, Hashable {
  /// The mean of any quantity, by squared error.
  case squaredError
  /// The mean of a count, on a log scale.
  case poisson
  /// The mean of a positive amount, on a log scale.
  case gamma
  /// The mean of an amount that is often 0, on a log scale. Its variance goes with the mean to the
  /// power `variancePower`, between 1 (counts) and 2 (gamma).
  case tweedie(variancePower: Double = 1.5)
  /// The value that a share of `level` of outcomes lies beneath, between 0 and 1.
  case quantile(level: Double)

  /// What is predicted at a score.
  @inlinable
  public func prediction(_ score: Double) -> Double {
    switch self {
    case .squaredError, .quantile: score
    case .poisson, .gamma, .tweedie: PortableMath.exp(score)
    }
  }

  /// The largest magnitude of an outcome: with weights and derivatives, far from what single
  /// precision holds.
  static let outcomeLimit = 1e15

  /// - Throws: `usage` for a parameter out of range.
  func check() throws(Diagnostic) {
    switch self {
    case .tweedie(let power) where !(power > 1 && power < 2):
      throw Diagnostic(.usage, "the variance power is \(power), expected more than 1, less than 2")
    case .quantile(let level) where !(level > 0 && level < 1):
      throw Diagnostic(.usage, "the level is \(level), expected more than 0, less than 1")
    default: break
    }
  }

  /// - Throws: `data.outcomes` for an outcome that has no loss.
  func check(_ outcomes: [Double]) throws(Diagnostic) {
    func require(_ expected: String, _ holds: (Double) -> Bool) throws(Diagnostic) {
      guard let row = outcomes.firstIndex(where: { !holds($0) }) else { return }
      throw Diagnostic(
        .dataOutcomes, "the outcome of row \(row + 1) is not \(expected)",
        hint: "leave rows out whose outcome is not known")
    }
    try require("a number of at most 1e15") { $0.magnitude <= Self.outcomeLimit }
    switch self {
    case .squaredError, .quantile: break
    case .poisson: try require("a count: a number, 0 or more") { $0 >= 0 }
    case .tweedie: try require("an amount: a number, 0 or more") { $0 >= 0 }
    case .gamma: try require("a positive amount; Tweedie takes 0 as well") { $0 > 0 }
    }
  }
}
