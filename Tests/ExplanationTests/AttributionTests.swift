import Explanation
import Learning
import Testing

@Suite struct AttributionTests {
  /// The strongest where points and contributions agree.
  private func strongest(_ points: [Double], limit: Int) -> [Int] {
    Attribution.strongest(points, contributions: points.map { 4 * $0 }[...], limit: limit)
  }

  @Test func `what raises the score and lowers the probability is no reason`() {
    let contributions = [1, -0.5, 2, 0.0]
    #expect(
      Attribution.strongest([0.2, 0.4, 0.3, 0.1], contributions: contributions[...], limit: 4) == [
        2, 0,
      ])
    #expect(
      Attribution.strongest([-0.2, -0.4, -0.3, 0.1], contributions: contributions[...], limit: 4)
        == [1])
  }

  @Test func `the strongest reasons come first, and only those for the row's side`() {
    #expect(strongest([0.2, -0.1, 0.5, 0.3], limit: 2) == [2, 3])
    #expect(strongest([0.2, -0.1, 0.5, 0.3], limit: 9) == [2, 3, 0])
    #expect(strongest([0.2, -0.9, 0.1, -0.3], limit: 9) == [1, 3])
  }

  @Test func `equal reasons stand in the order of the features`() {
    #expect(strongest([0.1, 0.2, 0.1, 0.2], limit: 4) == [1, 3, 0, 2])
  }

  @Test func `what is next to nothing is no reason`() {
    #expect(strongest([0.0004, 0.2, 0], limit: 3) == [1])
    #expect(strongest([0, 0], limit: 3) == [])
    #expect(strongest([], limit: 3) == [])
    #expect(strongest([1, 2], limit: 0) == [])
  }

  @Test(arguments: 1...20)
  func `no reason pulls the other way, and no stronger one is left out`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let points = (0..<8).map { _ in
        generator.nextUnit() < 0.2 ? 0 : generator.nextUnit() * 2 - 1
      }
      let sum = points.reduce(0, +)
      let limit = generator.nextIndex(below: 9)
      let chosen = strongest(points, limit: limit)
      #expect(chosen.count <= limit)
      #expect(Set(chosen).count == chosen.count)
      #expect(chosen.allSatisfy { points[$0] * sum > 0 })
      let weakest = chosen.last.map { points[$0].magnitude } ?? 0
      let others = points.indices.filter { !chosen.contains($0) && points[$0] * sum > 0 }
      #expect(
        chosen.count < limit
          ? others.allSatisfy { points[$0].magnitude < 0.0005 }
          : limit == 0 || others.allSatisfy { points[$0].magnitude <= weakest })
    }
  }
}
