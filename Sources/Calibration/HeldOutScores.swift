import Diagnostics

/// Scores of rows by models that had not learned from them, and the folds that they were held out
/// in: what a calibrator may be fitted to, shape `[rowCount]` each.
public struct HeldOutScores: Sendable {
  /// Raw scores; of rows that were never held out, anything.
  public var scores: [Double]
  /// What happened.
  public var labels: [Bool]
  /// How much each row counts; `nil` for one each.
  public var weights: [Double]?
  /// The fold in which each row was held out; negative where it never was.
  public var foldOfRow: [Int]
  /// Whether a fold's rows are later than those of the folds before it, so that no fold may be
  /// judged by what is known of later ones.
  public var goesForward: Bool

  /// Puts the arrays together.
  ///
  /// - Precondition: All arrays have one length; scores are finite in folds from 0.
  public init(
    scores: [Double], labels: [Bool], weights: [Double]? = nil, foldOfRow: [Int],
    goesForward: Bool = false
  ) {
    precondition(
      foldOfRow.count == scores.count, "\(foldOfRow.count) folds for \(scores.count) scores")
    self.scores = scores
    self.labels = labels
    self.weights = weights
    self.foldOfRow = foldOfRow
    self.goesForward = goesForward
  }

  /// Whether a row was held out.
  func isJudged(_ row: Int) -> Bool { foldOfRow[row] >= 0 }
}

/// A calibrator fitted to held-out scores, and what it does on rows that it was not fitted to.
public struct CrossFittedCalibration: Sendable {
  /// Fitted to all held-out rows: the one to keep.
  public var fit: CalibrationFit
  /// How `auto` chose; `nil` where the method was named, or two folds are not enough to choose by.
  public var choice: CalibrationChoice?
  /// For each row, its probability by a calibrator that was fitted to other folds alone, shape
  /// `[rowCount]`; `nil` for a row that was never held out, which no calibrator is fitted to either.
  ///
  /// With folds that go forward in time, the other folds are the earlier ones.
  public var probabilities: [Double?]
  /// With folds that go forward in time, the first one that is judged: no held-out score is earlier,
  /// so its probabilities are the raw scores at their word. `nil` where there is no such fold.
  public var uncalibratedFold: Int?
}

extension HeldOutScores {
  /// With more folds than this, some are joined before calibrators are fitted to the others.
  static let partLimit = 10

  /// Fits a calibrator to all rows that were held out, and one for each fold to the others.
  ///
  /// So every row is judged by a calibrator that never saw its outcome. With `auto`, each choice is
  /// made without the rows that are judged by it.
  ///
  /// - Throws: `data.no_rows`, `data.one_class` or `data.weights` where the rows, or those outside
  ///   one fold, allow no fit; with the method `none`, never.
  /// - Complexity: One fit per fold, at most ten; with `auto`, one per method and pair of folds
  ///   more, to at most 4,096 scores per fold.
  public func calibrated(by method: CalibrationMethod) throws(Diagnostic) -> CrossFittedCalibration
  {
    let folds = Set(foldOfRow).filter { $0 >= 0 }.sorted()
    guard method != .none else {
      return CrossFittedCalibration(
        fit: CalibrationFit(
          calibrator: .identity, method: .none, ranksNoBetterThanChance: false),
        probabilities: scores.indices.map {
          isJudged($0) ? Calibrator.identity.probability(scores[$0]) : nil
        })
    }
    let sorted = try SortedRows(
      scores: scores, labels: labels, weights: weights, isUsed: isJudged)
    let all = try sorted.gathered { _ in true }
    // Going forward, every fold is needed: which of them are earlier differs for each.
    let partCount = goesForward ? folds.count : min(folds.count, Self.partLimit)
    var partOfFold: [Int: Int] = [:]
    for (index, fold) in folds.enumerated() { partOfFold[fold] = index % partCount }
    let partOfRow = foldOfRow.map { partOfFold[$0] ?? -1 }
    let chooser =
      method == .auto
      ? CalibrationChooser(
        parts: sorted.divided(partOfRow: partOfRow, partCount: partCount),
        rarerCount: sorted.rarerCount, goesForward: goesForward) : nil

    var probabilities = [Double?](repeating: nil, count: scores.count)
    for part in 0..<partCount {
      let calibrator: Calibrator
      if goesForward, part == 0 {
        calibrator = .identity
      } else {
        let others = try sorted.gathered {
          goesForward ? partOfRow[$0] < part : partOfRow[$0] != part
        }
        calibrator =
          CalibrationFit(chooser?.choice(judging: part)?.method ?? method, to: others).calibrator
      }
      for row in partOfRow.indices where partOfRow[row] == part {
        probabilities[row] = calibrator.probability(scores[row])
      }
    }
    let choice = chooser?.choice(judging: nil)
    return CrossFittedCalibration(
      fit: CalibrationFit(choice?.method ?? method, to: all), choice: choice,
      probabilities: probabilities, uncalibratedFold: goesForward ? folds.first : nil)
  }
}
