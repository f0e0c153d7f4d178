import CivilCalendar
import Configuration
import Diagnostics
import Evaluation
import Explanation
import Features
import HTMLReport
import Learning
import ModelFormat
import Reporting
import Revenue
import Scoring
import UsageHistory

/// What a model is worth, what drives it and whom it points at, as one HTML page that needs nothing
/// beside it.
///
/// ```swift
/// let held = try HeldOutHistory(file.model, configuration: configuration, options: options)
/// let report = try ModelReport(of: file, held: held, options: ModelReport.Options())
/// try OutputFile(path: "report.html").write(Array(report.html.utf8))
/// ```
///
/// The same model and data give the same bytes: no clock, no place of the machine and no number of
/// threads gets into them.
public struct ModelReport: Sendable {
  /// What is asked of a report.
  public struct Options: Sendable {
    /// Segments, money and profit; without segments named, those that there are.
    public var questions = EvaluationQuestions()
    /// How far the report looks back.
    public var backtest = Backtest.Options()
    /// Whether single accounts are shown.
    public var hasAccounts = true
    /// The day on which accounts are listed; `nil` for the day after the data end.
    public var asOf: CalendarDay?
    /// How the report was asked for, to be written down in it; files by their names alone.
    public var command = "retain report"
    /// What intervals depend on where the model itself is judged.
    public var seed: UInt64 = 0
    /// How many threads may work.
    public var threads = 1

    /// The defaults.
    public init() {}
  }

  /// The page, before it is written as HTML.
  let page: ReportPage
  /// The page as HTML.
  public let html: String
  /// The figures of the judged rows.
  public let summary: EvaluationSummary
  /// Whether the model has learned from the very rows it is judged on.
  let isTrainingTable: Bool
  /// What the one who asked should know.
  public let warnings: [String]

  private init(_ material: ReportMaterial) {
    page = material.page
    html = page.html
    summary = material.summary
    isTrainingTable = material.judging == .trainingRows
    warnings = material.warnings
  }

  /// A report of a model of histories, whose recipe was judged on the days of its schedule.
  ///
  /// - Throws: `config.as_of` for a day that the data cannot tell of; what judging throws.
  public init(
    of file: ModelFile, held: HeldOutHistory, options: Options,
    progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    let words = ReportWords(file.model)
    let session = held.prepared.session
    let coverage = session.history.coverage
    var questions = options.questions
    if questions.segments.isEmpty {
      questions.segments = Self.usualSegments.filter { name in
        held.whole.schema.features.contains { $0.name == name }
      }
    }
    let report = try held.report(questions, progress: progress)
    let backtest = try Backtest(of: held, options: options.backtest, progress: progress)
    let asOf = options.asOf ?? coverage.upperBound + 1
    try session.check(asOf)
    let curves = try Self.curves(of: file.model, recipe: held.recipe, options, progress)
    progress?(.step("scoring accounts as of \(asOf)"))
    let accounts = try Self.accounts(of: file.model, session, asOf: asOf, words, options)
    let period = held.rows.first.map { ($0.asOf, held.rows[held.rows.count - 1].asOf) }
    let facts = [
      ReportBlock.Fact("Data cover", "\(coverage.lowerBound) to \(coverage.upperBound)"),
      ReportBlock.Fact(
        "Judged", period.map { "accounts as of \($0.0) to \($0.1)" } ?? "no account"),
      ReportBlock.Fact(
        "Outcome",
        "\(words.outcome) within \(Numbers.count(held.definition.horizonDays, "day"))"
          + (held.definition.leadDays > 0
            ? ", which begin \(Numbers.count(held.definition.leadDays, "day")) after the as-of day"
            : "")),
    ]
    self.init(
      ReportMaterial(
        file: file, words: words, judging: .folds(held.recipe.splits.count), report: report,
        outcomeNotes: held.outcomes.summary(), backtest: backtest, curves: curves,
        accounts: accounts, hidesAccounts: !options.hasAccounts,
        definitions: Dictionary(
          held.prepared.recipe.definitions.map { ($0.name, $0) },
          uniquingKeysWith: { first, _ in first }),
        command: options.command, dataFacts: facts, warnings: held.warnings))
  }

