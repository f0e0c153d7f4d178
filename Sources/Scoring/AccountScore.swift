import Calibration
import Explanation
import Learning
import Tabular

/// What a model says of one account.
public struct AccountScore: Sendable, Equatable {
  /// The account's key.
  public var accountID: String
  /// The log odds before calibration.
  public var rawScore: Double
  /// The calibrated probability of the outcome.
  public var probability: Double
  /// The share of the scored accounts with a lower probability, ties counted half, in 0...100.
  public var percentile: Double
  /// The word for the probability.
  public var band: ScoreBand
  /// How sure the model is of this account; `nil` where the model cannot tell how sure it is.
  public var certainty: AccountCertainty?
  /// What speaks most for the side on which the account stands, the strongest first.
  public var reasons: [Reason]
}

/// How sure a model is of one account.
public struct AccountCertainty: Sendable, Equatable {
  /// The lower end of the probability's interval.
  public var low: Double
  /// The upper end of the probability's interval.
  public var high: Double
  /// Which outcomes the score is usual for.
  public var verdict: Verdict

  /// Looks a score up.
  ///
  /// The interval is that of the held-out rows, and reaches to the probability where this lies
  /// outside: the calibrator is a smoother curve than the rates that it was fitted to.
  public init(_ certainty: ScoreCertainty, rawScore: Double, probability: Double) {
    let interval = certainty.interval.interval(of: rawScore)
    low = min(interval.low, probability)
    high = max(interval.high, probability)
    verdict = certainty.band.verdict(of: rawScore)
  }
}

/// One driver of one account's probability.
public struct Reason: Sendable, Equatable {
  /// The feature.
  public var feature: Feature
  /// The account's value: a quantity, or a category's code as a number.
  public var value: Double
  /// How far the value moves the probability, as a share of 1; the sign says where. Reasons that
  /// cancel each other may be larger than 1.
  public var points: Double

  /// Puts a driver together.
  public init(feature: Feature, value: Double, points: Double) {
    self.feature = feature
    self.value = value
    self.points = points
  }
}

extension RetentionModel {
  /// The scores of all rows of a table, in its order.
  ///
  /// - Parameter reasonLimit: The most reasons per account; 0 saves their work.
  public func scores(of table: EncodedTable, reasonLimit: Int = 3, threads: Int) -> [AccountScore] {
    scores(
      of: table, rawScores: learner.scores(of: table.matrix, threads: threads),
      reasonLimit: reasonLimit, threads: threads)
  }

  /// The scores of all rows of a table, in its order, where the learner's own are at hand.
  ///
  /// - Parameter rawScores: What the learner says of each row, shape `[rowCount]`.
  public func scores(
    of table: EncodedTable, rawScores raw: [Double], reasonLimit: Int, threads: Int
  ) -> [AccountScore] {
    precondition(
      raw.count == table.matrix.rowCount, "\(raw.count) scores, \(table.matrix.rowCount) rows")
    let probabilities = raw.map(calibrator.probability)
    let percentiles = Self.percentiles(of: probabilities)
    let reasons = reasonLimit > 0 ? reasons(of: table.matrix, reasonLimit, threads) : nil
    return raw.indices.map { row in
      AccountScore(
        accountID: table.id(ofRow: row), rawScore: raw[row], probability: probabilities[row],
        percentile: percentiles[row], band: bands.band(of: probabilities[row]),
        certainty: certainty.map {
          AccountCertainty($0, rawScore: raw[row], probability: probabilities[row])
        },
        reasons: reasons?[row] ?? [])
    }
  }

  /// The strongest drivers of every row; contributions are held for a block of rows at a time.
  private func reasons(of matrix: FeatureMatrix, _ limit: Int, _ threads: Int) -> [[Reason]] {
    let explainer = ModelExplainer(learner)
    let scale = pointScale(meanScore: explainer.meanScore)
    return explainer.blocks(ofRows: matrix.rowCount).flatMap { rows in
      let block = matrix.selecting(Array(rows))
      let attribution = explainer.attribution(of: block, threads: threads)
      return Parallel.map(rows.count, threads: threads) { position in
        reasons(ofRow: position, in: block, attribution: attribution, scale: scale, limit: limit)
      }
    }
  }

  /// The strongest drivers of one row.
  ///
  /// - Parameter scale: See ``pointScale(meanScore:)``.
  public func reasons(
    ofRow row: Int, in matrix: FeatureMatrix, attribution: Attribution, scale: PointScale,
    limit: Int
  ) -> [Reason] {
    let points = scale.points(ofRow: row, attribution: attribution)
    let start = row * attribution.featureCount
    return Attribution.strongest(
      points, contributions: attribution.values[start..<start + attribution.featureCount],
      limit: limit
    ).map { feature in
      Reason(
        feature: matrix.features[feature], value: matrix.columns[feature].value(at: row),
        points: points[feature])
    }
  }

  /// Each value's rank among all: the share of lower ones and half of the equal ones, in per cent.
  package static func percentiles(of values: [Double]) -> [Double] {
    let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
    var percentiles = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
      var end = start
      while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
      let rank = Double(start + end) * 50 / Double(values.count)
      for position in start..<end { percentiles[order[position]] = rank }
      start = end
    }
    return percentiles
  }
}

extension FeatureColumn {
  /// The value of one row; the code of a category as a number.
  package func value(at row: Int) -> Double {
    switch self {
    case .number(let values): values[row]
    case .category(let codes): Double(codes[row])
    }
  }
}
