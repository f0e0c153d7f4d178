/// The figures that an evaluation reports with an interval; the raw value is the name in files.
public enum Metric: String, CaseIterable, Codable, Sendable {
  /// The chance that a positive row scores above a negative one.
  case rocAUC = "roc_auc"
  /// The area under the precision-recall steps.
  case averagePrecision = "average_precision"
  /// The mean negative log of the probability given to what happened, in nats.
  case logLoss = "log_loss"
  /// The mean squared distance of probability and outcome.
  case brierScore = "brier"
  /// The mean distance of probability and observed rate over bins.
  case expectedCalibrationError = "ece"
  /// How many times the base rate is found in the best tenth of the rows.
  case liftAt10 = "lift_at_10"
}
