import Reporting
import Testing

@Suite struct SparklineTests {
  @Test func `heights go from zero to the largest, and a dot is unknown`() {
    #expect(Sparkline.text([0, 1, 2, 3, 4, 5, 6, 7]) == "▁▂▃▄▅▆▇█")
    #expect(Sparkline.text([5, 5]) == "██")
    #expect(Sparkline.text([0, 0]) == "▁▁")
    #expect(Sparkline.text([.nan, -4, 4]) == "·▁█")
    #expect(Sparkline.text([]) == "")
    #expect(Sparkline.text([1e308, -1e308]) == "█▁")
  }
}
