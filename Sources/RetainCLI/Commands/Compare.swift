import ArgumentParser
import Logging
import RetentionKit

struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a challenger beside the model that it would replace, on the same rows.",
    discussion: """
      Example: retain compare old.retain new.retain --table held-out.csv
               retain compare old.retain new.retain --config retain.yaml --as-of 2025-06-01 \\
                 --top 0.05 --output both.csv
      """)

  @Argument(help: "The model at hand, A.")
  var first: String

  @Argument(help: "The challenger, B.")
  var second: String

  @Option(help: "The table, with or without the label: a CSV file, -, or a columnar file.")
  var table: String?

  @Option(help: "The configuration that says where the raw tables of histories are.")
  var config: String?

  @Option(help: "With --config, the day that accounts are looked at (YYYY-MM-DD).")
  var asOf: CalendarDay?

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @Option(help: "The share of the rows that is flagged, the riskiest first.")
  var top = 0.1

  @Option(
    help: """
      Columns that divide the rows, separated by commas. (default: all features of 2 to 10 words)
      """)
  var segment: [ColumnNames] = []

  @Option(name: .shortAndLong, help: "Write what both models say of every row to this CSV file.")
  var output: String?

  @Option(help: "What the bootstrap intervals depend on.")
  var seed: UInt64 = 0

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    guard top > 0, top <= 1 else {
      throw ValidationError("--top is \(top), expected a share above 0, at most 1.")
    }
    switch (table, config) {
    case (nil, nil): throw ValidationError("Either --table or --config is needed.")
    case (_?, _?): throw ValidationError("--table and --config exclude each other.")
    case (nil, _?):
      if asOf == nil { throw ValidationError("--config needs --as-of, the day to look at.") }
      if reading.namesForm || reading.onBadRow == .skip {
        throw ValidationError(
          "How the files of histories are read the configuration says, under sources.")
      }
    case (_?, nil):
      if asOf != nil { throw ValidationError("--as-of goes with --config.") }
    }
  }

  func run() throws {
    let configuration = try config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    let inputs = try Train.inputs(table, configuration) + [first, second]
    if let output { try OutputFile(path: output).check(against: inputs) }
    try reading.checkRejects(against: inputs, apartFrom: [output].compactMap(\.self))
    let files = (try load(first), try load(second))
    let rows = try rows(files.0.model, files.1.model, configuration)
    var options = ModelComparison.Options()
    options.topShare = top
    options.bootstrap = Bootstrap(seed: seed)
    options.threads = global.threadCount
    let comparison = ModelComparison(files.0, files.1, on: rows, options: options)
    Logger.retain.warn(
      rows.warnings + comparison.warnings((displayText(first), displayText(second))))
    if let output {
      let file = ComparisonFile(comparison, rows)
      if file.formulaLikeCount > 0 {
        Logger.retain.warning(
          "\(file.formulaLikeCount) fields begin like a spreadsheet formula; they are quoted")
      }
      try OutputFile(path: output).write(file.bytes)
    }
    try Console.print(
      global.json
        ? JSONText.of(ComparisonJSON(comparison, rows, output: output))
        : comparison.text(rows, (first, second))
          + (output.map { "Wrote \(displayText($0))\n" } ?? ""))
  }

  private func load(_ path: String) throws(Diagnostic) -> ModelFile {
    let file = try ModelFile(path: path)
    Logger.retain.warn(file.warnings)
    return file
  }

  private func rows(
    _ first: RetentionModel, _ second: RetentionModel, _ configuration: RetentionConfiguration?
  ) throws(Diagnostic) -> ComparedRows {
    let progress = ProgressLine()
    defer { progress.clear() }
    let segments = segment.flatMap(\.names)
    guard let configuration, let asOf else {
      return try ComparedRows(
        first, second, table: table ?? "", segments: segments, options: reading.options()
      ) { progress.show(.reading(byteCount: $0)) }
    }
    return try ComparedRows(
      first, second, configuration: configuration, asOf: asOf, segments: segments,
      threads: global.threadCount
    ) { progress.show(.reading(byteCount: $0)) }
  }
}
