import ArgumentParser
import RetentionKit

/// How importances are measured and shown.
struct ImportanceOptions: ParsableArguments {
  @Flag(help: "List everything, not the first of each kind only.")
  var all = false

  @Flag(
    help: "Write the list of importances, or all points of --curve, as CSV to standard output.")
  var csv = false

  @Option(
    help: "With --table, measure the model's recipe by so many folds of the table, fitted anew.")
  var cv: Int?

  @Option(help: "With --cv, the column that says which rows belong together: no fold divides them.")
  var group: String?

  @Option(help: "With --cv, the column of each row's time: folds then learn from the past only.")
  var time: String?

  @Flag(
    help: """
      With --config, fit the model's recipe again without each family of features, and with each \
      alone: some minutes.
      """)
  var ablation = false

  /// Checks what goes with what.
  func check(hasTable: Bool, hasConfiguration: Bool, isJSON: Bool) throws {
    if let cv, !(2...100).contains(cv) {
      throw ValidationError("--cv is \(cv), expected 2 to 100.")
    }
    if cv != nil, !hasTable { throw ValidationError("--cv goes with --table.") }
    for (option, isGiven) in [("--group", group != nil), ("--time", time != nil)]
    where isGiven && cv == nil {
      throw ValidationError("\(option) goes with --cv.")
    }
    if ablation, !hasConfiguration { throw ValidationError("--ablation goes with --config.") }
    if csv, isJSON { throw ValidationError("--csv and --json exclude each other.") }
  }
}