  /// A report of a model judged as it is on a labelled table.
  ///
  /// - Parameter name: The name of the table's file, without folders.
  /// - Throws: What judging throws.
  public init(
    of file: ModelFile, on input: ScoringInput, path: String, name: String, options: Options,
    progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    let model = file.model
    let words = ReportWords(model)
    let evaluation = try ModelEvaluation(
      model, on: input, path: path, seed: options.seed, threads: options.threads)
    var questions = options.questions
    let matrix = input.table.matrix
    if questions.segments.isEmpty { questions.segments = Self.segments(of: model) }
    progress?(.step("judging simple rules"))
    let report = try evaluation.report(questions)
    let judged = input.judged
    let curves = Self.curves(
      of: model,
      on: [
        HeldOutPart(
          learner: model.learner, calibrator: model.calibrator, matrix: judged.matrix,
          labels: judged.labels
        ).limited(to: Self.curveRowLimit, seed: options.seed)
      ], options, progress)
    progress?(.step("explaining accounts"))
    let scores = model.scores(of: input.table, reasonLimit: 0, threads: options.threads)
    let money = try questions.moneyColumn.map { (column) throws(Diagnostic) in
      try Self.money(column, matrix)
    }
    var accounts = ReportAccounts(
      scores.indices.map { row in
        ReportAccounts.Row(
          id: scores[row].accountID, probability: scores[row].probability,
          percentile: scores[row].percentile, band: scores[row].band,
          money: money?[row] ?? .nan, outcome: input.outcomes?[row])
      }, asOf: nil, features: matrix.features, words: words)
    let wanted = accounts.wanted
    accounts.explain(
      wanted, by: model, on: matrix.selecting(wanted), threads: options.threads)
    if options.hasAccounts {
      accounts.say(
        accounts.listedScores(scores),
        ReasonWords(model, matrix: matrix, threads: options.threads))
      try accounts.tell(
        AccountStories(model, input: input, path: path, threads: options.threads))
    }
    let isTraining = evaluation.isTrainingTable
    self.init(
      ReportMaterial(
        file: file, words: words, judging: isTraining ? .trainingRows : .heldOutTable,
        report: report, outcomeNotes: nil, backtest: nil, curves: curves, accounts: accounts,
        hidesAccounts: !options.hasAccounts, definitions: [:],
        command: options.command,
        dataFacts: [ReportBlock.Fact("Table", Self.tableText(name, input.rowCounts))],
        warnings: isTraining
          ? ["this is the table that the model was trained on: these figures flatter it"] : []))
  }

  /// A report of a model whose recipe was judged by folds of a labelled table.
  ///
  /// - Parameter name: The name of the table's file, without folders.
  /// - Throws: What judging throws.
  public init(
    of file: ModelFile, judged evaluation: RecipeReport, name: String, options: Options,
    progress: (@Sendable (TrainingProgress) -> Void)? = nil
  ) throws(Diagnostic) {
    let model = file.model
    let words = ReportWords(model)
    let recipe = evaluation.recipe
    let curves = try Self.curves(of: model, recipe: recipe, options, progress)
    progress?(.step("explaining accounts"))
    let judged = recipe.judgedRows
    // By the calibrator that reasons are by, which differs a little from those of the figures.
    let probabilities = judged.map { recipe.calibrator.probability(recipe.outOfFold[$0].score!) }
    let percentiles = RetentionModel.percentiles(of: probabilities)
    let money = try options.questions.moneyColumn.map { (column) throws(Diagnostic) in
      let index = recipe.table.source.features.firstIndex { $0.name == column }
      guard let index, case .number(let values) = try recipe.table.source.column(index) else {
        return [Double](repeating: .nan, count: recipe.outOfFold.count)
      }
      return values
    }
    var accounts = ReportAccounts(
      judged.indices.map { place in
        let row = judged[place]
        return ReportAccounts.Row(
          id: recipe.outOfFold[row].accountID, probability: probabilities[place],
          percentile: percentiles[place], band: model.bands.band(of: probabilities[place]),
          money: money?[row] ?? .nan, outcome: recipe.outOfFold[row].label)
      }, asOf: nil, features: recipe.table.source.features, words: words)
    var placeOfRow: [Int: Int] = [:]
    for (place, row) in judged.enumerated() { placeOfRow[row] = place }
    let wanted = Set(accounts.wanted)
    for (learner, split) in zip(recipe.models, recipe.splits) {
      let rows = split.validation.filter { placeOfRow[$0].map(wanted.contains) ?? false }
      var own = model
      own.learner = learner
      own.calibrator = recipe.calibrator
      // Those of the model are of its own contributions.
      own.levels = nil
      accounts.explain(
        rows.map { placeOfRow[$0]! }, by: own, on: try recipe.table.source.matrix(of: rows),
        threads: options.threads)
    }
    self.init(
      ReportMaterial(
        file: file, words: words, judging: .folds(recipe.splits.count),
        report: evaluation.report, outcomeNotes: nil, backtest: nil, curves: curves,
        accounts: accounts, hidesAccounts: !options.hasAccounts,
        definitions: [:], command: options.command,
        dataFacts: [ReportBlock.Fact("Table", Self.tableText(name, recipe.table.rowCounts))],
        warnings: evaluation.warnings))
  }

