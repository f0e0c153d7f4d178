import Charts
import CivilCalendar
import Learning
import TestSupport
import Testing

@Suite struct RulerTests {
  private func ticks(
    _ scale: Axis.Scale, _ values: [Double], wanted: Int = 5, endsAtTicks: Bool = true
  ) -> [String] {
    Ruler(Axis("", scale: scale), values: values, wanted: wanted, endsAtTicks: endsAtTicks)
      .ticks.map(\.text)
  }

  @Test func `ticks are round and surround the values`() {
    #expect(ticks(.linear, [0.3, 9.2]) == ["0", "2", "4", "6", "8", "10"])
    #expect(ticks(.linear, [-1.2, 1.9]) == ["−2", "−1", "0", "1", "2"])
    #expect(ticks(.linear, [1200, 8700]) == ["0", "2,000", "4,000", "6,000", "8,000", "10,000"])
    #expect(ticks(.linear, [0, 2_400_000]) == ["0", "0.5M", "1.0M", "1.5M", "2.0M", "2.5M"])
    #expect(ticks(.linear, [0.81, 0.86]) == ["0.81", "0.82", "0.83", "0.84", "0.85", "0.86"])
    #expect(
      ticks(.percent, [0.02, 0.19]) == [
        "0\u{a0}%", "5\u{a0}%", "10\u{a0}%", "15\u{a0}%", "20\u{a0}%",
      ])
    #expect(
      ticks(.percent, [0.001, 0.004]) == ["0.1\u{a0}%", "0.2\u{a0}%", "0.3\u{a0}%", "0.4\u{a0}%"])
    #expect(ticks(.days, [0, 85]) == ["0", "30", "60", "90"])
  }

  @Test func `an axis may end with its data`() {
    #expect(
      ticks(.days, [7, 180], wanted: 6, endsAtTicks: false) == [
        "0", "30", "60", "90", "120", "150", "180",
      ])
    let ruler = Ruler(Axis(""), values: [3, 12.5], wanted: 4, endsAtTicks: false)
    #expect(ruler.low == 3 && ruler.high == 12.5)
  }

  @Test func `decades, probabilities and dates have ticks of their own`() {
    #expect(ticks(.log, [1, 100_000]) == ["1", "10", "100", "1,000", "10,000", "100,000"])
    #expect(ticks(.log, [1, 8]) == ["1", "2", "5"])
    #expect(ticks(.log, [0, -3]).isEmpty == false)
    #expect(ticks(.logOdds, [-2.3, 2.3]).contains("50\u{a0}%"))
    #expect(ticks(.logOdds, [-2.2, -2.1]).count >= 2)
    let start = Double(CalendarDay("2024-01-15")!.number)
    #expect(ticks(.date, [start, start + 400]) == ["2024-04", "2024-07", "2024-10", "2025-01"])
    #expect(
      ticks(.date, [start, start + 3]) == [
        "2024-01-15", "2024-01-16", "2024-01-17", "2024-01-18",
      ])
    #expect(
      ticks(.date, [start, start + 365 * 20]) == ["2025", "2030", "2035", "2040"])
  }

  @Test func `places go from 0 to 1 within the range`() throws {
    let log = Ruler(Axis("", scale: .log, range: 1...10_000), values: [], wanted: 4)
    let middle = try #require(log.share(100))
    #expect(middle.isWithin(1e-12, of: 0.5))
    #expect(log.share(0) == nil)
    #expect(log.share(-1) == nil)
    let plain = Ruler(Axis("", range: -1...3), values: [], wanted: 4)
    #expect(plain.share(1) == 0.5)
    #expect(plain.share(5) == 1.5)
    #expect(plain.clampedShare(5) == 1)
    #expect(plain.share(.nan) == nil)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `ticks ascend, differ in their text and lie within the axis`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let scales: [Axis.Scale] = [.linear, .log, .percent, .logOdds, .days, .date]
    let size = PortableMath.exp((generator.nextUnit() - 0.5) * 1300)
    let values = (0..<1 + generator.nextIndex(below: 4)).map { _ in
      (generator.nextUnit() - 0.4) * size
    }
    for scale in scales {
      for endsAtTicks in [true, false] {
        let ruler = Ruler(
          Axis("", scale: scale), values: values, wanted: 5, endsAtTicks: endsAtTicks)
        #expect(ruler.low < ruler.high)
        #expect(ruler.low.isFinite && ruler.high.isFinite)
        #expect(ruler.ticks.count <= 30, "\(ruler)")
        for (tick, next) in zip(ruler.ticks, ruler.ticks.dropFirst()) {
          #expect(tick.value < next.value && tick.text != next.text, "\(ruler)")
        }
        for tick in ruler.ticks {
          let share = ruler.share(tick.value) ?? -1
          #expect(share > -1e-6 && share < 1 + 1e-6, "\(ruler)")
        }
        for value in values {
          guard let share = ruler.share(value) else { continue }
          #expect(share > -1e-6 && share < 1 + 1e-6, "\(ruler)")
        }
      }
    }
  }
}
