import ArgumentParser
import Logging
import RetentionKit

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give every account a probability, a band and reasons.",
    discussion: """
      Example: retain score churn.retain --table customers.csv --output scores.csv
               retain score churn.retain --config retain.yaml --as-of 2025-12-01 \\
                 --output scores.csv
      """)

  @OptionGroup var argument: ModelArgument

  @Option(help: "The table: a CSV file, - for standard input, or a columnar file.")
  var table: String?

  @Option(help: "The configuration that says where the raw tables of histories are.")
  var config: String?

  @OptionGroup(title: "Reading") var reading: ReadingOptions

  @Option(help: "The day that accounts are looked at, or that the table is of (YYYY-MM-DD).")
  var asOf: CalendarDay?

  @Option(name: .shortAndLong, help: "The CSV file to write. (default: standard output)")
  var output: String?

  @Option(help: "How many reasons each account gets, 0 to 3; without any, scoring is faster.")
  var reasons = ScoreFile.reasonCount

  @Option(
    help: "With --config, a file that keeps event logs that were read: next time only new ones are."
  )
  var cache: String?

  @OptionGroup(title: "General") var global: GlobalOptions

  func validate() throws {
    guard (0...ScoreFile.reasonCount).contains(reasons) else {
      throw ValidationError("--reasons is \(reasons), expected 0 to \(ScoreFile.reasonCount).")
    }
    if cache != nil && config == nil { throw ValidationError("--cache goes with --config.") }
    switch (table, config) {
    case (nil, nil): throw ValidationError("Either --table or --config is needed.")
    case (_?, _?): throw ValidationError("--table and --config exclude each other.")
    case (nil, _?):
      if reading.namesForm {
        throw ValidationError(
          "How the files of histories are written the configuration says, under sources.")
      }
      if asOf == nil { throw ValidationError("--config needs --as-of, the day to look at.") }
    case (_?, nil): break
    }
  }

  func run() throws {
    let configuration = try config.map { (path) throws(Diagnostic) in
      try RetentionConfiguration(contentsOf: path)
    }
    let inputs = try Train.inputs(table, configuration) + [argument.model]
    if let output { try OutputFile(path: output).check(against: inputs) }
    try reading.checkRejects(against: inputs, apartFrom: [output].compactMap(\.self))
    try Train.check(
      cache: cache, inputs: inputs, outputs: [output, reading.rejects].compactMap(\.self))
    var timings = Timings()
    let file = try timings.measure("load_s") { try argument.load() }
    let (input, leftOut, scoring) = try timings.measure("read_s") {
      try self.input(for: file.model, configuration)
    }
    let raw = timings.measure("score_s") {
      file.model.learner.scores(of: input.table.matrix, threads: global.threadCount)
    }
    let scores = timings.measure("reason_s") {
      file.model.scores(
        of: input.table, rawScores: raw, reasonLimit: reasons, threads: global.threadCount)
    }
    let words = try timings.measure("word_s") {
      try self.words(of: scores, input: input, scoring: scoring, by: file.model)
    }
    let target = file.model.schema.target.column
    if output != nil || !global.json {
      try timings.measure("write_s") {
        try write(
          ScoreFile(
            scores, asOf: asOf?.description, target: target, modelID: file.id,
            hasCertainty: file.model.certainty != nil, words: words))
      }
    }
    if global.json {
      try Console.print(
        JSONText.of(
          ScoringJSON(
            scores, input: input, target: target, modelID: file.id, output: output,
            timings: timings.seconds, words: words)))
    } else if let output {
      try Console.print(
        ScoringText.of(
          scores, target: target, output: output, modelID: file.id,
          rowsText: input.rowCounts.text + leftOut, words: words))
    }
  }

  /// How the reasons are said; `nil` where none are wanted.
  private func words(
    of scores: [AccountScore], input: ScoringInput, scoring: HistoryScoring?,
    by model: RetentionModel
  ) throws(Diagnostic) -> ReasonWords? {
    guard reasons > 0 else { return nil }
    if let scoring { return try scoring.words(of: scores, by: model, threads: global.threadCount) }
    return ReasonWords(model, matrix: input.table.matrix, threads: global.threadCount)
  }

  /// The accounts to be scored, and those that are not, in words.
  private func input(for model: RetentionModel, _ configuration: RetentionConfiguration?)
    throws(Diagnostic) -> (ScoringInput, leftOut: String, HistoryScoring?)
  {
    guard let configuration, let asOf else {
      return (
        try ScoringInput.read(table ?? "", reading, for: model, needsOutcomes: false), "", nil
      )
    }
    let progress = ProgressLine()
    defer { progress.clear() }
    let scoring = try HistoryScoring(
      model, configuration: configuration, asOf: asOf, threads: global.threadCount,
      onBadRow: reading.badRowPolicy, rejects: reading.rejects, cache: cache
    ) { progress.show(.reading(byteCount: $0)) }
    progress.clear()
    Logger.retain.warn((scoring.cache?.warnings ?? []) + scoring.input.warnings)
    let leftOut = scoring.leftOut.joined(separator: ", ")
    return (scoring.input, leftOut.isEmpty ? "" : "not scored: \(leftOut)\n", scoring)
  }

  private func write(_ file: ScoreFile) throws {
    if file.formulaLikeCount > 0 {
      Logger.retain.warning(
        "\(file.formulaLikeCount) fields begin like a spreadsheet formula; they are quoted")
    }
    if let output {
      try OutputFile(path: output).write(file.bytes)
    } else {
      try StandardStream.output.write(file.bytes)
    }
  }
}

/// Seconds on the clock for each part of a run.
private struct Timings {
  private(set) var seconds: [String: Double] = [:]

  mutating func measure<Result>(_ part: String, _ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { seconds[part] = (ContinuousClock.now - start) / .seconds(1) }
    return try body()
  }
}

extension CalendarDay: ExpressibleByArgument {
  /// Reads `YYYY-MM-DD`.
  public init?(argument: String) { self.init(argument) }
}
