import Charts
import Learning
import Testing

@Suite struct ThinningTests {
  @Test func `a straight line needs its ends only`() {
    let line = (0...1000).map { Thinning.Place(Double($0) / 10, 3) }
    #expect(Thinning.thinned(line) == [line[0], line[1000]])
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func `no point is far from the thinned line, and extremes stay`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let count = 5 + generator.nextIndex(below: 5000)
    var height = 100.0
    let line = (0..<count).map { index in
      height += (generator.nextUnit() - 0.5) * 3
      return Thinning.Place(Double(index) * 400 / Double(count), height)
    }
    let thinned = Thinning.thinned(line)
    #expect(thinned.count <= 400 || thinned.count < count)
    #expect(thinned.first == line.first && thinned.last == line.last)
    for extreme in [{ $0.min() }, { $0.max() }] as [([Double]) -> Double?] {
      let (kept, all) = (
        try #require(extreme(thinned.map(\.y))), try #require(extreme(line.map(\.y)))
      )
      #expect((kept - all).magnitude <= 2)
    }
    for point in line {
      let nearest = zip(thinned, thinned.dropFirst()).map { Thinning.distance(point, $0, $1) }.min()
      let gap = try #require(nearest)
      #expect(gap <= 2.5)
    }
  }

  @Test func `no point, one point and the same point are left alone`() {
    #expect(Thinning.thinned([]).isEmpty)
    #expect(Thinning.thinned([[1, 2]]) == [[1, 2]])
    #expect(Thinning.thinned([[1, 2], [1, 2], [1, 2]]) == [[1, 2], [1, 2]])
  }
}
