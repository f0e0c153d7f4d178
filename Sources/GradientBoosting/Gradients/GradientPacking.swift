import Learning

/// Turns scores into packed gradients.
struct GradientPacking: Sendable {
  /// The gradient and hessian of every row, shape `[rowCount]`.
  let gradients: LargeArray<PackedGradient>
  private let salts: LargeArray<UInt32>
  private static let piece = 1 << 13

  /// - Parameter rowHashes: What chance hangs on beside the score, shape `[rowCount]`.
  init(_ rowHashes: LargeArray<UInt32>) {
    gradients = LargeArray(count: rowHashes.count)
    salts = rowHashes
  }

  /// Computes all rows' gradients by one of their scores.
  ///
  /// Rounding is by chance, so that it is right on average: a row counts up with the probability of
  /// its remainder. The chance comes from the bits of the row's own score and bins, so that it is the
  /// same on any machine and for any order of the rows, and not alike for rows of equal scores.
  ///
  /// - Parameter scores: Of every row, shape `[rowCount]`.
  /// - Returns: What one unit of them stands for.
  func pack(
    _ objective: some Objective, output: Int = 0, _ scores: LargeArray<Double>, pool: WorkerPool
  ) -> GradientUnits {
    let bounds = objective.bounds ?? largest(objective, output, scores, pool)
    let count = scores.count
    let limits = PackedGradient.limits(rowCount: count)
    let gradientScale = limits.gradient / max(bounds.gradient, .leastNormalMagnitude)
    let hessianScale = limits.hessian / max(bounds.hessian, .leastNormalMagnitude)
    pool.forEach((count + Self.piece - 1) / Self.piece) { index in
      var row = index * Self.piece
      let end = min(row + Self.piece, count)
      while row < end {
        let eight = scores.eight(row)
        let (gradient, hessian) = objective.derivatives(output: output, row: row, scores: eight)
        let packed = Self.packed(
          gradient * gradientScale, hessian * hessianScale,
          Self.chance(SIMD8<Float>(eight), salts.eight(row)), limits)
        // SAFETY: the array ends in slack, so that eight may be written from any row; pieces begin
        // at multiples of eight and do not meet.
        unsafe UnsafeMutableRawPointer(gradients.start + row).storeBytes(
          of: packed, as: SIMD8<UInt32>.self)
        row += 8
      }
    }
    return GradientUnits(
      gradientBound: Double(bounds.gradient) * objective.largestWeight,
      hessianBound: Double(bounds.hessian) * objective.largestWeight, rowCount: count)
  }

  /// Numbers in `[-0.5, 0.5)` that hang on all bits of the scores and of `salt`.
  @inline(__always)
  private static func chance(_ scores: SIMD8<Float>, _ salt: SIMD8<UInt32>) -> SIMD8<Float> {
    var bits = unsafe unsafeBitCast(scores, to: SIMD8<UInt32>.self) ^ salt
    bits = (bits ^ (bits &>> 15)) &* 0x2C1B_3C6D
    bits = (bits ^ (bits &>> 12)) &* 0x297A_2D39
    // 23 random bits as the fraction of a number in [1, 2).
    return unsafe unsafeBitCast(bits &>> 9 | 0x3F80_0000, to: SIMD8<Float>.self) - 1.5
  }

  /// Rounds and packs.
  ///
  /// A number below 2 to the 22nd that is added to 3 times that stands, rounded, in the last bits of
  /// the sum; this needs no instruction for rounding, which the oldest processors lack.
  @inline(__always)
  private static func packed(
    _ gradient: SIMD8<Float>, _ hessian: SIMD8<Float>, _ chance: SIMD8<Float>,
    _ limits: (gradient: Float, hessian: Float)
  ) -> SIMD8<UInt32> {
    let shift: Float = 12_582_912
    let signed = (gradient + chance).within(-limits.gradient, limits.gradient) + shift
    let positive = (hessian + chance).within(0, limits.hessian) + shift
    // The bits of `shift` end in 22 zeros, so that the low 16 bits are the number's own.
    let high = unsafe unsafeBitCast(signed, to: SIMD8<UInt32>.self)
    let low = unsafe unsafeBitCast(positive, to: SIMD8<UInt32>.self)
    return high &<< 16 | low & 0xFFFF
  }

  /// The largest magnitude of a gradient and the largest hessian.
  private func largest(
    _ objective: some Objective, _ output: Int, _ scores: LargeArray<Double>, _ pool: WorkerPool
  ) -> (gradient: Float, hessian: Float) {
    let count = scores.count
    let pieces = pool.map((count + Self.piece - 1) / Self.piece) { index in
      var gradient = SIMD8<Float>(repeating: 0)
      var hessian = SIMD8<Float>(repeating: 0)
      var row = index * Self.piece
      while row < min((index + 1) * Self.piece, count) {
        var found = objective.derivatives(output: output, row: row, scores: scores.eight(row))
        let isRow = SIMD8<Int32>(0, 1, 2, 3, 4, 5, 6, 7) .< Int32(truncatingIfNeeded: count - row)
        found.gradient.replace(with: 0, where: .!isRow)
        found.hessian.replace(with: 0, where: .!isRow)
        gradient = pointwiseMax(gradient, pointwiseMax(found.gradient, -found.gradient))
        hessian = pointwiseMax(hessian, found.hessian)
        row += 8
      }
      return (gradient.max(), hessian.max())
    }
    return (pieces.map(\.0).max() ?? 0, pieces.map(\.1).max() ?? 0)
  }
}

extension SIMD8<Float> {
  /// Each number, or the nearer bound. The library's own is a call.
  @inline(__always)
  fileprivate func within(_ low: Float, _ high: Float) -> SIMD8<Float> {
    replacing(with: low, where: self .< low).replacing(with: high, where: self .> high)
  }
}
