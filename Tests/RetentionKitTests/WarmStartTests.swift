import Diagnostics
import GradientBoosting
import Learning
import ModelFormat
import RetentionKit
import Scoring
import TestSupport
import Testing

/// Training that begins with the trees of a model.
struct WarmStartTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(
    _ table: TableText, _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    var options = TrainingOptions(table: try folder.write(table.csv, to: "t.csv"), label: "churned")
    options.learner = .gbm
    options.foldCount = nil
    options.boosting.treeCount = 20
    options.boosting.leafCount = 6
    options.boosting.learningRate = 0.1
    options.boosting.earlyStoppingPatience = nil
    options.threads = 2
    change(&options)
    return try Training(options).run()
  }

  private func start(_ outcome: TrainingOutcome, _ way: WarmStart.Way) throws -> WarmStart {
    let path = folder.path("\(outcome.model.summary.fingerprint).retain")
    return WarmStart(try ModelFile.write(outcome.model, to: path), way)
  }

  private func trees(_ outcome: TrainingOutcome) throws -> BoostedTrees {
    guard case .trees(let trees) = outcome.model.learner else { throw NoTrees() }
    return trees
  }

  private struct NoTrees: Error {}

  /// A table of words: those of `counts`, so many rows each, and a label that goes by the word.
  private func words(_ counts: [(word: String, rowCount: Int)], seed: UInt64) -> TableText {
    var generator = SeededGenerator(seed: seed)
    var table = TableText(header: ["word", "x", "churned"])
    for (index, (word, rowCount)) in counts.enumerated() {
      for _ in 0..<rowCount {
        let x = (generator.nextUnit() * 4 - 2) * 100
        let score = x / 100 + (index % 2 == 0 ? 1.5 : -1.5)
        table.rows.append([
          word, "\(x.rounded() / 100)",
          generator.nextUnit() < LogLoss.probability(score) ? "yes" : "no",
        ])
      }
    }
    return table
  }

  private func scores(_ outcome: TrainingOutcome, _ table: TableText) throws -> [Double] {
    let path = try folder.write(table.csv, to: "scores.csv")
    let input = try ScoringInput(path: path, model: outcome.model, needsOutcomes: false)
    return outcome.model.learner.scores(of: input.table.matrix, threads: 1)
  }

  /// With every value kept, refitting changes nothing but how rows are encoded.
  @Test(arguments: [false, true])
  func `levels keep their codes, new ones come behind, and no old score moves`(hasOther: Bool)
    throws
  {
    let old = words(
      [("a", 150), ("b", 200), ("c", 150), ("", 60), ("d", 150)] + (hasOther ? [("e", 9)] : []),
      seed: 1)
    let new = words(
      [("z", 90), ("d", 100), ("e", 60), ("a", 5), ("b", 80), ("rare", 3), ("", 20)], seed: 2)
    let first = try train(old)
    #expect(try trees(first).trees.contains { !$0.levelSets.isEmpty })
    let begin = try start(first, .refitted(decay: 1))
    let columns = ["x", "churned", "word"]
    let reordered = TableText(
      header: columns,
      rows: new.rows.map { row in columns.map { row[new.header.firstIndex(of: $0)!] } })
    for table in [new, reordered] {
      let second = try train(table) {
        $0.boosting.treeCount = nil
        $0.boosting.leafCount = nil
        $0.boosting.learningRate = nil
        $0.start = begin
      }
      let feature = try #require(second.model.schema.features.first { $0.name == "word" })
      #expect(
        feature.kind == .category(levels: ["a", "b", "c", "d", "z", "e"], hasOther: true))
      for rows in [old, new] { #expect(try scores(second, rows) == scores(first, rows)) }
      #expect(try scores(first, new).count > 300)
    }
  }

  @Test func `more trees on the same rows are the trees of one training`() throws {
    let table = TableText.customers(rowCount: 600, seed: 3)
    let ten = try train(table) { $0.boosting.treeCount = 10 }
    let begin = try start(ten, .continued)
    let twenty = try train(table)
    let more = try train(table) {
      $0.boosting.treeCount = 10
      $0.start = begin
    }
    #expect(more.model.learner == twenty.model.learner)
    #expect(more.model.schema == twenty.model.schema)
    #expect(
      more.model.summary.parameters.contains(TrainingSummary.Setting("continue", begin.id)))
    // Out of core as well.
    let outOfCore = try train(table) {
      $0.boosting.treeCount = 10
      $0.start = begin
      $0.outOfCore = folder.url.path
    }
    #expect(outOfCore.model == more.model)
  }

  @Test func `folds begin with the model, and it is said that it may know their rows`() throws {
    let begin = try start(train(.customers(rowCount: 900, seed: 4)), .continued)
    let month = TableText.customers(rowCount: 400, seed: 5)
    func judged(_ change: (inout TrainingOptions) -> Void) throws -> TrainingOutcome {
      try train(month) {
        $0.foldCount = 4
        $0.boosting.treeCount = 3
        change(&$0)
      }
    }
    let alone = try judged { _ in }
    let more = try judged { $0.start = begin }
    let loss = { (outcome: TrainingOutcome) throws in
      try #require(outcome.evaluation?.logLoss)
    }
    #expect(try loss(more) < loss(alone) - 0.01)
    #expect(more.model.summary.warnings.contains { $0.contains("begins with model \(begin.id)") })
    #expect(!alone.model.summary.warnings.contains { $0.contains(begin.id) })
    #expect(more.model.summary.calibration != nil)
    var refit = begin
    refit.way = .refitted(decay: 0.5)
    let refitted = try judged {
      $0.start = refit
      $0.boosting.treeCount = nil
      $0.boosting.leafCount = nil
    }
    #expect(try loss(refitted) < loss(alone))
  }

  @Test func `rates are remembered tree by tree, and refitting goes by them`() throws {
    let first = try train(.customers(rowCount: 600, seed: 6))
    let month = TableText.customers(rowCount: 500, seed: 7)
    let begin = try start(first, .continued)
    let second = try train(month) {
      $0.boosting.treeCount = 5
      $0.boosting.learningRate = 0.3
      $0.start = begin
    }
    #expect(
      second.model.summary.parameters.contains(
        TrainingSummary.Setting("tree-rates", "20*0.1,5*0.3")))
    let refit = try start(second, .refitted(decay: 0.2))
    let plain: (inout TrainingOptions) -> Void = {
      $0.boosting.treeCount = nil
      $0.boosting.leafCount = nil
      $0.boosting.learningRate = nil
      $0.start = refit
    }
    let other = TableText.customers(rowCount: 500, seed: 8)
    let outcome = try train(other, plain)
    var learner = GradientBoostingLearner()
    learner.seed = 0
    let plainSet = outcome.table.set
    let set = try TrainingSet(
      matrix: outcome.table.matrix(), labels: plainSet.labels, weights: plainSet.weights,
      scheme: plainSet.scheme)
    let expected = try learner.refitted(
      trees(second), on: set, decay: 0.2,
      learningRates: [Double](repeating: 0.1, count: 20) + [Double](repeating: 0.3, count: 5),
      threads: 1)
    #expect(try trees(outcome) == expected)
    // A rate that is given holds for all trees.
    let given = try train(other) {
      plain(&$0)
      $0.boosting.learningRate = 0.1
    }
    #expect(try trees(given) != expected)
    #expect(
      given.model.summary.parameters.contains(TrainingSummary.Setting("learning-rate", "0.1")))
  }
}
