import ArgumentParser
import Logging
import RetentionKit

/// A model file, and reading a table for it.
struct ModelArgument: ParsableArguments {
  @Argument(help: "The model file.")
  var model: String

  func load() throws(Diagnostic) -> ModelFile {
    let file = try ModelFile(path: model)
    Logger.retain.warn(file.warnings)
    return file
  }
}

extension ScoringInput {
  /// Reads a table for a model, with progress on a terminal, and logs what was noticed.
  ///
  /// - Parameter wantsOutcomes: Whether outcomes are read where the table has them.
  static func read(
    _ path: String, _ reading: ReadingOptions, for model: RetentionModel, needsOutcomes: Bool,
    wantsOutcomes: Bool = false
  ) throws(Diagnostic) -> ScoringInput {
    let options = try reading.options()
    let progress = ProgressLine()
    defer { progress.clear() }
    let input = try ScoringInput(
      path: path, model: model, needsOutcomes: needsOutcomes, wantsOutcomes: wantsOutcomes,
      options: options
    ) { progress.show(.reading(byteCount: $0)) }
    progress.clear()
    Logger.retain.warn(input.warnings)
    if !input.ignoredColumns.isEmpty {
      let names = input.ignoredColumns.prefix(8).map { displayText($0) }.joined(separator: ", ")
      let rest = input.ignoredColumns.count > 8 ? ", ..." : ""
      Logger.retain.info("columns that the model does not read: \(names)\(rest)")
    }
    return input
  }
}
