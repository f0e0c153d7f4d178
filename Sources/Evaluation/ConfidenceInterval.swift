import Learning

/// Between which values a figure would fall in 95 of 100 samples like this one.
public struct ConfidenceInterval: Codable, Equatable, Sendable {
  /// The figure.
  public var metric: Metric
  /// The 2.5 % point.
  public var low: Double
  /// The 97.5 % point.
  public var high: Double
  /// How it was had.
  public var method: IntervalMethod
}

/// How an interval is had; the raw value is the name in files.
public enum IntervalMethod: String, Codable, Sendable {
  /// The variance of DeLong et al. 1988, of whole accounts where those are given (Obuchowski 1997),
  /// on the scale of log odds.
  case deLong = "delong"
  /// The standard deviation over resamples, on the scale of logarithms; wider for few positives in
  /// the case of means over rows.
  case logStandardError = "bootstrap_log_standard_error"
  /// The percentiles of the resamples in log odds, moved so that their mean is the figure, and
  /// stretched for few positives.
  case centredLogOdds = "bootstrap_centred_log_odds"
  /// The percentiles of the resamples, moved so that their mean is the figure.
  case centred = "bootstrap_centred"
}

extension Metric {
  /// The method whose intervals cover best.
  public var intervalMethod: IntervalMethod {
    switch self {
    case .rocAUC: .deLong
    case .averagePrecision: .centredLogOdds
    case .logLoss, .brierScore, .liftAt10: .logStandardError
    case .expectedCalibrationError: .centred
    }
  }

  /// From how many rows of either outcome on there is an interval; accounts, where those are drawn.
  /// With fewer, 95 % intervals contain the truth less than 93.5 times in 100.
  public var minimumUnitCount: Int {
    switch self {
    case .averagePrecision: 30
    case .rocAUC, .logLoss, .brierScore, .expectedCalibrationError, .liftAt10: 10
    }
  }
}

/// A figure and what resamples have instead.
struct ResampledFigure {
  /// The figure.
  var estimate: Double
  /// The figures of resamples, ascending; not empty.
  var values: [Double]

  /// The 95 % interval; `nil` where the scale has no place for the figure, as logarithms have none
  /// for 0.
  ///
  /// - Parameters:
  ///   - unitCount: How many units there are of the kind that decides: those with a row of the
  ///     rarer outcome, or all. Few of them know their own spread badly.
  func interval(_ method: IntervalMethod, unitCount: Int) -> (low: Double, high: Double)? {
    switch method {
    case .deLong:
      preconditionFailure("no resamples are used for \(method)")
    case .logStandardError:
      guard estimate > 0, unitCount > 1 else { return nil }
      let error = Self.standardDeviation(values) / estimate
      let reach = StudentQuantile.upper(degreesOfFreedom: Double(unitCount - 1)) * error
      return (estimate * PortableMath.exp(-reach), estimate * PortableMath.exp(reach))
    case .centredLogOdds:
      guard estimate > 0, estimate < 1, unitCount > 1 else { return nil }
      // A resample may reach the end of the scale; the figure itself has not.
      let scores = values.map { LogLoss.score(min(max($0, 1e-6), 1 - 1e-6)) }
      let centre = Self.mean(scores)
      let score = LogLoss.score(estimate)
      let stretch =
        StudentQuantile.upper(degreesOfFreedom: Double(unitCount - 1))
        / PortableMath.normal95
      func limit(_ share: Double) -> Double {
        LogLoss.probability(score + stretch * (Self.quantile(share, of: scores) - centre))
      }
      return (limit(0.025), limit(0.975))
    case .centred:
      let bias = Self.mean(values) - estimate
      return (
        max(0, Self.quantile(0.025, of: values) - bias), Self.quantile(0.975, of: values) - bias
      )
    }
  }

  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  static func standardDeviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = mean(values)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }

  /// Linear between order statistics (Hyndman and Fan 1996, type 7).
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    let position = share * Double(sorted.count - 1)
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (sorted[above] - sorted[below]) * (position - Double(below))
  }
}
