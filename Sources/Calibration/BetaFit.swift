import Learning

/// The beta calibration of Kull, Silva Filho and Flach, with smoothed targets.
enum BetaFit {
  /// The curve of least loss with `a` and `b` at least ``Calibrator/minimumSlope``, and whether
  /// the data want neither.
  ///
  /// The loss is convex, so its least value within the bounds lies either inside, or where one or
  /// both coefficients are at their bound: each of the four cases is fitted, the best allowed one
  /// is kept. With `a` (or `b`) at 0 the lowest (or highest) scores would run together.
  static func fitted(to rows: CalibrationRows) -> (Calibrator, ranksNoBetterThanChance: Bool) {
    // Beyond these the identity itself is 0 or 1 in `Double`; larger columns would only overflow.
    let scores = rows.scores.map { min(max($0, -700), 700) }
    let logarithms = [
      scores.map { -LogLoss.value(score: $0, label: true) },
      scores.map { LogLoss.value(score: $0, label: false) },
    ]
    let bound = Calibrator.minimumSlope
    var best: (coefficients: [Double], loss: Double)?
    for free in [[0, 1], [0], [1], []] {
      let fixed = [0, 1].filter { !free.contains($0) }
      let fit = LogisticFit(
        columns: free.map { logarithms[$0] } + [[Double](repeating: 1, count: scores.count)],
        offset: scores.indices.map { row in
          fixed.reduce(0) { $0 + bound * logarithms[$1][row] }
        },
        targets: rows.meanTargets, weights: rows.weights)
      let start = free.map { _ in 1 / Double(free.count) } + [rows.startingIntercept]
      let (found, loss) = fit.minimised(from: start)
      var coefficients = [bound, bound, found[found.count - 1]]
      for (index, column) in free.enumerated() { coefficients[column] = found[index] }
      let isAllowed =
        coefficients.allSatisfy(\.isFinite) && coefficients[0] >= bound && coefficients[1] >= bound
      if isAllowed, best.map({ loss < $0.loss }) ?? true { best = (coefficients, loss) }
      // The free minimum, if allowed, cannot be beaten.
      if isAllowed, free.count == 2 { break }
    }
    guard let best else { preconditionFailure("the bounds themselves are always allowed") }
    let (a, b, c) = (best.coefficients[0], best.coefficients[1], best.coefficients[2])
    return (.beta(a: a, b: b, c: c), a == bound && b == bound)
  }
}
