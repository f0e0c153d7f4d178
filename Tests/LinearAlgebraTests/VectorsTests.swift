import LinearAlgebra
import Testing

@Suite struct VectorsTests {
  @Test(arguments: [0, 1, 7, 8, 9, 100]) func `dot and add work on any count`(count: Int) {
    let first = (0..<count).map(Double.init)
    var second = first.map { 2 * $0 + 1 }
    let expected = zip(first, second).reduce(0) { $0 + $1.0 * $1.1 }
    // SAFETY: both vectors have `count` elements.
    unsafe first.withUnsafeBufferPointer { first in
      unsafe second.withUnsafeMutableBufferPointer { second in
        guard count > 0 else { return }
        #expect(
          unsafe Vectors.dot(first.baseAddress!, second.baseAddress!, count: count) == expected)
        unsafe Vectors.add(-2, times: first.baseAddress!, to: second.baseAddress!, count: count)
      }
    }
    #expect(second.allSatisfy { $0 == 1 })
  }
}
