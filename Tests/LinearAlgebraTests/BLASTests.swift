import Learning
import LinearAlgebra
import Testing

@Suite struct BLASTests {
  /// Whole numbers of up to `largest` in `columnCount` columns, `stride` apart.
  private func columns(_ columnCount: Int, stride: Int, largest: Int, seed: UInt64) -> [Double] {
    var generator = SeededGenerator(seed: seed)
    return (0..<columnCount * stride).map { _ in
      ((generator.nextUnit() * 2 - 1) * Double(largest)).rounded()
    }
  }

  private func products(
    _ columns: [Double], rowCount: Int, columnCount: Int, stride: Int, plainly: Bool
  ) -> [Double] {
    var sum = [Double](repeating: 1, count: columnCount * columnCount)
    // SAFETY: `columns` has `columnCount * stride` elements, `sum` its square of columns.
    unsafe columns.withUnsafeBufferPointer { columns in
      unsafe sum.withUnsafeMutableBufferPointer { sum in
        let multiply =
          plainly ? unsafe BLAS.addOuterProductsPlainly : unsafe BLAS.addOuterProducts
        unsafe multiply(columns.baseAddress!, rowCount, columnCount, stride, sum.baseAddress!)
      }
    }
    return sum
  }

  @Test func `outer products are added to the lower triangle`() {
    // Two rows of three columns, one row of room below each.
    let sum = products(
      [1, 4, 9, 2, 5, 9, 3, 6, 9], rowCount: 2, columnCount: 3, stride: 3, plainly: false)
    #expect(sum == [18, 23, 28, 1, 30, 37, 1, 1, 46])
  }

  @Test(arguments: [(1, 1), (7, 3), (64, 17), (1000, 40), (1024, 201)])
  func `exact sums have the same bits from the library and from plain loops`(
    rowCount: Int, columnCount: Int
  ) {
    let largest = 1 << 21
    #expect(BLAS.isExact(largest: Double(largest), rowCount: rowCount))
    let columns = columns(columnCount, stride: rowCount + 8, largest: largest, seed: 3)
    let shape = (rowCount: rowCount, columnCount: columnCount, stride: rowCount + 8)
    #expect(
      products(
        columns, rowCount: shape.rowCount, columnCount: shape.columnCount, stride: shape.stride,
        plainly: false)
        == products(
          columns, rowCount: shape.rowCount, columnCount: shape.columnCount, stride: shape.stride,
          plainly: true))
  }

  @Test func `sums beyond 2 to the 53rd are not called exact`() {
    #expect(!BLAS.isExact(largest: 0x1p22, rowCount: 1024))
  }

  @Test func `the name says whose kernels they are`() {
    #expect(BLAS.name.contains("OpenBLAS") || BLAS.name == "Accelerate")
  }
}
