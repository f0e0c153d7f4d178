import Learning

/// Why rows score as they do: how far each feature moves a row from the mean row.
public struct Attribution: Sendable {
  /// The mean raw score, before any feature is known.
  public let meanScore: Double
  /// How many features a row has.
  public let featureCount: Int
  /// Shape `[rowCount, featureCount]`, in log odds; a row's contributions and `meanScore` add up to
  /// its raw score.
  public let values: [Double]

  /// Puts an attribution together.
  public init(meanScore: Double, featureCount: Int, values: [Double]) {
    precondition(
      featureCount > 0 ? values.count % featureCount == 0 : values.isEmpty,
      "\(values.count) contributions of \(featureCount) features")
    self.meanScore = meanScore
    self.featureCount = featureCount
    self.values = values
  }

  /// The contributions of one row, shape `[featureCount]`.
  public func contributions(ofRow row: Int) -> [Double] {
    Array(values[row * featureCount..<(row + 1) * featureCount])
  }

  /// The features that speak most for the side on which the row stands, the strongest first.
  ///
  /// - Parameters:
  ///   - points: What each feature adds to the row's probability, shape `[featureCount]`.
  ///   - contributions: What each adds to its score in log odds, shape `[featureCount]`. Points are
  ///     against accounts at all levels, contributions against the mean: a feature can be above the
  ///     one and below the other, and is no reason then.
  ///   - limit: The most features wanted.
  /// - Returns: At most `limit` positions; none that pulls the other way by either measure, none that
  ///   is nothing.
  public static func strongest(
    _ points: [Double], contributions: ArraySlice<Double>, limit: Int
  ) -> [Int] {
    precondition(contributions.count == points.count, "\(contributions.count) contributions")
    guard limit > 0 else { return [] }
    let raises = points.reduce(0, +) >= 0
    // A few are wanted of many, for each of many rows: each finds its place among those so far.
    var strongest: [Int] = []
    strongest.reserveCapacity(limit < points.count ? limit + 1 : points.count)
    for index in points.indices {
      let point = points[index]
      guard (point > 0) == raises, point.magnitude >= smallestPoint,
        (contributions[contributions.startIndex + index] > 0) == raises
      else { continue }
      // Of equal ones the earlier feature stays first.
      let place =
        strongest.firstIndex { points[$0].magnitude < point.magnitude } ?? strongest.count
      guard place < limit else { continue }
      strongest.insert(index, at: place)
      if strongest.count > limit { strongest.removeLast() }
    }
    return strongest
  }

  /// What adds less to a probability is not worth a word.
  private static let smallestPoint = 0.0005
}
