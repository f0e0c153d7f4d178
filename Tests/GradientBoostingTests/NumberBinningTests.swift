import GradientBoosting
import Learning
import Testing

@Suite struct NumberBinningTests {
  @Test func `few values have a bin each, with bounds halfway`() {
    #expect(NumberBinning.upperBounds(of: [1, 1, 2, 4], binLimit: 255) == [1.5, 3])
  }

  @Test func `one value needs no bound`() {
    #expect(NumberBinning.upperBounds(of: [3, 3], binLimit: 255) == [])
    #expect(NumberBinning.upperBounds(of: [], binLimit: 255) == [])
  }

  @Test func `a bound separates neighbours that have no number between them`() {
    let low = 1.0
    #expect(NumberBinning.midpoint(low, low.nextUp) == low)
    #expect(NumberBinning.midpoint(-.greatestFiniteMagnitude, .greatestFiniteMagnitude) == 0)
  }

  @Test(arguments: [2, 3, 16, 254]) func `many values share bins of about equal size`(limit: Int) {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<20_000).map { _ in generator.nextUnit() }
    let bounds = NumberBinning.upperBounds(of: values, binLimit: limit)
    #expect(bounds.count == limit - 1)
    #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
    var counts = [Int](repeating: 0, count: limit)
    for value in values { counts[bounds.count { $0 < value }] += 1 }
    let share = Double(values.count) / Double(limit)
    #expect(counts.allSatisfy { Double($0) > share * 0.8 && Double($0) < share * 1.2 })
  }

  @Test func `a value that most rows share has a bin of its own`() {
    let values = [Double](repeating: 0, count: 900) + (1...100).map(Double.init)
    let bounds = NumberBinning.upperBounds(of: values, binLimit: 11)
    #expect(bounds.first == 0.5)
    #expect(bounds.count == 10)
  }

  /// Values of many shapes: even, crowded, heavy-tailed, half zeros, whole, huge, both infinities.
  private func values(_ shape: Int, count: Int) -> [Double] {
    var generator = SeededGenerator(seed: UInt64(shape) + 40)
    return (0..<count).map { row in
      let unit = generator.nextUnit()
      return switch shape {
      case 0: unit - 0.5
      case 1: row % 3 == 0 ? 1 + unit * 1e-9 : unit * 100
      case 2: PortableMath.exp(unit * 40 - 20)
      case 3: row % 2 == 0 ? 0 : (unit * 3000).rounded()
      case 4: (unit * 20_000).rounded() - 10_000
      case 5: (unit - 0.5) * 1.7e308
      case 6: row % 50 == 0 ? .infinity : row % 51 == 0 ? -.infinity : unit
      default: row % 2 == 0 ? -0.0 : unit * 1e-307
      }
    }
  }

  @Test(arguments: 0..<8) func `bins hold about equally many values, in any order of the rows`(
    shape: Int
  ) {
    let values = values(shape, count: 60_000)
    let bounds = NumberBinning.upperBounds(of: values, binLimit: 100)
    #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
    #expect(bounds == NumberBinning.upperBounds(of: values.sorted(), binLimit: 100))
    #expect(bounds == NumberBinning.upperBounds(of: values.reversed(), binLimit: 100))
    var counts = [Int](repeating: 0, count: bounds.count + 1)
    var distinct = [Set<Double>](repeating: [], count: bounds.count + 1)
    for value in values {
      let bin = bounds.firstIndex { value <= $0 } ?? bounds.count
      counts[bin] += 1
      distinct[bin].insert(value)
    }
    #expect(counts.count > 50)
    #expect(counts.allSatisfy { $0 > 0 })
    for (count, members) in zip(counts, distinct) where members.count > 1 {
      #expect(count < 60_000 / 100 * 2)
    }
  }

  /// Whole numbers of many shapes: flags, counts, all different, few of many, some missing.
  private func wholeNumbers(_ shape: Int, count: Int) -> [Double] {
    var generator = SeededGenerator(seed: UInt64(shape) + 80)
    return (0..<count).map { row in
      let unit = generator.nextUnit()
      return switch shape {
      case 0: unit < 0.9 ? 0 : 1
      case 1: unit < 0.6 ? -0.0 : PortableMath.exp(unit * 8).rounded()
      case 2: (unit * 65_535).rounded()
      case 3: row % 7 == 0 ? .nan : (unit * unit * 900).rounded()
      case 4: row % 2 == 0 ? 65_535 : 65_534
      default: row % 3 == 0 ? .nan : 1000 + (unit * 300).rounded()
      }
    }
  }

  @Test(arguments: 0..<6, [200, 3000, 60_000])
  func `whole numbers are counted into the bins of any numbers`(shape: Int, count: Int) throws {
    let values = wholeNumbers(shape, count: count)
    for limit in [2, 16, 254] {
      guard let whole = WholeNumbers(values), let bounds = whole.upperBounds(binLimit: limit) else {
        // A table for numbers so large is for long columns, and bins of many are for buckets.
        #expect(count < 60_000 && [1, 2, 4, 5].contains(shape))
        continue
      }
      #expect(bounds == NumberBinning.upperBounds(of: values, binLimit: limit))
      #expect(whole.hasMissing == values.contains(where: \.isNaN))
      let bins = LargeArray<UInt8>(count: count)
      bins.withMutableSpan { whole.writeBins(bounds, into: &$0) }
      for row in values.indices {
        let bin = values[row].isNaN ? bounds.count + 1 : bounds.count { $0 < values[row] }
        #expect(Int(bins[row]) == bin)
      }
    }
  }

  @Test(arguments: [-1, 0.5, 65_536, .infinity, 1e300, 5e-324] as [Double])
  func `one value that is no whole number, or too large, makes a column an ordinary one`(
    value: Double
  ) {
    #expect(WholeNumbers([Double](repeating: 1, count: 5000) + [value]) == nil)
    #expect(WholeNumbers([value] + [Double](repeating: 1, count: 5000)) == nil)
  }

  @Test(arguments: 0..<8) func `a search that looks up where to begin finds the same bins`(
    shape: Int
  ) {
    let values = values(shape, count: 20_000) + [.nan, .infinity, -.infinity, 0, -0.0]
    let search = BoundSearch(NumberBinning.upperBounds(of: values, binLimit: 200))
    // Even bounds have a guide; those over a range too wide have none.
    let hasGuide = search.hasGuide
    if shape == 0 || shape == 4 { #expect(hasGuide) }
    if shape == 2 || shape == 6 { #expect(!hasGuide) }
    var bins = [Int](repeating: -1, count: values.count)
    search.forEachBin(of: values) { row, bin in bins[row] = bin }
    var expected = bins
    search.forEachBinByHalves(of: values) { row, bin in expected[row] = bin }
    #expect(bins == expected)
  }
}
