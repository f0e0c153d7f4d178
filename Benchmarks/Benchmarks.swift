import Diagnostics

/// Runs one workflow and prints its median; see Docs/Methods/Histories.md.
@main
enum Benchmarks {
  private static let usage = """
    Usage: Benchmarks event-columns EVENTS.csv [THREADS] [--json]
           Benchmarks histories RETAIN.yaml [THREADS] [--json]

    """

  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let isJSON = arguments.contains("--json")
    arguments.removeAll { $0 == "--json" }
    let threads = arguments.count > 2 ? Int(arguments[2]) : 1
    guard arguments.count >= 2, let threads, threads > 0 else {
      return print(usage, terminator: "")
    }
    do throws(Diagnostic) {
      let path = arguments[1]
      switch arguments[0] {
      // One run in a fresh process for the comparison, else the median of several.
      case "event-columns":
        let work = EventColumnsWorkflow(path: path, threads: threads)
        print(try Measurement(repetitions: isJSON ? 1 : 5, work.run).text(isJSON: isJSON))
      case "histories":
        let work = try HistoriesWorkflow(path: path, threads: threads)
        print(try Measurement(repetitions: isJSON ? 1 : 5, work.run).text(isJSON: isJSON))
      default: print(usage, terminator: "")
      }
    } catch {
      print(error)
    }
  }
}
