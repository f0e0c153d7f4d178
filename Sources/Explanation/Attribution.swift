import Learning

/// Why rows score as they do: how far each feature moves a row from the mean row.
public struct Attribution: Sendable {
  /// The mean raw score, before any feature is known.
  public let meanScore: Double
  /// Shape `[rowCount][featureCount]`, in log odds; a row's contributions and `meanScore` add up to
  /// its raw score.
  public let contributions: [[Double]]

  /// Puts an attribution together.
  public init(meanScore: Double, contributions: [[Double]]) {
    self.meanScore = meanScore
    self.contributions = contributions
  }

  /// The contributions of one row in probability instead of log odds.
  ///
  /// The calibrated probability is no sum, so each contribution is scaled by the slope of the line
  /// between the mean score and the row's score. They add up to the probability less the probability
  /// of the mean score.
  ///
  /// - Parameter probability: The calibrated probability of a raw score.
  public func probabilityPoints(ofRow row: Int, probability: (Double) -> Double) -> [Double] {
    let distance = contributions[row].reduce(0, +)
    // For a row at the mean, the slope of the curve itself, by a small central difference.
    let isFar = distance.magnitude > 1e-6
    let from = isFar ? meanScore : meanScore - 1e-3
    let to = isFar ? meanScore + distance : meanScore + 1e-3
    let slope = (probability(to) - probability(from)) / (to - from)
    return contributions[row].map { $0 * slope }
  }

  /// The features that speak most for the side on which the row stands, the strongest first.
  ///
  /// - Parameters:
  ///   - points: The row's contributions, shape `[featureCount]`.
  ///   - limit: The most features wanted.
  /// - Returns: At most `limit` positions; none that pulls the other way, none that is nothing.
  public static func strongest(_ points: [Double], limit: Int) -> [Int] {
    let raises = points.reduce(0, +) >= 0
    let smallest = 0.0005
    return points.indices
      .filter { (points[$0] > 0) == raises && points[$0].magnitude >= smallest }
      .sorted { (-points[$0].magnitude, $0) < (-points[$1].magnitude, $1) }
      .prefix(limit).map(\.self)
  }
}
