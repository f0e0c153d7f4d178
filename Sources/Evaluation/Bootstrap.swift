import Learning

/// How intervals are had: by judging samples drawn with replacement from the judged rows.
///
/// What a resample draws depends on the seed and its own number alone, so the number of threads never
/// changes a bit. See ``IntervalMethod`` for what becomes of the samples.
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

  /// The interval of each metric that has one, in the order of `Metric.allCases`.
  ///
  /// Which method serves which metric, and from how many positives on, was chosen by simulation:
  /// `Scripts/interval-coverage`, results in `Docs/Methods/Metrics.md`.
  func intervals(of rows: RankedRows, losses: Losses?, threads: Int) -> [ConfidenceInterval] {
    guard resampleCount > 0 else { return [] }
    let samples = samples(of: [ResampledMetrics(rows, losses: losses)], threads: threads)[0]
    let ranking = rows.ranking
    let units = rows.outcomeUnitCounts
    let rarer = min(units.positive, units.negative)
    return Metric.allCases.enumerated().compactMap { index, metric in
      guard let estimate = ranking.value(of: metric, losses: losses) else { return nil }
      let method = metric.intervalMethod
      guard rarer >= metric.minimumUnitCount else { return nil }
      var limits: (low: Double, high: Double)?
      if method == .deLong {
        limits = AUCVariance(rows)?.interval
      } else if let values = Self.defined(samples.map { $0[index] }) {
        limits = ResampledFigure(estimate: estimate, values: values)
          // The best tenth has its share of all rows, so lift does not hang on the rarer outcome.
          .interval(method, unitCount: metric == .liftAt10 ? rows.unitCount : rarer)
      }
      return limits.map {
        ConfidenceInterval(metric: metric, low: $0.low, high: $0.high, method: method)
      }
    }
  }

  /// The metrics of each resample, for several probabilities of the same units.
  ///
  /// - Returns: Shape `[count of judged][resampleCount][metricCount]`.
  package func samples(of judged: [ResampledMetrics], threads: Int) -> [[[Double?]]] {
    let length = ResampledMetrics.blockLength
    let blocks = Parallel.map((resampleCount + length - 1) / length, threads: threads) { block in
      let resamples = block * length..<min((block + 1) * length, resampleCount)
      let counts = resamples.map { resample in
        var counts = [UInt8](repeating: 0, count: judged[0].unitCount)
        UnitDraws.fill(&counts, seed: seed, resample: resample)
        return counts
      }
      return judged.map { $0.values(counts) }
    }
    return judged.indices.map { index in blocks.flatMap { $0[index] } }
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
}
