import Evaluation
import Learning
import Testing

@Suite struct ResampleTests {
  @Test(arguments: 0..<12 as Range<UInt64>)
  func `the metrics of a resample in one walk are those of its rows, to the last bit`(
    seed: UInt64
  ) throws {
    // More distinct scores than a piece of the walk holds; ties, weights and groups in turn.
    let rows = SampleRows(
      seed: seed, count: 1500, intercept: -2, levels: seed.isMultiple(of: 2) ? 20 : nil)
    let ranked = try #require(
      RankedRows(
        scores: rows.probabilities, labels: rows.labels,
        weights: seed % 3 == 1 ? rows.weights : nil,
        groups: seed % 4 > 1 ? rows.labels.indices.map { $0 % 400 } : nil))
    let losses = Losses(ranked.ranking)
    var generator = SeededGenerator(seed: seed)
    let counts = (0..<3).map { index in
      var counts = [UInt8](repeating: 0, count: ranked.unitCount)
      if index == 0 {
        UnitDraws.exact(&counts, using: &generator)
      } else {
        UnitDraws.poisson(&counts, using: &generator)
      }
      return counts
    }
    let walked = ResampledMetrics(ranked, losses: losses).values(counts)
    for (counts, values) in zip(counts, walked) {
      let ranking = ranked.ranking(unitCounts: counts)
      #expect(values == Metric.allCases.map { ranking.value(of: $0, losses: losses) })
    }
  }

  @Test func `a walk over scores that are no probabilities has what ranks only`() throws {
    let rows = SampleRows(seed: 4, count: 90)
    let ranked = try #require(RankedRows(scores: rows.scores, labels: rows.labels, weights: nil))
    let once = [UInt8](repeating: 1, count: 90)
    let values = ResampledMetrics(ranked, losses: Losses(ranked.ranking)).values([once])[0]
    #expect(values == Metric.allCases.map { ranked.ranking.value(of: $0, losses: nil) })
    #expect(values.map { $0 == nil } == [false, false, true, true, true, false])
  }

  @Test func `four draws from one number are those of each 15 bits`() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<2000 {
      var bits = generator.next()
      var drawn = UnitDraws.counts(of: bits)
      for _ in 0..<4 {
        #expect(UInt8(drawn & 0xffff) == UnitDraws.count(of: bits))
        bits >>= 16
        drawn >>= 16
      }
    }
  }

  @Test func `the number of draws has mean and variance 1 over all random bits`() {
    var sums = (first: 0, second: 0)
    for bits in 0..<0x8000 as Range<UInt64> {
      let count = Int(UnitDraws.count(of: bits))
      sums.first += count
      sums.second += count * count
    }
    #expect(sums.first == 0x8000)
    #expect(sums.second == 2 * 0x8000)
  }

  @Test func `few units are drawn as often as there are units, many about as often`() {
    for (unitCount, slack) in [(1, 0), (7, 0), (20_000, 0), (20_001, 600), (50_003, 900)] {
      var counts = [UInt8](repeating: 9, count: unitCount)
      UnitDraws.fill(&counts, seed: 4, resample: 2)
      let total = counts.reduce(0) { $0 + Int($1) }
      #expect(abs(total - unitCount) <= slack, "\(unitCount) units")
      #expect(unitCount < 10 || counts.max()! < 12)
    }
  }

  @Test func `both ways to draw give intervals of one width`() throws {
    let rows = SampleRows(seed: 6, count: 20_004)
    let intervals = try [20_000, 20_004].map { count in
      let summary = EvaluationSummary(
        probabilities: Array(rows.probabilities.prefix(count)),
        labels: Array(rows.labels.prefix(count)), bootstrap: Bootstrap(resampleCount: 400),
        threads: 2)
      return try #require(summary.interval(of: .logLoss))
    }
    let widths = intervals.map { $0.high - $0.low }
    #expect(abs(widths[1] / widths[0] - 1) < 0.2)
  }
}
