import ArgumentParser
import Logging
import RetentionKit

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a model by what happened.",
    discussion: """
      Example: retain evaluate churn.retain --table held-out.csv
               retain evaluate churn.retain --config retain.yaml --as-of 2025-06-01
               retain evaluate churn.retain --config retain.yaml --show-splits
               retain evaluate churn.retain --config retain.yaml --backtest
      """)

  @OptionGroup var argument: ModelArgument

  @Option(help: "The labelled table: a CSV file, - for standard input, or a columnar file.")
  var table: String?

  @Option(help: "The configuration that says where the raw tables of histories are.")
  var config: String?

  @Option(
    help: """
      With --config, judge the model itself on this day (YYYY-MM-DD). (default: judge its recipe on \
      the days that it was trained on, by models of the past of each)
      """)
  var asOf: CalendarDay?

  @Option(
    help: "With --table, judge the model's recipe by so many folds of the table, fitted anew.")
  var cv: Int?

  @Option(help: "With --cv, the column that says which rows belong together: no fold divides them.")
  var group: String?

  @Option(help: "With --cv, the column of each row's time: folds then learn from the past only.")
  var time: String?

  @Option(help: "With --time, how long after a row's time its outcome is known, as of train.")
  var embargo: Double?

  @Flag(help: "Draw what each fold learns from, leaves out and judges.")
  var showSplits = false

  @OptionGroup(title: "Customers and money") var asked: QuestionOptions

  @OptionGroup(title: "Looking back") var lookingBack: BacktestOptions

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @Option(help: "What the bootstrap intervals depend on. (default: 0; of folds the model's own)")
  var seed: UInt64?

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    switch (table, config) {
    case (nil, nil): throw ValidationError("Either --table or --config is needed.")
    case (_?, _?): throw ValidationError("--table and --config exclude each other.")
    case (nil, _?):
      for (option, isGiven) in [("--cv", cv != nil), ("--group", group != nil)] where isGiven {
        throw ValidationError(
          "\(option) goes with --table; the model knows its folds of histories.")
      }
    case (_?, nil):
      if asOf != nil { throw ValidationError("--as-of goes with --config.") }
    }
    if let cv, !(2...100).contains(cv) {
      throw ValidationError("--cv is \(cv), expected 2 to 100.")
    }
    for (option, isGiven) in [
      ("--group", group != nil), ("--time", time != nil), ("--embargo", embargo != nil),
    ]
    where isGiven && cv == nil {
      throw ValidationError("\(option) goes with --cv.")
    }
    if lookingBack.backtest, config == nil || asOf != nil {
      throw ValidationError("--backtest goes with --config, without --as-of.")
    }
    if showSplits, !judgesRecipe {
      throw ValidationError(
        "--show-splits draws folds: leave out --as-of, or with --table add --cv 5.")
    }
  }

  /// Whether the model's recipe is judged by folds, and not the model itself.
  private var judgesRecipe: Bool { cv != nil || config != nil && asOf == nil }

  func run() throws {
    let configuration = try config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    try reading.checkRejects(against: Train.inputs(table, configuration) + [argument.model])
    let file = try argument.load()
    if judgesRecipe { return try judgeRecipe(of: file, configuration) }
    let (input, path, notes, mrr, isLearnedFrom) = try input(for: file.model, configuration)
    let evaluation = try ModelEvaluation(
      file.model, on: input, path: path, money: mrr, seed: seed ?? 0, threads: global.threadCount)
    if evaluation.isTrainingTable {
      Logger.retain.warning(
        """
        this is the table that the model was trained on: these figures flatter it. \
        For held-out figures: retain inspect \(displayText(argument.model)), or add --cv 5
        """)
    }
    let report = try evaluation.report(asked.questions, isLearnedFrom: isLearnedFrom)
    try Console.print(
      global.json
        ? JSONText.of(
          EvaluationReportJSON(
            report, isTrainingTable: evaluation.isTrainingTable,
            rowsRead: input.rowCounts.read, rowsRejected: input.rowCounts.rejected))
        : notes + evaluation.head(path: path, modelID: file.id) + report.text(showsSplits: false))
  }

  /// Judges the model's recipe by folds: of the days that it was trained on, or of a table.
  private func judgeRecipe(of file: ModelFile, _ configuration: RetentionConfiguration?) throws {
    let target = file.model.schema.target
    var learned = try LearnedOptions(
      file.model, table: table ?? configuration?.path ?? "", label: target.column)
    learned.options.threads = global.threadCount
    learned.options.foldCount = cv ?? learned.options.foldCount ?? 5
    if let seed { learned.options.seed = seed }
    let progress = ProgressLine()
    defer { progress.clear() }
    let evaluation: RecipeReport
    var backtest: Backtest?
    if let configuration {
      learned.options.reading.onBadRow = reading.badRowPolicy
      learned.options.reading.rejects = reading.rejects
      let held = try HeldOutHistory(
        file.model, configuration: configuration, options: learned.options
      ) { progress.show($0) }
      evaluation = RecipeReport(
        try held.report(asked.questions) { progress.show($0) }, recipe: held.recipe,
        notes: held.outcomes.summary(), warnings: held.warnings)
      if lookingBack.backtest {
        backtest = try Backtest(of: held, options: lookingBack.options) { progress.show($0) }
      }
    } else {
      learned.options.reading = try reading.options()
      learned.options.positive = target.positive
      learned.options.id = file.model.schema.idColumn
      learned.options.group = group
      learned.options.time = time
      learned.options.embargo = embargo ?? 0
      evaluation = try RecipeReport(
        file.model, options: learned.options, questions: asked.questions
      ) { progress.show($0) }
    }
    progress.clear()
    Logger.retain.warn(learned.warnings + evaluation.warnings)
    try Console.print(
      global.json
        ? JSONText.of(
          BacktestedJSON(evaluation.json(showsSplits: showSplits), backtest: backtest))
        : evaluation.text(
          path: table ?? configuration?.path ?? "", modelID: file.id, showsSplits: showSplits)
          + (backtest.map { "\n" + $0.text } ?? ""))
  }

  /// The accounts to judge by, what they were read from, and how their outcomes came about.
  private func input(for model: RetentionModel, _ configuration: RetentionConfiguration?)
    throws(Diagnostic) -> (
      input: ScoringInput, path: String, notes: String, mrr: [Double]?,
      isLearnedFrom: Bool
    )
  {
    guard let configuration, let asOf else {
      let table = table ?? ""
      return (
        try ScoringInput.read(table, reading, for: model, needsOutcomes: true), table, "", nil,
        false
      )
    }
    let progress = ProgressLine()
    defer { progress.clear() }
    let held = try HistoryEvaluation(
      model, configuration: configuration, asOf: asOf, threads: global.threadCount
    ) { progress.show(.reading(byteCount: $0)) }
    progress.clear()
    Logger.retain.warn(held.input.warnings)
    if held.isLearnedFrom {
      Logger.retain.warning(
        """
        the model learned from days whose outcomes came after \(asOf): these figures flatter it. \
        Leave out --as-of to judge its recipe by models of the past of each day
        """)
    }
    return (
      held.input, configuration.path, held.outcomes.summary() + "\n",
      held.mrr.contains { !$0.isNaN } ? held.mrr : nil, held.isLearnedFrom
    )
  }
}
