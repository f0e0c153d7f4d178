import ArgumentParser
import Logging
import RetentionKit

struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what a model relies on, or why one account scores as it does.",
    discussion: """
      Example: retain explain churn.retain
               retain explain churn.retain --config retain.yaml
               retain explain churn.retain --coefficients
               retain explain churn.retain --table held-out.csv
               retain explain churn.retain --table customers.csv --cv 5 --csv
               retain explain churn.retain --table customers.csv --account acct_00042
               retain explain churn.retain --table customers.csv --curve seats,plan
               retain explain churn.retain --config retain.yaml --account acct_00042 \\
                 --as-of 2025-12-01
      """)

  @OptionGroup var argument: ModelArgument

  @Option(help: "A labelled CSV file to measure importances on. (default: those of training)")
  var table: String?

  @Option(
    help: """
      The configuration of histories: the model's recipe is fitted anew in its folds, and measured \
      on the rows that each held out.
      """)
  var config: String?

  @Flag(help: "Show the coefficients of a logistic regression alone: odds ratios and tests.")
  var coefficients = false

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @OptionGroup(title: "One account") var subject: AccountOptions

  @Option(help: "How often each column is shuffled.")
  var repeats = 5

  @Option(help: "What the shuffling depends on.")
  var seed: UInt64 = 0

  @OptionGroup(title: "Importances") var importances: ImportanceOptions

  @OptionGroup(title: "Curves") var curves: CurveOptions

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    if table != nil, config != nil {
      throw ValidationError("--table and --config exclude each other.")
    }
    try subject.check(table: table, config: config)
    if coefficients, table != nil || config != nil {
      throw ValidationError(
        "--coefficients shows what the model file holds: leave out --table and --config.")
    }
    try importances.check(
      hasTable: table != nil, hasConfiguration: config != nil, isJSON: global.json)
    if curves.curve != nil {
      if table == nil, config == nil {
        throw ValidationError(
          "--curve needs rows to be drawn on: add --table FILE or --config FILE.")
      }
      if subject.account != nil {
        throw ValidationError("--curve and --account exclude each other.")
      }
    }
    if !(1...1000).contains(repeats) {
      throw ValidationError("--repeats is \(repeats), expected 1 to 1000.")
    }
  }

  func run() throws {
    let configuration = try config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    try reading.checkRejects(against: Train.inputs(table, configuration) + [argument.model])
    let file = try argument.load()
    if let names = curves.curve?.names {
      if let configuration { return try draw(names, of: file, on: configuration) }
      if let table { return try draw(names, of: file, on: table) }
    }
    if let table, let account = subject.account {
      return try explain(account, in: table, by: file)
    }
    if let configuration, let account = subject.account, let asOf = subject.asOf {
      return try explain(account, asOf: asOf, in: configuration, by: file)
    }
    if let table, importances.cv != nil { return try measureRecipe(file, on: table) }
    if let table { return try measure(file, on: table) }
    if let configuration { return try measure(file, on: configuration) }
    try explain(file)
  }

  /// The model's recipe judged by its folds of the histories.
  func heldOut(_ file: ModelFile, _ configuration: RetentionConfiguration)
    throws(Diagnostic) -> HeldOutHistory
  {
    var learned = try LearnedOptions(
      file.model, table: configuration.path, label: file.model.schema.target.column)
    learned.options.threads = global.threadCount
    learned.options.foldCount = learned.options.foldCount ?? 5
    learned.options.reading.onBadRow = reading.badRowPolicy
    learned.options.reading.rejects = reading.rejects
    let progress = ProgressLine()
    defer { progress.clear() }
    let held = try HeldOutHistory(
      file.model, configuration: configuration, options: learned.options
    ) { progress.show($0) }
    progress.clear()
    Logger.retain.warn(learned.warnings + held.warnings)
    return held
  }
}
