import Calibration
import Diagnostics
import Evaluation
import Learning
import Testing

@Suite struct CalibrationFitTests {
  private static let methods: [CalibrationMethod] = [.temperature, .platt, .isotonic, .beta]

  /// Log odds that are too sure by a factor of two, with outcomes of the true ones.
  private func rows(
    seed: UInt64, count: Int, intercept: Double = -1
  ) -> (scores: [Double], labels: [Bool]) {
    var generator = SeededGenerator(seed: seed, stream: 5)
    var scores: [Double] = []
    var labels: [Bool] = []
    for _ in 0..<count {
      let bell = (0..<6).reduce(0.0) { sum, _ in sum + generator.nextUnit() } - 3
      scores.append(2 * (intercept + 1.5 * bell))
      labels.append(generator.nextUnit() < LogLoss.probability(intercept + 1.5 * bell))
    }
    return (scores, labels)
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `calibration moves no bit of AUC, on its own rows or on new ones`(seed: UInt64) throws {
    let (scores, labels) = rows(seed: seed, count: 400, intercept: -2)
    let (newScores, newLabels) = rows(seed: seed + 100, count: 400, intercept: -2)
    for method in Self.methods {
      let fit = try Calibrator.fitted(method: method, scores: scores, labels: labels)
      #expect(!fit.ranksNoBetterThanChance)
      #expect(try fit.calibrator.validated() == fit.calibrator)
      for (scores, labels) in [(scores, labels), (newScores, newLabels)] {
        #expect(
          Metrics.rocAUC(scores: fit.calibrator.probabilities(scores), labels: labels)
            == Metrics.rocAUC(scores: scores, labels: labels), "\(method)")
      }
    }
  }

  @Test func `the mean calibrated probability is the base rate, and the slope is found`() throws {
    let (scores, labels) = rows(seed: 21, count: 20_000)
    let baseRate = Double(labels.count(where: \.self)) / 20_000
    for method in Self.methods {
      let fit = try Calibrator.fitted(method: method, scores: scores, labels: labels)
      let mean = fit.calibrator.probabilities(scores).reduce(0, +) / 20_000
      // A temperature moves no base rate; here it has none to move.
      if method == .temperature {
        #expect(abs(mean - baseRate) < 5e-3, "\(mean)")
        continue
      }
      // Platt and beta differ by the smoothing of targets alone, isotonic by its straight lines.
      #expect(abs(mean - baseRate) < (method == .isotonic ? 3e-3 : 2e-4), "\(method): \(mean)")
      // A secant over the whole range of scores shows the factor of two undone.
      #expect(abs(fit.calibrator.probability(2) - LogLoss.probability(1)) < 0.04)
      #expect(abs(fit.calibrator.probability(-4) - LogLoss.probability(-2)) < 0.04)
    }
  }

  @Test func `calibrating lowers the log loss of new rows that were too sure`() throws {
    let (scores, labels) = rows(seed: 22, count: 3000)
    let (newScores, newLabels) = rows(seed: 23, count: 3000)
    let raw = LogLoss.mean(scores: newScores, labels: newLabels)
    for method in Self.methods {
      let calibrator = try Calibrator.fitted(
        method: method, scores: scores, labels: labels
      ).calibrator
      let loss = Metrics.logLoss(
        probabilities: calibrator.probabilities(newScores), labels: newLabels)!
      #expect(loss < raw - 0.02, "\(method): \(loss), uncalibrated \(raw)")
    }
  }

