import Evaluation
import Learning
import Testing

@Suite struct BootstrapTests {
  @Test func `one, two and eight threads give the same bits, with and without groups`() {
    let rows = SampleRows(seed: 3, count: 300)
    for groups in [nil, rows.labels.indices.map { $0 / 3 }] {
      let summaries = [1, 2, 8].map { threads in
        EvaluationSummary(
          probabilities: rows.probabilities, labels: rows.labels, weights: rows.weights,
          groups: groups, bootstrap: Bootstrap(resampleCount: 50, seed: 8), threads: threads)
      }
      #expect(summaries[0].intervals.count == Metric.allCases.count)
      #expect(summaries[0] == summaries[1])
      #expect(summaries[0] == summaries[2])
    }
  }

  @Test func `another seed gives other draws`() {
    let rows = SampleRows(seed: 3, count: 300)
    let intervals = [1, 2].map { seed in
      EvaluationSummary(
        probabilities: rows.probabilities, labels: rows.labels,
        bootstrap: Bootstrap(resampleCount: 50, seed: seed)
      ).intervals
    }
    #expect(intervals[0] != intervals[1])
  }

  @Test func `on noise, intervals of lift contain 1, and of AUC 0,5, about 95 times in 100`() throws
  {
    var hits = (lift: 0, auc: 0)
    for seed in 0..<80 as Range<UInt64> {
      let rows = SampleRows(
        seed: seed + 40, count: 600, intercept: -1.5, isNoise: true, levels: 10)
      let summary = EvaluationSummary(
        probabilities: rows.probabilities, labels: rows.labels,
        bootstrap: Bootstrap(resampleCount: 150, seed: seed))
      let lift = try #require(summary.interval(of: .liftAt10))
      if lift.low <= 1, 1 <= lift.high { hits.lift += 1 }
      let auc = try #require(summary.interval(of: .rocAUC))
      if auc.low <= 0.5, 0.5 <= auc.high { hits.auc += 1 }
    }
    // Binomial: 76 expected, standard deviation 2.
    #expect(hits.lift >= 69, "\(hits.lift) of 80")
    #expect(hits.auc >= 69, "\(hits.auc) of 80")
  }

  @Test func `about 95 in 100 intervals of AUC contain the true one`() throws {
    // Negatives uniform on 0..<1, positives the greater of two such draws: AUC is 2 / 3.
    var hits = 0
    for seed in 0..<120 as Range<UInt64> {
      var generator = SeededGenerator(seed: seed, stream: 7)
      let labels = (0..<120).map { _ in generator.nextUnit() < 0.4 }
      let scores = labels.map { isPositive in
        let draw = generator.nextUnit()
        return isPositive ? max(draw, generator.nextUnit()) : draw
      }
      let summary = EvaluationSummary(
        probabilities: scores, labels: labels, bootstrap: Bootstrap(resampleCount: 150, seed: seed))
      let interval = try #require(summary.interval(of: .rocAUC))
      if interval.low <= 2.0 / 3, 2.0 / 3 <= interval.high { hits += 1 }
    }
    // Binomial: 114 expected, standard deviation 2.4; small samples cover a little less.
    #expect((104...120).contains(hits), "\(hits) of 120")
  }

  @Test func `rows that repeat within a group widen the interval when groups are drawn`() throws {
    let rows = SampleRows(seed: 12, count: 60)
    let repeated = (0..<600).map { $0 / 10 }
    let widths = try [nil, repeated].map { groups in
      let summary = EvaluationSummary(
        probabilities: repeated.map { rows.probabilities[$0] },
        labels: repeated.map { rows.labels[$0] }, groups: groups,
        bootstrap: Bootstrap(resampleCount: 200, seed: 4))
      let interval = try #require(summary.interval(of: .rocAUC))
      return interval.high - interval.low
    }
    // Ten copies tell no more than one: the honest interval is wider by about the root of ten.
    #expect(widths[1] > 2.2 * widths[0])
    #expect(widths[1] < 4.5 * widths[0])
  }

  @Test func `one positive has figures and no intervals`() {
    let scores = (0..<100).map { Double($0) / 100 }
    let onePositive = EvaluationSummary(
      probabilities: scores, labels: scores.map { $0 == 0.5 },
      bootstrap: Bootstrap(resampleCount: 100, seed: 1))
    #expect(onePositive.rocAUC != nil)
    #expect(onePositive.interval(of: .rocAUC) == nil)
    #expect(onePositive.interval(of: .liftAt10) == nil)
    #expect(onePositive.interval(of: .brierScore) == nil)
  }

  @Test func `a summary of nothing has no figures and one of one class only those it defines`() {
    let nothing = EvaluationSummary(probabilities: [], labels: [])
    #expect(nothing.rows == 0)
    #expect(nothing.baseline == nil)
    #expect(Metric.allCases.allSatisfy { nothing[$0] == nil })
    #expect(nothing.intervals.isEmpty)
    let oneClass = EvaluationSummary(
      probabilities: [0.1, 0.2], labels: [false, false], bootstrap: Bootstrap(resampleCount: 9))
    #expect(oneClass.rocAUC == nil)
    #expect(oneClass.logLoss != nil)
    #expect(oneClass.gains.allSatisfy { $0.capture == nil && $0.lift == nil })
    // Negatives alone do not tell what the loss of a positive would have been.
    #expect(oneClass.intervals.isEmpty)
    #expect(
      EvaluationSummary(
        probabilities: [0.1, 0.2], labels: [false, true], bootstrap: Bootstrap(resampleCount: 0)
      ).intervals.isEmpty)
  }

  @Test func `metric names are those of the reports`() {
    #expect(
      Metric.allCases.map(\.rawValue) == [
        "roc_auc", "average_precision", "log_loss", "brier", "ece", "lift_at_10",
      ])
  }
}
