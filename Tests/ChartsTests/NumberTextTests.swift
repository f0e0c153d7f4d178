import Charts
import Learning
import Testing

@Suite struct NumberTextTests {
  @Test func `thousands are separated, the minus is one, and nothing is minus zero`() {
    #expect(NumberText.fixed(1_234_567.891, decimals: 2) == "1,234,567.89")
    #expect(NumberText.fixed(-999, decimals: 0) == "−999")
    #expect(NumberText.fixed(-0.001, decimals: 2) == "0.00")
    #expect(NumberText.fixed(0.995, decimals: 0) == "1")
    #expect(NumberText.fixed(.nan, decimals: 1) == "–")
    #expect(NumberText.fixed(1e300, decimals: 1) == "1e300")
  }

  @Test func `numbers that are read together have as many decimals`() {
    #expect(NumberText.aligned([0.0342, 0.0011, -0.00004]) == ["0.0342", "0.0011", "0.0000"])
    #expect(NumberText.aligned([123.4, 0.5]) == ["123", "1"])
    #expect(NumberText.aligned([2_500_000, 0, 12_000]) == ["2.50M", "0", "0.01M"])
    #expect(NumberText.aligned([4e-9]) == ["4e−9"])
  }

  @Test func `shares are per cent, and a small chance is not none`() {
    #expect(NumberText.percents([0.25, 0.5]) == ["25\u{a0}%", "50\u{a0}%"])
    #expect(NumberText.percents([0.256, 0.5]) == ["25.6\u{a0}%", "50.0\u{a0}%"])
    #expect(NumberText.percents([0.0012, 0.0003]) == ["0.12\u{a0}%", "0.03\u{a0}%"])
    #expect(NumberText.percents([1e-9, 0]) == ["<0.01\u{a0}%", "0.00\u{a0}%"])
  }

  @Test(arguments: -320...308)
  func `the exponent is that of the first digit`(power: Int) {
    let value = NumberText.powerOfTen(power)
    guard value > 0 else { return }
    #expect(NumberText.exponent(value) == power)
    #expect(NumberText.exponent(-value) == power)
  }
}
