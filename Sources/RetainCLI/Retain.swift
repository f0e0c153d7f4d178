import ArgumentParser
import RetentionKit

/// The `retain` command.
@main
struct Retain: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retain",
    abstract: "Learn from customer histories who will leave, and why.",
    discussion: """
      Example: retain train --table customers.csv --label churned --output churn.retain
      """,
    version: version,
    subcommands: [
      Init.self, Check.self, Features.self, Train.self, Evaluate.self, Compare.self, Score.self,
      Explain.self, Report.self, Inspect.self, Demo.self, Synth.self,
    ])

  /// Printed with `--version`: the release; with `--verbose` also what it computes with here.
  private static var version: String {
    guard CommandLine.arguments.contains("--verbose") else { return retentionKitRelease }
    return "retain \(retentionKitRelease)\n" + ComputingLibraries.text
  }

  @Flag(help: "With --version: also the libraries and the processor's vectors that are used.")
  var verbose = false

  /// - Throws: The help, as there is nothing to do without a command.
  func run() throws {
    throw CleanExit.helpRequest(self)
  }

  static func main() {
    Console.prepare()
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch let diagnostic as Diagnostic {
      Console.report(diagnostic)
      Foreground.exit(diagnostic.kind.exitCode)
    } catch {
      // Help and the version come this way too, and are no faults.
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      Console.report(usageFault(error))
      Foreground.exit(Diagnostic.Kind.usage.exitCode)
    }
  }

  /// An error of the argument parser in the form of all others.
  private static func usageFault(_ error: any Error) -> Diagnostic {
    let names = configuration.subcommands.map { "\($0)".lowercased() }
    let command = CommandLine.arguments.dropFirst().first { names.contains($0) }
    let help = ["retain", command, "--help"].compactMap(\.self).joined(separator: " ")
    var message = message(for: error)
    // More than five words to choose from come as a list; a fault is one line.
    message = message.replacing(":\n  - ", with: ": ").replacing("\n  - ", with: ", ")
    if message.last == "." { message.removeLast() }
    return Diagnostic(.usage, message, hint: "see '\(help)'")
  }
}
