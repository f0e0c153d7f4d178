import CivilCalendar
import Configuration
import Diagnostics
import Features
import Learning
import RetentionKit
import TestSupport
import Testing

struct HeldOutHistoryTests {
  private static let judged = Result { try Judged() }

  /// A small company, a model of it, and its recipe judged on the days of its training.
  private final class Judged: @unchecked Sendable {
    // Nothing of it changes after the initialiser.
    let folder: TemporaryFolder
    let outcome: HistoryTraining.Outcome
    let held: HeldOutHistory

    init() throws {
      folder = try TemporaryFolder()
      var plan = CompanyPlan()
      plan.accountCount = 260
      plan.monthCount = 16
      plan.seed = 5
      plan.eventCount = 40_000
      _ = try CompanyExport(plan, to: folder.url.path).write(threads: 2) { _ in }
      let draft = try Initialisation(folder: folder.url.path, output: folder.path("retain.yaml"))
      try draft.write(replacing: false)
      let configuration = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
      var training = HistoryTraining(configuration, target: .churn)
      training.options.learner = .logistic
      training.options.foldCount = 3
      training.options.threads = 2
      outcome = try training.run()
      // What the model was trained with, not what the file at hand says, decides the days.
      var elsewhere = configuration
      elsewhere.asOf = nil
      held = try HeldOutHistory(
        outcome.training.model, configuration: elsewhere, options: training.options)
    }
  }

  private let held: HeldOutHistory
  private let outcome: HistoryTraining.Outcome

  init() throws {
    let judged = try Self.judged.get()
    (held, outcome) = (judged.held, judged.outcome)
  }

  @Test func `a recipe judged on the days of its training has the figures of its training`() {
    #expect(held.recipe.summary == outcome.training.evaluation)
    #expect(held.outcomes == outcome.panel)
  }

  @Test func `each row is scored by a model of outcomes that were known on its day`() throws {
    let known = held.definition.leadDays + held.definition.horizonDays
    let panel = held.prepared.panel.rows
    #expect(held.rows.count > 100)
    for (fold, split) in held.recipe.splits.enumerated() {
      let rows = held.rows.filter { $0.fold == fold }
      let first = try #require(rows.map(\.asOf).min())
      let learned = split.training.map { panel[held.recipe.table.rowOfFile[$0]] }
      #expect(learned.allSatisfy { $0.asOf + known <= first })
      let accounts = Set(learned.map(\.account))
      #expect(!rows.contains { accounts.contains($0.account) })
    }
  }

  @Test func `rows know their account, their outcome and what is paid on their day`() throws {
    let table = held.prepared.table
    guard case .number(let mrr)? = table["mrr"]?.values else {
      Issue.record("the panel has no column of recurring revenue")
      return
    }
    let outcomes = held.outcomes.rows
    for row in held.rows {
      let place = held.recipe.table.rowOfFile[row.tableRow]
      #expect(outcomes[place].account == row.account && outcomes[place].asOf == row.asOf)
      #expect(outcomes[place].isPositive == row.label)
      #expect(row.mrr == mrr[place] && row.mrr > 0)
      #expect((0...1).contains(row.probability))
    }
    #expect(held.judged.money?.count == held.rows.count)
  }

  @Test func `histories have their own simple rules beside the model`() throws {
    let report = try held.report()
    #expect(
      report.comparisons.map(\.kind)
        == [.baseRate, .recency, .tenure, .activesAndRevenue, .bestColumn])
    #expect(report.comparisons[3].columns == ["users_28", "mrr"])
    #expect(report.verdict.sentences.count == 3)
    #expect(report.splits?.rule == "forward")
    #expect(report.text(showsSplits: true).contains("Folds go forward in time"))
  }
}
