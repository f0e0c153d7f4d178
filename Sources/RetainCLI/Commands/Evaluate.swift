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

  @OptionGroup var data: JudgedDataOptions

  @Option(
    help: """
      With --config, judge the model itself on this day (YYYY-MM-DD). (default: judge its recipe on \
      the days that it was trained on, by models of the past of each)
      """)
  var asOf: CalendarDay?

  @Flag(help: "Draw what each fold learns from, leaves out and judges.")
  var showSplits = false

  @OptionGroup(title: "Customers and money") var asked: QuestionOptions

  @OptionGroup(title: "Looking back") var lookingBack: BacktestOptions

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @Option(help: "What the bootstrap intervals depend on. (default: 0; of folds the model's own)")
  var seed: UInt64?

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    if asOf != nil, data.table != nil { throw ValidationError("--as-of goes with --config.") }
    if lookingBack.backtest, data.config == nil || asOf != nil {
      throw ValidationError("--backtest goes with --config, without --as-of.")
    }
    if showSplits, !judgesRecipe {
      throw ValidationError(
        "--show-splits draws folds: leave out --as-of, or with --table add --cv 5.")
    }
  }

  /// Whether the model's recipe is judged by folds, and not the model itself.
  private var judgesRecipe: Bool { data.cv != nil || data.config != nil && asOf == nil }

  func run() throws {
    let configuration = try data.config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    try reading.checkRejects(against: Train.inputs(data.table, configuration) + [argument.model])
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
    let learned = try data.learned(
      file.model, configuration, reading, seed: seed, threads: global.threadCount)
    let progress = ProgressLine()
    defer { progress.clear() }
    let evaluation: RecipeReport
    var backtest: Backtest?
    if let configuration {
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
          path: data.table ?? configuration?.path ?? "", modelID: file.id, showsSplits: showSplits)
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
      let table = data.table ?? ""
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
