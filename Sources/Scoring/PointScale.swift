import Calibration
import Explanation
import Learning

/// Turns contributions in log odds into points of probability, which add up to the account's
/// probability minus the base rate.
///
/// A calibrated probability is no sum of parts. So the account is compared with each reference level
/// in turn: the difference of the two probabilities is shared out in proportion to the differences of
/// their contributions, and the mean over the levels is taken. In a formula, with `P` the calibrator,
/// `s` the account's score and `c` its contributions, and `s_l`, `c_l` and share `w_l` of level `l`:
///
/// ```
/// points_j = sum over l of  w_l (c_j - c_lj) (P(s) - P(s_l)) / (s - s_l)
/// ```
///
/// Method: the rescale rule for a model followed by a function, averaged over a distribution of
/// baselines: Chen, Lundberg, Lee 2022, "Explaining a series of models by propagating Shapley
/// values", https://doi.org/10.1038/s41467-022-31384-3.
public struct PointScale: Sendable {
  /// What points are added to: the share of positive rows in training, or the probability of the mean
  /// score for models that were trained without folds and calibration.
  public let baseProbability: Double
  private let levels: ReferenceLevels
  private let calibrator: Calibrator
  /// The probability at each level.
  private let probabilities: [Double]
  private let shares: [Double]

  /// Prepares the scale of a calibrator.
  ///
  /// - Parameter baseRate: What the levels' mean probability is to be; their shares are tilted until
  ///   it is. A rate that no tilt reaches, beyond the lowest or highest level, is left alone.
  public init(_ levels: ReferenceLevels, calibrator: Calibrator, baseRate: Double?) {
    self.levels = levels
    self.calibrator = calibrator
    let probabilities = levels.scores.map(calibrator.probability)
    let shares =
      baseRate.flatMap { Self.tilted(levels.shares, probabilities, to: $0) } ?? levels.shares
    self.probabilities = probabilities
    self.shares = shares
    baseProbability = zip(shares, probabilities).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The points of one row, shape `[featureCount]`; their sum is its probability minus
  /// ``baseProbability``, but for rounding.
  ///
  /// - Parameters:
  ///   - contributions: The row's contributions in log odds.
  ///   - rawScore: What these and the mean score add up to.
  public func points(of contributions: ArraySlice<Double>, rawScore: Double) -> [Double] {
    let featureCount = levels.featureCount
    precondition(contributions.count == featureCount, "\(contributions.count) contributions")
    let probability = calibrator.probability(rawScore)
    var slope = 0.0
    var references = [Double](repeating: 0, count: featureCount)
    for level in shares.indices {
      let distance = rawScore - levels.scores[level]
      // The quotient of two differences that are next to nothing would be noise.
      let secant =
        distance.magnitude > 1e-9
        ? (probability - probabilities[level]) / distance : calibrator.derivative(at: rawScore)
      let share = shares[level] * secant
      slope += share
      for feature in 0..<featureCount {
        references[feature] += share * levels.contributions[level * featureCount + feature]
      }
    }
    return zip(contributions, references).map { $0 * slope - $1 }
  }

  /// The points of one row of an attribution, shape `[featureCount]`.
  public func points(ofRow row: Int, attribution: Attribution) -> [Double] {
    let start = row * attribution.featureCount
    let contributions = attribution.values[start..<start + attribution.featureCount]
    return points(of: contributions, rawScore: contributions.reduce(attribution.meanScore, +))
  }

  /// The shares `w exp(t p)`, scaled to add up to 1, with the `t` whose mean probability is the rate.
  private static func tilted(_ shares: [Double], _ probabilities: [Double], to rate: Double)
    -> [Double]?
  {
    guard let lowest = probabilities.min(), let highest = probabilities.max(),
      lowest < rate, rate < highest
    else { return nil }
    func tilted(by strength: Double) -> [Double] {
      let weights = zip(shares, probabilities).map {
        // Relative to the end that weighs most, so that nothing overflows.
        $0 * PortableMath.exp(strength * ($1 - (strength > 0 ? highest : lowest)))
      }
      let sum = weights.reduce(0, +)
      return weights.map { $0 / sum }
    }
    func mean(_ strength: Double) -> Double {
      zip(tilted(by: strength), probabilities).reduce(0) { $0 + $1.0 * $1.1 }
    }
    // The mean rises with the strength: halving finds it, to the last digit.
    var (low, high) = (-1.0, 1.0)
    while mean(low) > rate, low > -1e6 { low *= 2 }
    while mean(high) < rate, high < 1e6 { high *= 2 }
    for _ in 0..<200 {
      let middle = (low + high) / 2
      guard middle > low, middle < high else { break }
      if mean(middle) < rate { low = middle } else { high = middle }
    }
    return tilted(by: high)
  }
}

extension RetentionModel {
  /// How the model's contributions become points of probability.
  ///
  /// - Parameter meanScore: What contributions are added to; see ``Attribution/meanScore``.
  public func pointScale(meanScore: Double) -> PointScale {
    guard let levels else {
      return PointScale(
        .meanAccount(meanScore: meanScore, featureCount: schema.features.count),
        calibrator: calibrator, baseRate: nil)
    }
    return PointScale(levels, calibrator: calibrator, baseRate: summary.baseRate)
  }
}
