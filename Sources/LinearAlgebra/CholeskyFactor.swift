/// The lower factor `L` of a symmetric positive definite matrix `A = L transpose(L)`.
///
/// Own loops rather than LAPACK's: a factor by a library has other last bits on another processor,
/// and at the orders that learners meet (hundreds) it is no part of the time.
public struct CholeskyFactor: Sendable {
  /// The order of the matrix.
  public let order: Int
  /// Row by row; the strict upper triangle is 0.
  private var rows: [Double]

  /// Factors a matrix, row after row (Golub, Van Loan 2013, "Matrix Computations", section 4.2).
  ///
  /// - Parameters:
  ///   - lower: The matrix column by column, shape `[order, order]`; only its lower triangle is
  ///     read.
  /// - Returns: `nil` where the matrix is not positive definite in this precision.
  /// - Complexity: O(`order` cubed / 3).
  public init?(lower: [Double], order: Int) {
    precondition(lower.count == order * order, "\(lower.count) elements for order \(order)")
    self.order = order
    rows = [Double](repeating: 0, count: order * order)
    for row in 0..<order {
      for column in 0...row { rows[row * order + column] = lower[column * order + row] }
    }
    // SAFETY: every row and column is below `order`.
    let isPositive = unsafe rows.withUnsafeMutableBufferPointer { elements in
      guard let elements = elements.baseAddress else { return true }
      for row in 0..<order {
        let own = unsafe elements + row * order
        for column in 0..<row {
          let other = unsafe elements + column * order
          unsafe own[column] =
            (own[column] - Vectors.dot(own, other, count: column)) / other[column]
        }
        let pivot = unsafe own[row] - Vectors.dot(own, own, count: row)
        // Written so that NaN ends it too.
        guard pivot > 0, pivot.isFinite else { return false }
        unsafe own[row] = pivot.squareRoot()
      }
      return true
    }
    guard isPositive else { return nil }
  }

  /// The factor of a matrix that should be positive definite, with the smallest ridge on its diagonal
  /// that makes it so; the ridge is 0 as a rule.
  ///
  /// - Precondition: The matrix holds finite numbers.
  public static func mended(lower: [Double], order: Int) -> (factor: CholeskyFactor, ridge: Double)
  {
    if let factor = CholeskyFactor(lower: lower, order: order) { return (factor, 0) }
    let largest = (0..<order).reduce(0) { max($0, lower[$1 * order + $1]) }
    var ridge = max(largest, .leastNormalMagnitude) * 1e-12
    while true {
      var mended = lower
      for index in 0..<order { mended[index * order + index] += ridge }
      if let factor = CholeskyFactor(lower: mended, order: order) { return (factor, ridge) }
      precondition(ridge.isFinite, "the matrix holds numbers that are not finite")
      ridge *= 100
    }
  }

  /// The diagonal of `L`, whose product is the root of the determinant, shape `[order]`.
  public var diagonal: [Double] { (0..<order).map { rows[$0 * order + $0] } }

  /// The smallest squared pivot as a share of its diagonal element: near 0 where columns are nearly
  /// collinear.
  public func smallestPivotShare(of lower: [Double]) -> Double {
    diagonal.indices.reduce(1) { smallest, index in
      let pivot = rows[index * order + index]
      return min(smallest, pivot * pivot / lower[index * order + index])
    }
  }

  /// The solution `x` of `A x = b`, shape `[order]`.
  public func solve(_ b: [Double]) -> [Double] {
    var solution = b
    solveLower(&solution)
    // With L transposed, each solved component leaves its row of L from those before it.
    // SAFETY: every row is below `order`, and row `r` has `r` elements before the diagonal.
    unsafe rows.withUnsafeBufferPointer { elements in
      unsafe solution.withUnsafeMutableBufferPointer { solution in
        for row in stride(from: order - 1, through: 0, by: -1) {
          let own = unsafe elements.baseAddress! + row * order
          unsafe solution[row] /= own[row]
          unsafe Vectors.add(-solution[row], times: own, to: solution.baseAddress!, count: row)
        }
      }
    }
    return solution
  }

  /// Replaces `b` with the solution `x` of `L x = b`, shape `[order]`.
  public func solveLower(_ b: inout [Double]) {
    precondition(b.count == order, "b has \(b.count) elements; expected \(order)")
    // SAFETY: as in `solve`.
    unsafe rows.withUnsafeBufferPointer { elements in
      unsafe b.withUnsafeMutableBufferPointer { b in
        for row in 0..<order {
          let own = unsafe elements.baseAddress! + row * order
          let known = unsafe Vectors.dot(own, b.baseAddress!, count: row)
          unsafe b[row] = (b[row] - known) / own[row]
        }
      }
    }
  }

  /// The inverse of `A`, both triangles filled.
  public func inverse() -> [Double] {
    // Row `j` holds column `j` of the inverse of L, from the diagonal on.
    var columns = [Double](repeating: 0, count: order * order)
    var inverse = columns
    // SAFETY: every row and column is below `order`, and ranges end at it.
    unsafe rows.withUnsafeBufferPointer { elements in
      unsafe columns.withUnsafeMutableBufferPointer { columns in
        unsafe inverse.withUnsafeMutableBufferPointer { inverse in
          guard let elements = elements.baseAddress, let columns = columns.baseAddress else {
            return
          }
          for column in 0..<order {
            let own = unsafe columns + column * order
            unsafe own[column] = 1 / elements[column * order + column]
            for row in column + 1..<max(column + 1, order) {
              let factor = unsafe elements + row * order
              unsafe own[row] =
                -Vectors.dot(factor + column, own + column, count: row - column) / factor[row]
            }
          }
          for row in 0..<order {
            for column in 0...row {
              let product = unsafe Vectors.dot(
                columns + row * order + row, columns + column * order + row, count: order - row)
              unsafe inverse[row * order + column] = product
              unsafe inverse[column * order + row] = product
            }
          }
        }
      }
    }
    return inverse
  }
}
