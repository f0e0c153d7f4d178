import Learning
import LinearAlgebra
import Testing

@Suite struct CholeskyFactorTests {
  /// A random positive definite matrix, column by column.
  private func matrix(order: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    let rows = (0..<order + 3).map { _ in (0..<order).map { _ in generator.nextUnit() - 0.5 } }
    return (0..<order * order).map { index in
      let (column, row) = (index / order, index % order)
      return rows.reduce(column == row ? 1 : 0) { $0 + $1[column] * $1[row] }
    }
  }

  @Test(arguments: [1, 2, 7, 40]) func `the solution times the matrix is the right side`(order: Int)
    throws
  {
    let a = matrix(order: order, seed: UInt64(order))
    let b = (0..<order).map { Double($0) - 2 }
    let x = try #require(CholeskyFactor(lower: a, order: order)).solve(b)
    for row in 0..<order {
      let product = (0..<order).reduce(0) { $0 + a[$1 * order + row] * x[$1] }
      #expect(abs(product - b[row]) < 1e-10)
    }
  }

  @Test func `the inverse times the matrix is the identity`() throws {
    let order = 9
    let a = matrix(order: order, seed: 3)
    let inverse = try #require(CholeskyFactor(lower: a, order: order)).inverse()
    for row in 0..<order {
      for column in 0..<order {
        let product = (0..<order).reduce(0) {
          $0 + a[$1 * order + row] * inverse[column * order + $1]
        }
        #expect(abs(product - (row == column ? 1 : 0)) < 1e-10)
      }
    }
  }

  @Test func `a matrix that is not positive definite has no factor`() {
    #expect(CholeskyFactor(lower: [1, 2, 2, 1], order: 2) == nil)
    #expect(CholeskyFactor(lower: [0], order: 1) == nil)
    #expect(CholeskyFactor(lower: [.nan], order: 1) == nil)
  }
}
