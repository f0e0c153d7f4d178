import Calibration
import Reporting

extension CalibrationCheck {
  /// What the one who trains should know, where the probabilities are wrong on average.
  ///
  /// - Parameter method: How the probabilities were to be calibrated.
  package func warning(method: CalibrationMethod) -> String? {
    let facts =
      "held-out customers have a mean probability of \(Numbers.percent(meanProbability)), and "
      + "\(Numbers.percent(observedRate)) of them had the outcome"
    let remedy =
      method == .none
      ? "train with --calibration auto" : "look at how the outcome's rate changes over the folds"
    switch departure {
    case .none: return nil
    case .clear: return "\(facts), which is more than chance allows: \(remedy)"
    case .gross:
      return method == .none
        ? "the probabilities are wrong: \(facts); use them for ranking alone, or \(remedy)"
        : "the probabilities are far off on average: \(facts); \(remedy)"
    }
  }
}
