import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct ScaledDefaultsTests {
  @Test(arguments: [
    (rows: 100.0, leaves: 8, rate: 0.02, trees: 1500, sample: 0.7),
    (rows: 4_000, leaves: 8, rate: 0.03, trees: 1000, sample: 0.7),
    (rows: 20_000, leaves: 11, rate: 0.052, trees: 577, sample: 0.7),
    (rows: 100_000, leaves: 26, rate: 0.089, trees: 337, sample: 0.7),
    (rows: 140_608, leaves: 31, rate: 0.1, trees: 300, sample: 1),
    (rows: 10_000_000, leaves: 31, rate: 0.1, trees: 300, sample: 1),
  ])
  func `a larger table gets larger trees and faster learning, up to a point`(
    table: (rows: Double, leaves: Int, rate: Double, trees: Int, sample: Double)
  ) {
    #expect(
      ScaledDefaults(balancedRowCount: table.rows)
        == ScaledDefaults(
          treeCount: table.trees, leafCount: table.leaves, learningRate: table.rate,
          rowSample: table.sample))
  }

  @Test func `few trees learn faster, and slow learning gets more trees`() {
    #expect(ScaledDefaults(balancedRowCount: 4000, treeCount: 200).learningRate == 0.05)
    #expect(ScaledDefaults(balancedRowCount: 4000, treeCount: 10).learningRate == 0.1)
    #expect(ScaledDefaults(balancedRowCount: 4000, treeCount: 5000).learningRate == 0.03)
    #expect(ScaledDefaults(balancedRowCount: 1e6, learningRate: 0.01).treeCount == 3000)
    #expect(ScaledDefaults(balancedRowCount: 1e6, learningRate: 0.5).treeCount == 300)
  }

  @Test func `rows of a rare outcome tell less`() throws {
    let values = (0..<1000).map(Double.init)
    let even = try SeededTables.numbers([values], labels: values.map { $0 < 500 })
    let rare = try SeededTables.numbers([values], labels: values.map { $0 < 10 })
    #expect(even.balancedRowCount == 1000)
    #expect(abs(rare.balancedRowCount - 39.6) < 1e-9)
  }

  @Test func `what is given is taken, and without early stopping nothing is scaled`() throws {
    let set = try SeededTables.mixed(rowCount: 500, seed: 3)
    var learner = GradientBoostingLearner()
    learner.treeCount = 7
    learner.leafCount = 9
    learner.learningRate = 0.3
    learner.rowSample = 0.9
    let given = learner.settled(for: set)
    #expect(given.treeCount == 7)
    #expect(given.leafCount == 9)
    #expect(given.learningRate == 0.3)
    #expect(given.rowSample == 0.9)

    var unwatched = GradientBoostingLearner()
    unwatched.earlyStoppingPatience = nil
    let full = unwatched.settled(for: set)
    #expect(full.treeCount == 300)
    #expect(full.leafCount == 31)
    #expect(full.learningRate == 0.1)
    #expect(full.rowSample == 1)
  }

  @Test(arguments: [
    (rows: 500, balanced: 400.0, parts: 5), (rows: 8_000, balanced: 5_000, parts: 5),
    (rows: 26_000, balanced: 19_000, parts: 3), (rows: 80_000, balanced: 80_000, parts: 1),
    (rows: 100_000, balanced: 4_000, parts: 1), (rows: 1_000_000, balanced: 1_000_000, parts: 1),
  ])
  func `parts are held out in turn while each tells little`(
    table: (rows: Int, balanced: Double, parts: Int)
  ) {
    #expect(
      RoundSearch.foldCount(rowCount: table.rows, balancedRowCount: table.balanced) == table.parts)
  }

  @Test func `parts of a table in the order of time are its latest, judged by what was before`()
    throws
  {
    let set = try SeededTables.mixed(rowCount: 400, seed: 5)
    let time = (0..<400).map { Double(399 - $0) }
    let forward = try TrainingSet(
      matrix: set.matrix, labels: set.labels,
      scheme: ValidationScheme(.forward(time: time, groups: nil), seed: 0))
    let splits = RoundSearch.splits(of: forward)
    #expect(splits.map(\.training.count) == [200, 240, 280, 320, 360])
    for split in splits {
      #expect(split.training.map { time[$0] }.max()! < split.validation.map { time[$0] }.min()!)
    }
  }

  @Test func `the trees found by folds are the same on any number of threads`() throws {
    let set = try SeededTables.mixed(rowCount: 1500, seed: 8)
    let learner = GradientBoostingLearner()
    let one = try learner.fitted(to: set, threads: 1)
    #expect(!one.trees.isEmpty)
    for threads in [2, 3, 8] {
      #expect(try learner.fitted(to: set, threads: threads) == one)
    }
  }
}
