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

  @OptionGroup var data: JudgedDataOptions

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
    if asOf != nil, data.table != nil { throw ValidationError("--as-of goes with --config.") }
  }

  func run() throws {
    let configuration = try data.config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    let inputs = try Train.inputs(data.table, configuration) + [argument.model]
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
    let name = Self.name(of: data.table ?? "")
    if data.cv == nil, let table = data.table {
      let input = try ScoringInput.read(table, reading, for: file.model, needsOutcomes: true)
      let report = try ModelReport(
        of: file, on: input, path: table, name: name, options: options, progress: show)
      progress.clear()
      Logger.retain.warn(report.warnings)
      return report
    }
    let learned = try data.learned(
      file.model, configuration, reading, seed: seed, threads: global.threadCount)
    let report: ModelReport
    if let configuration {
      let held = try HeldOutHistory(
        file.model, configuration: configuration, options: learned.options, progress: show)
      report = try ModelReport(of: file, held: held, options: options, progress: show)
    } else {
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
    add("--table", data.table.map(Self.name))
    add("--config", data.config.map(Self.name))
    add("--cv", data.cv)
    add("--group", data.group)
    add("--time", data.time)
    add("--embargo", data.embargo)
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
