/// A column of whole numbers, counted one by one: usage counts and flags.
///
/// Where a count of each number is had, bins need no buckets and no search: a table tells the bin of
/// each number. ``NumberBinning`` finds the same bins for any values.
package struct WholeNumbers {
  /// How often each number from 0 on occurs.
  private let counts: [UInt32]
  private let values: [Double]
  package let hasMissing: Bool
  /// Below which all numbers are; cells that are missing count as this one.
  private let limit: Int

  /// So few values are not worth a large table.
  private static let fewValues = 1 << 12
  /// Adding this leaves a whole number in the last bits of a `Double`.
  private static let shift = 0x1p52

  /// - Parameter values: In any order; NaN where missing.
  /// - Returns: `nil` where a value is negative, no whole number, or above 65,535 (in short columns
  ///   above 1,023).
  package init?(_ values: [Double]) {
    let limit = values.count < Self.fewValues ? 1 << 10 : 1 << 16
    let size = limit + 1
    // Neighbours are counted apart: most cells may hold the same number, and adding to it waits for
    // the addition before.
    var counts = [UInt32](repeating: 0, count: 2 * size)
    let areWhole = unsafe counts.withUnsafeMutableBufferPointer { buffer in
      let counts = buffer.baseAddress!
      let span = values.span
      var row = 0
      while row &+ 8 <= span.count {
        var eight = SIMD8<Double>(repeating: 0)
        for lane in 0..<8 { eight[lane] = span[row &+ lane] }
        guard let numbers = Self.numbers(eight, limit) else { return false }
        for lane in 0..<8 {
          // SAFETY: numbers are at most `limit`, and each half has room for one more.
          unsafe counts[Int(numbers[lane]) &+ (lane & 1) &* size] &+= 1
        }
        row &+= 8
      }
      while row < span.count {
        guard let numbers = Self.numbers(SIMD8(repeating: span[row]), limit) else { return false }
        // SAFETY: as above.
        unsafe counts[Int(numbers[0])] &+= 1
        row &+= 1
      }
      return true
    }
    guard areWhole else { return nil }
    hasMissing = counts[limit] + counts[size + limit] > 0
    self.counts = (0..<limit).map { counts[$0] + counts[size + $0] }
    self.values = values
    self.limit = limit
  }

  /// Eight values as whole numbers, those missing as `limit`; `nil` where any is not one below it.
  @inline(__always)
  private static func numbers(_ values: SIMD8<Double>, _ limit: Int) -> SIMD8<UInt64>? {
    let bound = SIMD8<Double>(repeating: Double(limit))
    let isMissing = values .!= values
    let known = values.replacing(with: 0, where: isMissing)
    let shifted = known + shift
    guard all((known .>= 0) .& (known .< bound) .& (shifted - shift .== known)) else { return nil }
    let numbers = shifted.replacing(with: bound + shift, where: isMissing)
    return unsafe unsafeBitCast(numbers, to: SIMD8<UInt64>.self) & 0x1_FFFF
  }

  /// Upper bounds of all bins but the last, those of ``NumberBinning/upperBounds(of:binLimit:)``;
  /// `nil` where that would not tell all numbers apart before it forms bins.
  package func upperBounds(binLimit: Int) -> [Double]? {
    let present = counts.indices.filter { counts[$0] > 0 }
    let numbers = present.map { Int(counts[$0]) }
    guard let low = present.first, let high = present.last,
      present.count <= binLimit
        || ValueGroups.tellsApart(valueCount: numbers.reduce(0, +), width: high - low)
    else { return nil }
    return NumberBinning.cuts(numbers, binLimit: binLimit).map {
      NumberBinning.midpoint(Double(present[$0]), Double(present[$0 + 1]))
    }
  }

  /// Writes the bin of every value, shape `[rowCount]`, missing cells in a bin after all others.
  package func writeBins(_ upperBounds: [Double], into bins: inout MutableSpan<UInt8>) {
    precondition(bins.count == values.count, "\(values.count) values, room for \(bins.count)")
    precondition(upperBounds.count < 255 || upperBounds.count == 255 && !hasMissing)
    var binOfNumber = [UInt8](repeating: 0, count: limit + 1)
    var bin = 0
    for number in 0..<limit {
      while bin < upperBounds.count, upperBounds[bin] < Double(number) { bin += 1 }
      binOfNumber[number] = UInt8(bin)
    }
    binOfNumber[limit] = UInt8(truncatingIfNeeded: upperBounds.count + 1)
    let (table, span) = (binOfNumber.span, values.span)
    for row in span.indices {
      let value = span[row]
      let number = ((value.isNaN ? Double(limit) : value) + Self.shift).bitPattern & 0x1_FFFF
      bins[row] = table[Int(number)]
    }
  }
}
