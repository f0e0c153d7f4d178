import CivilCalendar
import Configuration
import Diagnostics
import Features
import Learning
import RetentionKit
import Synthesis
import TestSupport
import Testing

/// A made-up company whose drivers are known, and a history prepared of it.
private final class BacktestCompany: @unchecked Sendable {
  // Nothing of it changes after the initialiser.
  let folder: TemporaryFolder
  let configuration: RetentionConfiguration
  let prepared: HistoryTraining.Prepared
  let fitting: LearnerFitting

  init() throws {
    folder = try TemporaryFolder()
    var plan = CompanyPlan()
    plan.accountCount = 900
    plan.monthCount = 20
    plan.seed = 3
    plan.eventCount = 180_000
    _ = try CompanyExport(plan, to: folder.url.path).write(threads: 2) { _ in }
    try Initialisation(folder: folder.url.path, output: folder.path("retain.yaml"))
      .write(replacing: false)
    configuration = try RetentionConfiguration(contentsOf: folder.path("retain.yaml"))
    prepared = try Self.prepared(configuration)
    fitting = try prepared.fitting()
  }

  static func prepared(_ configuration: RetentionConfiguration, threads: Int = 2) throws
    -> HistoryTraining.Prepared
  {
    var training = HistoryTraining(configuration, target: .churn)
    training.options.learner = .gbm
    training.options.boosting.treeCount = 60
    training.options.boosting.leafCount = 6
    training.options.boosting.learningRate = 0.08
    training.options.boosting.earlyStoppingPatience = nil
    training.options.foldCount = 3
    training.options.threads = threads
    return try training.prepared()
  }

  static let shared = Result { try BacktestCompany() }

  func backtest(
    _ fitting: LearnerFitting, _ prepared: HistoryTraining.Prepared,
    options: Backtest.Options = Backtest.Options()
  ) throws -> Backtest {
    var plan = WalkForward.Plan()
    plan.cutoffCount = 2
    plan.partCount = 2
    return try Backtest(
      fitting, prepared: prepared,
      splits: ValidationFolds(of: fitting.table.set, asked: 3).splits, options: options, plan: plan)
  }
}

struct BacktestTests {
  private let company: BacktestCompany

  init() throws { company = try BacktestCompany.shared.get() }

  private func rule(_ prepared: HistoryTraining.Prepared) -> OutcomeRule {
    prepared.session.rule(of: .churn)
  }

  private func walk(_ fitting: LearnerFitting) throws -> WalkForward {
    var plan = WalkForward.Plan()
    plan.cutoffCount = 2
    plan.partCount = 2
    // Labels that are turned round below have no say in the days.
    (plan.minimumShare, plan.minimumRarerCount) = (0.2, 1)
    return try WalkForward(
      fitting, rows: company.prepared.panel.rows,
      accountCount: company.prepared.session.history.accountCount, rule: rule(company.prepared),
      choice: .gbm, plan: plan)
  }

  @Test func `models know nothing of what comes after their day, nor of the accounts they score`()
    throws
  {
    let walk = try walk(company.fitting)
    let rows = company.prepared.panel.rows
    let rule = rule(company.prepared)
    #expect(walk.cutoffs.count == 2)
    for (cutoff, known) in zip(walk.cutoffs, walk.knownRows) {
      for row in rows.indices {
        // Label window and gap are over on the eve of the cutoff at the latest.
        let isOver = rows[row].asOf + 90 + 7 <= cutoff
        #expect((rule.lastDayNeeded(asOf: rows[row].asOf) < cutoff) == isOver)
      }
      #expect(known.allSatisfy { rows[$0].asOf + 97 <= cutoff })
    }
    // The same models come from a table in which all else is turned round.
    let first = Set(walk.knownRows[0])
    var prepared = company.prepared
    prepared.table = prepared.table.turningLabels { row in
      !first.contains(row) || walk.partOfAccount[rows[row].account] == 0
    }
    let turned = try self.walk(prepared.fitting())
    #expect(turned.cutoffs == walk.cutoffs)
    #expect(turned.models[0][0] == walk.models[0][0])
    #expect(turned.models[0][1] != walk.models[0][1])
    #expect(turned.models[1][0] != walk.models[1][0])
  }

