import Learning

/// Platt's line in log odds, with smoothed targets.
enum PlattFit {
  /// The line of least loss whose slope is positive, and whether the data had none.
  ///
  /// A slope of the data that is not positive (or so slight that the log odds move by under
  /// `1e-6` per standard deviation) says that higher scores do not mean more positives. The line
  /// then keeps the ranking with ``Calibrator/minimumSlope`` and fits the intercept alone.
  static func fitted(to rows: CalibrationRows) -> (Calibrator, ranksNoBetterThanChance: Bool) {
    let weights = rows.weights
    let targets = rows.meanTargets
    let total = weights.reduce(0, +)
    // Scaled before squares are taken, so that no score overflows.
    let scale = max(rows.scores.map(\.magnitude).max()!, .leastNormalMagnitude)
    let scaled = rows.scores.map { $0 / scale }
    let mean = zip(weights, scaled).reduce(0) { $0 + $1.0 * $1.1 } / total
    let deviation =
      (zip(weights, scaled).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) } / total)
      .squareRoot()
    // The spread of the scores, or what is left of it beside a mean beyond any log odds.
    let spread = max(deviation, mean.magnitude * 1e-6) * scale
    let minimum = Calibrator.minimumSlope / max(1, spread)

    if deviation > 0 {
      let fit = LogisticFit(
        columns: [scaled.map { ($0 - mean) / deviation }, ones(rows)], offset: zeros(rows),
        targets: targets, weights: weights)
      let line = fit.minimised(from: [0, rows.startingIntercept]).coefficients
      let slope = line[0] / deviation / scale
      let intercept = line[1] - line[0] * (mean / deviation)
      if slope >= minimum, slope.isFinite, intercept.isFinite {
        return (.platt(slope: slope, intercept: intercept), false)
      }
    }
    let fit = LogisticFit(
      columns: [ones(rows)], offset: rows.scores.map { minimum * $0 }, targets: targets,
      weights: weights)
    let intercept = fit.minimised(from: [rows.startingIntercept]).coefficients[0]
    return (.platt(slope: minimum, intercept: intercept), true)
  }

  private static func ones(_ rows: CalibrationRows) -> [Double] {
    [Double](repeating: 1, count: rows.scores.count)
  }

  private static func zeros(_ rows: CalibrationRows) -> [Double] {
    [Double](repeating: 0, count: rows.scores.count)
  }
}

extension CalibrationRows {
  /// The log odds of the smoothed base rate.
  var startingIntercept: Double {
    PortableMath.log((positive.reduce(0, +) + 1) / (negative.reduce(0, +) + 1))
  }
}
