import ArgumentParser
import Logging
import RetentionKit

struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Judge a model by what happened.",
    discussion: "Example: retain evaluate churn.retain --table held-out.csv")

  @OptionGroup var argument: ModelArgument
  @OptionGroup var source: TableOptions

  @Option(help: "What the bootstrap intervals depend on.")
  var seed: UInt64 = 0

  @OptionGroup(title: "General") var global: GlobalOptions

  func run() throws {
    try source.reading.checkRejects(against: [source.table, argument.model])
    let file = try argument.load()
    let input = try ScoringInput.read(
      source.table, source.reading, for: file.model, needsOutcomes: true)
    let evaluation = try ModelEvaluation(
      file.model, on: input, path: source.table, seed: seed, threads: global.threadCount)
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
        : evaluation.text(path: source.table, modelID: file.id))
  }
}
