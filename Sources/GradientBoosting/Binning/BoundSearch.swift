/// Finds the bin of a value among ascending bounds, without branches, eight values at a time.
struct BoundSearch: Sendable {
  /// The bounds, then infinities up to one less than a power of two.
  private let padded: [Double]
  private let firstStep: Int

  /// - Parameter upperBounds: Of all bins but the last, ascending.
  init(_ upperBounds: [Double]) {
    let size = 1 << (Int.bitWidth - upperBounds.count.leadingZeroBitCount)
    padded = upperBounds + [Double](repeating: .infinity, count: size - upperBounds.count)
    firstStep = size / 2
  }

  /// The first bin whose upper bound is at least `value`; the last bin for a value above all; bin 0
  /// for NaN.
  func bin(of value: Double) -> Int {
    var bin = 0
    var step = firstStep
    while step > 0 {
      bin &+= padded[bin &+ step &- 1] < value ? step : 0
      step >>= 1
    }
    return bin
  }

  /// Hands over the bin of each value, in order.
  ///
  /// - Complexity: O(`values.count` log `upperBounds.count`).
  @inline(__always)
  func forEachBin(of values: [Double], _ body: (_ row: Int, _ bin: Int) -> Void) {
    unsafe padded.withUnsafeBufferPointer { buffer in
      // SAFETY: `bin + step - 1` stays below the padded size, as the steps halve from half of it.
      let bounds = buffer.baseAddress!
      let values = values.span
      var row = 0
      // Eight searches at once: each waits for its own loads only. The steps are masked, not
      // chosen, because a branch would be guessed wrong every other time.
      while row &+ 8 <= values.count {
        var value = SIMD8<Double>(repeating: 0)
        for lane in 0..<8 { value[lane] = values[row &+ lane] }
        var bin = SIMD8<Int64>(repeating: 0)
        var step = firstStep
        while step > 0 {
          let probe = unsafe bounds + step - 1
          var bound = SIMD8<Double>(repeating: 0)
          for lane in 0..<8 { bound[lane] = unsafe probe[Int(bin[lane])] }
          bin &+= SIMD8(repeating: 0).replacing(with: Int64(step), where: bound .< value)
          step >>= 1
        }
        for lane in 0..<8 { body(row &+ lane, Int(bin[lane])) }
        row &+= 8
      }
      while row < values.count {
        body(row, bin(of: values[row]))
        row &+= 1
      }
    }
  }
}
