import Learning
import Reporting
import Testing

@Suite struct NumbersTests {
  @Test func `a fixed number has its decimals, rounded half away from zero`() {
    #expect(Numbers.fixed(0.12345, 4) == "0.1235")
    #expect(Numbers.fixed(-0.12345, 4) == "-0.1235")
    #expect(Numbers.fixed(2, 2) == "2.00")
    #expect(Numbers.fixed(0.5, 0) == "1")
    #expect(Numbers.fixed(-0.00001, 2) == "0.00")
    #expect(Numbers.fixed(999_999.999, 3) == "999999.999")
  }

  @Test(arguments: [nil, Double.nan, .infinity, -.infinity])
  func `what is not a number is a dash`(value: Double?) {
    #expect(Numbers.fixed(value, 3) == "-")
    #expect(Numbers.percent(value).hasPrefix("-"))
  }

  @Test(arguments: [1e6, -1e6, 1e15, 1.5e300, Double.greatestFiniteMagnitude])
  func `a number too large for decimals is still the number`(value: Double) {
    #expect(Double(Numbers.fixed(value, 9)) == value)
    #expect(Double(Numbers.quantity(value)) == value)
  }

  @Test func `a share is shown as per cent`() {
    #expect(Numbers.percent(0.1234) == "12.3 %")
    #expect(Numbers.percent(1, 0) == "100 %")
    #expect(Numbers.percent(0) == "0.0 %")
    #expect(Numbers.percent(nil) == "-")
  }

  @Test func `counts have a comma after every third digit`() {
    #expect(Numbers.count(0) == "0")
    #expect(Numbers.count(999) == "999")
    #expect(Numbers.count(1000) == "1,000")
    #expect(Numbers.count(-1_234_567) == "-1,234,567")
    #expect(Numbers.count(.max) == "9,223,372,036,854,775,807")
    #expect(Numbers.count(.min) == "-9,223,372,036,854,775,808")
  }

  @Test func `one is singular, all else plural`() {
    #expect(Numbers.count(1, "row") == "1 row")
    #expect(Numbers.count(0, "row") == "0 rows")
    #expect(Numbers.count(1200, "leaf", "leaves") == "1,200 leaves")
  }

  @Test func `sizes and times have a unit that suits them`() {
    #expect(Numbers.bytes(999) == "999 bytes")
    #expect(Numbers.bytes(1000) == "1.0 kB")
    #expect(Numbers.bytes(2_345_678) == "2.3 MB")
    #expect(Numbers.seconds(0.126) == "0.13 s")
    #expect(Numbers.seconds(12.34) == "12.3 s")
  }

  @Test func `a quantity stays recognisable`() {
    #expect(Numbers.quantity(3) == "3")
    #expect(Numbers.quantity(100) == "100")
    #expect(Numbers.quantity(-0.0) == "0")
    #expect(Numbers.quantity(0.1) == "0.1")
    #expect(Numbers.quantity(1 / 3) == "0.333")
    #expect(Numbers.quantity(-2.5) == "-2.5")
    #expect(Numbers.quantity(0.0004) == "0.0004")
    #expect(Numbers.quantity(1e-12) == "1e-12")
    #expect(Numbers.quantity(.nan) == "missing")
  }

  @Test func `a quantity reads back within half of its last decimal`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<20_000 {
      let value =
        (generator.nextUnit() - 0.5) * [0.01, 1, 1000, 3e6, 1e12].randomElement(using: &generator)!
      let text = Numbers.quantity(value)
      let read = try #require(Double(text), "\(text)")
      #expect(abs(read - value) <= 0.000501)
      #expect(!text.hasSuffix("."))
    }
  }

  @Test func `a change carries its sign, and none where it rounds to nothing below zero`() {
    #expect(Numbers.points(0.123) == "+12.3 pts")
    #expect(Numbers.points(-0.0015) == "-0.2 pts")
    #expect(Numbers.points(0) == "0.0 pts")
    #expect(Numbers.points(-0.0001) == "0.0 pts")
  }
}
