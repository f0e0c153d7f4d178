import Evaluation
import Learning
import Testing

@Suite struct MetricsTests {
  @Test func `a tie of a positive and a negative counts half`() {
    // Pairs: (0.8, 0.8) half, (0.8, 0.1) one, (0.5, 0.8) none, (0.5, 0.1) one: 2.5 of 4.
    let auc = Metrics.rocAUC(scores: [0.8, 0.8, 0.5, 0.1], labels: [true, false, true, false])
    #expect(auc == 0.625)
  }

  @Test func `average precision takes tied rows in one step`() {
    // 1 of 2 above 0.8, then 2 of 3: 0.5 * 0.5 + 0.5 * 2 / 3.
    let figure = Metrics.averagePrecision(
      scores: [0.8, 0.8, 0.5, 0.1], labels: [true, false, true, false])
    #expect(figure == (0.5 + 2.0 / 3) / 2)
  }

  @Test func `lift shares the positives of the tied rows at the cut-off`() {
    // Half of 4 rows: the one at 0.9 and one of three at 0.5, of which one in three is positive.
    let lift = Metrics.lift(
      at: 0.5, scores: [0.9, 0.5, 0.5, 0.5], labels: [true, false, true, false])
    #expect(abs(lift! - (4.0 / 3) / 2 / 0.5) < 1e-15)
    #expect(Metrics.lift(at: 0.1, scores: [1, 1, 1, 1], labels: [true, false, false, false]) == 1)
    #expect(Metrics.lift(at: 1, scores: [3, 2, 1], labels: [false, false, true]) == 1)
  }

  @Test func `the expected calibration error of two bins can be done by hand`() {
    // Upper bin: mean 0.8, rate 0.5; lower: mean 0.2, rate 0.
    let figure = Metrics.expectedCalibrationError(
      probabilities: [0.9, 0.7, 0.3, 0.1], labels: [true, false, false, false], binCount: 2)
    #expect(abs(figure! - (0.3 + 0.2) / 2) < 1e-15)
  }

  @Test func `reliability bins come lowest first and hold equal weight`() {
    let bins = Metrics.reliability(
      probabilities: [0.9, 0.7, 0.3, 0.1], labels: [true, false, false, false], binCount: 2)
    #expect(bins.map(\.rows) == [2, 2])
    #expect(bins.map(\.observedRate) == [0, 0.5])
    #expect(bins.map(\.lowest) == [0.1, 0.7])
    #expect(bins.map(\.highest) == [0.3, 0.9])
    #expect(abs(bins[0].meanProbability - 0.2) < 1e-15)
  }

