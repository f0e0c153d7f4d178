/// All figures of one set of probabilities, with intervals.
///
/// A figure that the rows do not define is `nil` and its interval is left out.
public struct EvaluationSummary: Codable, Equatable, Sendable {
  /// How many rows were judged; those of weight 0 are not.
  public var rows: Int
  /// How many of them are positive, whatever they weigh.
  public var positives: Int
  /// The weighted share of positive rows.
  public var baseRate: Double?
  /// See ``Metrics/rocAUC(scores:labels:weights:)``.
  public var rocAUC: Double?
  /// See ``Metrics/averagePrecision(scores:labels:weights:)``.
  public var averagePrecision: Double?
  /// See ``Metrics/logLoss(probabilities:labels:weights:)``.
  public var logLoss: Double?
  /// See ``Metrics/brierScore(probabilities:labels:weights:)``.
  public var brier: Double?
  /// What the Brier score is made of, over 10 bins of equal weight.
  public var brierParts: BrierParts?
  /// How the log odds of what happened follow those foretold; `nil` where rows have one outcome.
  public var calibrationLine: CalibrationLine?
  /// The weighted mean probability, to hold against the base rate.
  public var meanProbability: Double?
  /// See ``Metrics/expectedCalibrationError(probabilities:labels:weights:binCount:)``, 10 bins.
  public var ece: Double?
  /// See ``Metrics/lift(at:scores:labels:weights:)``, at a tenth.
  public var liftAt10: Double?
  /// See ``Metrics/kolmogorovSmirnov(scores:labels:weights:)``.
  public var kolmogorovSmirnov: Double?
  /// What predicting the base rate would have had.
  public var baseline: Baseline?
  /// Ten slices, best first.
  public var gains: [GainsRow]
  /// Ten bins, lowest probability first.
  public var reliability: [ReliabilityBin]
  /// 95 % intervals, in the order of `Metric.allCases`.
  public var intervals: [ConfidenceInterval]

  /// Judges probabilities, shape `[rowCount]`, by what happened.
  ///
  /// - Parameters:
  ///   - weights: How much each row counts; `nil` for 1 each.
  ///   - groups: What each row belongs to, for instance its account. Rows of a group resemble one
  ///     another, so the bootstrap draws whole groups; `nil` to draw rows.
  ///   - bootstrap: How intervals are drawn.
  ///   - threads: How many threads may work; the result does not depend on it.
  /// - Precondition: All arrays have one length.
  /// - Complexity: O(`n` log `n` + `resampleCount` `n`) for `n` rows.
  public init(
    probabilities: [Double], labels: [Bool], weights: [Double]? = nil, groups: [Int]? = nil,
    bootstrap: Bootstrap = Bootstrap(), threads: Int = 1
  ) {
    let isJudged = { (row: Int) in (weights?[row] ?? 1) > 0 }
    let ranked = RankedRows(
      scores: probabilities, labels: labels, weights: weights, groups: groups)
    rows = labels.indices.count(where: isJudged)
    positives = labels.indices.count { labels[$0] && isJudged($0) }
    guard let ranked else {
      (gains, reliability, intervals) = ([], [], [])
      return
    }
    let ranking = ranked.ranking
    let losses = Losses(ranking)
    baseRate = ranking.baseRate
    rocAUC = ranking.rocAUC
    averagePrecision = ranking.averagePrecision
    logLoss = losses.map(ranking.logLoss)
    brier = ranking.brierScore
    brierParts = ranking.brierParts(binCount: 10)
    calibrationLine = CalibrationLine(ranked)
    meanProbability = ranking.meanProbability
    ece = ranking.expectedCalibrationError(binCount: 10)
    liftAt10 = ranking.lift(at: 0.1)
    kolmogorovSmirnov = ranking.kolmogorovSmirnov
    baseline = Baseline(ranking)
    gains = ranking.gains(sliceCount: 10)
    reliability = ranking.reliability(binCount: 10)
    intervals = bootstrap.intervals(of: ranked, losses: losses, threads: threads)
  }

  /// One of the figures that have intervals.
  public subscript(metric: Metric) -> Double? {
    switch metric {
    case .rocAUC: rocAUC
    case .averagePrecision: averagePrecision
    case .logLoss: logLoss
    case .brierScore: brier
    case .expectedCalibrationError: ece
    case .liftAt10: liftAt10
    }
  }

  /// The interval of a metric, where it has one.
  public func interval(of metric: Metric) -> ConfidenceInterval? {
    intervals.first { $0.metric == metric }
  }
}
