import Learning
import LinearAlgebra
import Testing

@Suite struct BLASTests {
  private let rows: [Double] = [1, 2, 3, 4, 5, 6]  // two rows of three

  @Test func `rows times a vector`() {
    var result = [9.0, 9, 9]
    BLAS.multiply(rows: rows, rowCount: 2, columnCount: 3, by: [1, 0, -1], into: &result)
    #expect(result == [-2, -2, 9])
  }

  @Test func `a weighted sum of rows is added to what was there`() {
    var sum = [100.0, 0, 0]
    BLAS.addWeightedSum(rows: rows, rowCount: 2, columnCount: 3, factors: [1, 10], to: &sum)
    #expect(sum == [141, 52, 63])
  }

  @Test func `outer products fill the lower triangle`() {
    var sum = [Double](repeating: 0, count: 9)
    BLAS.addOuterProducts(rows: rows, rowCount: 2, columnCount: 3, to: &sum)
    #expect(sum[0] == 17 && sum[1] == 22 && sum[2] == 27)
    #expect(sum[4] == 29 && sum[5] == 36 && sum[8] == 45)
  }

  @Test func `adding a multiple touches only its range`() {
    var y = [1.0, 1, 1, 1]
    BLAS.add(2, times: rows, from: 4, to: &y, from: 1, count: 2)
    #expect(y == [1, 11, 13, 1])
  }
}
