import Diagnostics

/// How long a search for parameters goes on.
public struct TuningOptions: Sendable, Equatable {
  /// How many settings are tried for each learner, those of the options included.
  public var trialCount = 24

  /// A search of the default length.
  public init() {}

  static let trialCounts = 2...10_000
}

extension TrainingOptions {
  /// Makes sure that a search agrees with the other options.
  ///
  /// - Throws: `usage`.
  func checkTuning() throws(Diagnostic) {
    guard let tuning else { return }
    guard TuningOptions.trialCounts.contains(tuning.trialCount) else {
      throw Diagnostic(.usage, "--tune-trials is \(tuning.trialCount), expected 2 to 10,000")
    }
    for (option, isGiven, why) in [
      (start?.option ?? "", start != nil, "begins with the trees of a model"),
      (
        "--out-of-core", outOfCore != nil,
        "keeps the table on disk, and a search would read it often"
      ),
      ("--firth", logistic.isFirth, "is a penalty that nothing is to be found of"),
    ] where isGiven {
      throw Diagnostic(
        .usage, "--tune does not go with \(option), which \(why)", hint: "leave one of them out")
    }
    if learner != .logistic, boosting.earlyStoppingPatience == nil {
      throw Diagnostic(
        .usage, "--tune finds how many trees are best, but --early-stopping is off",
        hint: "leave out --early-stopping off, or add --learner logistic")
    }
  }
}
