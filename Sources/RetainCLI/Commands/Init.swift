import ArgumentParser
import RetentionKit

struct Init: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at the tables of a folder and write a first configuration.",
    discussion: "Example: retain init exports")

  @Argument(help: "The folder of CSV files.")
  var folder: String

  @Option(
    name: .shortAndLong, help: "The configuration to write. (default: retain.yaml in the folder)")
  var output: String?

  @Flag(help: "Replace a configuration that is there already.")
  var force = false

  @OptionGroup(title: "General") var global: GlobalOptions

  func run() throws {
    let initialisation = try Initialisation(folder: folder, output: output)
    try initialisation.write(replacing: force)
    try Console.print(
      global.json
        ? JSONText.of(InitialisationJSON(initialisation)) : initialisation.report(folder: folder))
  }
}
