import Calibration
import Diagnostics
import Learning
import TestSupport
import Testing

@Suite struct ScoreCertaintyTests {
  struct Reference: Decodable {
    struct Tolerance: Decodable {
      var interval: Double
      var temperature: Double
    }
    struct Case: Decodable {
      var name: String
      var scores: [Double]
      var labels: [Bool]
      var level: Double
      var temperatureSlope: Double
      var tried: [Double]
      var intervals: [[Double]]
      var positiveIsUsual: [Bool]
      var negativeIsUsual: [Bool]
    }
    var tolerance: Tolerance
    var cases: [Case]
  }

  private let reference: Reference

  init() throws {
    reference = try ReferenceFiles.golden(Reference.self, "certainty.json")
    #expect(reference.cases.count >= 8)
  }

  private func draws(seed: UInt64, count: Int, intercept: Double = -1, spread: Double = 1.5) -> (
    scores: [Double], labels: [Bool]
  ) {
    var generator = SeededGenerator(seed: seed, stream: 7)
    var scores: [Double] = []
    var labels: [Bool] = []
    for _ in 0..<count {
      let bell = (0..<6).reduce(0.0) { sum, _ in sum + generator.nextUnit() } - 3
      scores.append(intercept + spread * bell)
      labels.append(generator.nextUnit() < LogLoss.probability(scores[scores.count - 1]))
    }
    return (scores, labels)
  }

  // MARK: Beside other implementations