  /// The features of histories whose levels are judged one by one, where they are there.
  static let usualSegments = ["plan", "segment", "auto_renew"]

  /// The columns of a plain table whose levels are judged one by one where none is named: of those
  /// with few levels the three that the model relies on most.
  public static func segments(of model: RetentionModel) -> [String] {
    let possible = model.schema.features.filter { feature in
      switch feature.kind {
      case .category(let levels, _): (2...12).contains(levels.count)
      case .boolean: true
      case .number: false
      }
    }.map(\.name)
    let ranked = model.summary.importances.map(\.feature).filter(possible.contains)
    var chosen: [String] = []
    for name in ranked + possible where !chosen.contains(name) && chosen.count < 3 {
      chosen.append(name)
    }
    return chosen
  }

  /// So many curves are shown, of so many rows of each model.
  private static let curveCount = 8
  private static let curveRowLimit = 2000

  private static func curves(
    of model: RetentionModel, recipe: RecipeEvaluation, _ options: Options,
    _ progress: ((TrainingProgress) -> Void)?
  ) throws(Diagnostic) -> [FeatureCurve] {
    curves(of: model, on: try recipe.heldOutParts(rowLimit: curveRowLimit), options, progress)
  }

  private static func curves(
    of model: RetentionModel, on parts: [HeldOutPart], _ options: Options,
    _ progress: ((TrainingProgress) -> Void)?
  ) -> [FeatureCurve] {
    guard parts.reduce(0, { $0 + $1.labels.count }) >= CurveStudy.minimumRowCount else { return [] }
    progress?(.step("drawing curves"))
    var settings = CurveSettings(for: model)
    settings.checksDirection = false
    return FeatureCurve.strongest(
      curveCount, of: model, on: parts, settings, threads: options.threads)
  }

  private static func money(_ column: String, _ matrix: FeatureMatrix) throws(Diagnostic)
    -> [Double]
  {
    guard let index = matrix.features.firstIndex(where: { $0.name == column }),
      case .number(let values) = matrix.columns[index]
    else {
      return [Double](repeating: .nan, count: matrix.rowCount)
    }
    return values
  }

  private static func tableText(_ name: String, _ counts: RowCounts) -> String {
    displayText(name) + ", \(Numbers.count(counts.read, "row"))"
      + (counts.rejected > 0 ? ", \(Numbers.count(counts.rejected)) of them bad and left out" : "")
  }

  /// The accounts of a day, scored by the model.
  private static func accounts(
    of model: RetentionModel, _ session: HistorySession, asOf: CalendarDay, _ words: ReportWords,
    _ options: Options
  ) throws(Diagnostic) -> ReportAccounts? {
    let threads = options.threads
    let scoring = try HistoryScoring(
      model, recipe: try model.recipeOfHistories, session: session, asOf: asOf)
    guard !scoring.accounts.isEmpty else { return nil }
    let events = session.history.dictionaries.events
    let found = try session.history.map(threads: threads) { account in
      let view = HistoryView(of: account, asOf: asOf, events: events)
      return (mrr: view.mrr?.value ?? .nan, renewal: view.daysToRenewal)
    }
    let matrix = scoring.input.table.matrix
    let scores = model.scores(of: scoring.input.table, reasonLimit: 0, threads: threads)
    var accounts = ReportAccounts(
      scores.indices.map { row in
        let facts = found[scoring.accounts[row]]
        return ReportAccounts.Row(
          id: scores[row].accountID, probability: scores[row].probability,
          percentile: scores[row].percentile, band: scores[row].band, money: facts.mrr,
          daysToRenewal: facts.renewal)
      }, asOf: asOf, features: matrix.features, words: words)
    let wanted = accounts.wanted
    accounts.explain(wanted, by: model, on: matrix.selecting(wanted), threads: threads)
    guard options.hasAccounts else { return accounts }
    let listed = accounts.listedScores(scores)
    accounts.say(listed, try scoring.words(of: listed, by: model, threads: threads))
    try accounts.tell(try AccountStories(model, scoring: scoring, threads: threads))
    return accounts
  }
}
