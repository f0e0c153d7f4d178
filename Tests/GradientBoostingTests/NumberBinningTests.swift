import GradientBoosting
import Learning
import Testing

@Suite struct NumberBinningTests {
  @Test func `few values have a bin each, with bounds halfway`() {
    #expect(NumberBinning.upperBounds(ofSorted: [1, 1, 2, 4], binLimit: 255) == [1.5, 3])
  }

  @Test func `one value needs no bound`() {
    #expect(NumberBinning.upperBounds(ofSorted: [3, 3], binLimit: 255) == [])
    #expect(NumberBinning.upperBounds(ofSorted: [], binLimit: 255) == [])
  }

  @Test func `a bound separates neighbours that have no number between them`() {
    let low = 1.0
    #expect(NumberBinning.midpoint(low, low.nextUp) == low)
    #expect(NumberBinning.midpoint(-.greatestFiniteMagnitude, .greatestFiniteMagnitude) == 0)
  }

  @Test(arguments: [2, 3, 16, 254]) func `many values share bins of about equal size`(limit: Int) {
    var generator = SeededGenerator(seed: 5)
    let values = (0..<20_000).map { _ in generator.nextUnit() }.sorted()
    let bounds = NumberBinning.upperBounds(ofSorted: values, binLimit: limit)
    #expect(bounds.count == limit - 1)
    #expect(zip(bounds, bounds.dropFirst()).allSatisfy { $0 < $1 })
    var counts = [Int](repeating: 0, count: limit)
    for value in values { counts[bounds.count { $0 < value }] += 1 }
    let share = Double(values.count) / Double(limit)
    #expect(counts.allSatisfy { Double($0) > share * 0.8 && Double($0) < share * 1.2 })
  }

  @Test func `a value that most rows share has a bin of its own`() {
    let values = [Double](repeating: 0, count: 900) + (1...100).map(Double.init)
    let bounds = NumberBinning.upperBounds(ofSorted: values, binLimit: 11)
    #expect(bounds.first == 0.5)
    #expect(bounds.count == 10)
  }
}
