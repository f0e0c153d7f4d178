#if canImport(Accelerate)
  import Accelerate
#else
  import COpenBLAS
#endif

/// The lower factor `L` of a symmetric positive definite matrix `A = L transpose(L)`.
public struct CholeskyFactor: Sendable {
  /// The order of the matrix.
  public let order: Int
  /// Column by column; the strict upper triangle is not used.
  private var elements: [Double]

  /// Factors a matrix.
  ///
  /// - Parameters:
  ///   - lower: The matrix column by column, shape `[order, order]`; only its lower triangle is
  ///     read.
  /// - Returns: `nil` where the matrix is not positive definite in this precision.
  /// - Complexity: O(`order` cubed / 3).
  public init?(lower: [Double], order: Int) {
    precondition(lower.count == order * order, "\(lower.count) elements for order \(order)")
    self.order = order
    elements = lower
    var count = BLAS.dimension(order)
    var leading = max(1, count)
    var info: Int32 = 0
    // SAFETY: `elements` has `order * order` elements, as checked above.
    unsafe dpotrf_("L", &count, &elements, &leading, &info)
    // A matrix that holds NaN may pass LAPACK's pivot test.
    guard info == 0, (0..<order).allSatisfy({ elements[$0 * order + $0] > 0 }) else { return nil }
  }

  /// The solution `x` of `A x = b`, shape `[order]`.
  public func solve(_ b: [Double]) -> [Double] {
    precondition(b.count == order, "b has \(b.count) elements; expected \(order)")
    var solution = b
    var count = BLAS.dimension(order)
    var one: Int32 = 1
    var leading = max(1, count)
    var info: Int32 = 0
    // SAFETY: the factor has `order * order` elements and `solution` has `order`.
    unsafe elements.withUnsafeBufferPointer { factor in
      #if canImport(Accelerate)
        let factor = unsafe UnsafeMutablePointer(mutating: factor.baseAddress)
      #else
        let factor = factor.baseAddress
      #endif
      unsafe dpotrs_("L", &count, &one, factor, &leading, &solution, &leading, &info)
    }
    precondition(info == 0, "dpotrs returned \(info)")
    return solution
  }

  /// The inverse of `A`, column by column, both triangles filled.
  public func inverse() -> [Double] {
    var inverse = elements
    var count = BLAS.dimension(order)
    var leading = max(1, count)
    var info: Int32 = 0
    // SAFETY: `inverse` has `order * order` elements.
    unsafe dpotri_("L", &count, &inverse, &leading, &info)
    precondition(info == 0, "dpotri returned \(info)")
    for column in 0..<order {
      for row in 0..<column { inverse[column * order + row] = inverse[row * order + column] }
    }
    return inverse
  }
}
