import Diagnostics

extension Calibrator {
  /// The calibrator itself, if its numbers make a strictly increasing map.
  ///
  /// - Throws: `model.invalid` where a number is not finite, a slope is not positive, or knots do
  ///   not ascend strictly inside the range.
  public func validated() throws(Diagnostic) -> Calibrator {
    switch self {
    case .identity:
      break
    case .platt(let slope, let intercept):
      guard slope.isFinite, intercept.isFinite, slope > 0 else {
        throw Self.invalid("Platt's slope and intercept are not finite with a slope above 0")
      }
    case .isotonic(let knots):
      try Self.check(knots)
    case .beta(let a, let b, let c):
      guard a.isFinite, b.isFinite, c.isFinite, a >= 0, b >= 0, max(a, b) > 0 else {
        throw Self.invalid("the beta map's a, b, c are not finite with a, b at least 0, one above")
      }
    }
    return self
  }

  private static func check(_ knots: [Knot]) throws(Diagnostic) {
    guard let first = knots.first, let last = knots.last else {
      throw invalid("an isotonic calibrator has no knots, expected at least one")
    }
    for (index, knot) in knots.enumerated() {
      guard knot.score.isFinite, knot.probability > 0, knot.probability < 1 else {
        throw invalid("knot \(index) is not a finite score with a probability between 0 and 1")
      }
      guard index > 0 else { continue }
      let before = knots[index - 1]
      guard knot.score > before.score, knot.probability > before.probability else {
        throw invalid("knot \(index) does not lie above knot \(index - 1)")
      }
    }
    guard (last.score - first.score).isFinite else {
      throw invalid("the knots' scores span more than a number can hold")
    }
  }

  private static func invalid(_ message: String) -> Diagnostic {
    Diagnostic(
      .modelInvalid, "calibrator: \(message)",
      hint: "the file is damaged or was not written by this software; train the model again")
  }
}
