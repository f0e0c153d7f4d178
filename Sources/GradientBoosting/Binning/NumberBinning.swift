/// Bounds between the bins of a quantity.
///
/// Method: as in LightGBM's `GreedyFindBin`: a value that holds more rows than a bin's fair share
/// has a bin of its own, the others share what is left in bins of about equal row counts.
package enum NumberBinning {
  /// Upper bounds of all bins but the last, ascending; each lies between two neighbouring values.
  ///
  /// - Parameters:
  ///   - sorted: The values, ascending, none missing.
  ///   - binLimit: The largest number of bins, at least 1.
  package static func upperBounds(ofSorted sorted: [Double], binLimit: Int) -> [Double] {
    let (values, counts) = distinct(sorted)
    guard values.count > 1 else { return [] }
    guard values.count > binLimit else {
      return (1..<values.count).map { midpoint(values[$0 - 1], values[$0]) }
    }
    var bounds: [Double] = []
    var remainingRows = sorted.count
    var remainingBins = binLimit
    var share = Double(sorted.count) / Double(binLimit)
    let isLarge = counts.map { Double($0) >= share }
    // Values that fill a bin alone do not count towards the fair share of the rest.
    for index in counts.indices where isLarge[index] {
      remainingRows -= counts[index]
      remainingBins -= 1
    }
    share = Double(remainingRows) / Double(max(1, remainingBins))
    var inBin = 0
    for index in 0..<values.count - 1 where bounds.count < binLimit - 1 {
      inBin += counts[index]
      if !isLarge[index] { remainingRows -= counts[index] }
      let closes =
        isLarge[index] || Double(inBin) >= share
        || (isLarge[index + 1] && Double(inBin) >= max(1, share / 2))
      guard closes else { continue }
      bounds.append(midpoint(values[index], values[index + 1]))
      inBin = 0
      if !isLarge[index] {
        remainingBins -= 1
        share = Double(remainingRows) / Double(max(1, remainingBins))
      }
    }
    return bounds
  }

  private static func distinct(_ sorted: [Double]) -> (values: [Double], counts: [Int]) {
    var values: [Double] = []
    var counts: [Int] = []
    for value in sorted {
      if value == values.last {
        counts[counts.count - 1] += 1
      } else {
        values.append(value)
        counts.append(1)
      }
    }
    return (values, counts)
  }

  /// A number in `[low, high)`, halfway where there is room.
  package static func midpoint(_ low: Double, _ high: Double) -> Double {
    // Halved first: the sum of two large numbers may overflow.
    let middle = low / 2 + high / 2
    return middle >= low && middle < high ? middle : low
  }
}
