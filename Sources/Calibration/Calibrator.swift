import Learning

/// A fitted map from raw score (log odds) to probability.
///
/// Each is strictly increasing in exact arithmetic and gives a number strictly between 0 and 1, so
/// calibration changes no ranking. In `Double` two scores that differ only in their last bits, or
/// that both lie where the probability is within an ulp of 0 or 1, may get one probability, and
/// rounding may turn the former round.
///
/// The cases hold plain numbers, to be stored in a file; what comes from a file goes through
/// ``validated()`` before use. Definitions and sources: `Docs/Methods/Calibration.md`.
public enum Calibrator: Equatable, Sendable {
  /// The score is taken at its word: `1 / (1 + exp(-score))`.
  case identity
  /// `1 / (1 + exp(-(slope * score + intercept)))`, `slope` above 0.
  case platt(slope: Double, intercept: Double)
  /// Linear between knots; beyond them the log odds rise by ``minimumSlope`` per unit of score.
  ///
  /// At least one knot; scores and probabilities both strictly ascending.
  case isotonic(knots: [Knot])
  /// Log odds `a log q - b log(1 - q) + c` where `q = 1 / (1 + exp(-score))`; `a` and `b` at least
  /// 0, not both 0.
  case beta(a: Double, b: Double, c: Double)

  /// A point of an isotonic calibrator.
  public struct Knot: Equatable, Sendable {
    /// The raw score.
    public var score: Double
    /// Its probability, strictly between 0 and 1.
    public var probability: Double

    /// Makes a knot.
    public init(score: Double, probability: Double) {
      self.score = score
      self.probability = probability
    }
  }

  /// By how much log odds rise, per unit of score, where the data do not say that they rise: small
  /// enough to move no probability, large enough to keep scores apart that differ by `1e-9`.
  public static let minimumSlope = 1e-6

  /// The probability of a raw score, strictly between 0 and 1.
  ///
  /// - Parameter score: Any finite number.
  /// - Complexity: O(1); isotonic O(log `knots.count`).
  public func probability(_ score: Double) -> Double {
    switch self {
    case .identity:
      Self.inside(LogLoss.probability(score))
    case .platt(let slope, let intercept):
      Self.inside(LogLoss.probability(slope * score + intercept))
    case .isotonic(let knots):
      Self.inside(Self.interpolate(knots, at: score))
    case .beta(let a, let b, let c):
      // log q = -value(true) and -log(1 - q) = value(false): no cancellation for large scores.
      Self.inside(
        LogLoss.probability(
          b * LogLoss.value(score: score, label: false)
            - a * LogLoss.value(score: score, label: true) + c))
    }
  }

  /// The probabilities of raw scores, shape `[rowCount]`.
  public func probabilities(_ scores: [Double]) -> [Double] { scores.map(probability) }

  /// 0 and 1 become their neighbours in `Double`.
  private static func inside(_ probability: Double) -> Double {
    min(max(probability, .leastNonzeroMagnitude), 1.0.nextDown)
  }

  private static func interpolate(_ knots: [Knot], at score: Double) -> Double {
    let above = firstIndex(in: knots, above: score)
    // At a knot its own probability, not one that went to log odds and back.
    if above > 0, knots[above - 1].score == score { return knots[above - 1].probability }
    if above == 0 { return min(tail(from: knots[0], at: score), knots[0].probability) }
    let left = knots[above - 1]
    guard above < knots.count else { return max(tail(from: left, at: score), left.probability) }
    let right = knots[above]
    let share = (score - left.score) / (right.score - left.score)
    let between = left.probability + (right.probability - left.probability) * share
    return min(max(between, left.probability), right.probability)
  }

  private static func tail(from knot: Knot, at score: Double) -> Double {
    LogLoss.probability(
      LogLoss.score(knot.probability) + minimumSlope * (score - knot.score))
  }

  /// The first knot whose score is greater, or `knots.count`.
  static func firstIndex(in knots: [Knot], above score: Double) -> Int {
    var low = 0
    var high = knots.count
    while low < high {
      let middle = (low + high) / 2
      if knots[middle].score > score { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
