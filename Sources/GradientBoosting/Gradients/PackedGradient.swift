/// First and second derivative of the loss at one row, by the row's score, as whole numbers in 32
/// bits: the gradient above, the hessian below.
///
/// Sums of whole numbers are exact, so they are the same in any order, on any number of threads and
/// on any processor; and one addition of 64 bits adds both. Method: Shi et al. 2022, "Quantized
/// training of gradient boosting decision trees", https://arxiv.org/abs/2207.09682, with 16 bits
/// instead of a few, or as many as fit the sums of many rows.
package typealias PackedGradient = UInt32

extension PackedGradient {
  /// The largest magnitude of a gradient in its unit, for any number of rows.
  static var gradientLimit: Float { 32_767 }

  /// The largest magnitude of a gradient, and the largest hessian, in their units, so that the sums
  /// of so many rows fit 32 bits each.
  package static func limits(rowCount: Int) -> (gradient: Float, hessian: Float) {
    let rowCount = Swift.max(1, rowCount)
    return (
      Float(Swift.max(1, Swift.min(32_767, Int(Int32.max) / rowCount))),
      Float(Swift.max(1, Swift.min(65_535, Int(UInt32.max) / rowCount)))
    )
  }

  /// Both numbers in the halves of 64 bits, ready to be added up.
  @inline(__always)
  package var lanes: Int64 {
    Int64(Int32(bitPattern: self) >> 16) << 32 | Int64(self & 0xFFFF)
  }
}

/// What one unit of a whole-number gradient and hessian stands for.
package struct GradientUnits: Sendable, Equatable {
  package var gradient: Double
  package var hessian: Double

  /// The finest units in which no sum of `rowCount` rows overflows.
  ///
  /// - Parameters:
  ///   - gradientBound: The largest magnitude of any row's gradient.
  ///   - hessianBound: The largest hessian of any row.
  package init(gradientBound: Double, hessianBound: Double, rowCount: Int) {
    let limits = PackedGradient.limits(rowCount: rowCount)
    gradient = max(gradientBound, .leastNormalMagnitude) / Double(limits.gradient)
    hessian = max(hessianBound, .leastNormalMagnitude) / Double(limits.hessian)
  }
}

/// What the rows of a node that fall into one bin add up to, in ``GradientUnits``: the gradients in
/// the upper half of 64 bits, the hessians in the lower.
package struct HistogramBin: Sendable, Equatable, BitwiseCopyable {
  var lanes: Int64

  @inline(__always)
  init(lanes: Int64) { self.lanes = lanes }

  /// - Precondition: Either sum fits its half.
  package init(gradientSum: Int64 = 0, hessianSum: Int64 = 0) {
    lanes = gradientSum << 32 &+ hessianSum
  }

  package var gradientSum: Int64 {
    @inline(__always) get { lanes >> 32 }
  }

  package var hessianSum: Int64 {
    @inline(__always) get { Int64(UInt32(truncatingIfNeeded: lanes)) }
  }

  @inline(__always)
  package static func + (left: HistogramBin, right: HistogramBin) -> HistogramBin {
    HistogramBin(lanes: left.lanes &+ right.lanes)
  }

  @inline(__always)
  package static func - (left: HistogramBin, right: HistogramBin) -> HistogramBin {
    HistogramBin(lanes: left.lanes &- right.lanes)
  }

  /// Whether no row is in the bin, or none of any weight.
  package var isEmpty: Bool { lanes == 0 }
}
