import ArgumentParser
import Logging
import RetentionKit

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a model by what happened.",
    discussion: """
      Example: retain evaluate churn.retain --table held-out.csv
               retain evaluate churn.retain --config retain.yaml --as-of 2025-06-01
      """)

  @OptionGroup var argument: ModelArgument

  @Option(help: "The labelled table: a CSV file, - for standard input, or a columnar file.")
  var table: String?

  @Option(help: "The configuration that says where the raw tables of histories are.")
  var config: String?

  @Option(help: "With --config, the day that accounts are looked at (YYYY-MM-DD).")
  var asOf: CalendarDay?

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @Option(help: "What the bootstrap intervals depend on.")
  var seed: UInt64 = 0

  @OptionGroup(title: "Looking back") var lookingBack: BacktestOptions

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    switch (table, config) {
    case (nil, nil): throw ValidationError("Either --table or --config is needed.")
    case (_?, _?): throw ValidationError("--table and --config exclude each other.")
    case (nil, _?):
      if asOf == nil, !lookingBack.backtest { throw ValidationError("--config needs --as-of, the day to look at.") }
    case (_?, nil):
      if asOf != nil { throw ValidationError("--as-of goes with --config.") }
    }
  }

  func run() throws {
    let configuration = try config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    try reading.checkRejects(against: Train.inputs(table, configuration) + [argument.model])
    let file = try argument.load()
    if lookingBack.backtest, let configuration {
      var learned = try LearnedOptions(
        file.model, table: configuration.path, label: file.model.schema.target.column)
      learned.options.threads = global.threadCount
      learned.options.foldCount = learned.options.foldCount ?? 5
      let progress = ProgressLine()
      let held = try HeldOutHistory(
        file.model, configuration: configuration, options: learned.options
      ) { progress.show($0) }
      let backtest = try Backtest(of: held, options: lookingBack.options) { progress.show($0) }
      progress.clear()
      return try Console.print(
        global.json ? JSONText.of(BacktestJSON(backtest)) : backtest.text)
    }
    let (input, path, notes) = try input(for: file.model, configuration)
    let evaluation = try ModelEvaluation(
      file.model, on: input, path: path, seed: seed, threads: global.threadCount)
    if evaluation.isTrainingTable {
      Logger.retain.warning(
        """
        this is the table that the model was trained on: these figures flatter it. \
        For held-out figures: retain inspect \(displayText(argument.model))
        """)
    }
    try Console.print(
      global.json
        ? JSONText.of(
          EvaluationJSON(
            evaluation.summary, isTrainingTable: evaluation.isTrainingTable,
            rowsRead: input.rowCounts.read, rowsRejected: input.rowCounts.rejected))
        : notes + evaluation.text(path: path, modelID: file.id))
  }

  /// The accounts to judge by, what they were read from, and how their outcomes came about.
  private func input(for model: RetentionModel, _ configuration: RetentionConfiguration?)
    throws(Diagnostic) -> (input: ScoringInput, path: String, notes: String)
  {
    guard let configuration, let asOf else {
      let table = table ?? ""
      return (
        try ScoringInput.read(table, reading, for: model, needsOutcomes: true), table, ""
      )
    }
    let progress = ProgressLine()
    defer { progress.clear() }
    let held = try HistoryEvaluation(
      model, configuration: configuration, asOf: asOf, threads: global.threadCount
    ) { progress.show(.reading(byteCount: $0)) }
    progress.clear()
    Logger.retain.warn(held.input.warnings)
    return (held.input, configuration.path, held.outcomes.summary() + "\n")
  }
}
