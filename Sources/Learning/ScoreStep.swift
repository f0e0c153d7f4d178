/// A step of which scores are whole multiples, so that what they are sums of can be added and taken
/// off in any order without rounding.
///
/// Scores in steps are 32-bit integers: exact, small, and sorted by their digits.
package enum ScoreStep {
  /// The smallest power of two of which `reach` is at most 2^30: about a thousand-millionth of it.
  ///
  /// - Parameter reach: The largest magnitude of any sum of parts.
  package static func forScores(within reach: Double) -> Double {
    guard reach > 0, reach.isFinite else { return 1 }
    return Double(sign: .plus, exponent: max(reach.exponent, -900) - 29, significand: 1)
  }

  /// A value in whole steps, the nearest.
  package static func steps(_ value: Double, of step: Double) -> Int32 {
    Int32((value / step).rounded())
  }
}
