import Learning

/// Platt's line through the origin: log odds are divided by one number, the temperature.
///
/// It cures a learner that is too sure or not sure enough, and leaves a wrong base rate as it is
/// (Guo et al. 2017, "On calibration of modern neural networks", section 4.2).
enum TemperatureFit {
  /// The line of least loss whose slope is positive, and whether the data had none; see ``PlattFit``.
  static func fitted(to rows: CalibrationRows) -> (Calibrator, ranksNoBetterThanChance: Bool) {
    // Scaled before squares are taken, so that no score overflows.
    let scale = max(rows.scores.map(\.magnitude).max()!, .leastNormalMagnitude)
    let fit = LogisticFit(
      columns: [rows.scores.map { $0 / scale }],
      offset: [Double](repeating: 0, count: rows.scores.count), targets: rows.meanTargets,
      weights: rows.weights)
    let slope = fit.minimised(from: [0]).coefficients[0] / scale
    let minimum = Calibrator.minimumSlope / max(1, scale)
    return slope >= minimum && slope.isFinite
      ? (.platt(slope: slope, intercept: 0), false) : (.platt(slope: minimum, intercept: 0), true)
  }
}
