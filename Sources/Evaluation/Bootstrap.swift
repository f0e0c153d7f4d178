import Learning

/// Between which values a figure would fall in 95 of 100 samples like this one.
public struct ConfidenceInterval: Codable, Equatable, Sendable {
  /// The figure.
  public var metric: Metric
  /// The 2.5 % point.
  public var low: Double
  /// The 97.5 % point.
  public var high: Double
}

/// How intervals are had: by judging samples drawn with replacement from the judged rows.
///
/// Method: percentile bootstrap (Efron and Tibshirani 1993, section 13.3). What a resample draws
/// depends on the seed and its own number alone, so the number of threads never changes a bit.
public struct Bootstrap: Equatable, Sendable {
  /// How many samples to draw; 0 for no intervals.
  public var resampleCount: Int
  /// What the draws depend on.
  public var seed: UInt64

  /// Chooses a number of samples and a seed.
  public init(resampleCount: Int = 1000, seed: UInt64 = 0) {
    precondition(resampleCount >= 0, "resampleCount is \(resampleCount); expected at least 0")
    self.resampleCount = resampleCount
    self.seed = seed
  }

  /// The interval of each metric that enough samples define, in the order of `Metric.allCases`.
  ///
  /// The calibration error of a sample is larger than that of its source, because chance moves every
  /// bin away from its rate; its interval is moved back by the mean difference (Efron and Tibshirani
  /// 1993, section 10.3), without which it may leave out the estimate itself.
  func intervals(of rows: RankedRows, losses: Losses?, threads: Int) -> [ConfidenceInterval] {
    let metrics = Metric.allCases
    let samples = samples(unitCount: rows.unitCount, threads: threads) { counts in
      let ranking = rows.ranking(unitCounts: counts)
      return metrics.map { ranking.value(of: $0, losses: losses) }
    }
    let ranking = rows.ranking
    return metrics.indices.compactMap { index in
      guard let estimate = ranking.value(of: metrics[index], losses: losses),
        let values = Self.defined(samples.map { $0[index] })
      else { return nil }
      let bias = metrics[index] == .expectedCalibrationError ? Self.mean(values) - estimate : 0
      return ConfidenceInterval(
        metric: metrics[index], low: max(0, Self.quantile(0.025, of: values) - bias),
        high: Self.quantile(0.975, of: values) - bias)
    }
  }

  /// The figures of each resample of units, as `figures` has them from how often each is drawn.
  ///
  /// - Returns: Shape `[resampleCount][figureCount]`.
  func samples(
    unitCount: Int, threads: Int, _ figures: @Sendable ([UInt8]) -> [Double?]
  ) -> [[Double?]] {
    Parallel.map(resampleCount, threads: threads) { resample in
      var counts = [UInt8](repeating: 0, count: unitCount)
      UnitDraws.fill(&counts, seed: seed, resample: resample)
      return figures(counts)
    }
  }

  /// What samples have, ascending; `nil` where too few of them define it.
  ///
  /// A sample without positives has no AUC. A figure that more than 1 sample in 20 leaves undefined
  /// (about 2 positives or fewer) has no interval: the rest would be a biased choice.
  static func defined(_ values: [Double?]) -> [Double]? {
    let defined = values.compactMap(\.self).sorted()
    return !defined.isEmpty && 20 * (values.count - defined.count) <= values.count ? defined : nil
  }

  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// Linear between order statistics (Hyndman and Fan 1996, type 7).
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}
