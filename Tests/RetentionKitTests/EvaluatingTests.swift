import CivilCalendar
import Configuration
import Diagnostics
import Evaluation
import Learning
import RetentionKit
import TestSupport
import Testing

/// Simple rules, verdicts, pictures of folds and rows held out of everything.
struct EvaluatingTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(
    _ table: TableText, _ learner: TrainingOptions.LearnerChoice,
    _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    var options = TrainingOptions(
      table: try folder.write(table.csv, to: "\(table.rows.count).csv"), label: "churned")
    options.learner = learner
    options.threads = 2
    change(&options)
    return try Training(options).run()
  }

  /// A table whose label is a coin that falls on yes three times in ten.
  private func noise(rowCount: Int, seed: UInt64) -> TableText {
    var generator = SeededGenerator(seed: seed)
    return TableText.customers(rowCount: rowCount, seed: seed).replacing("churned") { _, _ in
      generator.nextUnit() < 0.3 ? "yes" : "no"
    }
  }

  /// A table with a day for each row, four rows to the day.
  private func dated(rowCount: Int, seed: UInt64) -> TableText {
    let first = CalendarDay("2024-01-01")!
    return TableText.customers(rowCount: rowCount, seed: seed)
      .adding("day") { "\(first + $0 / 4)" }
  }

  // MARK: - Verdicts

  @Test func `a model that knows something beats the simple rules, and it is said`() throws {
    let outcome = try train(.customers(rowCount: 1500, seed: 3), .logistic)
    let verdict = try #require(outcome.verdict)
    #expect(verdict.beatsBaseline == true)
    #expect(verdict.hasEnoughPositives == true)
    #expect(verdict.sentences[0].hasPrefix("The model beats "))
    #expect(outcome.comparisons.map(\.kind) == [.baseRate, .bestColumn])
    // x moves the log odds most.
    #expect(outcome.comparisons[1].columns == ["x"])
    let best = try #require(outcome.comparisons[1].rocAUCGain)
    #expect(try #require(best.low) > 0)
    #expect(outcome.comparisons[0].paired[.rocAUC]?.first == 0.5)
  }

  @Test(arguments: [TrainingOptions.LearnerChoice.logistic, .gbm])
  func `of noise it is said that the model is no better than the baseline`(
    learner: TrainingOptions.LearnerChoice
  ) throws {
    var claimed = 0
    for seed in 1...20 as ClosedRange<UInt64> {
      let outcome = try train(noise(rowCount: 300, seed: seed), learner)
      let verdict = try #require(outcome.verdict)
      if verdict.beatsBaseline != false { claimed += 1 }
      #expect(
        verdict.beatsBaseline == true
          || verdict.sentences[0].contains("no better than the baseline"))
    }
    // `Scripts/noise-check` runs 200 of them. Of 20 at a rate of 5 %, more than 3 are rare.
    #expect(claimed <= 3)
  }

  @Test func `few positives are too few to tell small differences`() throws {
    var table = TableText.customers(rowCount: 400, seed: 2)
    var positives = 0
    table = table.replacing("churned") { _, cell in
      positives += cell == "yes" ? 1 : 0
      return cell == "yes" && positives <= 40 ? "yes" : "no"
    }
    let verdict = try #require(try train(table, .logistic).verdict)
    #expect(verdict.hasEnoughPositives == false)
    #expect(verdict.sentences.last?.contains("too few to tell small differences") == true)
  }

  // MARK: - Rows held out of everything

  @Test func `what became of rows held out from a day on changes nothing of the model`() throws {
    let table = dated(rowCount: 800, seed: 5)
    let day = CalendarDay("2024-01-01")! + 150
    func model(_ table: TableText) throws -> TrainingOutcome {
      try train(table, .logistic) {
        $0.time = "day"
        $0.holdOut = .from(day)
      }
    }
    let outcome = try model(table)
    #expect(outcome.table.set.rowCount == 600)
    let figures = try #require(outcome.holdOut?.summary)
    #expect(figures.rows == 200)
    #expect(try #require(figures.rocAUC) > 0.6)
    #expect(outcome.model.summary.parameters.contains { $0.name == "holdout" })

    let turned = table.replacing("churned") { row, cell in
      row < 600 ? cell : cell == "yes" ? "no" : "yes"
    }
    let other = try model(turned)
    #expect(other.model.learner == outcome.model.learner)
    #expect(other.model.calibrator == outcome.model.calibrator)
    #expect(other.model.summary == outcome.model.summary)
    #expect(try #require(other.holdOut?.summary.rocAUC) < 0.4)
  }

  @Test func `rows whose outcomes come after the day are neither learned from nor judged`() throws {
    let day = CalendarDay("2024-01-01")! + 150
    let outcome = try train(dated(rowCount: 800, seed: 5), .logistic) {
      $0.time = "day"
      $0.embargo = 10
      $0.holdOut = .from(day)
    }
    // Days 0 to 140: the window of day 140 closes as day 150 begins.
    #expect(outcome.table.set.rowCount == 141 * 4)
    #expect(outcome.holdOut?.purgedRowCount == 9 * 4)
    #expect(outcome.holdOut?.summary.rows == 200)
  }

  @Test func `an embargo of ten days lies between what a fold learns from and what it judges`()
    throws
  {
    let outcome = try train(dated(rowCount: 800, seed: 5), .logistic) {
      $0.time = "day"
      $0.embargo = 10
    }
    let set = outcome.table.set
    guard case .forward(let time, _, let embargo) = set.scheme.rule else {
      Issue.record("the folds do not go forward")
      return
    }
    #expect(embargo == 10 * 86_400)
    let splits = ValidationFolds(of: set, asked: 5).splits
    #expect(!splits.isEmpty)
    for split in splits {
      let last = try #require(split.training.map { time[$0] }.max())
      let first = try #require(split.validation.map { time[$0] }.min())
      #expect(last + 10 * 86_400 == first)
    }
  }

  @Test func `a file of held-out rows is judged by the model itself`() throws {
    let file = try folder.write(TableText.customers(rowCount: 500, seed: 9).csv, to: "later.csv")
    let outcome = try train(.customers(rowCount: 800, seed: 5), .logistic) {
      $0.holdOut = .file(file)
    }
    let input = try ScoringInput(path: file, model: outcome.model, needsOutcomes: true)
    let judged = try ModelEvaluation(outcome.model, on: input, path: file, seed: 0, threads: 1)
    #expect(outcome.holdOut?.summary == judged.summary)
    #expect(
      outcome.text(TrainingOptions(table: "t", label: "churned")).contains("held out of everything")
    )
  }

  @Test func `a day needs a column of dates, and rows on both sides`() throws {
    for change in [
      { (options: inout TrainingOptions) in options.holdOut = .from(CalendarDay("2024-02-01")!) },
      { (options: inout TrainingOptions) in
        options.time = "day"
        options.holdOut = .from(CalendarDay("2030-02-01")!)
      },
    ] {
      #expect(throws: Diagnostic.self) {
        try train(dated(rowCount: 200, seed: 1), .logistic, change)
      }
    }
  }

  // MARK: - Pictures of folds

  @Test func `the embargo lets a row be learned from as its window closes, and not a day before`() {
    // One row a day; labels are known 10 days later.
    let day = 86_400.0
    let time = (0..<60).map { Double($0) * day }
    let labels = time.indices.map { $0 % 3 == 0 }
    let scheme = ValidationScheme(.forward(time: time, groups: nil, embargo: 10 * day), seed: 0)
    let splits = scheme.splits(labels: labels, foldCount: 2)
    #expect(splits.map(\.validation) == [Array(20..<40), Array(40..<60)])
    // Day 10 + 10 days is day 20, the first judged.
    #expect(splits.map(\.training) == [Array(0...10), Array(0...30)])

    let picture = SplitPicture(splits, labels: labels, scheme: scheme, timesAreDates: true)
    #expect(picture.folds.map(\.purgedRowCount) == [9, 9])
    #expect(picture.folds.map(\.judgedGroupRowCount) == [0, 0])
    #expect(picture.folds[0].learned.positiveCount == 4)
    #expect(picture.folds[1].judged.times == 40 * day...59 * day)
    #expect(picture.text.contains("1970-01-01 to 1970-01-11"))
    #expect(picture.text.contains("embargo of 10 days"))
  }

  @Test func `a bar shows a character for each day, learned, left out and judged`() {
    let day = 86_400.0
    let time = (0..<12).flatMap { [Double($0) * day, Double($0) * day] }
    let labels = time.indices.map { $0 % 2 == 0 }
    let scheme = ValidationScheme(.forward(time: time, groups: nil, embargo: 2 * day), seed: 0)
    let splits = scheme.splits(labels: labels, foldCount: 2)
    let picture = SplitPicture(splits, labels: labels, scheme: scheme, timesAreDates: true)
    #expect(picture.folds.map(\.bar) == ["===.####    ", "=======.####"])
  }

  @Test func `rows of accounts that are judged are counted apart from those not yet known`() {
    let time = (0..<40).map { Double($0 / 4) }
    let groups = (0..<40).map { $0 % 4 }
    let labels = time.indices.map { $0 % 3 == 0 }
    let scheme = ValidationScheme(.forward(time: time, groups: groups, embargo: 2), seed: 1)
    for (split, fold) in zip(
      scheme.splits(labels: labels, foldCount: 3),
      SplitPicture(
        scheme.splits(labels: labels, foldCount: 3), labels: labels, scheme: scheme,
        timesAreDates: false
      ).folds)
    {
      let first = split.validation.map { time[$0] }.min()!
      let judged = Set(split.validation.map { groups[$0] })
      #expect(fold.purgedRowCount == time.count { $0 < first && $0 + 2 > first })
      #expect(
        fold.judgedGroupRowCount
          == time.indices.count { time[$0] + 2 <= first && judged.contains(groups[$0]) })
      #expect(Set(split.training.map { groups[$0] }).isDisjoint(with: judged))
    }
  }

  // MARK: - A recipe by folds

  @Test(arguments: [TrainingOptions.LearnerChoice.logistic, .gbm])
  func `a recipe judged by folds of its table has the figures of its training`(
    learner: TrainingOptions.LearnerChoice
  ) throws {
    let table = TableText.customers(rowCount: 600, seed: 8)
    let outcome = try train(table, learner)
    var options = TrainingOptions(table: folder.path("600.csv"), label: "churned")
    options.learner = learner
    options.positive = "yes"
    options.id = "account_id"
    options.threads = 2
    let report = try RecipeReport(outcome.model, options: options)
    #expect(report.report.summary == outcome.evaluation)
    #expect(report.report.comparisons.prefix(2).map(\.paired) == outcome.comparisons.map(\.paired))
    #expect(
      report.report.comparisons.map(\.kind)
        == [.baseRate, .bestColumn] + (learner == .gbm ? [.logistic] : []))
  }

  @Test func `columns that the model does not read take no part when its recipe is judged`() throws
  {
    let table = TableText.customers(rowCount: 600, seed: 8)
    let outcome = try train(table, .logistic)
    let wider = table.adding("leak") { table.rows[$0].last == "yes" ? "7" : "3" }
    var options = TrainingOptions(
      table: try folder.write(wider.csv, to: "wider.csv"), label: "churned")
    options.learner = .logistic
    options.id = "account_id"
    let report = try RecipeReport(outcome.model, options: options)
    #expect(report.report.summary == outcome.evaluation)
  }
}
