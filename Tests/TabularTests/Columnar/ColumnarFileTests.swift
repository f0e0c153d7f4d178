import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

@Suite struct ColumnarFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func roundTrip(_ table: Table) throws -> Table {
    let path = folder.path("table")
    try ColumnarFile.write(table, to: path)
    return try ColumnarFile.read(path: path)
  }

  @Test func `every kind of column comes back bit by bit`() throws {
    let table = ColumnarTables.everyKind
    #expect(try TableBits(roundTrip(table)) == TableBits(table))
  }

  @Test func `a table without rows comes back, and so does one without columns`() throws {
    let table = ColumnarTables.noRows
    #expect(try TableBits(roundTrip(table)) == TableBits(table))
    let none = Table(columns: [], rowCount: 0)
    #expect(try TableBits(roundTrip(none)) == TableBits(none))
  }

  @Test(arguments: [1, 2, 32_767, 32_768, 32_769])
  func `codes are as wide as the levels need`(levelCount: Int) throws {
    let codes = [-1, 0, Int32(levelCount) - 1, Int32(levelCount) / 2]
    let levels = (0..<levelCount).map { "level \($0)" }
    let table = Table(
      columns: [
        TableColumn(
          name: "level", values: .category(CategoryValues(codes: codes, levels: levels)))
      ], rowCount: 4)
    #expect(try TableBits(roundTrip(table)) == TableBits(table))
    let texts = little(texts: levels)
    let wide = codes.flatMap { levelCount <= 32_768 ? little(Int16($0)) : little($0) }
    let parts = ColumnarParts(rowCount: 4)
      .adding("level", 4, little(UInt32(levelCount)) + texts + wide)
    #expect(try ColumnarFile.bytes(of: table) == parts.bytes)
  }

  @Test func `the bytes are those of the page`() throws {
    let parts = ColumnarParts(rowCount: 2)
      .adding("n", 1, little([1.5, -0.0]))
      .adding("b", 2, little([1, .nan]))
      .adding("d", 3, little([60, 0]))
      .adding(
        "c", 4, little(UInt32(1)) + little(texts: ["x"]) + little(Int16(-1)) + little(Int16(0))
      )
      .adding("i", 5, little(texts: ["日", "a"]))
      .adding("t", 6, little(UInt64(1)) + little(UInt64(1)) + little(UInt64(1)))
      .adding("e", 0, little([.nan, .nan]))
    let table = Table(
      columns: [
        TableColumn(name: "n", values: .number([1.5, -0.0])),
        TableColumn(name: "b", values: .boolean([1, .nan])),
        TableColumn(name: "d", values: .date([60, 0])),
        TableColumn(name: "c", values: .category(CategoryValues(codes: [-1, 0], levels: ["x"]))),
        TableColumn(name: "i", values: .identifier(ColumnarTables.identifiers(["日", "a"]))),
        TableColumn(
          name: "t",
          values: .text(TextSummary(missingCount: 1, distinctLowerBound: 1, countedRowCount: 1))),
        TableColumn(name: "e", values: .empty),
      ], rowCount: 2)
    #expect(try ColumnarFile.bytes(of: table) == parts.bytes)
    let path = folder.path("table")
    try ColumnarFile.write(table, to: path)
    #expect(try Data(contentsOf: URL(filePath: path)) == Data(parts.bytes))
  }

  @Test func `a file is told by its first bytes, not by its name`() throws {
    let path = folder.path("table.csv")
    try ColumnarFile.write(ColumnarTables.everyKind, to: path)
    #expect(ColumnarFile.isColumnar(path: path))
    for text in ["", "R", "RKTABLE1", "RKTABLE1\n", "RKTABLE1,other\n1,2\n", "a,b\n1,2\n"] {
      let other = try folder.write(text, to: "other.csv")
      #expect(!ColumnarFile.isColumnar(path: other), "\(text)")
    }
    #expect(!ColumnarFile.isColumnar(path: folder.path("nowhere")))
    #expect(!ColumnarFile.isColumnar(path: folder.url.path))
    #expect(!ColumnarFile.isColumnar(path: "/dev/null"))
    let named = try TableReader.read(
      path: folder.write("RKTABLE1,other\n1,2\n", to: "named.csv"))
    #expect(named.columns.map(\.name) == ["RKTABLE1", "other"])
  }

  @Test func `a table that no reader would take is not written`() throws {
    func fault(_ columns: [TableColumn], rowCount: Int = 1) throws -> Diagnostic {
      let path = try folder.write("old", to: "kept")
      let error = try #require(throws: Diagnostic.self) {
        try ColumnarFile.write(Table(columns: columns, rowCount: rowCount), to: path)
      }
      #expect(error.kind == .columnarInvalid && error.file == path)
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
      return error
    }
    func column(_ name: String, _ values: ColumnValues) -> TableColumn {
      TableColumn(name: name, values: values)
    }
    #expect(try fault([column("", .number([1]))]).message.contains("0 bytes"))
    _ = try fault([column(String(repeating: "x", count: 65_536), .number([1]))])
    _ = try fault([column("a\0", .number([1]))])
    #expect(try fault([column("b", .boolean([2]))]).column == "b")
    let nul = ColumnarTables.identifiers(["a\0b"])
    #expect(try fault([column("i", .identifier(nul))]).message.contains("NUL"))
    let twice = CategoryValues(codes: [0], levels: ["a", "a"])
    #expect(try fault([column("c", .category(twice))]).message.contains("two levels"))
    let summary = TextSummary(missingCount: 0, distinctLowerBound: 1, countedRowCount: 1)
    #expect(try fault([column("t", .text(summary))]).message.contains("no column that keeps any"))
    _ = try fault([])
  }

  @Test func `a folder that is not there is told`() throws {
    let error = #expect(throws: Diagnostic.self) {
      try ColumnarFile.write(ColumnarTables.everyKind, to: folder.path("nowhere/table"))
    }
    #expect(error?.kind == .outputCannotCreate)
  }
}