  @Test func `a gains table ends with everything captured at lift 1`() {
    let rows = SampleRows(seed: 1, count: 103, levels: 7)
    let gains = Metrics.gains(scores: rows.probabilities, labels: rows.labels)
    #expect(gains.count == 10)
    #expect(gains.allSatisfy { abs($0.rows - 10.3) < 1e-12 })
    #expect(gains.last?.share == 1)
    #expect(gains.last?.capture == 1)
    #expect(gains.last?.lift == 1)
    let positives = Double(rows.labels.count(where: \.self))
    #expect(abs(gains.reduce(0) { $0 + $1.positives } - positives) < 1e-9)
    #expect(zip(gains, gains.dropFirst()).allSatisfy { $0.capture! <= $1.capture! })
    #expect(
      abs(gains[0].lift! - Metrics.lift(at: 0.1, scores: rows.scores, labels: rows.labels)!)
        < 1e-12)
  }

  @Test func `rows of one outcome leave the ranking undefined, not 0,5 and not NaN`() {
    let scores = [0.2, 0.4]
    #expect(Metrics.rocAUC(scores: scores, labels: [false, false]) == nil)
    #expect(Metrics.rocAUC(scores: scores, labels: [true, true]) == nil)
    #expect(Metrics.kolmogorovSmirnov(scores: scores, labels: [true, true]) == nil)
    #expect(Metrics.averagePrecision(scores: scores, labels: [false, false]) == nil)
    #expect(Metrics.averagePrecision(scores: scores, labels: [true, true]) == 1)
    #expect(Metrics.lift(at: 0.1, scores: scores, labels: [false, false]) == nil)
    #expect(Metrics.logLoss(probabilities: scores, labels: [false, false]) != nil)
    // One class by weight is one class.
    #expect(Metrics.rocAUC(scores: scores, labels: [true, false], weights: [1, 0]) == nil)
  }

  @Test func `what cannot be judged is nil`() {
    #expect(Metrics.brierScore(probabilities: [], labels: []) == nil)
    #expect(Metrics.rocAUC(scores: [.nan, 1], labels: [true, false]) == nil)
    #expect(Metrics.rocAUC(scores: [.infinity, 1], labels: [true, false]) == nil)
    #expect(Metrics.rocAUC(scores: [2, 1], labels: [true, false], weights: [1, -1]) == nil)
    #expect(Metrics.rocAUC(scores: [2, 1], labels: [true, false], weights: [1, .nan]) == nil)
    #expect(Metrics.rocAUC(scores: [2, 1], labels: [true, false], weights: [0, 0]) == nil)
    #expect(Metrics.rocAUC(scores: [2, 1], labels: [true, false]) == 1)
    #expect(Metrics.logLoss(probabilities: [2, 0.5], labels: [true, false]) == nil)
    #expect(Metrics.brierScore(probabilities: [-0.1, 0.5], labels: [true, false]) == nil)
    #expect(
      Metrics.expectedCalibrationError(probabilities: [1.1, 0.5], labels: [true, false]) == nil)
    #expect(Metrics.reliability(probabilities: [1.1, 0.5], labels: [true, false]).isEmpty)
    #expect(Metrics.lift(at: 0, scores: [2, 1], labels: [true, false]) == nil)
    #expect(Metrics.lift(at: .nan, scores: [2, 1], labels: [true, false]) == nil)
    #expect(Baseline(labels: []) == nil)
  }

  @Test func `a certainty that failed costs a finite loss`() {
    let impossible = Metrics.logLoss(probabilities: [0], labels: [true])!
    #expect(impossible == -PortableMath.log(.leastNonzeroMagnitude))
    let certain = Metrics.logLoss(probabilities: [1], labels: [false])!
    #expect(certain == -PortableMath.log(Double.ulpOfOne / 2))
    #expect(Metrics.logLoss(probabilities: [0], labels: [false]) == 0)
  }

  @Test func `weights beyond the square root of the range change nothing`() {
    let rows = SampleRows(seed: 2, count: 60)
    for scale in [0x1p-900, 0x1p900] {
      let scaled = rows.weights.map { $0 * scale }
      #expect(
        Metrics.rocAUC(scores: rows.scores, labels: rows.labels, weights: scaled)
          == Metrics.rocAUC(scores: rows.scores, labels: rows.labels, weights: rows.weights))
    }
    let gains = Metrics.gains(scores: [2, 1], labels: [true, false], weights: [6, 6])
    #expect(abs(gains[0].rows - 1.2) < 1e-15)
  }

  @Test func `a baseline has the figures of a constant`() throws {
    let labels = [true, false, false, false, false]
    let constant = [Double](repeating: 0.2, count: 5)
    let baseline = try #require(Baseline(labels: labels))
    #expect(baseline.baseRate == 0.2)
    #expect(
      abs(baseline.logLoss - Metrics.logLoss(probabilities: constant, labels: labels)!) < 1e-15)
    #expect(
      abs(baseline.brierScore - Metrics.brierScore(probabilities: constant, labels: labels)!)
        < 1e-15)
    #expect(baseline.rocAUC == Metrics.rocAUC(scores: constant, labels: labels))
    #expect(
      baseline.averagePrecision == Metrics.averagePrecision(scores: constant, labels: labels))
    #expect(Metrics.allNegativeAccuracy(labels: labels) == 0.8)
    #expect(Metrics.majorityAccuracy(labels: labels.map { !$0 }) == 0.8)
    #expect(Metrics.allNegativeAccuracy(labels: labels, weights: [4, 1, 1, 1, 1]) == 0.5)
    let oneClass = try #require(Baseline(labels: [false, false]))
    #expect(oneClass.rocAUC == nil)
    #expect(oneClass.averagePrecision == nil)
    #expect(oneClass.logLoss == 0)
  }
}
