import ArgumentParser
import RetentionKit

/// What logistic regression may do beyond a penalty of a given strength.
struct LogisticOptions: ParsableArguments {
  @Option(
    help: """
      Try so many penalties, each on the folds, instead of --l1 and --l2; 0 for none.
      """)
  var penaltyPath = 0

  @Option(
    help: "With --penalty-path, the share of --l1: 1 for the lasso, 0 for the ridge. (default: 1)")
  var l1Ratio: Double?

  @Option(
    help: """
      With --penalty-path, take the best penalty, or the strongest within one standard error of it: \
      best or 1se. (default: best)
      """)
  var penaltyRule: PenaltyRule?

  @Option(
    help: """
      How sure coefficients are: none says nothing and is fastest, errors is standard errors, tests \
      is for explain. (default: tests with folds or calibration, else errors)
      """)
  var inference: LogisticRegressionLearner.Inference?

  @Option(help: "Columns whose coefficients are not penalised.")
  var unpenalised: [ColumnNames] = []

  @Option(help: "A column of log odds that is added as it is, and not fitted.")
  var offset: String?

  func validate() throws {
    guard penaltyPath == 0 else { return }
    for (option, isGiven) in [
      ("--l1-ratio", l1Ratio != nil), ("--penalty-rule", penaltyRule != nil),
    ]
    where isGiven {
      throw ValidationError("\(option) goes with --penalty-path.")
    }
  }

  /// Hands these to a learner; those that name columns are the training's to hand on.
  func apply(to learner: inout LogisticRegressionLearner) {
    guard penaltyPath != 0 else { return }
    learner.penalty = .path(count: penaltyPath, rule: penaltyRule ?? .best)
    learner.l1Ratio = l1Ratio ?? learner.l1Ratio
  }
}

extension PenaltyRule: ExpressibleByArgument {}

extension LogisticRegressionLearner.Inference: ExpressibleByArgument {}
