import Calibration
import Diagnostics
import Evaluation
import Learning
import Reporting
import Scoring

/// What held-out rows say of a model: its calibration, and its figures after calibration.
struct HeldOutJudgement: Sendable {
  /// Fitted to the held-out scores of all folds; the one that the model keeps.
  let calibrator: Calibrator
  /// What the held-out scores say of single ones.
  let certainty: ScoreCertainty?
  /// The probability of each judged row, by a calibrator fitted to the other folds.
  let probabilities: [Double]
  let evaluation: EvaluationSummary
  let validation: TrainingSummary.Validation
  /// One row per labelled row of the table.
  let rows: [OutOfFoldRow]
  /// What the one who trains should know of the probabilities.
  let warnings: [String]

  /// Fits calibrators to the held-out scores.
  static func calibration(
    of result: CrossValidation, _ set: TrainingSet, method: CalibrationMethod
  ) throws(Diagnostic) -> CrossFittedCalibration {
    try heldOut(result, set).calibrated(by: method)
  }

  private static func heldOut(_ result: CrossValidation, _ set: TrainingSet) -> HeldOutScores {
    HeldOutScores(
      scores: result.scores, labels: set.labels, weights: set.weights,
      foldOfRow: result.foldOfRow, goesForward: set.scheme.goesForward)
  }

  /// Judges each row by a calibrator that has not seen it.
  init(
    _ result: CrossValidation, _ calibration: CrossFittedCalibration, of table: TrainingTable,
    options: TrainingOptions
  ) throws(Diagnostic) {
    let set = table.set
    let judged = result.judgedRows
    calibrator = calibration.fit.calibrator
    certainty = try ScoreCertainty(Self.heldOut(result, set))
    probabilities = judged.map { calibration.probabilities[$0]! }
    evaluation = EvaluationSummary(
      probabilities: probabilities, labels: judged.map { set.labels[$0] },
      weights: set.weights.map { weights in judged.map { weights[$0] } },
      groups: set.scheme.groups.map { groups in judged.map { groups[$0] } },
      bootstrap: Bootstrap(seed: options.seed), threads: options.threads
    ).wideningRanks(by: result.intervalFactor(set.scheme))
    validation = Self.validation(evaluation, result, set.scheme)
    rows = set.labels.indices.map { row in
      OutOfFoldRow(
        row: table.rowOfFile[row], accountID: table.accountIDs[row], fold: result.foldOfRow[row],
        label: set.labels[row], score: result.foldOfRow[row] < 0 ? nil : result.scores[row],
        probability: calibration.probabilities[row])
    }
    warnings = Self.warnings(calibration, judged, set, result, method: options.calibration)
  }

  private static func warnings(
    _ calibration: CrossFittedCalibration, _ judged: [Int], _ set: TrainingSet,
    _ result: CrossValidation, method: CalibrationMethod
  ) -> [String] {
    var warnings: [String] = []
    if calibration.fit.ranksNoBetterThanChance {
      warnings.append(
        "the model ranks held-out customers no better than chance; "
          + "all probabilities are near the base rate")
    }
    // What no calibrator has touched says nothing of the calibration.
    let checked = judged.filter { result.foldOfRow[$0] != calibration.uncalibratedFold }
    let check = CalibrationCheck(
      probabilities: checked.map { calibration.probabilities[$0]! },
      labels: checked.map { set.labels[$0] },
      weights: set.weights.map { weights in checked.map { weights[$0] } },
      groups: set.scheme.groups.map { groups in checked.map { groups[$0] } })
    if let check, let warning = check.warning(method: method) {
      warnings.append(warning)
    }
    return warnings
  }

  private static func validation(
    _ evaluation: EvaluationSummary, _ result: CrossValidation, _ scheme: ValidationScheme
  ) -> TrainingSummary.Validation {
    let estimates = Metric.allCases.compactMap { metric -> TrainingSummary.MetricEstimate? in
      guard let value = evaluation[metric], let interval = evaluation.interval(of: metric) else {
        return nil
      }
      return TrainingSummary.MetricEstimate(
        metric: metric, value: value, low: interval.low, high: interval.high)
    }
    return TrainingSummary.Validation(
      foldCount: result.foldCount, rule: scheme.name, rowCount: evaluation.rows,
      metrics: estimates, baselineLogLoss: evaluation.baseline?.logLoss ?? 0)
  }
}
