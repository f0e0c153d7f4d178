import Diagnostics

/// A calibrator with what its fitting found.
public struct CalibrationFit: Equatable, Sendable {
  /// The fitted map.
  public var calibrator: Calibrator
  /// The method that was used; never `auto`.
  public var method: CalibrationMethod
  /// Whether the rows give no sign that a higher score means more positives. The map then still
  /// rises, by ``Calibrator/minimumSlope``, and but for `temperature` every probability is about the
  /// base rate.
  public var ranksNoBetterThanChance: Bool

  /// Puts the findings together.
  public init(calibrator: Calibrator, method: CalibrationMethod, ranksNoBetterThanChance: Bool) {
    self.calibrator = calibrator
    self.method = method
    self.ranksNoBetterThanChance = ranksNoBetterThanChance
  }

  /// Fits one method.
  ///
  /// - Precondition: The rows have both outcomes.
  init(_ method: CalibrationMethod, to rows: CalibrationRows) {
    let (calibrator, ranksNoBetterThanChance) =
      switch method {
      case .none: (Calibrator.identity, false)
      case .temperature: TemperatureFit.fitted(to: rows)
      case .isotonic: IsotonicFit.fitted(to: rows)
      case .beta: BetaFit.fitted(to: rows)
      case .platt, .auto: PlattFit.fitted(to: rows)
      }
    self.init(
      calibrator: calibrator, method: method == .auto ? .platt : method,
      ranksNoBetterThanChance: ranksNoBetterThanChance)
  }
}

extension Calibrator {
  /// Fits a calibrator to raw scores and what happened, shape `[rowCount]` each.
  ///
  /// The rows must not be those that the scores' learner was fitted to, which would make it look
  /// surer than it is. Only the proportions of weights count: they are scaled to a mean of 1.
  ///
  /// - Parameter method: `auto` is `platt` here: without folds there is nothing to choose by, see
  ///   ``HeldOutScores``.
  /// - Throws: `data.no_rows`, `data.one_class` or `data.weights` where the rows allow no fit; the
  ///   method `none` needs no rows and never throws.
  /// - Precondition: All arrays have one length, and scores are finite.
  public static func fitted(
    method: CalibrationMethod, scores: [Double], labels: [Bool], weights: [Double]? = nil
  ) throws(Diagnostic) -> CalibrationFit {
    if method == .none {
      return CalibrationFit(
        calibrator: .identity, method: method, ranksNoBetterThanChance: false)
    }
    return CalibrationFit(
      method, to: try CalibrationRows(scores: scores, labels: labels, weights: weights))
  }
}
