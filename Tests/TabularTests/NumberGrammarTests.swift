import Tabular
import Testing

@Suite struct NumberGrammarTests {
  private func read(_ text: String) -> NumberGrammar.Reading {
    NumberGrammar.read(Array(text.utf8).span)
  }

  @Test func `digits, a point and an exponent are a number`() {
    for (text, value) in [
      ("0", 0), ("-0", 0), ("+5", 5), ("007", 7), ("1.", 1), (".5", 0.5), ("-.5e1", -5),
      ("1e5", 1e5), ("1E+05", 1e5), ("25e-1", 2.5), (" \t12 ", 12), ("1e-400", 0), ("0e999", 0),
      ("9007199254740993", 9_007_199_254_740_992),
      ("-9223372036854775809", -9.223372036854775808e18),
      ("123456789012345678901234567890", 1.2345678901234567e29),
      ("1.7976931348623157e308", .greatestFiniteMagnitude), ("4.9e-324", .leastNonzeroMagnitude),
      ("0.1", 0.1), ("0.30000000000000004", 0.30000000000000004),
      ("000000000000000000000000000001.5", 1.5),
    ] as [(String, Double)] {
      #expect(read(text) == .value(value), "\(text)")
    }
    guard case .value(let zero) = read("-0") else { return }
    #expect(zero.sign == .minus)
  }

  @Test func `anything else is not a number`() {
    for text in [
      "1,5", "1,234", "1.234,56", "$12.00", "12%", "1_000", "0x1F", "１２", ".", "e5", "n/k", "-",
      "+-1", "1e", "1e+", "1 2", "1.2.3", "\u{a0}1", "1\u{a0}", "--", "1e1.5", "Na", "nul",
    ] {
      #expect(read(text) == .notANumber, "\(text)")
    }
  }

  @Test func `some words are missing, infinite or out of range`() {
    for text in ["", " ", "NULL", "null", "NA", "N/A", "\\N", "NaN", "nan", " NA "] {
      #expect(read(text) == .missing, "\(text)")
    }
    for text in ["inf", "-Infinity", "+INF", "INFINITY"] {
      #expect(read(text) == .nonFinite, "\(text)")
    }
    for text in ["1e400", "-1e309", String(repeating: "9", count: 10_000), "1e999999999999999999"] {
      #expect(read(text) == .outOfRange, "\(text.prefix(20))")
    }
  }

  @Test(arguments: 0..<20)
  func `random decimals are rounded as the standard library rounds them`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    for _ in 0..<1000 {
      let digitCount = 1 + random.next(below: seed % 2 == 0 ? 20 : 25)
      var digits = (0..<digitCount).map { _ in Character("\(random.next(below: 10))") }
      if random.next(below: 2) == 0 { digits.insert(".", at: random.next(below: digitCount + 1)) }
      let bound = [3, 20, 40, 330][random.next(below: 4)]
      let exponent = random.next(below: 2 * bound + 1) - bound
      let text =
        ["", "-", "+"][random.next(below: 3)] + String(digits)
        + (random.next(below: 3) == 0 ? "" : "e\(exponent)")
      let expected = Double(text)!
      if expected.isFinite {
        #expect(read(text) == .value(expected), "\(text)")
      } else {
        #expect(read(text) == .outOfRange, "\(text)")
      }
    }
  }

  @Test(arguments: 0..<10)
  func `every number comes back from its shortest text and from ties`(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    for _ in 0..<1000 {
      let value = Double(bitPattern: random.next())
      if value.isFinite { #expect(read("\(value)") == .value(value)) }
      // Halfway between two neighbours: the hardest to round.
      let odd = (1 << 53 | random.next() >> 11) &* 2 &+ 1
      #expect(read("\(odd)") == .value(Double("\(odd)")!))
      let text = "\(odd)e-\(random.next(below: 28))"
      #expect(read(text) == .value(Double(text)!), "\(text)")
    }
  }
}
