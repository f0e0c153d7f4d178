import Diagnostics

/// What held-out rows say of single scores beside their probability: a verdict at a given level, and
/// an interval. It holds thresholds and rates, and no row.
public struct ScoreCertainty: Equatable, Sendable {
  /// Which outcomes a score is usual for.
  public var band: ConformalBand
  /// The interval of each score.
  public var interval: VennAbers

  /// Puts the two together.
  public init(band: ConformalBand, interval: VennAbers) {
    self.band = band
    self.interval = interval
  }

  /// Learns from held-out rows; `nil` where they have one outcome only.
  ///
  /// - Throws: `data.weights`.
  public init?(_ held: HeldOutScores) throws(Diagnostic) {
    let sorted = try SortedRows(
      scores: held.scores, labels: held.labels, weights: held.weights, isUsed: held.isJudged)
    guard sorted.rarerCount > 0 else { return nil }
    let rows = try sorted.gathered { _ in true }
    self.init(band: ConformalBand(rows), interval: VennAbers(rows))
  }

  /// Itself, if its numbers make sense together.
  ///
  /// - Throws: `model.invalid` where they do not.
  public func validated() throws(Diagnostic) -> ScoreCertainty {
    // A level of under a half would call everything unusual.
    guard band.level >= 0.5, band.level < 1,
      [band.lowestOfPositives, band.highestOfNegatives].allSatisfy({ $0?.isFinite ?? true })
    else { throw Self.invalid("a level of \(band.level), or a threshold that is no number") }
    for steps in [interval.lower, interval.upper] {
      guard
        steps.allSatisfy({ $0.score.isFinite && $0.value > 0 && $0.value < 1 }),
        zip(steps, steps.dropFirst()).allSatisfy({ $0.score < $1.score && $0.value < $1.value })
      else { throw Self.invalid("steps of an interval do not ascend") }
    }
    // Where the lower rate rises, the upper one is lowest.
    for step in interval.lower where interval.interval(of: step.score).high < step.value {
      throw Self.invalid("an interval whose ends are the wrong way round")
    }
    return self
  }

  private static func invalid(_ message: String) -> Diagnostic {
    Diagnostic(
      .modelInvalid, "certainty: \(message)",
      hint: "the file is damaged or was not written by this software; train the model again")
  }
}
