import Logging
import RetentionKit

extension Explain {
  /// Why one account of a table scores as it does.
  func explain(_ account: String, in table: String, by file: ModelFile) throws {
    let input: ScoringInput
    do throws(Diagnostic) {
      input = try ScoringInput.read(
        table, reading, for: file.model, needsOutcomes: false, wantsOutcomes: true)
    } catch {
      guard error.kind == .schemaMissingColumn, file.model.recipe != nil else { throw error }
      throw Diagnostic(
        .modelWrongTask, "the model was trained on histories, and the table lacks their features",
        file: table, hint: "give it the histories: --config FILE --as-of DAY")
    }
    let stories = AccountStories(
      file.model, input: input, path: table, threads: global.threadCount)
    try print(try stories.story(of: account), by: file)
  }

  /// Why one account of histories scores as it does on a day, and what it and its like did before.
  func explain(
    _ account: String, asOf: CalendarDay, in configuration: RetentionConfiguration,
    by file: ModelFile
  ) throws {
    let progress = ProgressLine()
    defer { progress.clear() }
    let scoring = try HistoryScoring(
      file.model, configuration: configuration, asOf: asOf, threads: global.threadCount,
      onBadRow: reading.badRowPolicy, rejects: reading.rejects
    ) { progress.show(.reading(byteCount: $0)) }
    progress.clear()
    Logger.retain.warn(scoring.input.warnings)
    let stories = try AccountStories(file.model, scoring: scoring, threads: global.threadCount)
    try print(try stories.story(of: account), by: file)
  }

  private func print(_ story: AccountStory, by file: ModelFile) throws {
    try Console.print(global.json ? JSONText.of(story.json(modelID: file.id)) : story.text)
  }
}
