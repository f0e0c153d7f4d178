import Calibration
import Diagnostics
import Evaluation
import Learning
import Testing

@Suite struct HeldOutScoresTests {
  /// Scores of known log odds, changed by `distort`, in five folds.
  private func held(
    seed: UInt64, count: Int, intercept: Double = -1, goesForward: Bool = false, foldCount: Int = 5,
    distort: (Double) -> Double = { $0 }
  ) -> HeldOutScores {
    var generator = SeededGenerator(seed: seed, stream: 6)
    var scores: [Double] = []
    var labels: [Bool] = []
    for _ in 0..<count {
      let logOdds =
        intercept + 1.5 * ((0..<6).reduce(0.0) { sum, _ in sum + generator.nextUnit() } - 3)
      scores.append(distort(logOdds))
      labels.append(generator.nextUnit() < LogLoss.probability(logOdds))
    }
    return HeldOutScores(
      scores: scores, labels: labels, foldOfRow: scores.indices.map { $0 % foldCount },
      goesForward: goesForward)
  }

  private func fitted(
    _ held: HeldOutScores, _ method: CalibrationMethod, _ isUsed: (Int) -> Bool
  ) throws -> Calibrator {
    let rows = held.scores.indices.filter(isUsed)
    return try Calibrator.fitted(
      method: method, scores: rows.map { held.scores[$0] }, labels: rows.map { held.labels[$0] },
      weights: held.weights.map { weights in rows.map { weights[$0] } }
    ).calibrator
  }

  @Test(arguments: [CalibrationMethod.temperature, .platt, .isotonic, .beta])
  func `a row is judged without its own fold, and one without a fold is nil`(
    method: CalibrationMethod
  ) throws {
    var held = held(seed: 28, count: 300)
    held.foldOfRow = held.scores.indices.map { $0 < 30 ? -1 : $0 % 3 }
    held.weights = held.scores.indices.map { 1 + Double($0 % 4) }
    held.scores[3] = .nan
    let result = try held.calibrated(by: method)
    for row in held.scores.indices {
      #expect((result.probabilities[row] == nil) == (held.foldOfRow[row] < 0))
    }
    for fold in 0..<3 {
      let calibrator = try fitted(held, method) {
        held.foldOfRow[$0] >= 0 && held.foldOfRow[$0] != fold
      }
      for row in held.scores.indices where held.foldOfRow[row] == fold {
        #expect(result.probabilities[row] == calibrator.probability(held.scores[row]))
      }
    }
    #expect(result.fit.calibrator == (try fitted(held, method) { held.foldOfRow[$0] >= 0 }))
    #expect(result.choice == nil && result.uncalibratedFold == nil)
  }

  @Test(arguments: CalibrationMethod.allCases)
  func `the outcomes of a fold reach neither its probabilities nor the choice behind them`(
    method: CalibrationMethod
  ) throws {
    var held = held(seed: 31, count: 3000) { $0 * 1.3 + 0.2 }
    let before = try held.calibrated(by: method)
    held.labels = held.labels.indices.map {
      held.foldOfRow[$0] == 2 ? !held.labels[$0] : held.labels[$0]
    }
    // As many of both outcomes as before, or other methods might be open to choice.
    let after = try held.calibrated(by: method)
    for row in held.scores.indices where held.foldOfRow[row] == 2 {
      #expect(before.probabilities[row] == after.probabilities[row])
    }
  }

