import ArgumentParser
import Logging
import RetentionKit

struct Score: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Give every account a probability, a band and reasons.",
    discussion: "Example: retain score churn.retain --table customers.csv --output scores.csv")

  @OptionGroup var argument: ModelArgument
  @OptionGroup var source: TableOptions

  @Option(help: "The day that the table is of (YYYY-MM-DD), for the as_of column.")
  var asOf: CalendarDay?

  @Option(name: .shortAndLong, help: "The CSV file to write. (default: standard output)")
  var output: String?

  @OptionGroup(title: "General") var global: GlobalOptions

  func run() throws {
    if let output {
      try OutputFile(path: output).check(against: [source.table, argument.model])
    }
    try source.reading.checkRejects(
      against: [source.table, argument.model], apartFrom: [output].compactMap(\.self))
    let file = try argument.load()
    let input = try ScoringInput.read(
      source.table, source.reading, for: file.model, needsOutcomes: false)
    let scores = file.model.scores(
      of: input.table, reasonLimit: ScoreFile.reasonCount, threads: global.threadCount)
    let target = file.model.schema.target.column
    if output != nil || !global.json {
      try write(ScoreFile(scores, asOf: asOf?.text, target: target, modelID: file.id))
    }
    if global.json {
      try Console.print(
        JSONText.of(
          ScoringJSON(
            scores, input: input, target: target, modelID: file.id, output: output)))
    } else if let output {
      try Console.print(
        ScoringText.of(
          scores, target: target, output: output, modelID: file.id,
          rowsText: input.rowCounts.text))
    }
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

/// A day as ISO 8601 writes it.
struct CalendarDay: ExpressibleByArgument {
  let text: String

  init?(argument: String) {
    let bytes = Array(argument.utf8)
    guard bytes.count == 10,
      case .value = TimestampGrammar.read(bytes.span)
    else { return nil }
    text = argument
  }
}
