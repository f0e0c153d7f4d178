import Diagnostics
import Tabular
import Testing

/// Faults of event files as they come out of other systems, each with the words that help.
@Suite struct EventFileTests {
  /// Reads events; the one between two good ones has another cell, or is another line.
  private func read(_ second: String, policy: BadRowPolicy = .stop) throws -> Table {
    let text = """
      account_id,ts,event,value
      A1,2026-01-05T10:00:00Z,login,1
      \(second)
      A3,2026-01-07T12:00:00Z,login,3

      """
    return try TableReader.read(
      MemoryBlocks(Array(text.utf8), blockByteCount: 64), canReadTwice: true,
      declared: TypedOutcome.declared, undeclared: .ignored, required: TypedOutcome.columns,
      options: TableReader.Options(onBadRow: policy))
  }

  private func line(_ column: String, _ cell: String) -> String {
    let cells = ["account_id": "A2", "ts": "2026-01-06T11:00:00Z", "event": "export", "value": "2"]
    return TypedOutcome.columns.map { $0 == column ? cell : cells[$0]! }.joined(separator: ",")
  }

  @Test func `a bad line is refused with the words that help, and can be left out`() throws {
    let time = Diagnostic.Kind.valueTimestamp
    for (line, kind, words) in [
      (line("value", "\"1,5\""), .valueNumber, "decimal/thousands separator: set number_format"),
      (line("value", "\"1,234\""), .valueNumber, "decimal/thousands separator: set number_format"),
      (line("value", "\"1.234,56\""), .valueNumber, "set number_format"),
      (line("value", "$12.00"), .valueNumber, "unit"),
      (line("value", "inf"), .valueNumberNonfinite, ""),
      (line("value", "1e400"), .valueNumberRange, ""),
      (line("ts", "03/04/2026"), time, "ambiguous; set timestamp_format"),
      (line("ts", "1767607200"), time, "epoch seconds"),
      (line("ts", "1767607200000"), time, "epoch milliseconds"),
      (line("ts", "46027"), time, "Excel"),
      (line("ts", ""), time, "every row needs a time"),
      (line("ts", "9999-12-31"), .valueTimestampRange, "sentinel date? add to null_values"),
      (line("account_id", " "), .valueMissingKey, ""),
      ("account_id,ts,event,value", time, "repeats the header"),
      ("\u{feff}account_id,ts,event,value", time, "concatenated file"),
      ("Total,,,3.5", time, ""),
      ("A2,2026-01-06T11:00:00Z,export", .csvFieldCount, ""),
    ] as [(String, Diagnostic.Kind, String)] {
      let fault = try #require(throws: Diagnostic.self) { try read(line) }
      #expect(fault.kind == kind, "\(line)")
      #expect(fault.line == 3, "\(line)")
      #expect(words.isEmpty || fault.hint?.contains(words) == true, "\(line): \(fault)")
      #expect(
        try read(line, policy: .skip(.count(1))).rowCounts == RowCounts(accepted: 2, rejected: 1))
    }
  }

  @Test func `a line that is merely remarkable is accepted and counted`() throws {
    for (line, warning) in [
      (line("value", "NaN"), "nan_as_missing"),
      (line("value", "9007199254740993"), "precision_loss"),
      (line("ts", "2026-01-06T23:59:60Z"), "leap_second"),
      (line("account_id", "1.23457E+15"), "id_scientific"),
      (line("account_id", "A\u{200b}2"), "key_invisible"), (line("account_id", "NULL"), "key_null"),
    ] {
      #expect(try read(line).warningCounts == [warning: 1], "\(line)")
    }
    for line in [line("value", "1e-400"), line("value", "\\N"), line("account_id", "007")] {
      #expect(try read(line).warningCounts == [:], "\(line)")
    }
  }
}