  @Test(arguments: CalibrationMethod.allCases)
  func `going forward, later folds reach no earlier one`(method: CalibrationMethod) throws {
    var held = held(seed: 32, count: 2000, goesForward: true) { $0 * 1.5 }
    let before = try held.calibrated(by: method)
    for row in held.scores.indices where held.foldOfRow[row] >= 3 {
      held.scores[row] = -held.scores[row]
    }
    let after = try held.calibrated(by: method)
    for row in held.scores.indices where held.foldOfRow[row] < 3 {
      #expect(before.probabilities[row] == after.probabilities[row])
    }
    guard method != .none else {
      #expect(before.uncalibratedFold == nil)
      return
    }
    // The first fold has none before it, and the calibrator that is kept has all.
    #expect(before.uncalibratedFold == 0)
    for row in held.scores.indices where held.foldOfRow[row] == 0 {
      #expect(
        before.probabilities[row] == Calibrator.identity.probability(held.scores[row]))
    }
    #expect(after.fit.calibrator == (try fitted(held, after.fit.method) { _ in true }))
    if method == .platt {
      let early = try fitted(held, .platt) { held.foldOfRow[$0] < 2 }
      for row in held.scores.indices where held.foldOfRow[row] == 2 {
        #expect(after.probabilities[row] == early.probability(held.scores[row]))
      }
    }
  }

  @Test func `with more than ten folds, folds are joined, and none judges itself`() throws {
    var held = held(seed: 33, count: 1200, foldCount: 24)
    let before = try held.calibrated(by: .platt)
    held.labels = held.labels.indices.map {
      held.foldOfRow[$0] == 17 ? !held.labels[$0] : held.labels[$0]
    }
    let after = try held.calibrated(by: .platt)
    for row in held.scores.indices {
      // Fold 7 was joined with 17: its calibrator knows neither.
      let isUntouched = [7, 17].contains(held.foldOfRow[row])
      #expect((before.probabilities[row] == after.probabilities[row]) == isUntouched)
    }
  }

  @Test func `folds without an outcome to learn from are refused, but not by the method none`()
    throws
  {
    var held = held(seed: 34, count: 200)
    held.foldOfRow = [Int](repeating: 0, count: 200)
    #expect(throws: Diagnostic.self) { try held.calibrated(by: .platt) }
    #expect(throws: Diagnostic.self) { try held.calibrated(by: .auto) }
    let raw = try held.calibrated(by: .none)
    #expect(raw.fit.calibrator == .identity)
    #expect(raw.probabilities == held.scores.map(Calibrator.identity.probability))
  }

  // MARK: The choice

  @Test func `the methods to choose from grow with the rarer outcome`() {
    #expect(CalibrationChoice.candidates(rarerCount: 99) == [.none, .temperature, .platt])
    #expect(CalibrationChoice.candidates(rarerCount: 100).last == .beta)
    #expect(CalibrationChoice.candidates(rarerCount: 499).last == .beta)
    #expect(CalibrationChoice.candidates(rarerCount: 500).last == .isotonic)
  }

  /// The score to which a calibrator gives these log odds.
  private func score(ofLogOdds logOdds: Double, by calibrator: Calibrator) -> Double {
    var (low, high) = (-50.0, 50.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if calibrator.probability(middle) < LogLoss.probability(logOdds) {
        low = middle
      } else {
        high = middle
      }
    }
    return low
  }

  @Test func `auto finds the simplest curve that the scores need`() throws {
    func method(_ distort: @escaping (Double) -> Double) throws -> CalibrationMethod? {
      try held(seed: 35, count: 20_000, distort: distort).calibrated(by: .auto).choice?.method
    }
    #expect(try method { $0 } == CalibrationMethod.none)
    #expect(try method { 2 * $0 } == .temperature)
    #expect(try method { 2 * $0 + 1 } == .platt)
    #expect(try method { self.score(ofLogOdds: $0, by: .beta(a: 0.4, b: 2, c: 0)) } == .beta)
    // Neither line nor beta curve follows a staircase.
    #expect(try method { ($0 + 1) * ($0 + 1) * ($0 + 1) } == .isotonic)
  }

  @Test func `the choice is the simplest within the margin of the least loss, and used`() throws {
    for seed in 40..<46 as Range<UInt64> {
      let held = held(seed: seed, count: 900) { 1.2 * $0 + 0.1 }
      let result = try held.calibrated(by: .auto)
      let choice = try #require(result.choice)
      let least = try #require(choice.candidates.map(\.logLoss).min())
      #expect(
        choice.candidates.first { $0.logLoss <= least + CalibrationChoice.margin }?.method
          == choice.method)
      #expect(result.fit.method == choice.method)
      #expect(result.fit.calibrator == (try fitted(held, choice.method) { _ in true }))
    }
  }

  @Test func `a candidate's loss is that of its cross-fitted probabilities`() throws {
    // Few enough scores for the choice to see each.
    let held = held(seed: 50, count: 2500) { 1.4 * $0 }
    let choice = try #require(try held.calibrated(by: .auto).choice)
    for candidate in choice.candidates {
      let probabilities = try held.calibrated(by: candidate.method).probabilities.map { $0! }
      let loss = try #require(
        Metrics.logLoss(probabilities: probabilities, labels: held.labels))
      #expect(abs(candidate.logLoss - loss) < 1e-12, "\(candidate.method)")
    }
  }

  @Test func `condensing moves the losses of a choice by less than the margin`() throws {
    let held = held(seed: 51, count: 60_000, intercept: -0.5) { 1.4 * $0 }
    let choice = try #require(try held.calibrated(by: .auto).choice)
    for candidate in choice.candidates {
      let probabilities = try held.calibrated(by: candidate.method).probabilities.map { $0! }
      let loss = try #require(
        Metrics.logLoss(probabilities: probabilities, labels: held.labels))
      #expect(abs(candidate.logLoss - loss) < CalibrationChoice.margin / 10, "\(candidate.method)")
    }
  }

  @Test func `two folds are too few to choose by without the one that is judged`() throws {
    let held = held(seed: 52, count: 400, foldCount: 2) { 3 * $0 }
    let result = try held.calibrated(by: .auto)
    let platt = try fitted(held, .platt) { held.foldOfRow[$0] == 1 }
    for row in held.scores.indices where held.foldOfRow[row] == 0 {
      #expect(result.probabilities[row] == platt.probability(held.scores[row]))
    }
    #expect(result.choice != nil)
  }

  @Test func `the order of the rows changes no bit`() throws {
    let held = held(seed: 53, count: 2000) { 1.4 * $0 }
    var generator = SeededGenerator(seed: 53)
    let order = generator.permutation(of: 2000)
    let shuffled = HeldOutScores(
      scores: order.map { held.scores[$0] }, labels: order.map { held.labels[$0] },
      foldOfRow: order.map { held.foldOfRow[$0] })
    let (one, other) = (try held.calibrated(by: .auto), try shuffled.calibrated(by: .auto))
    #expect(one.fit == other.fit && one.choice == other.choice)
    #expect(order.map { one.probabilities[$0] } == other.probabilities)
    #expect(try ScoreCertainty(held) == ScoreCertainty(shuffled))
  }
}
