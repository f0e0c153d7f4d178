/// First and second derivative of the loss at one row, by the row's score, as whole numbers in 32
/// bits: the gradient above, the hessian below.
///
/// Sums of whole numbers are exact, so they are the same in any order, on any number of threads and
/// on any processor; and one addition of 64 bits adds both. Method: Shi et al. 2022, "Quantized
/// training of gradient boosting decision trees", https://arxiv.org/abs/2207.09682, with 16 bits
/// instead of a few, so that nothing is lost that a histogram could show.
package typealias PackedGradient = UInt32

extension PackedGradient {
  /// The largest magnitude of a gradient in its unit.
  static var gradientLimit: Float { 32_767 }
  /// The largest hessian in its unit.
  static var hessianLimit: Float { 65_535 }

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

  /// The finest units in which no row's gradient or hessian overflows.
  ///
  /// - Parameters:
  ///   - gradientBound: The largest magnitude of any row's gradient.
  ///   - hessianBound: The largest hessian of any row.
  package init(gradientBound: Double, hessianBound: Double) {
    gradient = max(gradientBound, .leastNormalMagnitude) / Double(PackedGradient.gradientLimit)
    hessian = max(hessianBound, .leastNormalMagnitude) / Double(PackedGradient.hessianLimit)
  }
}

/// What the rows of a node that fall into one bin add up to, in ``GradientUnits``.
package struct HistogramBin: Sendable, Equatable, BitwiseCopyable {
  package var gradientSum: Int64 = 0
  package var hessianSum: Int64 = 0

  package init(gradientSum: Int64 = 0, hessianSum: Int64 = 0) {
    self.gradientSum = gradientSum
    self.hessianSum = hessianSum
  }

  @inline(__always)
  package static func + (left: HistogramBin, right: HistogramBin) -> HistogramBin {
    HistogramBin(
      gradientSum: left.gradientSum &+ right.gradientSum,
      hessianSum: left.hessianSum &+ right.hessianSum)
  }

  @inline(__always)
  package static func - (left: HistogramBin, right: HistogramBin) -> HistogramBin {
    HistogramBin(
      gradientSum: left.gradientSum &- right.gradientSum,
      hessianSum: left.hessianSum &- right.hessianSum)
  }

  /// Whether no row is in the bin.
  package var isEmpty: Bool { gradientSum == 0 && hessianSum == 0 }
}

extension HistogramBin {
  /// The sums in the two halves of 64 bits.
  @inline(__always)
  init(lanes: Int64) {
    self.init(
      gradientSum: lanes >> 32, hessianSum: Int64(UInt32(truncatingIfNeeded: lanes)))
  }
}
