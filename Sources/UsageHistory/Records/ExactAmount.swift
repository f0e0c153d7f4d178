/// A quantity to the millionth, whose sums are exact: they do not depend on the order of rows, on
/// how files are cut, or on how many threads add.
public struct ExactAmount: Hashable, Comparable, Sendable {
  /// The quantity times 1,000,000.
  public var millionths: Int64

  /// Nothing.
  public static let zero = ExactAmount(millionths: 0)

  /// A quantity given in millionths.
  public init(millionths: Int64) { self.millionths = millionths }

  /// The nearest amount to a number; `nil` for one that is not finite or beyond 9.2e12.
  public init?(_ value: Double) {
    let scaled = (value * 1_000_000).rounded()
    guard abs(scaled) < 9.2e18 else { return nil }
    millionths = Int64(scaled)
  }

  /// The quantity as a number.
  public var value: Double { Double(millionths) / 1_000_000 }

  /// Whether an amount is less than another.
  public static func < (smaller: ExactAmount, larger: ExactAmount) -> Bool {
    smaller.millionths < larger.millionths
  }

  /// The exact sum, or the largest amount where the sum is beyond it.
  public static func + (left: ExactAmount, right: ExactAmount) -> ExactAmount {
    let (sum, overflow) = left.millionths.addingReportingOverflow(right.millionths)
    guard overflow else { return ExactAmount(millionths: sum) }
    return ExactAmount(millionths: left.millionths < 0 ? .min : .max)
  }

  /// Adds in place.
  public static func += (sum: inout ExactAmount, amount: ExactAmount) { sum = sum + amount }
}
