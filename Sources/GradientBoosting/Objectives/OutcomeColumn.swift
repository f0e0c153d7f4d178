import Diagnostics
import Learning

/// The outcomes and weights of all rows, as objectives read them.
package struct OutcomeColumn: Sendable {
  /// Shape `[rowCount]`.
  private let outcomes: LargeArray<Double>
  /// Divided by the largest, shape `[rowCount]`; `nil` for 1 each.
  private let shares: LargeArray<Float>?
  private let weights: [Double]?
  package let largestWeight: Double

  /// - Precondition: Both have one length; weights are finite, not negative, and not all 0.
  package init(_ values: [Double], weights: [Double]?) {
    precondition(
      weights.map { $0.count == values.count } ?? true, "a weight for each of the outcomes")
    outcomes = LargeArray(count: values.count)
    for row in values.indices { outcomes[row] = values[row] }
    self.weights = weights
    largestWeight = weights?.max() ?? 1
    guard let weights else {
      shares = nil
      return
    }
    let shares = LargeArray<Float>(count: values.count)
    for row in weights.indices { shares[row] = Float(weights[row] / largestWeight) }
    self.shares = shares
  }

  /// The outcome of one row.
  @inline(__always)
  subscript(row: Int) -> Double { outcomes[row] }

  /// How much one row counts.
  @inline(__always)
  func weight(_ row: Int) -> Double { weights?[row] ?? 1 }

  /// The outcomes of eight rows.
  @inline(__always)
  func eight(_ row: Int) -> SIMD8<Double> { outcomes.eight(row) }

  /// Derivatives of rows that count 1, multiplied with the rows' weights.
  @inline(__always)
  func weighted(_ row: Int, _ gradient: SIMD8<Float>, _ hessian: SIMD8<Float>) -> (
    gradient: SIMD8<Float>, hessian: SIMD8<Float>
  ) {
    guard let shares else { return (gradient, hessian) }
    let weight = shares.eight(row)
    return (gradient * weight, hessian * weight)
  }

  /// The weighted mean outcome of some rows.
  func mean(_ rows: [Int]) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in rows {
      sum += weight(row) * self[row]
      total += weight(row)
    }
    return total > 0 ? sum / total : 0
  }
}

extension LargeArray {
  /// Eight elements from a position on; past the last, zeros of the slack.
  @inline(__always)
  func eight(_ position: Int) -> SIMD8<Element> where Element: SIMDScalar {
    // SAFETY: arrays end in slack for eight elements of up to 64 bits from any position.
    unsafe UnsafeRawPointer(start + position).loadUnaligned(as: SIMD8<Element>.self)
  }
}
