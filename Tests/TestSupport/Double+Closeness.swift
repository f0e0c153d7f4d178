extension Double {
  /// Whether the number differs from `reference` by at most this share of it.
  public func isWithin(_ share: Double, of reference: Double) -> Bool {
    self == reference || (self - reference).magnitude <= share * reference.magnitude
  }
}
