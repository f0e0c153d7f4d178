import Evaluation
import Learning
import Testing

@Suite struct PairedEvaluationTests {
  /// Probabilities that know the truth, and the same with noise added to the log odds.
  private func pair(seed: UInt64, count: Int, noise: Double) -> (SampleRows, [Double]) {
    let rows = SampleRows(seed: seed, count: count)
    var generator = SeededGenerator(seed: seed, stream: 5)
    let second = rows.scores.map {
      LogLoss.probability($0 + noise * (generator.nextUnit() - 0.5))
    }
    return (rows, second)
  }

  @Test func `the figures are those of each alone, and the difference is theirs`() throws {
    let (rows, second) = pair(seed: 1, count: 400, noise: 4)
    let paired = try #require(
      PairedEvaluation(
        first: rows.probabilities, second: second, labels: rows.labels,
        bootstrap: Bootstrap(resampleCount: 100)))
    #expect(paired.differences.map(\.metric) == Metric.allCases)
    let alone = [rows.probabilities, second].map {
      EvaluationSummary(
        probabilities: $0, labels: rows.labels, bootstrap: Bootstrap(resampleCount: 0))
    }
    for difference in paired.differences {
      #expect(difference.first == alone[0][difference.metric])
      #expect(difference.second == alone[1][difference.metric])
      #expect(difference.difference == difference.second - difference.first)
      #expect(try #require(difference.low) < #require(difference.high))
    }
    #expect(paired[.rocAUC]?.metric == .rocAUC)
  }

  @Test func `a set of probabilities compared with itself differs by exactly nothing`() throws {
    let rows = SampleRows(seed: 2, count: 200, levels: 9)
    let paired = try #require(
      PairedEvaluation(
        first: rows.probabilities, second: rows.probabilities, labels: rows.labels,
        weights: rows.weights, bootstrap: Bootstrap(resampleCount: 60)))
    for difference in paired.differences {
      #expect(difference.difference == 0)
      #expect(difference.low == 0)
      #expect(difference.high == 0)
    }
  }

  @Test func `pairing narrows the interval of a small difference`() throws {
    let (rows, second) = pair(seed: 3, count: 600, noise: 0.5)
    let bootstrap = Bootstrap(resampleCount: 200)
    let paired = try #require(
      PairedEvaluation(
        first: rows.probabilities, second: second, labels: rows.labels, bootstrap: bootstrap))
    let alone = EvaluationSummary(
      probabilities: rows.probabilities, labels: rows.labels, bootstrap: bootstrap)
    for metric in [Metric.rocAUC, .logLoss, .brierScore] {
      let difference = try #require(paired[metric])
      let interval = try #require(alone.interval(of: metric))
      let width = try #require(difference.high) - #require(difference.low)
      #expect(width < 0.4 * (interval.high - interval.low), "\(metric)")
    }
  }

  @Test func `about 95 in 100 intervals contain a true difference of nothing`() throws {
    // Both add independent noise of one size to the truth, so neither is better.
    var hits = (auc: 0, loss: 0)
    for seed in 0..<100 as Range<UInt64> {
      let rows = SampleRows(seed: seed + 500, count: 300)
      var generator = SeededGenerator(seed: seed, stream: 6)
      let noisy = (0..<2).map { _ in
        rows.scores.map { LogLoss.probability($0 + 3 * (generator.nextUnit() - 0.5)) }
      }
      let paired = try #require(
        PairedEvaluation(
          first: noisy[0], second: noisy[1], labels: rows.labels,
          bootstrap: Bootstrap(resampleCount: 200, seed: seed)))
      let auc = try #require(paired[.rocAUC])
      let loss = try #require(paired[.logLoss])
      if try #require(auc.low) <= 0, try #require(auc.high) >= 0 { hits.auc += 1 }
      if try #require(loss.low) <= 0, try #require(loss.high) >= 0 { hits.loss += 1 }
    }
    // Binomial: 95 expected, standard deviation 2.2.
    #expect(hits.auc >= 87, "\(hits.auc) of 100")
    #expect(hits.loss >= 87, "\(hits.loss) of 100")
  }

  @Test(arguments: [false, true])
  func `neither the order of the rows nor the number of threads changes a bit`(grouped: Bool) {
    let (rows, second) = pair(seed: 7, count: 150, noise: 3)
    let groups = grouped ? rows.labels.indices.map { $0 / 4 } : nil
    var generator = SeededGenerator(seed: 7, stream: 9)
    let order = generator.permutation(of: 150)
    let bootstrap = Bootstrap(resampleCount: 40, seed: 3)
    let straight = PairedEvaluation(
      first: rows.probabilities, second: second, labels: rows.labels, weights: rows.weights,
      groups: groups, bootstrap: bootstrap)
    let shuffled = PairedEvaluation(
      first: order.map { rows.probabilities[$0] }, second: order.map { second[$0] },
      labels: order.map { rows.labels[$0] }, weights: order.map { rows.weights[$0] },
      groups: groups.map { groups in order.map { groups[$0] } }, bootstrap: bootstrap, threads: 2)
    #expect(straight != nil)
    #expect(straight == shuffled)
  }

  @Test func `what is not defined is left out, and nothing at all is nil`() throws {
    #expect(PairedEvaluation(first: [], second: [], labels: []) == nil)
    #expect(PairedEvaluation(first: [.nan], second: [0.5], labels: [true]) == nil)
    let oneClass = try #require(
      PairedEvaluation(first: [0.1, 0.2], second: [0.3, 0.4], labels: [false, false]))
    #expect(
      oneClass.differences.map(\.metric) == [.logLoss, .brierScore, .expectedCalibrationError])
    let noResamples = try #require(
      PairedEvaluation(
        first: [0.1, 0.2], second: [0.3, 0.4], labels: [false, true],
        bootstrap: Bootstrap(resampleCount: 0)))
    #expect(noResamples.differences.allSatisfy { $0.low == nil && $0.high == nil })
    #expect(noResamples[.rocAUC]?.difference == 0)
  }
}
