import ArgumentParser
import RetentionKit

struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look for faults in the tables, and for what gives the outcome away.",
    discussion: "Example: retain check --config exports/retain.yaml")

  @Option(help: "The configuration.")
  var config = "retain.yaml"

  @Flag(help: "Exit with 0 although something leaks.")
  var warnOnly = false

  @Option(help: "What the samples of rows depend on.")
  var seed: UInt64 = 1

  @OptionGroup(title: "General") var global: GlobalOptions

  func run() throws {
    let progress = ProgressLine()
    defer { progress.clear() }
    var check = RetentionKit.Check(try RetentionConfiguration(contentsOf: config))
    check.seed = seed
    check.progress = { progress.show($0) }
    let report = try check.report(threads: global.threadCount)
    progress.clear()
    try Console.print(global.json ? JSONText.of(report) : report.text)
    if let fault = report.verdict(toleratesLeaks: warnOnly) { throw fault }
  }
}
