import Diagnostics
import Learning
import RetentionKit
import TestSupport
import Testing

struct TuningTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Trains on a table of the test's own, with a short search.
  private func train(
    _ table: TableText, _ learner: TrainingOptions.LearnerChoice = .gbm, trials: Int? = 8,
    _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    var options = TrainingOptions(table: try folder.write(table.csv, to: "t.csv"), label: "churned")
    options.learner = learner
    options.foldCount = 3
    options.threads = 2
    options.boosting.treeCount = 60
    options.tuning = trials.map { count in
      var tuning = TuningOptions()
      tuning.trialCount = count
      return tuning
    }
    change(&options)
    return try Training(options).run()
  }

  /// Few rows of many columns, of which two tell something.
  private func wide(rowCount: Int, seed: UInt64) -> TableText {
    var generator = SeededGenerator(seed: seed)
    return TableText(
      header: (0..<60).map { "x\($0)" } + ["churned"],
      rows: (0..<rowCount).map { _ in
        let x = (0..<60).map { _ in (generator.nextUnit() * 2000 - 1000).rounded() / 500 }
        let churned = generator.nextUnit() < LogLoss.probability(0.8 * x[0] - 0.6 * x[1])
        return x.map { "\($0)" } + [churned ? "yes" : "no"]
      })
  }

  private func texts(_ candidates: [TuningCandidate]) -> [String] { candidates.map(\.text) }

  // MARK: - Honesty

  @Test(arguments: [TrainingOptions.LearnerChoice.gbm, .logistic])
  func `what a fold is judged by takes no part in its search`(
    learner: TrainingOptions.LearnerChoice
  ) throws {
    // Folds by group do not hang on the labels.
    let table = TableText.customers(rowCount: 500, seed: 4).adding("team") { "t\($0 % 50)" }
    let before = try train(table, learner) { $0.group = "team" }
    let rows = try #require(before.outOfFold)
    let judged = rows.filter { $0.fold == 1 }.map(\.row)
    #expect(judged.count > 100)
    var generator = SeededGenerator(seed: 9)
    var order = judged
    generator.shuffle(&order)
    let source = Dictionary(uniqueKeysWithValues: zip(judged, order))
    let shuffled = table.replacing("churned") { row, cell in
      source[row].map { table.rows[$0][5] } ?? cell
    }
    let after = try train(shuffled, learner) { $0.group = "team" }
    let again = try #require(after.outOfFold)
    #expect(again.map(\.fold) == rows.map(\.fold))
    #expect(again.map(\.label) != rows.map(\.label))
    func scores(_ rows: [OutOfFoldRow], _ fold: Int) -> [Double?] {
      rows.filter { $0.fold == fold }.map(\.score)
    }
    #expect(scores(again, 1) == scores(rows, 1))
    #expect(texts(after.tuning[0].ofFolds)[1] == texts(before.tuning[0].ofFolds)[1])
    // The other folds did learn from these rows.
    #expect(scores(again, 0) != scores(rows, 0))
  }

  @Test func `of labels of chance no gain is claimed`() throws {
    var claimed = 0
    for seed in 1...10 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let table = TableText.customers(rowCount: 300, seed: seed).replacing("churned") { _, _ in
        generator.nextUnit() < 0.3 ? "yes" : "no"
      }
      let outcome = try train(table) { $0.seed = seed }
      let gain = try #require(outcome.tuning[0].gain)
      if !gain.isWithinNoise { claimed += 1 }
    }
    // By chance, one of twenty.
    #expect(claimed <= 2)
  }

  @Test func `the model is that of the settings that were taken, and names them`() throws {
    let outcome = try train(.customers(rowCount: 600, seed: 2), .logistic, trials: 30) {
      $0.logistic.columns.decidesShapes = false
    }
    let search = try #require(outcome.tuning[0].search)
    #expect(search.trials[0].candidate.changes.isEmpty)
    let settings = outcome.model.summary.parameters
    for change in search.best.candidate.changes {
      #expect(settings.contains { $0.name == change.option && $0.value == change.value })
    }
    let least = search.trials.compactMap(\.logLoss).min()!
    #expect(search.chosen == 0 || search.best.logLoss == least)
  }

  // MARK: - What it finds

  @Test func `few rows of many columns get a stronger penalty, and gain by it`() throws {
    let outcome = try train(wide(rowCount: 300, seed: 3), .logistic, trials: 20)
    let report = outcome.tuning[0]
    let gain = try #require(report.gain)
    #expect(gain.logLoss > 0.02)
    #expect(!gain.isWithinNoise)
    let changes = try #require(report.search).best.candidate.changes
    #expect(changes.contains { $0.option == "l2" || $0.option == "l1" })
    #expect(outcome.text(TrainingOptions(table: "t.csv", label: "churned")).contains("<- taken"))
    // The figures are those of the folds' own searches.
    let loss = try #require(outcome.model.summary.contest.first?.logLoss)
    let untuned = try #require(report.untunedLogLoss)
    #expect(abs(untuned - gain.logLoss - loss) < 1e-6)
    let plain = try train(wide(rowCount: 300, seed: 3), .logistic, trials: nil)
    #expect(abs(try #require(plain.model.summary.contest.first?.logLoss) - untuned) < 1e-6)
  }

  @Test func `the search is the same on any number of threads`() throws {
    let table = TableText.customers(rowCount: 400, seed: 8)
    let outcomes = try [1, 3].map { threads in
      try train(table, .best, trials: 10) { $0.threads = threads }
    }
    #expect(outcomes[0].model == outcomes[1].model)
    for (first, second) in zip(outcomes[0].tuning, outcomes[1].tuning) {
      #expect(texts(first.ofFolds) == texts(second.ofFolds))
      #expect(first.gain == second.gain)
      #expect(first.search?.trials.map(\.logLoss) == second.search?.trials.map(\.logLoss))
    }
    #expect(outcomes[0].tuning.count == 2)
  }

  @Test func `what is given is not searched for`() throws {
    let table = TableText.customers(rowCount: 300, seed: 5)
    let outcome = try train(table) {
      $0.boosting.leafCount = 5
      $0.boosting.l2 = 3
    }
    let options = Set(
      try #require(outcome.tuning[0].search).trials.flatMap { $0.candidate.changes.map(\.option) })
    #expect(options.isDisjoint(with: ["leaves", "l2", "trees"]))
    #expect(options.isSuperset(of: ["learning-rate", "min-rows-per-leaf", "column-sample"]))
  }

  @Test func `without folds a search still chooses, and says that nothing is known of its gain`()
    throws
  {
    let outcome = try train(.customers(rowCount: 300, seed: 6)) {
      $0.foldCount = nil
      $0.calibration = .none
    }
    #expect(outcome.tuning[0].gain == nil)
    #expect(try #require(outcome.tuning[0].search).trials.count == 8)
    #expect(outcome.tuning[0].text.contains("Not validated"))
  }

  @Test func `a search that cannot be is refused`() throws {
    let table = TableText.customers(rowCount: 100, seed: 7)
    func message(_ trials: Int = 8, _ change: (inout TrainingOptions) -> Void) -> String? {
      do {
        _ = try train(table, .gbm, trials: trials, change)
        return nil
      } catch { return (error as? Diagnostic)?.message }
    }
    #expect(message(1) { _ in }?.contains("--tune-trials is 1") == true)
    #expect(message { $0.outOfCore = "/tmp" }?.contains("--out-of-core") == true)
    #expect(
      message { $0.boosting.earlyStoppingPatience = nil }?.contains("--early-stopping") == true)
  }
}
