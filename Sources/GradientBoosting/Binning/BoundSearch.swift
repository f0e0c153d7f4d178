/// Finds the bin of a value among ascending bounds, without branches, eight values at a time.
package struct BoundSearch: Sendable {
  /// The bounds, then infinities up to one less than a power of two.
  private let padded: [Double]
  private let firstStep: Int
  private let guide: Guide?

  /// - Parameter upperBounds: Of all bins but the last, ascending.
  package init(_ upperBounds: [Double]) {
    let size = 1 << (Int.bitWidth - upperBounds.count.leadingZeroBitCount)
    padded = upperBounds + [Double](repeating: .infinity, count: size - upperBounds.count)
    firstStep = size / 2
    guide = Guide(upperBounds)
  }

  /// Whether values are looked up before they are compared.
  package var hasGuide: Bool { guide != nil }

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
  /// - Complexity: O(`values.count` log `upperBounds.count`); O(`values.count`) where the bounds are
  ///   spread evenly enough.
  @inline(__always)
  package func forEachBin(of values: [Double], _ body: (_ row: Int, _ bin: Int) -> Void) {
    if values.count >= Guide.leastValueCount, let guide {
      forEachBin(of: values, guide, body)
    } else {
      forEachBinByHalves(of: values, body)
    }
  }

  /// The same by looking up where to begin.
  @inline(__always)
  private func forEachBin(
    of values: [Double], _ guide: Guide, _ body: (_ row: Int, _ bin: Int) -> Void
  ) {
    unsafe padded.withUnsafeBufferPointer { buffer in
      unsafe guide.firstBin.withUnsafeBufferPointer { firstBin in
        // SAFETY: a cut's bin is at most the count of bounds, behind which there is an infinity that
        // no value exceeds.
        let bounds = buffer.baseAddress!
        let firstBin = firstBin.baseAddress!
        let values = values.span
        var row = 0
        while row &+ 8 <= values.count {
          var value = SIMD8<Double>(repeating: 0)
          for lane in 0..<8 { value[lane] = values[row &+ lane] }
          let cut = guide.cut(of: value)
          for lane in 0..<8 {
            var bin = unsafe Int(firstBin[Int(cut[lane])])
            for _ in 0..<guide.largestCount {
              bin &+= unsafe bounds[bin] < value[lane] ? 1 : 0
            }
            body(row &+ lane, bin)
          }
          row &+= 8
        }
        while row < values.count {
          body(row, bin(of: values[row]))
          row &+= 1
        }
      }
    }
  }

  /// The same by halving the range of bounds.
  @inline(__always)
  package func forEachBinByHalves(of values: [Double], _ body: (_ row: Int, _ bin: Int) -> Void) {
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

/// Equal cuts of the range of bounds, each with the first bin that its values may be in.
///
/// ```
/// bounds:       |  |    |                 |
/// cuts:       [   ][   ][   ][   ][   ][   ]
/// first bin:   0    2    3    3    3    3       (then at most `largestCount` bounds to pass)
/// ```
/// A larger number is never in an earlier cut, so that a value is above all bounds of earlier cuts and
/// below all of later ones.
private struct Guide: Sendable {
  /// Shape `[cutCount]`.
  let firstBin: [UInt16]
  /// The most bounds in a cut.
  let largestCount: Int
  private let low: Double
  private let scale: Double

  private static let cutCount = 1 << 13
  /// With more bounds in a cut, halving is as fast.
  private static let countLimit = 4
  private static let boundLimit = 1 << 12
  /// So few values are not worth a guide.
  static let leastValueCount = 1 << 14

  /// - Returns: `nil` where the bounds are too uneven.
  init?(_ bounds: [Double]) {
    guard bounds.count > 4, bounds.count <= Self.boundLimit, let low = bounds.first,
      let high = bounds.last
    else { return nil }
    let scale = Double(Self.cutCount - 1) / (high - low)
    guard (high - low).isFinite, scale.isFinite, scale > 0 else { return nil }
    self.low = low
    self.scale = scale
    var counts = [Int](repeating: 0, count: Self.cutCount)
    for bound in bounds {
      counts[Int(Self.cut(of: SIMD8(repeating: bound), low, scale)[0])] += 1
    }
    largestCount = counts.max()!
    guard largestCount <= Self.countLimit else { return nil }
    var before = 0
    firstBin = counts.map { count in
      defer { before += count }
      return UInt16(before)
    }
  }

  @inline(__always)
  func cut(of values: SIMD8<Double>) -> SIMD8<UInt64> { Self.cut(of: values, low, scale) }

  /// Rises with the value, because each step rounds monotonically; 0 for NaN.
  @inline(__always)
  private static func cut(of values: SIMD8<Double>, _ low: Double, _ scale: Double)
    -> SIMD8<UInt64>
  {
    let last = SIMD8<Double>(repeating: Double(cutCount - 1))
    var place = (values - low) * scale
    place.replace(with: last, where: place .> last)
    place = SIMD8(repeating: 0).replacing(with: place, where: place .>= 0)
    // Adding this leaves the nearest whole number in the last bits.
    return unsafe unsafeBitCast(place + 0x1p52, to: SIMD8<UInt64>.self) & 0xFFFF
  }
}