  @Test func `a temperature is scipy's optimum`() throws {
    for stored in reference.cases {
      let fit = try Calibrator.fitted(
        method: .temperature, scores: stored.scores, labels: stored.labels)
      guard case .platt(let slope, 0) = fit.calibrator else {
        Issue.record("\(stored.name): \(fit.calibrator)")
        continue
      }
      guard stored.temperatureSlope > 0 else {
        #expect(fit.ranksNoBetterThanChance)
        continue
      }
      #expect(
        abs(slope - stored.temperatureSlope) <= reference.tolerance.temperature, "\(stored.name)")
    }
  }

  @Test func `conformal sets are MAPIE's, calibrated on each outcome by itself`() throws {
    var verdicts: Set<Verdict> = []
    for stored in reference.cases {
      let rows = try CalibrationRows(
        scores: stored.scores, labels: stored.labels, weights: nil)
      let band = ConformalBand(rows, level: stored.level)
      for (index, score) in stored.tried.enumerated() {
        let expected: Verdict =
          switch (stored.positiveIsUsual[index], stored.negativeIsUsual[index]) {
          case (true, true): .cannotTell
          case (true, false): .yes
          case (false, true): .no
          case (false, false): .unusual
          }
        #expect(band.verdict(of: score) == expected, "\(stored.name) at \(score)")
        verdicts.insert(expected)
      }
    }
    #expect(verdicts.count == Verdict.allCases.count)
  }

  @Test func `Venn-Abers intervals are isotonic regressions with the row added either way`() throws
  {
    for stored in reference.cases {
      let rows = try CalibrationRows(
        scores: stored.scores, labels: stored.labels, weights: nil)
      let intervals = VennAbers(rows, stepLimit: .max)
      for (score, expected) in zip(stored.tried, stored.intervals) {
        let (low, high) = intervals.interval(of: score)
        #expect(abs(low - expected[0]) <= reference.tolerance.interval, "\(stored.name), \(score)")
        #expect(abs(high - expected[1]) <= reference.tolerance.interval, "\(stored.name), \(score)")
      }
    }
  }

  // MARK: Properties

  /// The same, by isotonic regressions of our own; with weights too.
  private func slowInterval(
    _ scores: [Double], _ labels: [Bool], _ weights: [Double], at score: Double
  ) throws -> (low: Double, high: Double) {
    // Weights have a mean of 1, and so does the row that is added.
    let mean = weights.reduce(0, +) / Double(weights.count)
    let rates = try [false, true].map { label in
      let rows = try CalibrationRows(
        scores: scores + [score], labels: labels + [label], weights: weights + [mean])
      var place = rows.scores.firstIndex(of: score)!
      for block in IsotonicFit.blocks(of: rows) {
        if place < block.scoreCount { return block.rate }
        place -= block.scoreCount
      }
      preconditionFailure("a score without a block")
    }
    return (rates[0], rates[1])
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `steps are what isotonic regressions say, with ties, weights and backward scores`(
    seed: UInt64
  ) throws {
    var (scores, labels) = draws(seed: seed, count: 60 + Int(seed) * 5, intercept: -0.5)
    if seed % 3 == 0 { scores = scores.map { ($0 * 4).rounded() / 4 } }
    if seed % 4 == 1 { scores = scores.map { -$0 } }
    let weights =
      seed % 2 == 0
      ? [Double](repeating: 1, count: scores.count) : scores.indices.map { 0.2 + Double($0 % 5) }
    let intervals = VennAbers(
      try CalibrationRows(scores: scores, labels: labels, weights: weights), stepLimit: .max)
    for score in scores + [-9, 9] + scores.prefix(20).map({ $0 + 0.01 }) {
      let expected = try slowInterval(scores, labels, weights, at: score)
      let found = intervals.interval(of: score)
      #expect(abs(found.low - expected.low) < 1e-12, "\(score)")
      #expect(abs(found.high - expected.high) < 1e-12, "\(score)")
    }
  }

  @Test(arguments: [1, 2, 7, 40])
  func `joined steps are as few as asked, and only widen intervals`(limit: Int) throws {
    let (scores, labels) = draws(seed: 60, count: 3000)
    let rows = try CalibrationRows(scores: scores, labels: labels, weights: nil)
    let exact = VennAbers(rows, stepLimit: .max)
    let joined = VennAbers(rows, stepLimit: limit)
    #expect(exact.upper.count > 40 && exact.lower.count > 40)
    #expect(joined.upper.count <= limit && joined.lower.count <= limit)
    var widest = 0.0
    for score in scores {
      let (narrow, wide) = (exact.interval(of: score), joined.interval(of: score))
      #expect(wide.low <= narrow.low && wide.high >= narrow.high)
      widest = max(widest, narrow.low - wide.low, wide.high - narrow.high)
    }
    // So many equal parts of the range would do.
    #expect(widest <= 1 / Double(limit) + 1e-9)
  }

  @Test func `whatever the scores, what is fitted is sound and rises`() throws {
    for seed in 0..<30 as Range<UInt64> {
      let (scores, labels) = draws(
        seed: 70 + seed, count: 5 + Int(seed * seed), intercept: seed % 2 == 0 ? -3 : 0.5)
      let held = HeldOutScores(
        scores: scores, labels: labels, foldOfRow: scores.indices.map { $0 % 4 - 1 })
      guard let certainty = try ScoreCertainty(held) else {
        #expect(Set(scores.indices.filter { $0 % 4 > 0 }.map { labels[$0] }).count < 2)
        continue
      }
      #expect(try certainty.validated() == certainty)
      let intervals = scores.sorted().map(certainty.interval.interval)
      #expect(intervals.allSatisfy { 0 <= $0.low && $0.low <= $0.high && $0.high <= 1 })
      #expect(zip(intervals, intervals.dropFirst()).allSatisfy { $0.low <= $1.low })
      #expect(zip(intervals, intervals.dropFirst()).allSatisfy { $0.high <= $1.high })
    }
  }

  @Test func `of new rows of either outcome, at least the level is not contradicted`() throws {
    var (shares, intervalGaps) = ([Bool: [Double]](), [Double]())
    for seed in 0..<40 as Range<UInt64> {
      let (scores, labels) = draws(seed: 200 + seed, count: 1000)
      let (newScores, newLabels) = draws(seed: 900 + seed, count: 2000)
      let certainty = try #require(
        try ScoreCertainty(
          HeldOutScores(
            scores: scores, labels: labels, foldOfRow: [Int](repeating: 0, count: 1000))))
      for label in [false, true] {
        let rows = newScores.indices.filter { newLabels[$0] == label }
        let contradicted = rows.count {
          let verdict = certainty.band.verdict(of: newScores[$0])
          return verdict == .unusual || verdict == (label ? .no : .yes)
        }
        shares[label, default: []].append(Double(contradicted) / Double(rows.count))
      }
      let intervals = newScores.map(certainty.interval.interval)
      let positives = Double(newLabels.count { $0 })
      // The mean rate lies between the mean ends, but for chance.
      intervalGaps.append(
        max(
          intervals.reduce(0) { $0 + $1.low } - positives,
          positives - intervals.reduce(0) { $0 + $1.high }) / 2000)
    }
    for (label, each) in shares {
      let mean = each.reduce(0, +) / Double(each.count)
      #expect(mean < 0.105 && mean > 0.08, "\(label): \(mean)")
    }
    #expect(intervalGaps.reduce(0, +) / 40 < 0.01)
  }

  @Test func `too few rows are not enough to say no or yes`() throws {
    // Nine rows are the fewest of which one can be spared at 90 %.
    func band(_ positives: Int, _ negatives: Int) throws -> ConformalBand {
      let labels =
        [Bool](repeating: false, count: negatives) + [Bool](repeating: true, count: positives)
      return ConformalBand(
        try CalibrationRows(
          scores: labels.indices.map(Double.init), labels: labels, weights: nil))
    }
    #expect(try band(8, 30).lowestOfPositives == nil)
    #expect(try band(8, 30).verdict(of: -5) == .cannotTell)
    #expect(try band(9, 30).lowestOfPositives == 30)
    #expect(try band(9, 30).verdict(of: 29.5) == .unusual)
    #expect(try band(9, 30).verdict(of: 5) == .no)
    #expect(try band(30, 8).highestOfNegatives == nil)
    #expect(try band(30, 8).verdict(of: 100) == .cannotTell)
    #expect(try band(30, 30).verdict(of: 59) == .yes)
  }

  @Test func `numbers from a file that make no sense are refused`() throws {
    func step(_ score: Double, _ value: Double) -> VennAbers.Step {
      VennAbers.Step(score: score, value: value)
    }
    let good = ScoreCertainty(
      band: ConformalBand(level: 0.9, lowestOfPositives: -1, highestOfNegatives: nil),
      interval: VennAbers(
        lower: [step(-1, 0.1), step(1, 0.5)], upper: [step(0, 0.2), step(2, 0.6)]))
    #expect(try good.validated() == good)
    let changes: [(inout ScoreCertainty) -> Void] = [
      { $0.band.level = 1 }, { $0.band.level = 0.4 }, { $0.band.level = .nan },
      { $0.band.lowestOfPositives = .infinity }, { $0.band.highestOfNegatives = .nan },
      { $0.interval.lower[0].score = 1 }, { $0.interval.lower[1].value = 0.1 },
      { $0.interval.upper[1].value = 1 }, { $0.interval.lower[0].value = 0 },
      { $0.interval.upper[0].score = -.infinity }, { $0.interval.upper[0].value = .nan },
      // Below what the lower rate says.
      { $0.interval.lower[0].value = 0.3 }, { $0.interval.lower[1].score = 0 },
    ]
    for change in changes {
      var broken = good
      change(&broken)
      let fault = #expect(throws: Diagnostic.self) { try broken.validated() }
      #expect(fault?.kind == .modelInvalid, "\(broken)")
    }
  }
}