  @Test func `who leaves is flagged more and more, and more than all others`() throws {
    let leadTime = try company.backtest(company.fitting, company.prepared).leadTime
    #expect(leadTime.outcomeCount > 60)
    let shares = try leadTime.milestones.map { try #require($0.shareOfAccounts) }
    // The decision to leave follows signs of the month before it, and the end the decision by a month.
    #expect(shares[2].low! > 0.15, "30 days before: \(shares[2])")
    #expect(shares[4].value > shares[0].value + 0.1, "\(shares.map(\.value))")
    for row in leadTime.milestones {
      #expect(abs(row.shareOfAllAccounts! - 0.1) < 1e-9)
      #expect(row.scoredCount + row.unscoredCount == leadTime.outcomeCount)
      #expect(abs(row.scoredMRR + row.unscoredMRR - leadTime.mrr) < 1e-6 * leadTime.mrr)
    }
    let bySegment = leadTime.segments.filter { $0.column == "segment" }
    #expect(bySegment.count >= 3)
    #expect(bySegment.reduce(0) { $0 + $1.outcomeCount } == leadTime.outcomeCount)
  }

  /// A day for some accounts, by a chance that is the same for all and on every day.
  private func randomDays() throws -> [(id: String, created: CalendarDay, day: CalendarDay)] {
    var generator = SeededGenerator(seed: 8)
    let history = company.prepared.session.history
    let created = try history.map(threads: 1) { $0.profile.created }
    return zip(history.accountIDs, created).compactMap { id, created in
      let wait = -700 * PortableMath.log(1 - generator.nextUnit())
      guard let created, wait > 1, wait < 600 else { return nil }
      let day = created + Int(wait)
      return day <= history.coverage.upperBound ? (id, created, day) : nil
    }
  }

  /// The company with outcomes on these days, in place of what its subscriptions say.
  private func configuration(
    leaving days: [(id: String, created: CalendarDay, day: CalendarDay)], name: String
  ) throws -> RetentionConfiguration {
    let lines = days.map { "\($0.id),\($0.day),left\n" }
    _ = try company.folder.write("account_id,ts,outcome\n" + lines.joined(), to: name)
    var configuration = company.configuration
    configuration.sources[.outcomes] = TableSource(files: [name])
    var definition = TargetDefinition(.churn)
    definition.source = .outcomes
    definition.outcomeWords = ["left"]
    configuration.targets[.churn] = definition
    return configuration
  }

  @Test func `random outcomes are flagged as everybody is`() throws {
    let prepared = try BacktestCompany.prepared(
      configuration(leaving: randomDays(), name: "random.csv"))
    let backtest = try company.backtest(prepared.fitting(), prepared)
    #expect(backtest.leadTime.outcomeCount > 60)
    for row in backtest.leadTime.milestones {
      let accounts = try #require(row.shareOfAccounts)
      #expect(accounts.low! <= 0.1 && 0.1 <= accounts.high!, "\(row.days): \(accounts)")
      let mrr = try #require(row.shareOfMRR)
      let chance = try #require(row.shareOfAllMRR)
      #expect(mrr.low! <= chance && chance <= mrr.high!, "\(row.days): \(mrr), \(chance)")
    }
    #expect(backtest.text.contains("the scores give no warning"))
  }

  @Test func `a sign planted eight weeks before is seen from then on, and not earlier`() throws {
    let days = try randomDays()
    var tickets = "ticket_id,account_id,opened\n"
    for (index, leaving) in days.enumerated() {
      let opened = max(leaving.day - 56, leaving.created + 1)
      for ticket in 0..<6 { tickets += "\(index)-\(ticket),\(leaving.id),\(opened)\n" }
    }
    _ = try company.folder.write(tickets, to: "planted-tickets.csv")
    var configuration = try configuration(leaving: days, name: "planted.csv")
    configuration.sources[.tickets] = TableSource(files: ["planted-tickets.csv"])
    let prepared = try BacktestCompany.prepared(configuration)
    let fitting = try prepared.fitting()
    // About a tenth of the accounts bear the sign on a day: there must be room for all of them.
    var options = Backtest.Options()
    options.flag = .top(0.15)
    let leadTime = try company.backtest(fitting, prepared, options: options).leadTime
    #expect(leadTime.outcomeCount > 60)
    for row in leadTime.weeks {
      let share = try #require(row.shareOfAccounts)
      // The look of week 8 is on the day of the tickets at the latest, which it does not see.
      if row.days >= 56 {
        #expect(share.low! < 0.17, "\(row.days) days before: \(share)")
      } else {
        #expect(share.value > 0.8, "\(row.days) days before: \(share)")
      }
    }
    // Removing the family of the planted sign costs most, by far.
    let ablation = try ablation(fitting, prepared)
    #expect(ablation.without.first?.family == .support)
    let rises = ablation.without.map { $0[.logLoss]!.difference }
    #expect(rises[0] > 5 * abs(rises[1]), "\(rises)")
    #expect(try #require(ablation.without[0][.logLoss]?.low) > 0)
    #expect(ablation.alone.first?.family == .support)
  }

  @Test func `families of planted drivers tell more alone than what is drawn by itself`() throws {
    let ablation = try ablation(company.fitting, company.prepared)
    let families = ablation.alone.map(\.family)
    let profilePlace = try #require(families.firstIndex(of: .profile))
    for family in [FeatureDefinition.Family.usage, .people, .contract, .money] {
      let place = try #require(families.firstIndex(of: family))
      #expect(place < profilePlace, "\(families)")
    }
    // Country and industry are drawn without regard to anything.
    let alone = try #require(ablation.alone.first { $0.family == .profile }?[.rocAUC])
    #expect(alone.high! < 0, "\(alone)")
    let streams = try #require(ablation.streams)
    #expect(streams.humanFeatureCount < ablation.featureCount)
    #expect(streams.riskier.count + streams.safer.count < streams.accountCount)
    #expect(streams.examples.allSatisfy { abs($0.steps) >= StreamComparison.leastSteps })
  }

  private func ablation(_ fitting: LearnerFitting, _ prepared: HistoryTraining.Prepared) throws
    -> FamilyAblation
  {
    try FamilyAblation(
      fitting, choice: .gbm, splits: ValidationFolds(of: fitting.table.set, asked: 3).splits,
      prepared: prepared, bootstrap: Bootstrap(resampleCount: 200))
  }

  @Test func `the number of threads changes nothing`() throws {
    let one = try BacktestCompany.prepared(company.configuration, threads: 1)
    let first = try company.backtest(one.fitting(), one)
    let second = try company.backtest(company.fitting, company.prepared)
    #expect(first.text == second.text)
    #expect(
      try JSONText.of(BacktestJSON(first)) == JSONText.of(BacktestJSON(second)))
  }

