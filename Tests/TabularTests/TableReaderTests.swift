import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

@Suite struct TableReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(
    _ text: String, declared: [String: DeclaredType] = [:], required: [String] = []
  ) throws -> Table {
    let path = try folder.write(text, to: "table.csv")
    return try TableReader.read(path: path, declared: declared, required: required)
  }

  private func fault(
    _ text: String, declared: [String: DeclaredType] = [:], required: [String] = []
  ) throws -> Diagnostic {
    try #require(throws: Diagnostic.self) {
      try read(text, declared: declared, required: required)
    }
  }

  /// Numbers to compare; a missing one is `nil`.
  private func numbers(_ table: Table, _ name: String) -> [Double?] {
    switch table[name]?.values {
    case .number(let values), .boolean(let values), .date(let values):
      values.map { $0.isNaN ? nil : $0 }
    default: []
    }
  }

  @Test func `types are inferred from the cells`() throws {
    let table = try read(
      """
      number,boolean,date,category,empty, padded \nNA,,,,,1
      1.5,yes,2026-01-01, b ,NULL,2
      -2,NO,1970-01-01T00:01Z,a,,3
      ,t,,b,,4

      """)
    #expect(
      table.columns.map(\.name) == ["number", "boolean", "date", "category", "empty", "padded"])
    #expect(table.rowCount == 4)
    #expect(numbers(table, "number") == [nil, 1.5, -2, nil])
    #expect(numbers(table, "boolean") == [nil, 1, 0, 1])
    #expect(numbers(table, "date") == [nil, 1_767_225_600, 60, nil])
    guard case .category(let category)? = table["category"]?.values else {
      Issue.record("not a category")
      return
    }
    #expect(category == CategoryValues(codes: [-1, 0, 1, 0], levels: ["b", "a"]))
    guard case .empty? = table["empty"]?.values else {
      Issue.record("not empty")
      return
    }
    #expect(table.columns.allSatisfy { $0.contradiction == nil })
  }

  @Test func `a contradicted column becomes a category and says where`() throws {
    let table = try read("a,b,c\n1,yes,x\n,no,y\n2x,3,x\n3,no,x\n")
    guard case .category(let a)? = table["a"]?.values, case .category(let b)? = table["b"]?.values
    else {
      Issue.record("not categories")
      return
    }
    #expect(a == CategoryValues(codes: [0, -1, 1, 2], levels: ["1", "2x", "3"]))
    #expect(b == CategoryValues(codes: [0, 1, 2, 1], levels: ["yes", "no", "3"]))
    #expect(table["a"]?.contradiction == .init(expected: .number, line: 4))
    #expect(table["b"]?.contradiction == .init(expected: .boolean, line: 4))
    #expect(table["c"]?.contradiction == nil)
  }

  @Test func `zero and one are numbers and one word alone is a boolean`() throws {
    let table = try read("a,b\n0,Y\n1,\n")
    #expect(numbers(table, "a") == [0, 1])
    guard case .boolean? = table["b"]?.values else {
      Issue.record("not a boolean")
      return
    }
  }

  @Test func `identifiers are kept byte by byte`() throws {
    let table = try read("id,x\n007,1\nNULL,2\n\" =1+1 \",3\n", declared: ["id": .identifier])
    guard case .identifier(let ids)? = table["id"]?.values else {
      Issue.record("not identifiers")
      return
    }
    #expect((0..<ids.count).map { ids[$0] } == ["007", "NULL", " =1+1 "])
    #expect(ids.range(at: 1) == 3..<7)
    let missing = try fault("id\n1\n\" \"\n", declared: ["id": .identifier])
    #expect(missing.kind == .valueMissingKey)
    #expect(missing.line == 3)
  }

  @Test func `ignored columns are left out`() throws {
    let path = try folder.write("a,b,c\n1,x,2\n", to: "ignored.csv")
    let table = try TableReader.read(path: path, declared: ["a": .number], undeclared: .ignored)
    #expect(table.columns.map(\.name) == ["a"])
    #expect(try read("a,b\n1,x\n", declared: ["b": .ignored]).columns.map(\.name) == ["a"])
  }

  @Test func `a declared column refuses other cells, the first in the file first`() throws {
    let text = "n,d,b\n1,2026-01-01,yes\n2,nonsense,yes\nbad,2026-01-01,yes\n"
    let date = try fault(text, declared: ["n": .number, "d": .date])
    #expect(date.kind == .valueTimestamp)
    #expect(date.line == 3)
    #expect(date.column == "d")
    #expect(!date.description.contains("nonsense"))
    #expect(try fault(text, declared: ["n": .number]).line == 4)
    #expect(try fault(text, declared: ["b": .number]).kind == .valueNumber)
    #expect(try fault("b\nyes\n1\n", declared: ["b": .boolean]).kind == .valueBoolean)
    // A cell before a bad record is the first fault, one after it is not.
    #expect(try fault("n\nx\n1,2\n", declared: ["n": .number]).kind == .valueNumber)
    #expect(try fault("n\n1\n1,2\nx\n", declared: ["n": .number]).kind == .csvFieldCount)
  }

  @Test func `hints name what is likely wrong with a cell`() throws {
    func hint(_ cell: String, _ type: DeclaredType) throws -> String {
      let first = type == .date ? "2026-01-01" : "1"
      return try fault("v\n\(first)\n\"\(cell)\"\n", declared: ["v": type]).hint ?? ""
    }
    #expect(try hint("1,5", .number).contains("decimal/thousands separator: set number_format"))
    #expect(
      try hint("1\u{a0}000", .number).contains("decimal/thousands separator: set number_format"))
    #expect(try hint("$12.00", .number).contains("currency"))
    #expect(try hint("v", .number).contains("repeats the header"))
    #expect(try hint("v", .date).contains("repeats the header"))
    #expect(try hint("\u{feff}2026-01-01", .date).contains("concatenated file"))
    #expect(try hint("03/04/2026", .date).contains("ambiguous; set timestamp_format"))
    #expect(
      try hint("1767607200", .date).contains("epoch seconds: set timestamp_format to epoch_s"))
    #expect(try hint("1767607200000", .date).contains("epoch milliseconds"))
    #expect(try hint("46113", .date).contains("Excel"))
    #expect(try hint("9999-12-31", .date).contains("sentinel date? add to null_values"))
    let all = try fault("v\nx\ny\n", declared: ["v": .number])
    #expect(all.hint?.contains("every value in column v fails") == true)
  }

  @Test func `all missing columns are listed with what was found instead`() throws {
    let fault = try fault("Account_ID,tme,x\n1,2,3\n", required: ["account_id", "time", "zebra"])
    #expect(fault.kind == .schemaMissingColumn)
    #expect(fault.message.contains("account_id, time, zebra"))
    #expect(fault.hint == "found Account_ID for account_id, found tme for time")
  }

  @Test func `a file of another form is recognised by its header`() throws {
    func hint(_ text: String) throws -> String {
      try fault(text, required: ["account_id"]).hint ?? ""
    }
    #expect(try hint("account_id;ts\n1;2\n").contains("delimiter looks like ';'"))
    #expect(try hint("account_id\tts\n1\t2\n").contains("delimiter looks like a tab"))
    #expect(try hint("{}\n").contains("looks like JSON"))
    #expect(try hint("<!DOCTYPE html>\n<html>\n").contains("looks like HTML"))
    #expect(try hint("Export\naccount_id,ts\n").contains("--skip-lines N"))
    #expect(try hint("A1,2026-01-05,3\n").contains("first line looks like data"))
  }

  @Test func `a required column must be the only one of its name`() throws {
    let text = "a,b,a,,a\n1,2,3,4,5\n"
    #expect(try fault(text, required: ["b", "a"]).kind == .schemaDuplicateColumn)
    let table = try read(text, required: ["b"])
    #expect(table.columns.map(\.name) == ["a", "b", "a.2", "column_4", "a.3"])
    #expect(table.warnings.description == "duplicate_header=2;empty_header_name=1")
    #expect(try read("a.2,a,a\n1,2,3\n").columns.map(\.name) == ["a.2", "a", "a.3"])
  }

  @Test func `columns are required by the names that the table gives them`() throws {
    let table = try read("a,a,\n1,2,3\n", required: ["a", "a.2", "column_3"])
    #expect(numbers(table, "a") == [1] && numbers(table, "a.2") == [2])
    #expect(numbers(table, "column_3") == [3])
    #expect(try fault("a,a,\n1,2,3\n", required: ["a"]).kind == .schemaDuplicateColumn)
    #expect(try fault("a\n1\n", required: ["a", "a.2"]).column == "a.2")
  }

  @Test func `rows that all differ from the header in the same way are explained`() throws {
    let fault = try fault("a,b\n1,2,\n3,4,\n")
    #expect(fault.kind == .csvFieldCount)
    #expect(fault.line == 2)
    #expect(fault.hint == "every row has 1 more field than the header")
    #expect(try self.fault("a,b\n1,2,\n3,4\n").hint == nil)
  }

  @Test func `a header alone is a table without rows`() throws {
    let table = try read("a,b\n", declared: ["a": .number])
    #expect(table.rowCount == 0)
    #expect(table.columns.map(\.name) == ["a", "b"])
  }

  @Test func `too many distinct words become text unless the category is declared`() throws {
    let lines = (0..<65_537).map { "w\($0)" } + ["w0", "", "new"]
    let text = "w,x\n" + lines.map { $0 + ",1\n" }.joined()
    guard case .text(let summary)? = try read(text)["w"]?.values else {
      Issue.record("not text")
      return
    }
    #expect(
      summary == TextSummary(missingCount: 1, distinctLowerBound: 65_537, countedRowCount: 65_537))
    guard case .category(let words)? = try read(text, declared: ["w": .category])["w"]?.values
    else {
      Issue.record("not a category")
      return
    }
    #expect(words.levels.count == 65_538)
    #expect(words.codes.suffix(3) == [0, -1, 65_537])
  }

  @Test func `an endless line ends the reading at the limit of a record`() throws {
    let fault = try #require(throws: Diagnostic.self) { try TableReader.read(path: "/dev/zero") }
    #expect(fault.kind == .csvRecordTooLong)
    #expect(fault.message.contains("limit 16777216"))
  }

  @Test func `progress ends at the size of the file`() throws {
    let text = "a\n" + String(repeating: "12345\n", count: 400_000)
    let path = try folder.write(text, to: "long.csv")
    var seen: [Int] = []
    let table = try TableReader.read(path: path) { seen.append($0) }
    #expect(table.rowCount == 400_000)
    #expect(seen.last == text.utf8.count)
    #expect(seen == seen.sorted())
    #expect(seen.count >= 3)
  }

  @Test func `a pipe is read once, so a contradiction is an error`() async throws {
    func read(_ text: String, declared: [String: DeclaredType] = [:]) throws -> Table {
      let path = folder.path("pipe\(text.utf8.count)-\(declared.count)")
      #expect(mkfifo(path, 0o600) == 0)
      let writer = Thread {
        try? FileHandle(forWritingTo: URL(filePath: path)).write(contentsOf: Data(text.utf8))
      }
      writer.start()
      return try TableReader.read(path: path, declared: declared)
    }
    #expect(try read("a,b\n1,x\n2,y\n").rowCount == 2)
    let fault = try #require(throws: Diagnostic.self) { try read("a\n1\nx\n") }
    #expect(fault.kind == .valueNumber)
    #expect(fault.line == 3)
    #expect(fault.hint?.contains("declare the column's type, or read a file") == true)
    #expect(try read("a\n1\nx\n", declared: ["a": .category]).rowCount == 2)
  }
}
