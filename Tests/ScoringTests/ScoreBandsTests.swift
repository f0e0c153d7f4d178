import Learning
import Scoring
import Testing

@Suite struct ScoreBandsTests {
  @Test func `the top tenth is high and the next two tenths are elevated`() {
    let probabilities = (1...100).map { Double($0) / 101 }
    let bands = ScoreBands(of: probabilities)
    let words = probabilities.map(bands.band)
    #expect(words.count { $0 == .high } == 10)
    #expect(words.count { $0 == .elevated } == 20)
    #expect(words.count { $0 == .low } == 70)
    #expect(bands == ScoreBands(of: probabilities.reversed()))
  }

  @Test func `a band begins at its bound`() {
    let bands = ScoreBands(elevated: 0.2, high: 0.5)
    #expect(bands.band(of: 0.5) == .high)
    #expect(bands.band(of: 0.5.nextDown) == .elevated)
    #expect(bands.band(of: 0.2) == .elevated)
    #expect(bands.band(of: 0.2.nextDown) == .low)
  }

  @Test(arguments: 1...12) func `few customers have bands too, and the riskiest is high`(count: Int)
  {
    var generator = SeededGenerator(seed: UInt64(count))
    let probabilities = (0..<count).map { _ in generator.nextUnit() }
    let bands = ScoreBands(of: probabilities)
    #expect(bands.elevated <= bands.high)
    #expect(bands.band(of: probabilities.max()!) == .high)
  }

  @Test func `customers with one probability are all in one band`() {
    let bands = ScoreBands(of: [0.3, 0.3, 0.3, 0.3])
    #expect(bands.band(of: 0.3) == .high)
    #expect(bands.band(of: 0.3.nextDown) == .low)
  }
}
