import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

@Suite struct BadRowTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(
    _ bytes: [UInt8], _ budget: BadRowBudget, declared: [String: DeclaredType] = ["n": .number],
    rejects: String? = nil
  ) throws -> Table {
    let path = try folder.write(Data(bytes), to: "table.csv")
    return try TableReader.read(
      path: path, declared: declared,
      options: TableReader.Options(
        onBadRow: .skip(budget), rejects: rejects.map { folder.path($0) }))
  }

  private func read(
    _ text: String, _ budget: BadRowBudget = .percent(100),
    declared: [String: DeclaredType] = ["n": .number], rejects: String? = nil
  ) throws -> Table {
    try read(Array(text.utf8), budget, declared: declared, rejects: rejects)
  }

  private func fault(
    _ text: String, _ budget: BadRowBudget = .percent(100),
    declared: [String: DeclaredType] = ["n": .number], rejects: String? = nil
  ) throws -> Diagnostic {
    try #require(throws: Diagnostic.self) {
      try read(text, budget, declared: declared, rejects: rejects)
    }
  }

  /// Ten rows, of which those on lines 3, 6, 7 and 11 are bad.
  private let fourBad = "n,w\n1,a\nx,b\n3,c\n4,d\n5\n6,e,f\n7,g\n8,h\n9,i\n,\"j\"j\n"

  @Test func `a bad row is in no column, and all rows are counted once`() throws {
    let table = try read(fourBad)
    #expect(table.rowCounts == RowCounts(accepted: 6, rejected: 4))
    #expect(table.rowCount == 6 && table.rowCounts.read == 10)
    guard case .number(let numbers)? = table["n"]?.values,
      case .category(let words)? = table["w"]?.values
    else {
      Issue.record("not as declared")
      return
    }
    #expect(numbers == [1, 3, 4, 7, 8, 9])
    // A word that only a bad row has is no level.
    #expect(
      words == CategoryValues(codes: [0, 1, 2, 3, 4, 5], levels: ["a", "c", "d", "g", "h", "i"]))
  }

  @Test func `a budget of N rows ends the reading at the next one`() throws {
    for limit in [4, 5, 100] { #expect(try read(fourBad, .count(limit)).rowCounts.rejected == 4) }
    for (limit, read) in [(0, 2), (1, 5), (2, 6), (3, 10)] {
      let fault = try fault(fourBad, .count(limit))
      #expect(fault.kind == .dataTooManyBadRows)
      #expect(fault.line == 3 && fault.column == "n")
      let rows = limit == 0 ? "1 bad row" : "\(limit + 1) bad rows"
      #expect(
        fault.message.hasPrefix("\(rows) in the first \(read), more than the \(limit) allowed"))
      #expect(fault.message.contains("value.number"))
      #expect(!fault.message.contains("x,"))
    }
  }

  @Test func `a budget of P percent is judged by all rows`() throws {
    #expect(try read(fourBad, .percent(40)).rowCounts.rejected == 4)
    let fault = try fault(fourBad, .percent(39.9))
    #expect(fault.kind == .dataTooManyBadRows)
    #expect(fault.message.hasPrefix("4 bad rows in the first 10, more than the 39.9% allowed"))
    #expect(try self.fault(fourBad, .percent(0)).kind == .dataTooManyBadRows)
    #expect(try read("n,w\n1,a\n", .percent(0)).rowCount == 1)
  }

  @Test func `budgets are read from words`() {
    for (text, budget) in [
      ("0", .count(0)), ("12", .count(12)), ("1%", .percent(1)), ("0.5%", .percent(0.5)),
      ("100%", .percent(100)),
    ] as [(String, BadRowBudget)] {
      #expect(BadRowBudget(text) == budget)
      #expect(budget.description == text)
    }
    for text in ["", "-1", "+1", "1.5", "%", "101%", "-1%", "x%", "1 %%", "nan%"] {
      #expect(BadRowBudget(text) == nil, "\(text)")
    }
  }

  @Test func `what is fatal stays fatal`() throws {
    let fault = try fault("n,w\nx,a\n1,\"b\n2,c\n", rejects: "rejects.csv")
    #expect(fault.kind == .csvUnterminatedQuote)
    // Nothing can be said of rows behind it, so there is no list of the bad ones.
    #expect(!FileManager.default.fileExists(atPath: folder.path("rejects.csv")))
  }

  @Test func `rejects hold the bytes of each record as they stand in the file`() throws {
    let records: [(bytes: [UInt8], line: Int, kind: String, column: String)] = [
      (Array("x,\"a \"\"quoted\"\"\r\nword\"".utf8), 2, "value.number", "n"),
      (Array("1,\"b\"c,\"open".utf8), 4, "csv.after_quote", ""),
      (Array("2,".utf8) + [0xff, 0xfe, 34], 5, "encoding.invalid_utf8", ""),
      (Array("3,4,5".utf8), 7, "csv.field_count", ""),
      (Array(" ,\u{e9}, ".utf8), 9, "csv.field_count", ""),
    ]
    var bytes = Array("n,w\n".utf8)
    for (index, record) in records.enumerated() {
      if index > 2 { bytes += Array("7,good\r\n".utf8) }
      bytes += record.bytes + Array((index % 2 == 0 ? "\n" : "\r").utf8)
    }
    let table = try read(bytes, .count(5), rejects: "rejects.csv")
    #expect(table.rowCounts == RowCounts(accepted: 2, rejected: 5))
    let rejected = try RejectedRecord.all(in: folder.path("rejects.csv"))
    #expect(rejected.map(\.record) == records.map(\.bytes))
    #expect(rejected.map(\.line) == records.map(\.line))
    #expect(rejected.map(\.kind) == records.map(\.kind))
    #expect(rejected.map(\.column) == records.map(\.column))
    for row in rejected {
      #expect(Array(bytes[row.byte..<row.byte + row.record.count]) == row.record)
    }
  }

  @Test func `rejects are listed up to where the budget ended the reading`() throws {
    _ = try fault(fourBad, .count(1), rejects: "rejects.csv")
    #expect(try RejectedRecord.all(in: folder.path("rejects.csv")).map(\.line) == [3, 6])
    _ = try read("n,w\n1,a\n", rejects: "rejects.csv")
    #expect(try RejectedRecord.all(in: folder.path("rejects.csv")) == [])
  }

  @Test func `a record beyond the limit is dropped and listed as a whole`() throws {
    let long = [UInt8](repeating: 120, count: (1 << 24) + 100_000)
    let table = try read(
      Array("n,w\n1,a\n".utf8) + long + Array("\n2,b\n".utf8), .count(1), rejects: "rejects.csv")
    #expect(table.rowCounts == RowCounts(accepted: 2, rejected: 1))
    let rejected = try RejectedRecord.all(in: folder.path("rejects.csv"))
    #expect(rejected.map(\.kind) == ["csv.record_too_long"])
    #expect(rejected.first?.record == long)
  }

  @Test func `rejects are never the table itself`() throws {
    let fault = try fault("n\n1\n", rejects: "table.csv")
    #expect(fault.kind == .outputSameAsInput)
    #expect(try String(contentsOfFile: folder.path("table.csv"), encoding: .utf8) == "n\n1\n")
  }

  @Test func `where no row is good, the hint says what they share`() throws {
    let one = try fault("n,w\nx,a\ny,b\n")
    #expect(one.kind == .dataNoRows)
    #expect(one.line == 2)
    #expect(one.hint == "every value in column n fails")
    let both = try fault(
      "n,m\n1/2,x\n3/4,y\n", declared: ["n": .number, "m": .number])
    #expect(both.hint?.contains("column n fails; every value in column m fails") == true)
    let fields = try fault("n,w\n1,2,\n3,4,\n")
    #expect(fields.kind == .dataNoRows)
    #expect(fields.hint == "every row has 1 more field than the header")
    #expect(try fault("n,w\n1,2,\nx,4\n").hint?.contains("every row") == false)
    // A file without rows is none of bad rows.
    #expect(try read("n,w\n").rowCount == 0)
  }

  @Test func `columns that bear each other's name are recognised`() throws {
    let text = "account_id,ts\n2026-01-05T10:00:00Z,A1\n2026-01-06T11:00:00Z,A2\n"
    let declared: [String: DeclaredType] = ["account_id": .identifier, "ts": .timestamp]
    let skipped = try fault(text, declared: declared)
    #expect(skipped.kind == .dataNoRows)
    #expect(skipped.hint?.contains("ts looks like account_id") == true)
    #expect(
      try fault(text, .count(0), declared: declared).hint?.contains("ts looks like account_id")
        == true)
    let path = try folder.write(text, to: "swapped.csv")
    let stopped = try #require(throws: Diagnostic.self) {
      try TableReader.read(path: path, declared: declared)
    }
    #expect(stopped.kind == .valueTimestamp && stopped.line == 2)
    #expect(stopped.hint?.contains("ts looks like account_id") == true)
  }

  @Test func `a column that is read twice leaves out the same rows`() throws {
    let table = try read("n,u\n1,1\nx,2\n3,y\n4\n5,z\n6,\"6\"\nz,7\n")
    #expect(table.rowCounts == RowCounts(accepted: 4, rejected: 3))
    guard case .category(let words)? = table["u"]?.values else {
      Issue.record("not a category")
      return
    }
    #expect(words == CategoryValues(codes: [0, 1, 2, 3], levels: ["1", "y", "z", "6"]))
    #expect(table["u"]?.contradiction == .init(expected: .number, line: 4))
  }

  @Test func `what was remarkable in a bad row is not counted`() throws {
    let table = try read("n,d\nNaN,2026-01-01\nNaN,never\n", declared: ["n": .number, "d": .date])
    #expect(table.warningCounts == ["nan_as_missing": 1])
  }

  @Test(arguments: 0..<20)
  func `leaving rows out is reading the file without them`(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let declared: [String: DeclaredType] = [
      "id": .identifier, "n": .number, "b": .boolean, "ts": .timestamp, "w": .category,
    ]
    let header = "id,n,b,ts,w,free\n"
    var all = header
    var good = header
    var goodCount = 0
    let rowCount = random.next(below: 400)
    for row in 0..<rowCount {
      var cells = [
        "k\(row)", "\(row)", ["yes", "", "n"][row % 3], "2026-01-01", "w\(row % 7)", "\(row)",
      ]
      let isGood = random.next(below: 4) > 0
      if !isGood {
        switch random.next(below: 6) {
        case 0: cells[0] = " "
        case 1: cells[1] = "1,5".debugDescription
        case 2: cells[2] = "perhaps"
        case 3: cells[3] = ""
        case 4: cells.removeLast()
        default: cells[4] = "\"w\"x"
        }
        if random.next(below: 2) == 0 { cells[1] = "bad" }
        if random.next(below: 2) == 0 { cells[cells.count - 1] += "!" }
      } else {
        goodCount += 1
        if random.next(below: 9) == 0 { cells[5] = "\"\"\"free\"\"\"" }
      }
      let line = cells.joined(separator: ",") + "\n"
      all += line
      if isGood { good += line }
    }
    for blockByteCount in [1, 13, 64, 1000] {
      func table(_ text: String) throws -> Table? {
        do {
          return try TableReader.read(
            MemoryBlocks(Array(text.utf8), blockByteCount: blockByteCount), canReadTwice: true,
            declared: declared,
            options: TableReader.Options(onBadRow: .skip(.percent(100))),
            blockByteCount: blockByteCount)
        } catch {
          #expect(error.kind == .dataNoRows && goodCount == 0)
          return nil
        }
      }
      guard let table = try table(all), let expected = try self.table(good, blockByteCount) else {
        continue
      }
      #expect(table.rowCounts == RowCounts(accepted: goodCount, rejected: rowCount - goodCount))
      for (column, other) in zip(table.columns, expected.columns) {
        #expect("\(column.values)" == "\(other.values)")
      }
    }

    func path(_ text: String) throws -> String { try folder.write(text, to: "random.csv") }
    if goodCount > 0 {
      let table = try TableReader.read(
        path: path(all), declared: declared,
        options: TableReader.Options(onBadRow: .skip(.percent(100))))
      let expected = try TableReader.read(path: path(good), declared: declared)
      for (column, other) in zip(table.columns, expected.columns) {
        #expect("\(column.values)" == "\(other.values)")
      }
    }
  }

  private func table(_ text: String, _ blockByteCount: Int) throws -> Table? {
    let declared: [String: DeclaredType] = [
      "id": .identifier, "n": .number, "b": .boolean, "ts": .timestamp, "w": .category,
    ]
    return try TableReader.read(
      MemoryBlocks(Array(text.utf8), blockByteCount: blockByteCount), canReadTwice: true,
      declared: declared, blockByteCount: blockByteCount)
  }
}
