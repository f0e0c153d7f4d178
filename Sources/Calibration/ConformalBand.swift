/// What a score says for certain: the outcomes that it is not unusual for.
public enum Verdict: String, CaseIterable, Sendable {
  /// Rows with the outcome score like this, those without it seldom.
  case yes
  /// Rows without the outcome score like this, those with it seldom.
  case no
  /// Rows of both outcomes score like this.
  case cannotTell = "cannot tell"
  /// Rows of either outcome seldom score like this.
  case unusual
}

/// The scores at which each outcome is still usual, from held-out rows of that outcome alone.
///
/// Mondrian (class-conditional) inductive conformal prediction (Vovk, Gammerman and Shafer 2005,
/// "Algorithmic learning in a random world", section 4.5), with the raw score as the measure of
/// conformity: of rows with either outcome, at least the share `level` gets a verdict that does not
/// contradict it, whatever the model is worth, as long as they are exchangeable with those held out.
public struct ConformalBand: Equatable, Sendable {
  /// The share of rows of either outcome whose verdict does not contradict it, in 0.5..<1.
  public var level: Double
  /// The lowest score that is usual for a positive row; `nil` where every score is, because there
  /// are too few rows.
  public var lowestOfPositives: Double?
  /// The highest score that is usual for a negative row; `nil` where every score is.
  public var highestOfNegatives: Double?

  /// The level of models that are trained.
  public static let usualLevel = 0.9

  /// Takes over the numbers.
  public init(level: Double, lowestOfPositives: Double?, highestOfNegatives: Double?) {
    self.level = level
    self.lowestOfPositives = lowestOfPositives
    self.highestOfNegatives = highestOfNegatives
  }

  /// Finds the thresholds.
  package init(_ rows: CalibrationRows, level: Double = usualLevel) {
    self.level = level
    lowestOfPositives = Self.threshold(rows.scores, rows.positive, level)
    highestOfNegatives = Self.threshold(rows.scores.reversed(), rows.negative.reversed(), level)
  }

  /// The first of the scores at which as many rows lie at or before it as `level` asks for.
  ///
  /// With `n` rows of an outcome, a score is usual for it where the rows at or beyond it and the row
  /// itself are more than `(1 - level) (n + 1)`.
  private static func threshold(_ scores: [Double], _ weights: [Double], _ level: Double) -> Double?
  {
    let total = weights.reduce(0, +)
    // Written without 1 - level, whose rounding would cost a row at 9, 19, ... rows.
    guard total >= level * (total + 1) else { return nil }
    var passed = 0.0
    for index in scores.indices {
      passed += weights[index]
      if weights[index] > 0, total - passed < level * (total + 1) { return scores[index] }
    }
    return nil
  }

  /// What a score says.
  public func verdict(of score: Double) -> Verdict {
    let isUsualForPositives = lowestOfPositives.map { score >= $0 } ?? true
    let isUsualForNegatives = highestOfNegatives.map { score <= $0 } ?? true
    return switch (isUsualForPositives, isUsualForNegatives) {
    case (true, true): .cannotTell
    case (true, false): .yes
    case (false, true): .no
    case (false, false): .unusual
    }
  }
}
