import Calibration
import Scoring

extension CalibrationChoice {
  /// What was chosen and how each method did, the best first.
  package var text: String {
    let figures = candidates.sorted { $0.logLoss < $1.logLoss }.map {
      "\($0.method.rawValue) \(Numbers.fixed($0.logLoss, 4))"
    }
    return "\(method.rawValue) (\(figures.joined(separator: ", ")))"
  }
}

extension ScoreCertainty {
  /// The band in words, in probabilities.
  package func text(_ calibrator: Calibrator) -> String {
    func probability(_ score: Double) -> String { Numbers.percent(calibrator.probability(score)) }
    let words =
      switch (band.lowestOfPositives, band.highestOfNegatives) {
      case (let low?, let high?) where low <= high:
        "'no' below \(probability(low)), 'yes' above \(probability(high)), 'cannot tell' between"
      case (let low?, let high?):
        "'no' up to \(probability(high)), 'yes' from \(probability(low)) on, 'unusual' between"
      case (let low?, nil): "'no' below \(probability(low)), else 'cannot tell' for want of rows"
      case (nil, let high?): "'yes' above \(probability(high)), else 'cannot tell' for want of rows"
      case (nil, nil): "'cannot tell', for want of rows"
      }
    return
      "\(words); says the opposite of at most \(Numbers.percent(1 - band.level)) of each outcome"
  }
}

extension AccountCertainty {
  /// The interval and the verdict in a line.
  package var text: String {
    "interval \(Numbers.percent(low)) to \(Numbers.percent(high)), certainty: \(verdict.rawValue)"
  }
}
