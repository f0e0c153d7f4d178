import ArgumentParser
import RetentionKit

struct Demo: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make up a company, and train, evaluate, score and explain on it.",
    discussion: "Example: retain demo retain-demo")

  @Argument(help: "The folder to write to; it is created if it does not exist.")
  var folder = "retain-demo"

  @Flag(help: "Write the two tables and stop.")
  var dataOnly = false

  @OptionGroup(title: "General") var global: GlobalOptions

  func run() throws {
    let tour = DemoTour(folder: folder)
    try tour.writeTables()
    if dataOnly {
      let tables = [tour.trainingTable, tour.heldOutTable]
      return try Console.print(
        global.json
          ? JSONText.of(["tables": tables])
          : "Wrote \(tables.map { displayText($0) }.joined(separator: " and "))\n")
    }
    if global.json {
      return try Console.print(
        JSONText.of(
          DemoReport(tour, threads: global.threadCount) { Machine.peakResidentByteCount }))
    }
    for (sentence, arguments) in tour.steps {
      try Console.print("\n# \(sentence)\n$ retain \(arguments.joined(separator: " "))\n\n")
      var command = try Retain.parseAsRoot(arguments + threadArguments)
      try command.run()
    }
    try Console.print("\nEverything is in \(displayText(folder)).\n")
  }

  private var threadArguments: [String] { global.threads.map { ["--threads", "\($0)"] } ?? [] }
}
