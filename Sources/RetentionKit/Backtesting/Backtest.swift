import CivilCalendar
import Configuration
import Diagnostics
import Evaluation
import Features
import Learning
import Revenue
import Scoring
import UsageHistory

/// What a model would have been worth, had it been there: how long before accounts left they were
/// flagged, how it does from day to day, and what its features are worth.
///
/// Every score is by a model that was fitted to what was known by the day, without the account.
///
/// ```swift
/// let held = try HeldOutHistory(model, configuration: configuration, options: options)
/// let backtest = try Backtest(of: held)
/// print(backtest.text)
/// ```
public struct Backtest: Sendable {
  /// What is asked of a backtest.
  public struct Options: Sendable {
    /// Who is flagged.
    public var flag = FlagRule.top(0.1)
    /// The categories and yes/no features whose levels are told apart in the lead times; `nil` for
    /// those of ``usualSegments`` that there are.
    public var segments: [String]?
    /// Whether the learner is fitted again without each family of features, and with each alone.
    public var hasAblation = false

    /// The defaults.
    public init() {}

    /// The accounts' segment, and whether they renew by themselves.
    public static let usualSegments = ["segment", "auto_renew"]
  }

  /// What is predicted.
  public let target: TargetName
  /// The days on which models were fitted.
  public let cutoffs: [CalendarDay]
  /// How many labelled rows were known by each of them.
  public let knownRowCounts: [Int]
  /// Into how many parts accounts were dealt, each scored by a model of the others.
  public let partCount: Int
  /// How long before the outcome accounts were flagged.
  public let leadTime: LeadTime
  /// What could be seen at an age; `nil` where outcomes are seen in inactivity, which has no date.
  public let contractMonths: ContractMonths?
  /// Day after day.
  public let stability: ScoreStability
  /// What families of features are worth; `nil` where it was not asked for.
  public let ablation: FamilyAblation?

  /// Looks back at the history of a model whose recipe was judged.
  ///
  /// - Throws: `usage` for a segment that is no category or yes/no feature; `data.too_few_rows` where
  ///   too little was known before the data end; what computing features and fitting throws.
  public init(
    of held: HeldOutHistory, options: Options = Options(),
    progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    var fitting = held.recipe.fitting
    fitting.progress = progress
    try self.init(
      fitting, prepared: held.prepared, splits: held.recipe.splits, options: options)
  }

  /// - Parameters:
  ///   - fitting: Fits one learner, not `best`, to the rows of the panel.
  ///   - prepared: The panel, its features and the history.
  ///   - splits: The folds of an ablation.
  package init(
    _ fitting: LearnerFitting, prepared: HistoryTraining.Prepared, splits: [Split],
    options: Options = Options(), plan: WalkForward.Plan = WalkForward.Plan()
  ) throws(Diagnostic) {
    let choice = fitting.options.learner
    precondition(choice != .best, "one learner looks back, not the better of two")
    let session = prepared.session
    let threads = fitting.options.threads
    let bootstrap = Bootstrap(seed: fitting.options.seed)
    target = prepared.panel.outcomes.target
    let segments = try Self.segments(options, fitting.table)
    let rule = session.rule(of: target)
    let walk = try WalkForward(
      fitting, rows: prepared.panel.rows, accountCount: session.history.accountCount, rule: rule,
      choice: choice, plan: plan)
    cutoffs = walk.cutoffs
    knownRowCounts = walk.knownRows.map(\.count)
    partCount = walk.partCount

    fitting.progress?(.step("looking back week by week"))
    leadTime = try Self.leadTime(
      walk, prepared, rule, options.flag, segments: segments, seed: fitting.options.seed)

    if rule.definition.source == .inactivity {
      contractMonths = nil
    } else {
      fitting.progress?(.step("looking back by age"))
      let looks = try session.history.map(threads: threads) {
        ContractMonths.looks(of: $0, rule: rule)
      }.flatMap(\.self)
      let scores = try walk.scores(
        of: looks.map(\.place), in: session, recipe: prepared.recipe, threads: threads)
      contractMonths = ContractMonths(
        of: looks, probabilities: scores.probabilities,
        horizonDays: rule.definition.horizonDays, bootstrap: bootstrap, threads: threads)
    }

    fitting.progress?(.step("looking back day by day"))
    let places = prepared.panel.rows
    let later = places.indices.filter { walk.cutoffIndex(of: places[$0].asOf) != nil }
    let scores = try walk.scores(
      ofTableRows: later, later.map { places[$0] }, threads: threads)
    let importances = try walk.importances(
      on: later, places: places, seed: fitting.options.seed, threads: threads)
    stability = ScoreStability(
      of: later.enumerated().map { position, row in
        ScoreStability.Row(
          place: places[row], probability: scores.probabilities[position],
          label: fitting.table.set.labels[row])
      },
      refits: walk.cutoffs, cutoffs: importances.cutoffs, falls: importances.falls,
      names: fitting.table.schema.features.map(\.name))

    ablation =
      options.hasAblation
      ? try FamilyAblation(
        fitting, choice: choice, splits: splits, prepared: prepared, bootstrap: bootstrap) : nil
  }

