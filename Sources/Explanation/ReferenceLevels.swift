import Learning

/// What every account is explained against: the mean account at each of several levels of score.
///
/// One mean account would do for log odds, which add up. Probabilities do not: where most accounts
/// are safe, the probability of the mean score lies far below the mean probability, and reasons that
/// begin there leave out what separates the two. Levels keep the spread of the scores, and with some
/// twenty rows or more in each no single account can be read from them.
public struct ReferenceLevels: Sendable, Equatable {
  /// How many features a row has.
  public let featureCount: Int
  /// The raw score of each level: the mean score and its contributions.
  public let scores: [Double]
  /// The share of the rows at each level; they add up to 1.
  public let shares: [Double]
  /// The mean contributions at each level, shape `[levelCount, featureCount]`, in log odds against
  /// the mean score of ``Attribution``.
  public let contributions: [Double]

  /// Restores levels.
  ///
  /// - Precondition: The shapes fit.
  public init(featureCount: Int, scores: [Double], shares: [Double], contributions: [Double]) {
    precondition(
      scores.count == shares.count && contributions.count == scores.count * featureCount,
      "\(scores.count) levels, \(shares.count) shares, \(contributions.count) contributions")
    self.featureCount = featureCount
    self.scores = scores
    self.shares = shares
    self.contributions = contributions
  }

  /// The most levels: what more would add is below what is shown.
  public static let levelLimit = 32
  /// The fewest rows of a level.
  public static let rowMinimum = 20

  /// Divides rows by their score into levels of equal weight, as nearly as whole rows allow.
  ///
  /// - Parameters:
  ///   - attribution: Why the rows score as they do.
  ///   - weights: How much each row counts, shape `[rowCount]`; `nil` where all count the same.
  /// - Returns: `nil` for fewer rows than two levels need, and where none has weight.
  public init?(of attribution: Attribution, weights: [Double]? = nil) {
    let featureCount = attribution.featureCount
    let rowCount = featureCount > 0 ? attribution.values.count / featureCount : 0
    let levelCount = min(Self.levelLimit, rowCount / Self.rowMinimum)
    let total = weights?.reduce(0, +) ?? Double(rowCount)
    guard levelCount >= 2, total > 0 else { return nil }
    let scores = (0..<rowCount).map { row in
      attribution.values[row * featureCount..<(row + 1) * featureCount]
        .reduce(attribution.meanScore, +)
    }
    let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
    var shares: [Double] = []
    var levelScores: [Double] = []
    var contributions: [Double] = []
    for level in 0..<levelCount {
      let rows = order[rowCount * level / levelCount..<rowCount * (level + 1) / levelCount]
      let weight = rows.reduce(0) { $0 + (weights?[$1] ?? 1) }
      guard weight > 0 else { continue }
      var sums = [Double](repeating: 0, count: featureCount)
      for row in rows {
        let share = (weights?[row] ?? 1) / weight
        for feature in 0..<featureCount {
          sums[feature] += share * attribution.values[row * featureCount + feature]
        }
      }
      shares.append(weight / total)
      // The score of the mean contributions, not the mean of the scores, so that they add up.
      levelScores.append(sums.reduce(attribution.meanScore, +))
      contributions += sums
    }
    self.init(
      featureCount: featureCount, scores: levelScores, shares: shares,
      contributions: contributions)
  }

  /// The mean account alone: what there is to explain against where levels were never measured.
  ///
  /// Its contributions are 0 by the definition of the mean score.
  public static func meanAccount(meanScore: Double, featureCount: Int) -> ReferenceLevels {
    ReferenceLevels(
      featureCount: featureCount, scores: [meanScore], shares: [1],
      contributions: [Double](repeating: 0, count: featureCount))
  }
}
