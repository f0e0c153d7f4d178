/// How raw scores become probabilities; the raw value is the name in settings.
public enum CalibrationMethod: String, CaseIterable, Sendable {
  /// The simplest method that does as well as any on held-out rows, as far as these can tell; see
  /// ``CalibrationChoice``.
  case auto
  /// One number that stretches or shrinks log odds.
  case temperature
  /// A line in log odds.
  case platt
  /// Any increasing curve.
  case isotonic
  /// A curve of three numbers that can bend at either end.
  case beta
  /// None: the score is taken at its word.
  case none
}
