import ArgumentParser
import Logging
import RetentionKit

struct Report: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write one HTML page: what a model is worth, what drives it, whom it points at.",
    discussion: """
      Example: retain report churn.retain --config retain.yaml --output report.html
               retain report churn.retain --table held-out.csv --output report.html
               retain report churn.retain --table customers.csv --cv 5 --output report.html

      The page needs nothing beside it and opens in any browser. It holds accounts of your data unless \
      --no-accounts is given.
      """)

  @OptionGroup var argument: ModelArgument

  @Option(help: "The labelled table: a CSV file, - for standard input, or a columnar file.")
  var table: String?

  @Option(help: "The configuration that says where the raw tables of histories are.")
  var config: String?

  @Option(
    help: "With --table, judge the model's recipe by so many folds of the table, fitted anew.")
  var cv: Int?

  @Option(help: "With --cv, the column that says which rows belong together: no fold divides them.")
  var group: String?

  @Option(help: "With --cv, the column of each row's time: folds then learn from the past only.")
  var time: String?

  @Option(help: "With --time, how long after a row's time its outcome is known, as of train.")
  var embargo: Double?

  @Option(
    help: """
      With --config, the day on which accounts are listed (YYYY-MM-DD). (default: the day after the \
      data end)
      """)
  var asOf: CalendarDay?

  @Flag(inversion: .prefixedNo, help: "Show single accounts: examples, and a table.")
  var accounts = true

  @Option(name: .shortAndLong, help: "The HTML file to write.")
  var output: String

  @OptionGroup(title: "Customers and money") var asked: QuestionOptions

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
  }

  func run() throws {
    let configuration = try config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    let inputs = try Train.inputs(table, configuration) + [argument.model]
    let destination = OutputFile(path: output)
    try destination.check(against: inputs)
    try reading.checkRejects(against: inputs, apartFrom: [output])
    let file = try argument.load()
    let report = try report(of: file, configuration)
    let bytes = Array(report.html.utf8)
    try destination.write(bytes)
    try Console.print(
      global.json
        ? JSONText.of(report.json(output: output, byteCount: bytes.count, modelID: file.id))
        : "Wrote \(displayText(output)): \(report.text(byteCount: bytes.count))")
  }

  private func report(of file: ModelFile, _ configuration: RetentionConfiguration?)
    throws(Diagnostic) -> ModelReport
  {
    var options = ModelReport.Options()
    options.questions = asked.questions
    options.hasAccounts = accounts
    options.asOf = asOf
    options.command = command
    options.seed = seed ?? 0
    options.threads = global.threadCount
    let progress = ProgressLine()
    defer { progress.clear() }
    let show: @Sendable (TrainingProgress) -> Void = { progress.show($0) }
    let target = file.model.schema.target
    let name = Self.name(of: table ?? "")
    if cv == nil, let table {
      let input = try ScoringInput.read(table, reading, for: file.model, needsOutcomes: true)
      let report = try ModelReport(
        of: file, on: input, path: table, name: name, options: options, progress: show)
      progress.clear()
      Logger.retain.warn(report.warnings)
      return report
    }
    var learned = try LearnedOptions(
      file.model, table: table ?? configuration?.path ?? "", label: target.column)
    learned.options.threads = global.threadCount
    learned.options.foldCount = cv ?? learned.options.foldCount ?? 5
    if let seed { learned.options.seed = seed }
    let report: ModelReport
    if let configuration {
      learned.options.reading.onBadRow = reading.badRowPolicy
      learned.options.reading.rejects = reading.rejects
      let held = try HeldOutHistory(
        file.model, configuration: configuration, options: learned.options, progress: show)
      report = try ModelReport(of: file, held: held, options: options, progress: show)
    } else {
      learned.options.reading = try reading.options()
      learned.options.positive = target.positive
      learned.options.id = file.model.schema.idColumn
      learned.options.group = group
      learned.options.time = time
      learned.options.embargo = embargo ?? 0
      if options.questions.segments.isEmpty {
        options.questions.segments = ModelReport.segments(of: file.model)
      }
      let judged = try RecipeReport(
        file.model, options: learned.options, questions: options.questions, progress: show)
      report = try ModelReport(
        of: file, judged: judged, name: name, options: options, progress: show)
    }
    progress.clear()
    Logger.retain.warn(learned.warnings + report.warnings)
    return report
  }

  /// What was asked for, files by their names alone: a page holds no place of the machine.
  private var command: String {
    var words = ["retain report", Self.name(of: argument.model)]
    func add(_ option: String, _ value: (any CustomStringConvertible)?) {
      if let value { words += [option, "\(value)"] }
    }
    add("--table", table.map(Self.name))
    add("--config", config.map(Self.name))
    add("--cv", cv)
    add("--group", group)
    add("--time", time)
    add("--embargo", embargo)
    add("--as-of", asOf)
    if !asked.segment.isEmpty {
      add("--segment", asked.segment.flatMap(\.names).joined(separator: ","))
    }
    add("--money", asked.money)
    add("--contact-cost", asked.contactCost)
    add("--save-value", asked.saveValue)
    add("--save-rate", asked.saveRate)
    add("--budget", asked.budget)
    add("--seed", seed)
    if !accounts { words.append("--no-accounts") }
    return words.joined(separator: " ")
  }

  private static func name(of path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
