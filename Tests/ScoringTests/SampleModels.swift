import Calibration
import Diagnostics
import GradientBoosting
import Learning
import LogisticRegression
import Scoring
import TestSupport

/// Which learner a sample model has.
enum SampleLearner: String, CaseIterable, Sendable { case logistic, trees }

/// Models fitted to a seeded table of quantities, a yes/no and a category, with missing cells.
enum SampleModels {
  static let set = try! SeededTables.mixed(rowCount: 1500, seed: 42)

  static let columns = ["account", "x", "y", "z", "level", "churned"]

  private static let learners: [SampleLearner: FittedModel] = {
    var boosting = GradientBoostingLearner()
    boosting.treeCount = 20
    boosting.leafCount = 8
    boosting.earlyStoppingPatience = nil
    return [
      .logistic: .logistic(try! LogisticRegressionLearner().fitted(to: set, threads: 1)),
      .trees: .trees(try! boosting.fitted(to: set, threads: 1)),
    ]
  }()

  static func model(
    _ learner: SampleLearner, calibration: CalibrationMethod = .platt, idColumn: String? = "account"
  ) -> RetentionModel {
    let fitted = learners[learner]!
    let calibrator = try! Calibrator.fitted(
      method: calibration, scores: fitted.scores(of: set.matrix, threads: 1), labels: set.labels
    ).calibrator
    let probabilities = fitted.scores(of: set.matrix, threads: 1).map(calibrator.probability)
    return RetentionModel(
      schema: ModelSchema(
        features: set.matrix.features, idColumn: idColumn,
        target: ModelSchema.Target(column: "churned", positive: "yes", negative: "no")),
      learner: fitted, calibrator: calibrator, bands: ScoreBands(of: probabilities),
      summary: TrainingSummary(
        release: "0", learner: learner.rawValue, rowCount: set.rowCount,
        positiveCount: set.labels.count(where: \.self),
        fingerprint: Fingerprint.of(set.matrix, labels: set.labels), parameters: [],
        validation: nil, contest: [], importances: [], excludedColumns: [], warnings: []))
  }
}