  // MARK: - Lead time

  /// The features whose levels are told apart.
  private static func segments(_ options: Options, _ table: TrainingTable) throws(Diagnostic)
    -> [String]
  {
    let possible = table.schema.features.filter {
      if case .number = $0.kind { false } else { true }
    }.map(\.name)
    guard let asked = options.segments else {
      return Options.usualSegments.filter(possible.contains)
    }
    for name in asked where !possible.contains(name) {
      throw Diagnostic(
        .usage, "'\(displayText(name))' is no category and no yes/no feature of the model",
        hint: "there are \(possible.prefix(10).joined(separator: ", "))")
    }
    return asked
  }

  /// What is known of one account on the days of the grid, and of what became of it.
  private struct Course: Sendable {
    /// Whether the account is eligible, shape `[dayCount]`.
    var isEligible: [Bool]
    /// What it paid on the eve of each day.
    var mrr: [Double]
    var arrivals: [OutcomeRule.Arrival]
  }

  private static func leadTime(
    _ walk: WalkForward, _ prepared: HistoryTraining.Prepared, _ rule: OutcomeRule,
    _ flag: FlagRule, segments: [String], seed: UInt64
  ) throws(Diagnostic) -> LeadTime {
    let session = prepared.session
    let plans = session.history.dictionaries.plans
    let days = stride(from: 0, through: walk.cutoffs[0].days(until: rule.lastDay), by: 7)
      .map { walk.cutoffs[0] + $0 }
    let gapDays = rule.definition.gapDays
    let courses = try session.history.map(threads: session.threads) { account in
      let timeline = RevenueTimeline(account.subscriptions, plans: plans, gapDays: gapDays)
      return Course(
        isEligible: days.map { rule.exclusion(of: account, asOf: $0) == nil },
        mrr: days.map { timeline.standingMRR(on: $0 - 1).value },
        arrivals: rule.arrivals(of: account))
    }
    let places = days.indices.flatMap { day in
      courses.indices.filter { courses[$0].isEligible[day] }.map {
        (day: day, place: PanelRow(account: $0, asOf: days[day]))
      }
    }
    // The level that each account had on the last day on which it was looked at before an outcome.
    var levels = [[Int32]](
      repeating: [Int32](repeating: -1, count: places.count), count: segments.count)
    let features = segments.map { name in
      walk.table.schema.features.firstIndex { $0.name == name }!
    }
    let scores = try walk.scores(
      of: places.map(\.place), in: session, recipe: prepared.recipe, threads: session.threads
    ) { matrix, range in
      for (segment, feature) in features.enumerated() {
        for (offset, row) in range.enumerated() {
          levels[segment][row] = matrix.columns[feature].levelCode(offset)
        }
      }
    }
    var looks = [[LeadTime.Look]](repeating: [], count: days.count)
    var rowsOfAccount: [Int: [Int]] = [:]
    for (row, place) in places.enumerated() {
      looks[place.day].append(
        LeadTime.Look(
          account: place.place.account, probability: scores.probabilities[row],
          mrr: courses[place.place.account].mrr[place.day]))
      rowsOfAccount[place.place.account, default: []].append(row)
    }
    let departures = courses.indices.flatMap { account in
      courses[account].arrivals.map { arrival in
        let row = rowsOfAccount[account]?.last { places[$0].place.asOf + 7 <= arrival.day }
        return LeadTime.Departure(
          account: account, day: arrival.day, mrr: arrival.revenue.value,
          levels: segments.indices.map { segment in
            row.flatMap {
              walk.table.schema.features[features[segment]].levelText(levels[segment][$0])
            }
          })
      }
    }
    return LeadTime(
      of: departures, days: days, looks: looks, rule: flag, segmentColumns: segments, seed: seed)
  }
}

extension FeatureColumn {
  /// The code of a category's level, or 1 and 0 of a yes/no feature; below 0 where missing.
  fileprivate func levelCode(_ row: Int) -> Int32 {
    switch self {
    case .category(let codes): codes[row]
    case .number(let values): values[row].isNaN ? -1 : values[row] == 0 ? 0 : 1
    }
  }
}

extension Feature {
  /// The word for a code of ``FeatureColumn/levelCode(_:)``; `nil` where missing.
  fileprivate func levelText(_ code: Int32) -> String? {
    guard code >= 0 else { return nil }
    if case .category = kind { return levelName(code) }
    return code == 1 ? "yes" : "no"
  }
}
