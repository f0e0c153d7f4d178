/// Bounds between the bins of a quantity.
///
/// Method: as in LightGBM's `GreedyFindBin`: a value that holds more rows than a bin's fair share
/// has a bin of its own, the others share what is left in bins of about equal row counts.
package enum NumberBinning {
  /// Upper bounds of all bins but the last, ascending; each lies between two neighbouring values.
  ///
  /// - Parameters:
  ///   - values: The values in any order; NaN where missing.
  ///   - binLimit: The largest number of bins, at least 1.
  package static func upperBounds(of values: [Double], binLimit: Int) -> [Double] {
    midpoints(edges(of: values, binLimit: binLimit), values) { _, _ in }
  }

  /// About where bins end: numbers between which all values of a bin lie.
  static func edges(of values: [Double], binLimit: Int) -> [Double] {
    var present = values
    if values.contains(where: \.isNaN) { present.removeAll(where: \.isNaN) }
    let groups = ValueGroups(
      of: present, distinctLimit: binLimit, grain: present.count / (16 * binLimit))
    return cuts(groups.counts, binLimit: binLimit).map { groups.upperEdges[$0] }
  }

  /// Which groups close a bin: all groups where there is a bin for each, else such that bins hold
  /// about equally many values.
  static func cuts(_ counts: [Int], binLimit: Int) -> [Int] {
    guard counts.count > binLimit else { return Array(counts.indices.dropLast()) }
    var cuts: [Int] = []
    var remainingRows = counts.reduce(0, +)
    var remainingBins = binLimit
    var share = Double(remainingRows) / Double(binLimit)
    let isLarge = counts.map { Double($0) >= share }
    // Values that fill a bin alone do not count towards the fair share of the rest.
    for index in counts.indices where isLarge[index] {
      remainingRows -= counts[index]
      remainingBins -= 1
    }
    share = Double(remainingRows) / Double(max(1, remainingBins))
    var inBin = 0
    for index in counts.indices.dropLast() where cuts.count < binLimit - 1 {
      inBin += counts[index]
      if !isLarge[index] { remainingRows -= counts[index] }
      let closes =
        isLarge[index] || Double(inBin) >= share
        || (isLarge[index + 1] && Double(inBin) >= max(1, share / 2))
      guard closes else { continue }
      cuts.append(index)
      inBin = 0
      if !isLarge[index] {
        remainingBins -= 1
        share = Double(remainingRows) / Double(max(1, remainingBins))
      }
    }
    return cuts
  }

  /// Moves each edge halfway between the values on its two sides; an edge beyond all values goes.
  ///
  /// - Parameter write: Is told which bin between the edges each row falls into.
  @inline(__always)
  static func midpoints(
    _ edges: [Double], _ values: [Double], write: (_ row: Int, _ bin: Int) -> Void
  ) -> [Double] {
    var smallest = [Double](repeating: .infinity, count: edges.count + 1)
    var largest = [Double](repeating: -.infinity, count: edges.count + 1)
    BoundSearch(edges).forEachBin(of: values) { row, bin in
      // NaN is neither above nor below.
      let value = values[row]
      if value < smallest[bin] { smallest[bin] = value }
      if value > largest[bin] { largest[bin] = value }
      write(row, bin)
    }
    var bounds: [Double] = []
    var below: Double?
    // A rounded edge may leave a bin without values.
    for bin in smallest.indices where smallest[bin] <= largest[bin] {
      if let below { bounds.append(midpoint(below, smallest[bin])) }
      below = largest[bin]
    }
    return bounds
  }

  /// A number in `[low, high)`, halfway where there is room.
  package static func midpoint(_ low: Double, _ high: Double) -> Double {
    // Halved first: the sum of two large numbers may overflow.
    let middle = low / 2 + high / 2
    return middle >= low && middle < high ? middle : low
  }
}
