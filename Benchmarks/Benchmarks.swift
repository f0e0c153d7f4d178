import Diagnostics

/// Runs one workflow and prints its median; see Docs/Methods/Histories.md.
@main
enum Benchmarks {
  private static let usage = """
    Usage: Benchmarks event-columns EVENTS.csv [THREADS] [--json]
           Benchmarks histories RETAIN.yaml [THREADS] [--json]
           Benchmarks importances ROWS FEATURES REPEATS THREADS [--json]
           Benchmarks interval-coverage RUNS [THREADS]
           Benchmarks intervals ROWS [THREADS] [--json]
           Benchmarks shap TREES.txt ROWS.f32 THREADS [OUTPUT.f64] [--json]

    """

  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    let isJSON = arguments.contains("--json")
    arguments.removeAll { $0 == "--json" }
    if arguments.first == "importances" { return importances(arguments.dropFirst(), isJSON) }
    let threads = arguments.count > 2 && arguments[0] != "shap" ? Int(arguments[2]) : 1
    guard arguments.count >= 2, let threads, threads > 0 else {
      return print(usage, terminator: "")
    }
    do {
      let path = arguments[1]
      switch arguments[0] {
      // One run in a fresh process for the comparison, else the median of several.
      case "event-columns":
        let work = EventColumnsWorkflow(path: path, threads: threads)
        print(try Measurement(repetitions: isJSON ? 1 : 5, work.run).text(isJSON: isJSON))
      case "histories":
        let work = try HistoriesWorkflow(path: path, threads: threads)
        print(try Measurement(repetitions: isJSON ? 1 : 5, work.run).text(isJSON: isJSON))
      case "interval-coverage":
        guard let runs = Int(path), runs > 0 else { return print(usage, terminator: "") }
        IntervalCoverage(runs: runs, rowCounts: [300, 1000, 3000, 10_000], threads: threads)
          .table { print($0) }
      case "intervals":
        guard let rowCount = Int(path), rowCount > 0 else { return print(usage, terminator: "") }
        let work = IntervalsWorkflow(rowCount: rowCount, threads: threads)
        print(try Measurement(repetitions: isJSON ? 1 : 5, work.run).text(isJSON: isJSON))
      case "shap":
        guard arguments.count > 3, let threads = Int(arguments[3]), threads > 0 else {
          return print(usage, terminator: "")
        }
        let work = try ShapWorkflow(trees: path, rows: arguments[2], threads: threads)
        print(try Measurement(repetitions: 5, work.run).text(isJSON: isJSON))
        if arguments.count > 4 { try work.write(to: arguments[4]) }
      default: print(usage, terminator: "")
      }
    } catch {
      print(error)
    }
  }

  /// The one workflow with four numbers.
  private static func importances(_ arguments: ArraySlice<String>, _ isJSON: Bool) {
    let numbers = arguments.compactMap { Int($0) }.filter { $0 > 0 }
    guard numbers.count == 4 else { return print(usage, terminator: "") }
    do {
      let work = try ImportancesWorkflow(
        rowCount: numbers[0], featureCount: numbers[1], repeatCount: numbers[2],
        threads: numbers[3])
      print(try Measurement(repetitions: isJSON ? 1 : 3, work.run).text(isJSON: isJSON))
    } catch {
      print(error)
    }
  }
}
