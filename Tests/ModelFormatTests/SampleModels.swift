import Calibration
import Diagnostics
import Evaluation
import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import Scoring
import TestSupport

/// Which learner a sample model has.
enum SampleLearner: String, CaseIterable, Sendable {
  /// Lines and a coefficient for each level.
  case logistic
  case trees
  /// Logistic regression with a curve, maps and an encoded category.
  case shaped
}

/// Models fitted to a seeded table of quantities, a yes/no and a category, with missing cells.
enum SampleModels {
  static let set = try! SeededTables.mixed(rowCount: 800, seed: 7)

  private static let learners: [SampleLearner: FittedModel] = {
    var boosting = GradientBoostingLearner()
    boosting.treeCount = 4
    boosting.leafCount = 6
    boosting.earlyStoppingPatience = nil
    var shaped = LogisticRegressionLearner()
    shaped.columns.shapes = ["x": .spline, "y": .log, "z": .winsor]
    shaped.columns.encoded["level"] = true
    var logistic = LogisticRegressionLearner()
    logistic.inference = .tests
    return [
      .logistic: .logistic(try! logistic.fitted(to: set, threads: 1)),
      .trees: .trees(try! boosting.fitted(to: set, threads: 1)),
      .shaped: .logistic(try! shaped.fitted(to: set, threads: 1)),
    ]
  }()

  static func model(_ learner: SampleLearner, calibration: CalibrationMethod = .platt)
    -> RetentionModel
  {
    let fitted = learners[learner]!
    let raw = fitted.scores(of: set.matrix, threads: 1)
    let calibrator = try! Calibrator.fitted(method: calibration, scores: raw, labels: set.labels)
      .calibrator
    return RetentionModel(
      schema: ModelSchema(
        features: set.matrix.features, idColumn: learner == .trees ? "account" : nil,
        target: ModelSchema.Target(column: "churned", positive: "yes", negative: "no")),
      learner: fitted, calibrator: calibrator,
      bands: ScoreBands(of: raw.map(calibrator.probability)), summary: summary(learner, fitted))
  }

  /// The same with what held-out rows say of single scores, by which no probability changes.
  static func certainModel(_ learner: SampleLearner) -> RetentionModel {
    var model = model(learner, calibration: .auto)
    let raw = learners[learner]!.scores(of: set.matrix, threads: 1)
    let held = HeldOutScores(
      scores: raw, labels: set.labels, foldOfRow: raw.indices.map { $0 % 5 })
    model.certainty = try! ScoreCertainty(held)
    model.summary.calibration = try! held.calibrated(by: .auto).choice
    return model
  }

  /// A summary in which nothing is left out that a summary can hold.
  private static func summary(_ learner: SampleLearner, _ fitted: FittedModel) -> TrainingSummary {
    TrainingSummary(
      release: "0.1.0", learner: learner == .trees ? "trees" : "logistic", rowCount: set.rowCount,
      positiveCount: set.labels.count(where: \.self),
      fingerprint: Fingerprint.of(set.matrix, labels: set.labels),
      parameters: [.init("l2", "1.0"), .init("seed", "0")],
      validation: TrainingSummary.Validation(
        foldCount: 5, rule: "stratified", rowCount: 800,
        metrics: Metric.allCases.enumerated().map { index, metric in
          .init(metric: metric, value: 0.5 + Double(index) / 10, low: 0.25, high: 2.5)
        }, baselineLogLoss: 0.6875),
      contest: [
        .init(learner: "gbm", logLoss: 0.5, rocAUC: 0.75),
        .init(learner: "logistic", logLoss: 0.625, rocAUC: 0.7),
      ],
      importances: [
        Importance(feature: "x", kind: .permutation, value: -0.001, standardError: 0.002)
      ] + ModelImportance.of(fitted, on: set.matrix),
      excludedColumns: [.init(name: "note", reason: "free text")],
      warnings: ["column 'é' has\ttwo lines\nand more"])
  }
}

/// Writes a model and gives back the file's bytes.
func fileBytes(of model: RetentionModel) throws -> [UInt8] {
  let folder = try TemporaryFolder()
  return try bytesAfterWriting(model, to: folder.path("model")).bytes
}