  @Test func `the order of the rows changes no bit of a fit`() throws {
    let (scores, labels) = rows(seed: 24, count: 200)
    let weights = scores.indices.map { 0.3 + Double($0 % 7) }
    var generator = SeededGenerator(seed: 24)
    let order = generator.permutation(of: 200)
    for method in Self.methods {
      #expect(
        try Calibrator.fitted(method: method, scores: scores, labels: labels, weights: weights)
          == Calibrator.fitted(
            method: method, scores: order.map { scores[$0] }, labels: order.map { labels[$0] },
            weights: order.map { weights[$0] }))
    }
  }

  @Test func `only the proportions of weights count, and a row of weight 0 is absent`() throws {
    let (scores, labels) = rows(seed: 25, count: 200)
    let even = [Double](repeating: 8, count: 200)
    for method in Self.methods {
      let plain = try Calibrator.fitted(method: method, scores: scores, labels: labels)
      #expect(
        try Calibrator.fitted(method: method, scores: scores, labels: labels, weights: even)
          == plain)
      #expect(
        try Calibrator.fitted(
          method: method, scores: scores + [50], labels: labels + [false], weights: even + [0])
          == plain)
    }
  }

  @Test func `scores that rank backwards give a flat map at the base rate, and say so`() throws {
    let (scores, labels) = rows(seed: 26, count: 500)
    let backwards = scores.map { -$0 }
    let baseRate = Double(labels.count(where: \.self)) / 500
    for method in Self.methods {
      let fit = try Calibrator.fitted(method: method, scores: backwards, labels: labels)
      // A few rows at an end may still rise, which isotonic regression alone can follow.
      if method != .isotonic { #expect(fit.ranksNoBetterThanChance, "\(method)") }
      if method != .isotonic, method != .temperature {
        let probabilities = fit.calibrator.probabilities(backwards)
        #expect(probabilities.allSatisfy { abs($0 - baseRate) < 0.003 }, "\(method)")
      }
      #expect(
        Metrics.rocAUC(scores: fit.calibrator.probabilities(backwards), labels: labels)
          == Metrics.rocAUC(scores: backwards, labels: labels))
    }
    let isotonic = try Calibrator.fitted(
      method: .isotonic, scores: [1, 2, 3, 4], labels: [true, true, false, false])
    #expect(isotonic.ranksNoBetterThanChance)
    #expect(isotonic.calibrator.probability(2.5) == 0.5)
  }

  @Test func `Platt's slope is never below the smallest`() throws {
    let fit = try Calibrator.fitted(
      method: .platt, scores: [0.1, 0.2, 0.3, 0.4], labels: [true, true, false, false])
    guard case .platt(let slope, _) = fit.calibrator else { preconditionFailure("not Platt") }
    #expect(slope == Calibrator.minimumSlope)
    #expect(fit.ranksNoBetterThanChance)
  }

  @Test func `scores that are equal, separate the classes or are huge still give a finite fit`()
    throws
  {
    let cases: [[Double]] = [
      [1, 1, 1, 1], [-40, -30, 30, 40], [-1e300, -1e200, 1e200, 1e300],
      [0, 0, 0, .leastNonzeroMagnitude],
      [1e300, 1e300, 1e300, 1e300], [-1e-300, 0, 0, 1e-300], [-800, -799, 799, 800],
      [.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 0, 1],
    ]
    for scores in cases {
      for method in Self.methods {
        for labels in [[false, false, true, true], [true, false, true, false]] {
          let fit = try Calibrator.fitted(method: method, scores: scores, labels: labels)
          #expect(try fit.calibrator.validated() == fit.calibrator, "\(method), \(scores)")
          let probabilities = fit.calibrator.probabilities(scores)
          #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 }, "\(method), \(scores)")
        }
      }
    }
  }

  @Test func `rows that allow no fit are refused, but the method none needs none`() throws {
    func kind(_ scores: [Double], _ labels: [Bool], _ weights: [Double]? = nil) -> Diagnostic.Kind?
    {
      #expect(throws: Diagnostic.self) {
        try Calibrator.fitted(method: .auto, scores: scores, labels: labels, weights: weights)
      }?.kind
    }
    #expect(kind([], []) == .dataNoRows)
    #expect(kind([1], [true], [0]) == .dataNoRows)
    #expect(kind([1, 2], [true, true]) == .dataOneClass)
    #expect(kind([1, 2], [true, false], [1, 0]) == .dataOneClass)
    #expect(kind([1, 2], [true, false], [1, -1]) == .dataWeights)
    #expect(kind([1, 2], [true, false], [1, .nan]) == .dataWeights)
    let none = try Calibrator.fitted(method: .none, scores: [], labels: [])
    #expect(none.calibrator == .identity)
  }

  @Test func `auto without folds to choose by is Platt`() throws {
    let (scores, labels) = rows(seed: 27, count: 100)
    let fit = try Calibrator.fitted(method: .auto, scores: scores, labels: labels)
    #expect(fit.method == .platt)
    #expect(fit == (try Calibrator.fitted(method: .platt, scores: scores, labels: labels)))
  }

  @Test func `a temperature is Platt's line through the origin`() throws {
    let (scores, labels) = rows(seed: 29, count: 4000)
    let fit = try Calibrator.fitted(method: .temperature, scores: scores, labels: labels)
    guard case .platt(let slope, 0) = fit.calibrator else {
      Issue.record("not a temperature: \(fit.calibrator)")
      return
    }
    // The scores are too sure by a factor of two.
    #expect(abs(slope - 0.5) < 0.05)
  }
}
