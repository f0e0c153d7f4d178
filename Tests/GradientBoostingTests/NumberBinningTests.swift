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
}
