import ArgumentParser
import RetentionKit

/// What is asked of a look back.
struct BacktestOptions: ParsableArguments {
  @Flag(
    help: """
      With --config, look back: how long before the outcome accounts were flagged, what could be seen \
      at an age, how steady scores and importances are.
      """)
  var backtest = false

  @Flag(
    help: """
      With --backtest, also fit the learner again without each family of features, with each alone, \
      and with human use alone. Takes a few minutes.
      """)
  var ablation = false

  @Option(
    help: "With --backtest, the share of the accounts of a day that is flagged. (default: 0.1)")
  var flagTop: Double?

  @Option(help: "With --backtest, flag accounts of at least this probability instead.")
  var flagProbability: Double?

  @Option(
    help: """
      With --backtest, features whose levels are told apart. (default: segment, auto_renew, those that \
      there are)
      """)
  var flagBy: [ColumnNames] = []

  func validate() throws {
    for (option, isGiven) in [
      ("--ablation", ablation), ("--flag-top", flagTop != nil),
      ("--flag-probability", flagProbability != nil),
      ("--flag-by", !flagBy.isEmpty),
    ] where isGiven && !backtest {
      throw ValidationError("\(option) goes with --backtest.")
    }
    if flagTop != nil && flagProbability != nil {
      throw ValidationError("--flag-top and --flag-probability exclude each other.")
    }
    if let flagTop, !(flagTop > 0 && flagTop < 1) {
      throw ValidationError("--flag-top is \(flagTop), expected a share between 0 and 1.")
    }
    if let flagProbability, !(flagProbability > 0 && flagProbability < 1) {
      throw ValidationError(
        "--flag-probability is \(flagProbability), expected a number between 0 and 1.")
    }
  }

  /// The library's options.
  var options: Backtest.Options {
    var options = Backtest.Options()
    if let flagTop { options.flag = .top(flagTop) }
    if let flagProbability { options.flag = .probability(flagProbability) }
    if !flagBy.isEmpty { options.segments = flagBy.flatMap(\.names) }
    options.hasAblation = ablation
    return options
  }
}