  @Test func `ages are told with what could not be judged`() throws {
    let months = try #require(
      try company.backtest(company.fitting, company.prepared).contractMonths)
    #expect(months.rows.map(\.month) == [6, 9, 11])
    for row in months.rows {
      #expect((row.summary == nil) == (min(row.positiveCount, row.count - row.positiveCount) < 10))
      #expect(row.excludedCount + row.censoredCount + row.tooEarlyCount + row.count > 100)
    }
  }

  @Test func `segments must be categories of the model`() throws {
    var options = Backtest.Options()
    options.segments = ["mrr"]
    #expect(throws: Diagnostic.self) {
      try company.backtest(company.fitting, company.prepared, options: options)
    }
  }
}

extension Table {
  /// The table with some labels, the last column, turned round.
  fileprivate func turningLabels(_ isTurned: (Int) -> Bool) -> Table {
    var columns = columns
    guard case .category(let values) = columns[columns.count - 1].values else { return self }
    let codes = values.codes.enumerated().map { row, code in isTurned(row) ? 1 - code : code }
    columns[columns.count - 1] = TableColumn(
      name: columns[columns.count - 1].name,
      values: .category(CategoryValues(codes: codes, levels: values.levels)))
    return Table(columns: columns, rowCount: rowCount)
  }
}
