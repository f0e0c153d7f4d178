/// How raw scores become probabilities; the raw value is the name in settings.
public enum CalibrationMethod: String, CaseIterable, Sendable {
  /// The method that suits the data: ``platt``, which needs the fewest positives of the three.
  case auto
  /// A line in log odds.
  case platt
  /// Any increasing curve.
  case isotonic
  /// A curve of three numbers that can bend at either end.
  case beta
  /// None: the score is taken at its word.
  case none

  /// The method that is really used; never ``auto``.
  public var resolved: CalibrationMethod { self == .auto ? .platt : self }
}
