import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

@Suite struct ColumnFormatTests {
  /// Reads one column, quoted so that any cell will do.
  private func column(_ cells: [String], _ type: DeclaredType, _ format: ColumnFormat)
    throws -> TableColumn
  {
    let text = "v\n" + cells.map { "\"\($0)\"\n" }.joined()
    let table = try TableReader.read(
      MemoryBlocks(Array(text.utf8), blockByteCount: 1000), canReadTwice: true,
      declared: ["v": type],
      options: TableReader.Options(format: TableFormat(columns: ["v": format])))
    return try #require(table["v"])
  }

  private func values(_ cells: [String], _ type: DeclaredType, _ format: ColumnFormat)
    throws -> [Double?]
  {
    switch try column(cells, type, format).values {
    case .number(let values), .date(let values), .boolean(let values):
      values.map { $0.isNaN ? nil : $0 }
    default: []
    }
  }

  private func fault(_ cell: String, _ type: DeclaredType, _ format: ColumnFormat) throws
    -> Diagnostic
  {
    try #require(throws: Diagnostic.self) { try values([cell], type, format) }
  }

  // MARK: Numbers

  @Test func `numbers have the signs of their format`() throws {
    let german = ColumnFormat(number: try NumberFormat(sample: "1.234,5"))
    #expect(
      try values(
        ["1,5", "1.234,56", "-1.234.567", "12", ",5", "+7,", "1,5e3", "", "NA"], .number, german)
        == [1.5, 1234.56, -1_234_567, 12, 0.5, 7, 1500, nil, nil])
    for cell in ["1.5", "1.23", "12.34", "1234.567", "1,5,5", "1,234.5", ".123", "1..234", "x"] {
      #expect(try fault(cell, .number, german).kind == .valueNumber, "\(cell)")
    }
    #expect(try fault("inf", .number, german).kind == .valueNumberNonfinite)
    let english = ColumnFormat(number: try NumberFormat(sample: "1,234.5"))
    #expect(try values(["1,234.5", "1234.5", "0.25"], .number, english) == [1234.5, 1234.5, 0.25])
    #expect(try fault("1,5", .number, english).kind == .valueNumber)
    let blank = ColumnFormat(number: try NumberFormat(sample: "1 234,5"))
    #expect(
      try values(["1 234,5", "1\u{a0}234", "1\u{202f}234"], .number, blank) == [1234.5, 1234, 1234])
    let comma = ColumnFormat(number: try NumberFormat(sample: "1234,5"))
    #expect(try values(["1234,5"], .number, comma) == [1234.5])
    #expect(try fault("1.234,5", .number, comma).hint?.contains("set number_format") == true)
  }

  @Test func `a format that cannot be told apart is refused`() throws {
    for sample in ["", "1234", "1234.6", "1,234,5", "1-234.5", "1.234.5", "12345", "1x234.5"] {
      let fault = try #require(throws: Diagnostic.self) { try NumberFormat(sample: sample) }
      #expect(fault.kind == .configFormat, "\(sample)")
    }
    #expect(try NumberFormat(sample: "1234.5") == .plain)
    #expect(Diagnostic.Kind.configFormat.exitCode == 78)
  }

  @Test func `an undeclared column is inferred by the format of the table`() throws {
    let text = "a;b;c\n1,5;01.02.2026;-\n?;?;x\n"
    let format = ColumnFormat(
      number: try NumberFormat(sample: "1234,5"), timestamp: try TimestampFormat("%d.%m.%Y"),
      nullValues: ["?", "-"])
    let table = try TableReader.read(
      MemoryBlocks(Array(text.utf8), blockByteCount: 1000), canReadTwice: true,
      options: TableReader.Options(
        dialect: CSVDialect(delimiter: UInt8(ascii: ";")), format: TableFormat(standard: format)))
    guard case .number(let a)? = table["a"]?.values, case .date(let b)? = table["b"]?.values,
      case .category(let c)? = table["c"]?.values
    else {
      Issue.record("not inferred: \(table.columns)")
      return
    }
    #expect(a[0] == 1.5 && a[1].isNaN)
    #expect(b[0] == 1_769_904_000 && b[1].isNaN)
    #expect(c == CategoryValues(codes: [-1, 0], levels: ["x"]))
  }

  @Test func `null values hold for all types but keys and required times`() throws {
    let format = ColumnFormat(nullValues: ["n/k", "9999-12-31"])
    #expect(try values(["n/k", " n/k ", "1"], .number, format) == [nil, nil, 1])
    #expect(try values(["9999-12-31"], .date, format) == [nil])
    #expect(try values(["n/k", "yes"], .boolean, format) == [nil, 1])
    #expect(try fault("n/k", .timestamp, format).kind == .valueTimestamp)
    #expect(try fault("", .timestamp, format).kind == .valueTimestamp)
    guard case .identifier(let keys) = try column(["n/k"], .identifier, format).values else {
      Issue.record("not keys")
      return
    }
    #expect(keys[0] == "n/k")
  }

  // MARK: Times

  @Test func `times have the form of their pattern`() throws {
    func read(_ cell: String, _ pattern: String) throws -> Double?? {
      try values(
        [cell], .date, ColumnFormat(timestamp: try TimestampFormat(pattern))
      ).first
    }
    let noon = 1_775_217_600.0  // 2026-04-03T12:00:00Z
    #expect(try read("03/04/2026 12:00", "%d/%m/%Y %H:%M") == noon)
    #expect(try read("04/03/26 12:00:00", "%m/%d/%y %H:%M:%S") == noon)
    #expect(try read("3-Apr-2026", "%d-%b-%Y") == noon - 43_200)
    #expect(try read("3 APRIL 2026", "%d %b %Y") == noon - 43_200)
    #expect(try read("20260403T173000+0530", "%Y%m%dT%H%M%S%z") == noon)
    #expect(try read("2026-04-03 12:00:00.25", "%Y-%m-%d %H:%M:%S") == noon + 0.25)
    #expect(try read("100% 02.01.70", "100%% %d.%m.%y") == 86_400)
    #expect(try read("", "%d.%m.%Y") == .some(nil))
  }

  @Test func `what does not have the form of the pattern is refused`() throws {
    let format = ColumnFormat(timestamp: try TimestampFormat("%d.%m.%Y %H:%M"))
    for cell in [
      "2026-04-03", "3.4.26 10:00", "31.02.2026 10:00", "03.13.2026 10:00", "03.04.2026 24:00",
      "03.04.2026 10:00x", "03.04.2026", "a.b.2026 10:00",
    ] {
      let fault = try fault(cell, .date, format)
      #expect(fault.kind == .valueTimestamp, "\(cell)")
      #expect(fault.hint?.contains("timestamp_format") == true)
    }
    #expect(try fault("01.01.1900 00:00", .date, format).kind == .valueTimestampRange)
    for pattern in ["", "%Y", "%d.%m", "%d.%m.%Y %q", "%d.%m.%Y%", "%d%d.%m.%Y", "%d.%m.%b.%Y"] {
      let fault = try #require(throws: Diagnostic.self) { try TimestampFormat(pattern) }
      #expect(fault.kind == .configFormat, "\(pattern)")
    }
  }

  @Test func `times may be counts since an epoch`() throws {
    let seconds = ColumnFormat(timestamp: .epochSeconds)
    #expect(
      try values(["0", "1767607200", "1.5", ""], .date, seconds) == [0, 1_767_607_200, 1.5, nil])
    let milliseconds = ColumnFormat(timestamp: .epochMilliseconds)
    #expect(try values(["1767607200250"], .date, milliseconds) == [1_767_607_200.25])
    let excel = ColumnFormat(timestamp: .excel)
    #expect(try values(["25569", "46027.4166666667"], .date, excel) == [0, 1_767_607_200])
    for format in [seconds, milliseconds, excel] {
      #expect(try fault("-1", .date, format).kind == .valueTimestampRange)
      #expect(try fault("1e300", .date, format).kind == .valueTimestampRange)
      #expect(try fault("2026-01-01", .date, format).kind == .valueTimestamp)
    }
    #expect(try TimestampFormat("epoch_s") == .epochSeconds)
    #expect(try TimestampFormat("epoch_ms") == .epochMilliseconds)
    #expect(try TimestampFormat("excel") == .excel && TimestampFormat("iso") == .iso8601)
  }

  // MARK: Zones

  @Test func `a time without an offset is of the column's zone`() throws {
    let berlin = ColumnFormat(timeZone: try LocalTimeZone("Europe/Berlin"))
    let read = try column(
      [
        "2026-01-15T12:00", "2026-07-15T12:00", "2026-07-15", "2026-07-15T12:00Z",
        "2026-07-15T12:00+05:30", "1970-01-01", "2199-12-31T23:59:59", "2026-03-29T02:00",
        "2026-03-29T02:30", "2026-03-29T03:00", "2026-10-25T01:59:59", "2026-10-25T02:30",
        "2026-10-25T03:00",
      ], .date, berlin)
    guard case .date(let times) = read.values else {
      Issue.record("not dates")
      return
    }
    #expect(
      times == [
        1_768_474_800, 1_784_109_600, 1_784_066_400, 1_784_116_800, 1_784_097_000, -3600,
        7_258_114_799,
        // What the clocks skip moves forward by an hour: 03:00 and 03:30 of summer time.
        1_774_746_000, 1_774_747_800, 1_774_746_000,
        // What they show twice is the first, of summer time.
        1_792_886_399, 1_792_888_200, 1_792_893_600,
      ])
    #expect(read.notes[.gapTime] == 2 && read.notes[.ambiguousTime] == 1)
    let utc = try column(["2026-03-29T02:30"], .date, ColumnFormat())
    #expect(utc.notes == CellNotes())
  }

  @Test func `zones behave alike at every change of their clocks`() throws {
    for name in ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"] {
      let zone = try #require(TimeZone(identifier: name))
      let format = ColumnFormat(timeZone: try LocalTimeZone(name))
      var instants: [Double] = []
      var change = Date(timeIntervalSince1970: 86_400 * 400)
      while let next = zone.nextDaylightSavingTimeTransition(after: change),
        next.timeIntervalSince1970 < 4e9
      {
        for hours in [-5.0, 5.0] { instants.append(next.timeIntervalSince1970 + hours * 3600) }
        change = next
      }
      let cells = instants.map { instant in
        let local = instant + Double(zone.secondsFromGMT(for: Date(timeIntervalSince1970: instant)))
        return Date(timeIntervalSince1970: local).formatted(
          Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().time(
            includingFractionalSeconds: false))
      }
      #expect(instants.count > 100)
      #expect(try values(cells, .date, format) == instants, "\(name)")
    }
  }

  @Test func `an unknown zone is a fault of the settings`() throws {
    for name in ["Europe/Atlantis", "", "../../etc/passwd"] {
      let fault = try #require(throws: Diagnostic.self) { try LocalTimeZone(name) }
      #expect(fault.kind == .configTimeZone)
      #expect(fault.kind.exitCode == 78)
    }
  }

  // MARK: Notes

  @Test func `what is remarkable about a cell is counted`() throws {
    func notes(_ cells: [String], _ type: DeclaredType) throws -> [String: Int] {
      var found: [String: Int] = [:]
      for (note, count) in try column(cells, type, ColumnFormat()).notes.present {
        found[note.rawValue] = count
      }
      return found
    }
    #expect(
      try notes(
        [
          "9007199254740993", "123456789012345678901234567890", "-9223372036854775809",
          "9007199254740992", "100000000000000000000", "0.12345678901234567890", "1e300",
          "99999999999999999999.0",
        ], .number) == ["precision_loss": 3])
    #expect(try notes(["NaN", " nan ", "NA", "", "N/A"], .number) == ["nan_as_missing": 2])
    #expect(
      try notes(["2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"], .date) == ["leap_second": 1])
    #expect(
      try notes(["1.23457E+15", "1e+5", "E+1", "1.2E+", "1E15", "12"], .identifier)
        == ["id_scientific": 2])
    #expect(
      try notes(["caf\u{e9}", "cafe\u{301}", "caf\u{e9}", "th\u{e9}"], .identifier)
        == ["key_normalisation": 1])
    #expect(
      try notes(["A\u{200b}1", "\u{202e}A2", "A1", "\u{e9}"], .identifier) == ["key_invisible": 2])
    #expect(try notes(["NULL", "null"], .identifier) == ["key_null": 1])
  }
}
