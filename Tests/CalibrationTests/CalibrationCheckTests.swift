import Calibration
import Learning
import Testing

@Suite struct CalibrationCheckTests {
  private func rows(_ count: Int, rate: Double, seed: UInt64 = 1) -> [Bool] {
    var generator = SeededGenerator(seed: seed, stream: 8)
    return (0..<count).map { _ in generator.nextUnit() < rate }
  }

  @Test func `means and their standard error are as by hand`() throws {
    let check = try #require(
      CalibrationCheck(
        probabilities: [0.5, 0.2, 0.1], labels: [true, false, false], weights: [2, 1, 1]))
    #expect(abs(check.meanProbability - 1.3 / 4) < 1e-15)
    #expect(check.observedRate == 0.5)
    // Weights over the heaviest: 1, 1/2, 1/2, of 2 in all.
    let variance = 0.25 + 0.25 * 0.16 + 0.25 * 0.09
    #expect(abs(check.standardError - variance.squareRoot() / 2) < 1e-15)
    #expect(abs(check.zScore - (1.3 / 4 - 0.5) / check.standardError) < 1e-12)
    #expect(CalibrationCheck(probabilities: [], labels: []) == nil)
    #expect(CalibrationCheck(probabilities: [0.5], labels: [true], weights: [0]) == nil)
  }

  @Test func `right probabilities depart by no more than chance, wrong ones do`() throws {
    var departures = 0
    for seed in 0..<300 as Range<UInt64> {
      let check = try #require(
        CalibrationCheck(
          probabilities: [Double](repeating: 0.2, count: 500),
          labels: rows(500, rate: 0.2, seed: seed)))
      if check.departure != .none { departures += 1 }
    }
    // 0.27 % of a normal distribution lie beyond three standard errors.
    #expect(departures <= 4)
    func departure(_ probability: Double, count: Int, rate: Double) -> CalibrationCheck.Departure? {
      CalibrationCheck(
        probabilities: [Double](repeating: probability, count: count),
        labels: rows(count, rate: rate))?.departure
    }
    #expect(departure(0.24, count: 5000, rate: 0.2) == .clear)
    #expect(departure(0.16, count: 5000, rate: 0.2) == .clear)
    #expect(departure(0.5, count: 5000, rate: 0.2) == .gross)
    #expect(departure(0.05, count: 5000, rate: 0.2) == .gross)
    // Within a factor of two, but beyond doubt.
    #expect(departure(0.28, count: 20_000, rate: 0.2) == .gross)
    // Beyond doubt, but too little to matter.
    #expect(departure(0.2, count: 4_000_000, rate: 0.2005) == CalibrationCheck.Departure.none)
  }

  @Test func `rows of a group that turn out alike count as one`() throws {
    // 100 groups of 50 rows each with one outcome.
    let labels = (0..<5000).map { $0 / 50 < 28 }
    let probabilities = [Double](repeating: 0.25, count: 5000)
    let alone = try #require(CalibrationCheck(probabilities: probabilities, labels: labels))
    let grouped = try #require(
      CalibrationCheck(
        probabilities: probabilities, labels: labels, groups: (0..<5000).map { $0 / 50 }))
    #expect(abs(grouped.standardError / alone.standardError - Double(50).squareRoot()) < 0.8)
    #expect(alone.departure == .clear)
    #expect(grouped.departure == .none)
  }
}
