import Learning
import RetentionKit
import TestSupport
import Testing

struct TrainingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Trains on a table of the test's own.
  private func train(
    _ table: TableText, _ learner: TrainingOptions.LearnerChoice,
    _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    var options = TrainingOptions(table: try folder.write(table.csv, to: "t.csv"), label: "churned")
    options.learner = learner
    options.threads = 2
    change(&options)
    return try Training(options).run()
  }

  /// A table whose label's log odds are a weighted sum of `count` columns.
  private func linear(rowCount: Int, seed: UInt64) -> TableText {
    let coefficients = [1.0, -0.8, 0.6, -0.4, 0.3, 0.2]
    var generator = SeededGenerator(seed: seed)
    return TableText(
      header: (0..<coefficients.count).map { "x\($0)" } + ["churned"],
      rows: (0..<rowCount).map { _ in
        let x = coefficients.map { _ in ((generator.nextUnit() * 4 - 2) * 1000).rounded() / 1000 }
        let score = zip(coefficients, x).reduce(-0.5) { $0 + $1.0 * $1.1 }
        let churned = generator.nextUnit() < LogLoss.probability(score)
        return x.map { "\($0)" } + [churned ? "yes" : "no"]
      })
  }

  /// A table whose label is a coin that falls on yes three times in ten.
  private func noise(rowCount: Int, seed: UInt64) -> TableText {
    var generator = SeededGenerator(seed: seed)
    return TableText.customers(rowCount: rowCount, seed: seed).replacing("churned") { _, _ in
      generator.nextUnit() < 0.3 ? "yes" : "no"
    }
  }

  // MARK: - The better of two learners

  @Test func `where drivers have thresholds and interactions, boosted trees are kept`() throws {
    let outcome = try ShippedTables.best.get()
    #expect(outcome.model.summary.learner == "gbm")
    #expect(outcome.model.learner.treeCount > 0)
    let text = outcome.text(ShippedTables.options(.best))
    #expect(text.contains("Boosted trees beat logistic regression by"))
    #expect(!text.contains("does not beat"))
  }

  @Test func `where log odds are linear, logistic regression is kept, and it is said`() throws {
    let outcome = try train(linear(rowCount: 2000, seed: 1), .best)
    #expect(outcome.model.summary.learner == "logistic")
    #expect(outcome.model.learner.treeCount == 0)
    let contest = outcome.model.summary.contest
    #expect(contest.map(\.learner) == ["logistic", "gbm"])
    #expect(contest[0].logLoss < contest[1].logLoss)
    let text = outcome.text(TrainingOptions(table: "t.csv", label: "churned"))
    #expect(text.contains("Boosting does not beat logistic regression here"))
  }

  @Test func `the verdict of a contest is that of the learners trained alone`() throws {
    let table = linear(rowCount: 600, seed: 2)
    let both = try train(table, .best).model.summary.contest
    for contestant in both {
      let choice = try #require(TrainingOptions.LearnerChoice(rawValue: contestant.learner))
      let alone = try train(table, choice).model.summary.contest
      #expect(alone == [contestant])
    }
  }

  // MARK: - Honesty

  @Test(arguments: [TrainingOptions.LearnerChoice.gbm, .logistic])
  func `labels of chance give chance's figures and the base rate`(
    learner: TrainingOptions.LearnerChoice
  ) throws {
    // One 95 % interval in twenty may miss; of twenty tables, four would be too many.
    var missed = (area: 0, lift: 0, spread: 0)
    for seed in 1...20 as ClosedRange<UInt64> {
      let outcome = try train(noise(rowCount: 600, seed: seed), learner) {
        $0.boosting.treeCount = 50
      }
      let evaluation = try #require(outcome.evaluation)
      let area = try #require(evaluation.interval(of: .rocAUC))
      if !(area.low...area.high).contains(0.5) { missed.area += 1 }
      let lift = try #require(evaluation.interval(of: .liftAt10))
      if !(lift.low...lift.high).contains(1) { missed.lift += 1 }

      let baseRate = outcome.model.summary.baseRate
      let probabilities = try outcome.model.probabilities(of: outcome.table.matrix(), threads: 2)
      let mean = probabilities.reduce(0, +) / Double(probabilities.count)
      #expect(abs(mean - baseRate) < 0.02, "seed \(seed)")
      #expect(probabilities.allSatisfy { abs($0 - baseRate) < 0.35 }, "seed \(seed)")
      // Where chance looks like skill, also on rows held out, calibration leaves it in.
      if probabilities.contains(where: { abs($0 - baseRate) >= 0.2 }) { missed.spread += 1 }
    }
    #expect(missed.area <= 3 && missed.lift <= 3 && missed.spread <= 3, "\(missed)")
  }

  @Test(arguments: [TrainingOptions.LearnerChoice.gbm, .logistic])
  func `a column that gives the label away is named in a warning`(
    learner: TrainingOptions.LearnerChoice
  ) throws {
    let table = TableText.customers(rowCount: 300, seed: 3)
    let leaking = table.adding("days_since_cancelled") { row in
      table.rows[row].last == "yes" ? "\(1 + row % 60)" : "\(-1 - row % 9)"
    }
    let outcome = try train(leaking, learner) { $0.allow = ["days_since_cancelled"] }
    let warnings = outcome.model.summary.warnings
    #expect(warnings.count { $0.contains("'days_since_cancelled', which was allowed: ") } == 1)
    #expect(!warnings.contains { $0.contains("'x'") })
    let scores = try outcome.model.learner.scores(of: outcome.table.matrix(), threads: 1)
    #expect(scores.allSatisfy { $0.isFinite })
    #expect(try train(table, learner).model.summary.warnings == [])
  }

  @Test func `rows without a label are counted and left out`() throws {
    let table = TableText.customers(rowCount: 300, seed: 4)
    let gaps = table.replacing("churned") { row, cell in row % 10 == 3 ? "" : cell }
    let outcome = try train(gaps, .logistic)
    #expect(outcome.model.summary.rowCount == 270)
    #expect(
      outcome.model.summary.warnings == ["30 of 300 rows have no label and are left out"])
    let expected = (0..<300).filter { $0 % 10 != 3 }
    #expect(outcome.table.rowOfFile == expected)
    #expect(outcome.outOfFold?.map(\.row) == expected)
    #expect(outcome.table.accountIDs == expected.map { "acct_\($0 + 1)" })

    // They take no part in anything.
    var labelled = table
    labelled.rows = expected.map { table.rows[$0] }
    let without = try train(labelled, .logistic)
    #expect(without.model.learner == outcome.model.learner)
    #expect(without.evaluation == outcome.evaluation)
  }

  // MARK: - Packed columns

  /// Trains on a file, whose columns are packed as they are read, and on its table at hand.
  @Test(arguments: [
    (nil, TrainingOptions.LearnerChoice.gbm), (nil, .logistic), (3, .gbm), (3, .logistic),
    (3, .best),
  ]) func `packed columns give the model that plain ones give`(
    foldCount: Int?, learner: TrainingOptions.LearnerChoice
  ) throws {
    var generator = SeededGenerator(seed: 11)
    // Blocks are of 8,192 rows; numbers of all forms, and rows without a label.
    let table = TableText(
      header: ["count", "price", "ratio", "gaps", "plan", "churned"],
      rows: (0..<9000).map { row in
        let count = Int(generator.next() % 300)
        let price = Double(generator.next() % 100_000) / 100
        let ratio = generator.nextUnit() / 3
        let chance = LogLoss.probability(Double(count) / 100 - price / 500 + ratio - 1)
        let label = generator.nextUnit() < chance ? "yes" : "no"
        return [
          "\(count)", "\(price)", "\(ratio)", row % 5 == 0 ? "" : "\(-Double(row % 77) / 10)",
          "p\(row % 4)", row % 50 == 7 ? "" : label,
        ]
      })
    var options = TrainingOptions(
      table: try folder.write(table.csv, to: "packed.csv"), label: "churned")
    options.learner = learner
    options.threads = 2
    options.foldCount = foldCount
    options.boosting.treeCount = 20
    let packed = try Training(options).run()
    let atHand = try TableReader.read(path: options.table, declared: ["churned": .category])
    let plain = try Training(options).run(on: atHand, timings: TrainingTimings())
    #expect(packed.model == plain.model)
    #expect(packed.outOfFold?.map { $0.score } == plain.outOfFold?.map { $0.score })
    let labels = plain.table.set.labels
    for outcome in [packed, plain] {
      let fingerprint = try Fingerprint.of(outcome.table.matrix(), labels: labels)
      #expect(fingerprint == packed.model.summary.fingerprint)
    }
  }

  // MARK: - Probabilities

  @Test func `calibration changes probabilities and never the ranking`() throws {
    let table = TableText.customers(rowCount: 800, seed: 5)
    var areas: [CalibrationMethod: Double] = [:]
    var learners: [FittedModel] = []
    for method in CalibrationMethod.allCases {
      let outcome = try train(table, .gbm) { $0.calibration = method }
      let set = outcome.table.set
      let probabilities = try outcome.model.probabilities(of: outcome.table.matrix(), threads: 1)
      areas[method] = Metrics.rocAUC(scores: probabilities, labels: set.labels)
      learners.append(outcome.model.learner)
    }
    #expect(learners.allSatisfy { $0 == learners[0] })
    let uncalibrated = try #require(areas[.none])
    for (method, area) in areas { #expect(abs(area - uncalibrated) < 1e-12, "\(method)") }
  }

  @Test func `an overconfident model is calibrated towards what happened`() throws {
    let table = TableText.customers(rowCount: 800, seed: 6)
    func outcome(_ method: CalibrationMethod) throws -> TrainingOutcome {
      try train(table, .gbm) {
        $0.calibration = method
        $0.boosting.treeCount = 200
        $0.boosting.earlyStoppingPatience = nil
      }
    }
    let raw = try #require(outcome(.none).evaluation?.logLoss)
    for method in [CalibrationMethod.auto, .temperature, .platt, .isotonic, .beta] {
      let calibrated = try #require(outcome(method).evaluation?.logLoss)
      #expect(calibrated < raw - 0.01, "\(method)")
    }
  }

  @Test func `without folds nothing is validated and nothing calibrated`() throws {
    for learner in [TrainingOptions.LearnerChoice.gbm, .logistic] {
      let outcome = try train(.customers(rowCount: 300, seed: 7), learner) { $0.foldCount = nil }
      #expect(outcome.evaluation == nil && outcome.outOfFold == nil && outcome.gap == nil)
      #expect(outcome.model.summary.validation == nil)
      #expect(outcome.model.summary.contest == [])
      #expect(outcome.model.calibrator == .identity)
      #expect(!outcome.model.summary.importances.contains { $0.kind == .permutation })
      let matrix = try outcome.table.matrix()
      #expect(
        outcome.model.probabilities(of: matrix, threads: 1)
          == outcome.model.learner.scores(of: matrix, threads: 1).map(LogLoss.probability))
      let text = outcome.text(TrainingOptions(table: "t.csv", label: "churned"))
      #expect(text.contains("Not validated"))
    }
  }

  // MARK: - Parameters

  @Test(arguments: [1, 40])
  func `without early stopping there are exactly as many trees as asked for`(treeCount: Int) throws
  {
    let outcome = try train(.customers(rowCount: 500, seed: 8), .gbm) {
      $0.boosting.treeCount = treeCount
      $0.boosting.earlyStoppingPatience = nil
    }
    #expect(outcome.model.learner.treeCount == treeCount)
  }

  @Test func `early stopping keeps fewer trees than there may be`() throws {
    let outcome = try train(.customers(rowCount: 500, seed: 8), .gbm)
    #expect((1..<300).contains(outcome.model.learner.treeCount))
  }

  @Test(arguments: [(positives: 4, folds: 4), (2, 2)])
  func `with few positives there are as many folds as positives`(positives: Int, folds: Int) throws
  {
    let table = TableText.customers(rowCount: 200, seed: 9).replacing("churned") { row, _ in
      row % (200 / positives) == 7 ? "yes" : "no"
    }
    let outcome = try train(table, .logistic)
    #expect(outcome.model.summary.positiveCount == positives)
    #expect(outcome.model.summary.validation?.foldCount == folds)
    #expect(
      outcome.model.summary.warnings.contains(
        "the rarer outcome has \(positives) of the rows, so there are not 5 folds but \(folds)"))
    let foldsOfPositives = (outcome.outOfFold ?? []).filter(\.label).map(\.fold)
    #expect(Set(foldsOfPositives).count == positives)
  }

  @Test func `with one positive the model is trained and not validated`() throws {
    let table = TableText.customers(rowCount: 200, seed: 9).replacing("churned") { row, _ in
      row == 7 ? "yes" : "no"
    }
    for learner in [TrainingOptions.LearnerChoice.gbm, .logistic] {
      let outcome = try train(table, learner)
      #expect(outcome.evaluation == nil)
      #expect(outcome.model.summary.warnings.contains { $0.hasPrefix("too few rows") })
      let probabilities = try outcome.model.probabilities(of: outcome.table.matrix(), threads: 1)
      #expect(probabilities.allSatisfy { $0 > 0 && $0 < 1 })
    }
  }

  @Test(arguments: [TrainingOptions.LearnerChoice.gbm, .logistic])
  func `the outcome of a training does not depend on the number of threads`(
    learner: TrainingOptions.LearnerChoice
  ) throws {
    let table = TableText.customers(rowCount: 1200, seed: 10)
    let one = try train(table, learner) { $0.threads = 1 }
    for threads in [2, 3, 8] {
      let more = try train(table, learner) { $0.threads = threads }
      #expect(more.model == one.model, "\(threads) threads")
      #expect(more.evaluation == one.evaluation, "\(threads) threads")
    }
  }

  @Test func `columns that separate only together are told of, and the fit stays finite`() throws {
    var table = TableText(header: ["a", "b", "churned"])
    for row in 0..<200 {
      let (a, b) = (row * 37 % 101, row * 61 % 97)
      // A gap around the line a + b = 98 keeps the two sides apart.
      table.rows.append(["\(a)", "\(a + b < 98 ? b : b + 60)", a + b < 98 ? "yes" : "no"])
    }
    let outcome = try train(table, .logistic) {
      $0.logistic.l2 = 0.01
      // It ranks by itself so well that it would be refused.
      $0.allow = ["b"]
    }
    let warnings = outcome.model.summary.warnings
    #expect(warnings.contains { $0.contains("columns together tell the outcomes apart") })
    #expect(!warnings.contains { $0.contains("'a'") })
    guard case .logistic(let model) = outcome.model.learner else {
      Issue.record("not logistic regression")
      return
    }
    #expect(model.convergence.isConverged && model.intercept.value.isFinite)
  }

  @Test func `sampled rows and columns depend on the seed alone`() throws {
    let table = TableText.customers(rowCount: 600, seed: 11)
    func model(seed: UInt64, threads: Int) throws -> FittedModel {
      try train(table, .gbm) {
        $0.boosting.rowSample = 0.7
        $0.boosting.columnSample = 0.6
        $0.foldCount = nil
        $0.seed = seed
        $0.threads = threads
      }.model.learner
    }
    let first = try model(seed: 1, threads: 1)
    #expect(try model(seed: 1, threads: 4) == first)
    #expect(try model(seed: 2, threads: 1) != first)
  }
}
