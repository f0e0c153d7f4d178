import UsageHistory

extension ExactAmount {
  /// The exact difference, or the largest amount of its sign where it is beyond that.
  static func - (left: ExactAmount, right: ExactAmount) -> ExactAmount {
    let (difference, overflow) = left.millionths.subtractingReportingOverflow(right.millionths)
    guard overflow else { return ExactAmount(millionths: difference) }
    return ExactAmount(millionths: left.millionths < 0 ? .min : .max)
  }

  /// Whether this change is one, and at least `share` of `base`.
  ///
  /// The bound is rounded to the millionth, so that 5 is 5 % of 100 whatever the last bit of 0.05.
  func isChange(of share: Double, from base: ExactAmount) -> Bool {
    self > .zero && Double(millionths) >= (share * Double(base.millionths)).rounded()
  }
}
