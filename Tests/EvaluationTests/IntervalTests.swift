import Evaluation
import Learning
import Testing

@Suite struct IntervalTests {
  @Test func `an AUC of exactly 1 has an interval below it, wider for fewer rows`() throws {
    let lows = try [10, 40].map { count in
      let scores = (0..<2 * count).map { Double($0) / 100 }
      let summary = EvaluationSummary(
        probabilities: scores.map { $0 / 2 }, labels: scores.indices.map { $0 >= count },
        bootstrap: Bootstrap(resampleCount: 10))
      #expect(summary.rocAUC == 1)
      let interval = try #require(summary.interval(of: .rocAUC))
      #expect(interval.high == 1)
      return interval.low
    }
    #expect(0.7 < lows[0])
    #expect(lows[0] < lows[1])
    #expect(lows[1] < 0.99)
  }

  @Test func `scores that never differ have an AUC of a half and know it`() throws {
    let rows = SampleRows(seed: 3, count: 60)
    let summary = EvaluationSummary(
      probabilities: rows.labels.map { _ in 0.3 }, labels: rows.labels,
      bootstrap: Bootstrap(resampleCount: 10))
    let interval = try #require(summary.interval(of: .rocAUC))
    #expect(abs(interval.low - 0.5) < 1e-12)
    #expect(abs(interval.high - 0.5) < 1e-12)
  }

  @Test func `each interval says how it was had, and few positives have none`() {
    let rows = SampleRows(seed: 5, count: 400, intercept: -1)
    let many = EvaluationSummary(
      probabilities: rows.probabilities, labels: rows.labels,
      bootstrap: Bootstrap(resampleCount: 60))
    #expect(many.intervals.map(\.method) == Metric.allCases.map(\.intervalMethod))
    // 400 rows of 20 accounts: too few accounts for average precision.
    let accounts = EvaluationSummary(
      probabilities: rows.probabilities, labels: rows.labels,
      groups: rows.labels.indices.map { $0 % 20 }, bootstrap: Bootstrap(resampleCount: 60))
    #expect(accounts.interval(of: .averagePrecision) == nil)
    #expect(accounts.interval(of: .rocAUC) != nil)
    let scores = (0..<100).map { Double($0) / 100 }
    let few = EvaluationSummary(
      probabilities: scores, labels: (0..<100).map { $0 % 25 == 0 },
      bootstrap: Bootstrap(resampleCount: 60))
    #expect(few.intervals.isEmpty)
    #expect(few.rocAUC != nil)
  }

  @Test func `the test of two AUCs agrees with their interval`() throws {
    for seed in 0..<20 as Range<UInt64> {
      let rows = SampleRows(seed: seed, count: 300)
      var generator = SeededGenerator(seed: seed, stream: 5)
      let second = rows.scores.map { LogLoss.probability($0 + 4 * (generator.nextUnit() - 0.5)) }
      let paired = try #require(
        PairedEvaluation(
          first: rows.probabilities, second: second, labels: rows.labels,
          bootstrap: Bootstrap(resampleCount: 20)))
      let auc = try #require(paired[.rocAUC])
      let (low, high) = (try #require(auc.low), try #require(auc.high))
      let pValue = try #require(auc.pValue)
      // The interval is Student's, the test normal, as published: equal but for a few hundredths.
      if pValue < 0.045 { #expect(low > 0 || high < 0) }
      if pValue > 0.055 { #expect(low < 0 && 0 < high) }
      #expect(paired[.logLoss]?.pValue == nil)
    }
  }

  @Test func `a Student quantile is that of the tables`() {
    for (freedom, expected) in [(4.0, 2.7764), (10, 2.2281), (30, 2.0423), (1000, 1.9623)] {
      #expect(abs(StudentQuantile.upper(degreesOfFreedom: freedom) - expected) < 0.001)
    }
  }
}
