import ArgumentParser
import RetentionKit

struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say in words what a model file holds.",
    discussion: "Example: retain inspect churn.retain")

  @OptionGroup var argument: ModelArgument
  @OptionGroup(title: "General") var global: GlobalOptions

  func run() throws {
    let file = try argument.load()
    try Console.print(
      global.json
        ? JSONText.of(ModelJSON(file.model, id: file.id, byteCount: file.byteCount))
        : file.model.text(id: file.id, byteCount: file.byteCount))
  }
}
