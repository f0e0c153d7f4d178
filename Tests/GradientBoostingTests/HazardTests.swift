import Diagnostics
import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct HazardTests {
  @Test func `an account has a row for each period at risk`() throws {
    let rows = try PersonPeriods(
      durations: [3, 1, 4], events: [true, false, true], entries: [1, 1, 3])
    #expect(rows.accounts == [0, 0, 0, 1, 2, 2])
    #expect(rows.periods == [1, 2, 3, 1, 3, 4])
    #expect(rows.labels == [false, false, true, false, false, true])
  }

  @Test func `durations and entries out of range are refused`() {
    func kind(_ durations: [Int], _ events: [Bool], _ entries: [Int]? = nil) -> Diagnostic.Kind? {
      do throws(Diagnostic) {
        _ = try PersonPeriods(durations: durations, events: events, entries: entries)
        return nil
      } catch { return error.kind }
    }
    #expect(kind([2, 1], [true, false]) == nil)
    #expect(kind([0, 1], [true, false]) == .dataOutcomes)
    #expect(kind([2, 1], [true, false], [3, 1]) == .dataOutcomes)
    #expect(kind([2, 1], [false, false]) == .dataOneClass)
    #expect(kind([1, 1], [true, true]) == .dataOneClass)
    #expect(kind([], []) == .dataNoRows)
  }

  private var small: GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 40
    learner.leafCount = 7
    learner.earlyStoppingPatience = nil
    return learner
  }

  private func times(_ count: Int, seed: UInt64, chance: (Int) -> Double) -> (
    durations: [Int], events: [Bool]
  ) {
    var generator = SeededGenerator(seed: seed)
    var durations: [Int] = []
    var events: [Bool] = []
    for account in 0..<count {
      let last = 2 + generator.nextIndex(below: 6)
      var duration = 1
      var hasEvent = generator.nextUnit() < chance(account)
      while !hasEvent, duration < last {
        duration += 1
        hasEvent = generator.nextUnit() < chance(account)
      }
      durations.append(duration)
      events.append(hasEvent)
    }
    return (durations, events)
  }

  @Test func `without features, survival is the life table's`() throws {
    let (durations, events) = times(1000, seed: 1) { _ in 0.2 }
    let matrix = FeatureMatrix(
      features: [Feature(name: "x", kind: .number)],
      columns: [.number([Double](repeating: 1, count: 1000))], rowCount: 1000)
    var learner = small
    learner.learningRate = 0.5
    learner.l2 = 0
    learner.minimumRowsPerLeaf = 1
    let model = try learner.fitted(
      to: matrix, periods: PersonPeriods(durations: durations, events: events), threads: 2)
    let survival = model.survival(of: matrix, periodCount: 7, threads: 1)
    var left = 1.0
    for period in 1...7 {
      let atRisk = durations.count { $0 >= period }
      let came = zip(durations, events).count { $0 == period && $1 }
      left *= 1 - Double(came) / Double(atRisk)
      #expect(abs(survival[period - 1][0] - left) < 1e-4)
    }
    #expect(model.lastPeriod == durations.max())
  }

  @Test(arguments: [1, 2, 8])
  func `trees are those of a table of all accounts and periods`(threads: Int) throws {
    let set = try SeededTables.mixed(rowCount: 600, seed: 2)
    let coarse = set.matrix.replacing(
      0, with: .number((0..<600).map { Double($0 % 40) }))
    let (durations, events) = times(600, seed: 3) { 0.05 + Double($0 % 40) / 100 }
    let periods = try PersonPeriods(durations: durations, events: events)
    let weights = (0..<600).map { Double(1 + $0 % 2) }
    let model = try small.fitted(
      to: coarse, periods: periods, weights: weights, threads: threads)
    let rows = periods.accounts.map { Int($0) }
    let long = coarse.selecting(rows)
    let table = FeatureMatrix(
      features: long.features + [BoostedHazard.periodFeature],
      columns: long.columns + [.number(periods.periods.map(Double.init))], rowCount: rows.count)
    let expected = try small.fitted(
      to: TrainingSet(
        matrix: table, labels: periods.labels, weights: rows.map { weights[$0] }), threads: 1)
    // Levels of one code may be numbered otherwise; scores are the same bits.
    #expect(
      model.trees.scores(of: table, threads: 1) == expected.scores(of: table, threads: 1))
  }

  private struct Golden: Decodable {
    var tolerance: Double
    var columns: [[Double]]
    var durations: [Int]
    var events: [Int]
    var sampleRows: [Int]
    var rowCount: Int
    var survival: [[Double]]

    enum CodingKeys: String, CodingKey {
      case tolerance, columns, durations, events, survival
      case sampleRows = "sample_rows"
      case rowCount = "row_count"
    }
  }

  @Test func `survival is that of LightGBM on a table of all accounts and periods`() throws {
    let golden = try ReferenceFiles.golden(Golden.self, "hazard.json")
    let matrix = ObjectiveGoldenTests.matrix(golden.columns)
    let periods = try PersonPeriods(
      durations: golden.durations, events: golden.events.map { $0 == 1 })
    #expect(periods.rowCount == golden.rowCount)
    let survival = try ObjectiveGoldenTests.learner.fitted(
      to: matrix, periods: periods, threads: 2
    ).survival(of: matrix.selecting(golden.sampleRows), periodCount: 8, threads: 1)
    for (ours, stored) in zip(survival, golden.survival) {
      for (value, reference) in zip(ours, stored) {
        #expect(abs(value - reference) < golden.tolerance)
      }
    }
  }
}
