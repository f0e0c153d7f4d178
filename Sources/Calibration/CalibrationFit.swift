import Diagnostics

/// A calibrator with what its fitting found.
public struct CalibrationFit: Equatable, Sendable {
  /// The fitted map.
  public var calibrator: Calibrator
  /// The method that was used; never `auto`.
  public var method: CalibrationMethod
  /// Whether the rows give no sign that a higher score means more positives. The map then still
  /// rises, by ``Calibrator/minimumSlope``, and every probability is about the base rate.
  public var ranksNoBetterThanChance: Bool

  /// Puts the findings together.
  public init(calibrator: Calibrator, method: CalibrationMethod, ranksNoBetterThanChance: Bool) {
    self.calibrator = calibrator
    self.method = method
    self.ranksNoBetterThanChance = ranksNoBetterThanChance
  }
}

extension Calibrator {
  /// Fits a calibrator to raw scores and what happened, shape `[rowCount]` each.
  ///
  /// The rows must not be those that the scores' learner was fitted to, which would make it look
  /// surer than it is. Only the proportions of weights count: they are scaled to a mean of 1.
  ///
  /// - Throws: `data.no_rows`, `data.one_class` or `data.weights` where the rows allow no fit; the
  ///   method `none` needs no rows and never throws.
  /// - Precondition: All arrays have one length, and scores are finite.
  public static func fitted(
    method: CalibrationMethod, scores: [Double], labels: [Bool], weights: [Double]? = nil
  ) throws(Diagnostic) -> CalibrationFit {
    let method = method.resolved
    if method == .none {
      return CalibrationFit(
        calibrator: .identity, method: method, ranksNoBetterThanChance: false)
    }
    let rows = try CalibrationRows(scores: scores, labels: labels, weights: weights)
    let (calibrator, ranksNoBetterThanChance) =
      switch method {
      case .isotonic: IsotonicFit.fitted(to: rows)
      case .beta: BetaFit.fitted(to: rows)
      default: PlattFit.fitted(to: rows)
      }
    return CalibrationFit(
      calibrator: calibrator, method: method, ranksNoBetterThanChance: ranksNoBetterThanChance)
  }

  /// For each row, its probability by a calibrator that was fitted to the other folds alone.
  ///
  /// So every row is judged by a calibrator that never saw its outcome.
  ///
  /// - Parameter foldOfRow: The fold that each row's score was held out in; a negative fold means
  ///   that the row has no such score.
  /// - Returns: Shape `[rowCount]`; `nil` for a row of a negative fold, which no calibrator is
  ///   fitted to either.
  /// - Throws: As ``fitted(method:scores:labels:weights:)``, where the rows outside one fold allow
  ///   no fit.
  /// - Precondition: All arrays have one length; scores are finite in folds from 0.
  /// - Complexity: One fit per fold.
  public static func crossFitted(
    method: CalibrationMethod, scores: [Double], labels: [Bool], weights: [Double]? = nil,
    foldOfRow: [Int]
  ) throws(Diagnostic) -> [Double?] {
    precondition(
      foldOfRow.count == scores.count, "\(foldOfRow.count) folds for \(scores.count) scores")
    var probabilities = [Double?](repeating: nil, count: scores.count)
    for fold in Set(foldOfRow).sorted() where fold >= 0 {
      let others = foldOfRow.indices.filter { foldOfRow[$0] >= 0 && foldOfRow[$0] != fold }
      let calibrator = try fitted(
        method: method, scores: others.map { scores[$0] }, labels: others.map { labels[$0] },
        weights: weights.map { weights in others.map { weights[$0] } }
      ).calibrator
      for row in foldOfRow.indices where foldOfRow[row] == fold {
        probabilities[row] = calibrator.probability(scores[row])
      }
    }
    return probabilities
  }
}
