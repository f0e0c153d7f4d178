import Diagnostics
import Testing

@Suite struct FixedDecimalTests {
  private func text(_ number: FixedDecimal) -> String {
    var bytes: [UInt8] = []
    number.append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private func text(_ number: Double, _ decimalCount: Int) -> String {
    text(FixedDecimal(number, decimalCount: decimalCount))
  }

  @Test func `every decimal is written, zeros included`() {
    #expect(text(1.5, 3) == "1.500")
    #expect(text(0.05, 2) == "0.05")
    #expect(text(12, 2) == "12.00")
    #expect(text(0.001, 3) == "0.001")
    #expect(text(0.000_000_001, 9) == "0.000000001")
  }

  @Test func `without decimals there is no point`() {
    #expect(text(0, 0) == "0")
    #expect(text(41.6, 0) == "42")
    #expect(text(-7, 0) == "-7")
  }

  @Test func `a tie goes away from zero`() {
    #expect(text(0.125, 2) == "0.13")
    #expect(text(-0.125, 2) == "-0.13")
    #expect(text(2.5, 0) == "3")
    #expect(text(0.375, 2) == "0.38")
  }

  @Test func `rounding carries into the digits before the point`() {
    #expect(text(0.999, 2) == "1.00")
    #expect(text(99.996, 2) == "100.00")
    #expect(text(-9.99, 1) == "-10.0")
  }

  @Test func `a negative fraction keeps its sign, and zero has none`() {
    #expect(text(-0.05, 2) == "-0.05")
    #expect(text(-0.004, 2) == "0.00")
    #expect(text(-0.0, 2) == "0.00")
  }

  @Test func `the largest numbers are exact`() {
    #expect(text(0x1p53, 0) == "9007199254740992")
    #expect(text(FixedDecimal(units: .max, decimalCount: 9)) == "9223372036.854775807")
    #expect(text(FixedDecimal(units: .min, decimalCount: 9)) == "-9223372036.854775808")
  }

  @Test func `the value is the one a reader of the text gets`() {
    for decimalCount in 0...4 {
      for units in stride(from: -20_011, through: 20_011, by: 7) {
        let number = FixedDecimal(units: units, decimalCount: decimalCount)
        #expect(Double(text(number)) == number.value)
        #expect(FixedDecimal(number.value, decimalCount: decimalCount) == number)
      }
    }
  }
}
