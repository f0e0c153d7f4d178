import Evaluation
import Testing

@Suite struct MetricPropertyTests {
  private func figures(_ rows: SampleRows, weighted: Bool) -> EvaluationSummary {
    EvaluationSummary(
      probabilities: rows.probabilities, labels: rows.labels,
      weights: weighted ? rows.weights : nil, bootstrap: Bootstrap(resampleCount: 20, seed: 5))
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `the order of the rows changes no bit of any figure or interval`(seed: UInt64) {
    let rows = SampleRows(seed: seed, count: 157, levels: seed.isMultiple(of: 2) ? 9 : nil)
    let shuffled = rows.shuffled(seed: seed)
    for weighted in [false, true] {
      #expect(figures(rows, weighted: weighted) == figures(shuffled, weighted: weighted))
    }
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `a row of weight 2 is two rows, and one of weight 0 is none`(seed: UInt64) {
    let rows = SampleRows(seed: seed, count: 120, levels: 12)
    let weights = rows.labels.indices.map { Double(($0 * 7 + Int(seed)) % 3) }
    let repeated = rows.labels.indices.flatMap { row in
      [Int](repeating: row, count: Int(weights[row]))
    }
    let weighted = EvaluationSummary(
      probabilities: rows.probabilities, labels: rows.labels, weights: weights,
      bootstrap: Bootstrap(resampleCount: 0))
    let plain = EvaluationSummary(
      probabilities: repeated.map { rows.probabilities[$0] },
      labels: repeated.map { rows.labels[$0] }, bootstrap: Bootstrap(resampleCount: 0))
    for metric in Metric.allCases {
      #expect(abs(weighted[metric]! - plain[metric]!) < 1e-12, "\(metric.rawValue)")
    }
    #expect(weighted.rows == weights.count { $0 > 0 })
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `AUC equals the share of pairs in order, counted one by one`(seed: UInt64) {
    let rows = SampleRows(seed: seed, count: 80, levels: 10)
    var wins = 0.0
    var pairs = 0.0
    for positive in rows.labels.indices where rows.labels[positive] {
      for negative in rows.labels.indices where !rows.labels[negative] {
        pairs += 1
        if rows.scores[positive] > rows.scores[negative] { wins += 1 }
        if rows.scores[positive] == rows.scores[negative] { wins += 0.5 }
      }
    }
    #expect(Metrics.rocAUC(scores: rows.scores, labels: rows.labels) == wins / pairs)
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `turning scores round turns AUC round`(seed: UInt64) {
    let rows = SampleRows(seed: seed, count: 90, levels: 15)
    let auc = Metrics.rocAUC(scores: rows.scores, labels: rows.labels)!
    let turned = Metrics.rocAUC(scores: rows.scores.map { -$0 }, labels: rows.labels)!
    #expect(abs(auc + turned - 1) < 1e-15)
  }

  @Test func `lift on noise has mean 1, however few levels the score has`() {
    for levels in [2, 4, 10, 20] {
      var sum = 0.0
      for seed in 0..<60 as Range<UInt64> {
        let rows = SampleRows(
          seed: seed, count: 1000, intercept: -2.2, isNoise: true, levels: levels)
        sum += Metrics.lift(at: 0.1, scores: rows.scores, labels: rows.labels)!
      }
      // The standard error of the mean is 0.037 for untied scores, and less with ties.
      #expect(abs(sum / 60 - 1) < 0.12, "\(levels) levels: \(sum / 60)")
    }
  }

  @Test func `bins split a tie in proportion, so a constant has one observed rate`() {
    let bins = Metrics.reliability(
      probabilities: [Double](repeating: 0.25, count: 7),
      labels: [true, true, false, false, false, false, false])
    #expect(bins.count == 10)
    #expect(bins.allSatisfy { abs($0.observedRate - 2.0 / 7) < 1e-12 })
  }
}
