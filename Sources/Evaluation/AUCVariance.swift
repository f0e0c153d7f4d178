import Learning

/// How far the ROC AUC of a sample like this one lies from the true one.
///
/// The AUC is a mean over positives of the share of negatives below each, and a mean over negatives
/// of the share of positives above each; the spread of those shares is its variance (DeLong, DeLong
/// and Clarke-Pearson 1988), which one walk over the sorted scores gives (Sun and Xu 2014). Shares
/// of one account are summed up before they are squared (Obuchowski 1997), since rows of an account
/// resemble one another. Rows of unequal weight enter with their weight.
package struct AUCVariance: Sendable {
  /// The area.
  package let rocAUC: Double
  /// By how much each unit's positive rows exceed the mean share, shape `[unitCount]`; the units sum
  /// to 0.
  private let positiveExcess: [Double]
  /// The same of negative rows.
  private let negativeExcess: [Double]
  /// How many units have a positive row, a negative row, and any.
  private let unitCounts: (positive: Int, negative: Int, all: Int)

  /// `nil` where fewer than 2 units have a positive row or fewer than 2 a negative one: one alone
  /// shows no spread.
  ///
  /// - Complexity: O(`rowCount`).
  package init?(_ rows: RankedRows) {
    let ranking = rows.ranking
    guard let rocAUC = ranking.rocAUC else { return nil }
    // The share of the other outcome's weight that a row of each cell beats; ties count half.
    var shareOfCell = [Double](repeating: 0, count: 2 * ranking.scores.count)
    var positiveAbove = 0.0
    var negativeAbove = 0.0
    for index in ranking.scores.indices {
      let (negative, positive) = (ranking.negative(index), ranking.positive(index))
      shareOfCell[2 * index] = (positiveAbove + positive / 2) / ranking.positiveTotal
      shareOfCell[2 * index + 1] =
        (ranking.negativeTotal - negativeAbove - negative / 2) / ranking.negativeTotal
      positiveAbove += positive
      negativeAbove += negative
    }
    var excess = [[Double]](repeating: [Double](repeating: 0, count: rows.unitCount), count: 2)
    for row in rows.cellOfRow.indices {
      let cell = Int(rows.cellOfRow[row])
      let total = cell & 1 == 1 ? ranking.positiveTotal : ranking.negativeTotal
      excess[cell & 1][rows.unit(of: row)] +=
        rows.weight(of: row) * (shareOfCell[cell] - rocAUC) / total
    }
    let outcomes = rows.outcomeUnitCounts
    unitCounts = (outcomes.positive, outcomes.negative, rows.unitCount)
    guard unitCounts.positive > 1, unitCounts.negative > 1 else { return nil }
    self.rocAUC = rocAUC
    (negativeExcess, positiveExcess) = (excess[0], excess[1])
  }

  /// The variance of the area.
  package var variance: Double { Self.variance(positiveExcess, negativeExcess, unitCounts) }

  /// The two-sided p of both areas being equal (paired test of DeLong et al.) and the 95 % reach of
  /// their difference; p is `nil` where the difference does not vary.
  package func comparison(with other: AUCVariance) -> (pValue: Double?, reach: Double) {
    let error = varianceOfDifference(to: other).squareRoot()
    let fewer = Double(min(unitCounts.positive, unitCounts.negative) - 1)
    return (
      error > 0 ? PortableMath.normalTail((other.rocAUC - rocAUC) / error) : nil,
      StudentQuantile.upper(degreesOfFreedom: fewer) * error
    )
  }

  /// The variance of `other.rocAUC - rocAUC`, where both judge the same rows.
  ///
  /// - Precondition: Both have the same units in the same order.
  package func varianceOfDifference(to other: AUCVariance) -> Double {
    func differences(_ first: [Double], _ second: [Double]) -> [Double] {
      zip(first, second).map { $1 - $0 }
    }
    return Self.variance(
      differences(positiveExcess, other.positiveExcess),
      differences(negativeExcess, other.negativeExcess), unitCounts)
  }

  /// The variance of a mean over pairs, from what each unit's rows exceed it by; see ``positiveExcess``.
  ///
  /// - Precondition: At least 2 units of either outcome.
  package static func variance(
    _ positive: [Double], _ negative: [Double],
    _ counts: (positive: Int, negative: Int, all: Int)
  ) -> Double {
    func corrected(_ sum: Double, _ count: Int) -> Double {
      sum * Double(count) / Double(count - 1)
    }
    func product(_ first: [Double], _ second: [Double]) -> Double {
      zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return corrected(product(positive, positive), counts.positive)
      + corrected(product(negative, negative), counts.negative)
      + 2 * corrected(product(positive, negative), counts.all)
  }

  /// The 95 % interval of the area.
  ///
  /// It is symmetric in the log odds of the area, which keeps it within `0...1` and covers better
  /// near the ends (Qin and Hotilovac 2008), and Student's, as few positives know their own spread
  /// badly. An area of exactly 0 or 1 has no spread to go by; its
  /// interval is then one of Newcombe's, who takes the variance from the area asked about.
  package var interval: (low: Double, high: Double) {
    guard rocAUC > 0, rocAUC < 1 else { return limitInterval }
    let logit = LogLoss.score(rocAUC)
    let reach = tQuantile * variance.squareRoot() / (rocAUC * (1 - rocAUC))
    return (LogLoss.probability(logit - reach), LogLoss.probability(logit + reach))
  }

  /// The 97.5 % point of Student's t, with the degrees of freedom of Welch and Satterthwaite.
  private var tQuantile: Double {
    func share(_ excess: [Double], _ count: Int) -> (variance: Double, doubt: Double) {
      let variance =
        excess.reduce(0) { $0 + $1 * $1 } * Double(count) / Double(count - 1)
      return (variance, variance * variance / Double(count - 1))
    }
    let positive = share(positiveExcess, unitCounts.positive)
    let negative = share(negativeExcess, unitCounts.negative)
    let both = positive.variance + negative.variance
    let doubt = positive.doubt + negative.doubt
    return doubt > 0 ? StudentQuantile.upper(degreesOfFreedom: both * both / doubt) : 0
  }

  /// Areas whose own variance lets them reach an observed 0 or 1: method 5 of Newcombe 2006,
  /// "Confidence intervals for an effect size measure based on the Mann-Whitney statistic, part 2".
  private var limitInterval: (low: Double, high: Double) {
    let (m, n) = (Double(unitCounts.positive), Double(unitCounts.negative))
    let half = (m + n) / 2 - 1
    func isReached(_ area: Double) -> Bool {
      let variance =
        area * (1 - area) / (m * n)
        * (1 + half * ((1 - area) / (2 - area) + area / (1 + area)))
      return (rocAUC - area).magnitude <= PortableMath.normal95 * variance.squareRoot()
    }
    var (reached, beyond) = (rocAUC, 1 - rocAUC)
    guard !isReached(beyond) else { return (0, 1) }
    for _ in 0..<60 {
      let middle = (reached + beyond) / 2
      if isReached(middle) { reached = middle } else { beyond = middle }
    }
    return (min(reached, rocAUC), max(reached, rocAUC))
  }
}
