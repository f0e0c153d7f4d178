import GradientBoosting
import Learning
import Testing

@Suite struct HistogramTests {
  @Test func `a parent's histogram is the sum of its children's`() {
    var generator = SeededGenerator(seed: 11)
    let rowCount = 500
    let bins = (0..<rowCount).map { _ in UInt8(generator.nextIndex(below: 7)) }
    // Eighths: sums of them are exact, so that the comparison can be as well.
    let pairs = (0..<rowCount).map { _ in
      GradientPair(
        gradient: Double(generator.nextIndex(below: 16)) / 8 - 1,
        hessian: Double(generator.nextIndex(below: 8)) / 8)
    }
    func histogram(_ rows: [UInt32]) -> [HistogramBin] {
      var sums = [HistogramBin](repeating: HistogramBin(), count: 7)
      let nodePairs = rows.map { pairs[Int($0)] }
      var span = sums.mutableSpan
      span.add(binOfRow: bins.span, rows: rows.span, pairs: nodePairs.span)
      return sums
    }
    let all = (0..<UInt32(rowCount)).map(\.self)
    let left = all.filter { $0 % 3 == 0 }
    let right = all.filter { $0 % 3 != 0 }
    #expect(zip(histogram(left), histogram(right)).map { $0 + $1 } == histogram(all))
    #expect(zip(histogram(all), histogram(left)).map { $0 - $1 } == histogram(right))
  }
}
