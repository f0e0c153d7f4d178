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
  /// The probability of each judged row, by a calibrator fitted to the other folds.
  let probabilities: [Double]
  let evaluation: EvaluationSummary
  let validation: TrainingSummary.Validation
  /// One row per labelled row of the table.
  let rows: [OutOfFoldRow]

  /// Fits a calibrator to the held-out scores.
  static func calibration(
    of result: CrossValidation, _ set: TrainingSet, method: CalibrationMethod
  ) throws(Diagnostic) -> CalibrationFit {
    let judged = result.judgedRows
    return try Calibrator.fitted(
      method: method, scores: judged.map { result.scores[$0] },
      labels: judged.map { set.labels[$0] },
      weights: set.weights.map { weights in judged.map { weights[$0] } })
  }

  /// Judges each row by a calibrator that has not seen it.
  init(
    _ result: CrossValidation, _ calibration: CalibrationFit, of table: TrainingTable,
    options: TrainingOptions
  ) throws(Diagnostic) {
    let set = table.set
    let judged = result.judgedRows
    let crossFitted = try Calibrator.crossFitted(
      method: options.calibration, scores: result.scores, labels: set.labels,
      weights: set.weights, foldOfRow: result.foldOfRow)
    calibrator = calibration.calibrator
    probabilities = judged.map { crossFitted[$0]! }
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
        probability: crossFitted[row])
    }
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
