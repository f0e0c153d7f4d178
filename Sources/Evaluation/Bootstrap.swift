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
/// Method: percentile bootstrap (Efron and Tibshirani 1993, section 13.3). Resample `r` draws from
/// stream `r` of the seed alone, so the number of threads never changes a bit.
public struct Bootstrap: Equatable, Sendable {
  /// How many samples to draw; 0 for no intervals.
  public var resampleCount: Int
  /// What the draws depend on.
  public var seed: UInt64

  /// Chooses a number of samples and a seed.
  public init(resampleCount: Int = 500, seed: UInt64 = 0) {
    precondition(resampleCount >= 0, "resampleCount is \(resampleCount); expected at least 0")
    self.resampleCount = resampleCount
    self.seed = seed
  }

  /// How many samples are really drawn: all that are asked for up to 100 million draws of rows,
  /// then fewer, but not under 100 unless fewer are asked for.
  public func resampleCount(forRows rowCount: Int) -> Int {
    min(resampleCount, max(100, 100_000_000 / max(rowCount, 1)))
  }

  /// The interval of each metric that enough samples define, in the order of `Metric.allCases`.
  ///
  /// A sample without positives has no AUC. A metric that more than 1 sample in 20 leaves
  /// undefined (about 2 positives or fewer) has no interval: the rest would be a biased choice.
  ///
  /// The calibration error of a sample is larger than that of its source, because chance moves every
  /// bin away from its rate; its interval is moved back by the mean difference (Efron and Tibshirani
  /// 1993, section 10.3), without which it may leave out the estimate itself.
  func intervals(of rows: RankedRows, losses: Losses?, threads: Int) -> [ConfidenceInterval] {
    let count = resampleCount(forRows: rows.rowCount)
    let metrics = Metric.allCases
    let samples = Parallel.map(count, threads: threads) { resample in
      var generator = SeededGenerator(seed: seed, stream: UInt64(resample) + 1)
      let ranking = rows.resampled(using: &generator)
      return metrics.map { ranking.value(of: $0, losses: losses) }
    }
    return metrics.indices.compactMap { index in
      let values = samples.compactMap { $0[index] }.sorted()
      guard !values.isEmpty, 20 * (count - values.count) <= count,
        let estimate = rows.ranking.value(of: metrics[index], losses: losses)
      else { return nil }
      let bias = metrics[index] == .expectedCalibrationError ? Self.mean(values) - estimate : 0
      return ConfidenceInterval(
        metric: metrics[index], low: max(0, Self.quantile(0.025, of: values) - bias),
        high: Self.quantile(0.975, of: values) - bias)
    }
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  /// Linear between order statistics (Hyndman and Fan 1996, type 7).
  private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}
