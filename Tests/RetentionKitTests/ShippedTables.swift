import RetentionKit
import TestSupport

/// The tables in `Datasets`, and trainings on them that several tests look at.
enum ShippedTables {
  static let training = path("saas-customers.csv")
  static let heldOut = path("saas-customers-holdout.csv")

  private static func path(_ name: String) -> String {
    ReferenceFiles.packageRoot.appending(path: "Datasets/\(name)").path
  }

  /// Options for the shipped table.
  static func options(_ learner: TrainingOptions.LearnerChoice) -> TrainingOptions {
    var options = TrainingOptions(table: training, label: "churned")
    options.learner = learner
    options.threads = 2
    return options
  }

  /// Both learners tried, with default parameters.
  static let best = Result { () throws(Diagnostic) in try Training(options(.best)).run() }

  /// The better model on the customers that it has never seen.
  static let evaluation = Result { () throws(Diagnostic) in
    let model = try best.get().model
    let input = try ScoringInput(path: heldOut, model: model, needsOutcomes: true)
    return (
      input: input,
      evaluation: try ModelEvaluation(model, on: input, path: heldOut, seed: 0, threads: 2)
    )
  }
}
