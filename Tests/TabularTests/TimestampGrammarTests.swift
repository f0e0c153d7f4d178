import Foundation
import Tabular
import Testing

@Suite struct TimestampGrammarTests {
  private func read(_ text: String) -> TimestampGrammar.Reading {
    TimestampGrammar.read(Array(text.utf8).span)
  }

  @Test func `dates and times are seconds since 1970`() {
    for (text, seconds) in [
      ("1970-01-01", 0), ("1970-01-02", 86_400), ("2024-02-29", 1_709_164_800),
      ("2199-12-31T23:59:59Z", 7_258_118_399), ("2026-01-05T10:00:00Z", 1_767_607_200),
      ("2026-01-05 10:00", 1_767_607_200), (" 2026-01-05T10:00:00 ", 1_767_607_200),
      ("2026-01-05T15:30:00+05:30", 1_767_607_200), ("2026-01-05T08:00:00-0200", 1_767_607_200),
      ("2026-01-05T11:00+01", 1_767_607_200), ("1970-01-01T00:00:00.25Z", 0.25),
      ("1970-01-01T00:00:01.123456789012Z", 1.123456789), ("1970-01-01T23:59:60Z", 86_399),
    ] as [(String, Double)] {
      #expect(read(text) == .value(seconds), "\(text)")
    }
  }

  @Test func `every day from 1970 to 2199 is one day after the one before`() throws {
    var formatter = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day()
    formatter.timeZone = .gmt
    for day in stride(from: 0, to: 84_005, by: 13) {
      let seconds = Double(day) * 86_400
      let text = Date(timeIntervalSince1970: seconds).formatted(formatter)
      #expect(read(text) == .value(seconds), "\(text)")
    }
  }

  @Test func `what is no date is refused`() {
    for text in [
      "2023-02-29", "2026-02-30", "2026-04-31", "2026-13-01", "2026-00-01", "2026-01-00",
      "2026-01-06T24:00:00Z", "2026-01-06T11:60", "2026-01-06T11:00:61",
      "2026-01-06T11:00:00+25:00",
      "2026-01-06T11:00:00.Z", "2026-01-06T11", "2026-01-06T", "2026-01-06Z", "2026-1-6",
      "03/04/2026", "1767607200", "20260106", "2026-01-06T11:00:00Zjunk", "2026-01-06x11:00",
      "2026-01-06T11:00:00+5", "A1", "2026-01-06T11:00:0",
    ] {
      #expect(read(text) == .notATimestamp, "\(text)")
    }
  }

  @Test func `other centuries are out of range and words are missing`() {
    for text in ["1900-02-29", "0001-01-01", "9999-12-31", "1969-12-31T23:59:59Z", "2200-01-01"] {
      #expect(read(text) == .outOfRange, "\(text)")
    }
    for text in ["", " ", "NULL", "NaN"] { #expect(read(text) == .missing) }
  }
}
