import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

/// Columns on disk or packed in memory: what reading the whole table gives, column by column.
@Suite struct ColumnShelfTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func shelf(
    _ path: String, _ declared: [String: DeclaredType] = [:],
    _ options: TableReader.Options = TableReader.Options(), isInMemory: Bool = false
  ) throws -> any ColumnShelf {
    try TableReader.shelved(
      path: path, declared: declared, required: [], options: options,
      folder: isInMemory ? nil : folder.url.path, progress: nil)
  }

  /// Compares a shelf with the table of the same file, byte by byte where values are.
  private func expectSame(_ shelf: any ColumnShelf, _ table: Table) throws {
    var columns: [TableColumn] = []
    for index in shelf.names.indices { columns.append(try shelf.column(index)) }
    try shelf.checkUnchanged()
    let found = Table(columns: columns, rowCount: shelf.outline.rowCount)
    #expect(try ColumnarFile.bytes(of: found) == ColumnarFile.bytes(of: table))
    #expect(columns.map(\.contradiction) == table.columns.map(\.contradiction))
    #expect(columns.map(\.notes) == table.columns.map(\.notes))
    #expect(shelf.outline.rowCounts == table.rowCounts)
    #expect(shelf.outline.ignoredColumns == table.ignoredColumns)
    #expect(shelf.outline.warnings == table.warnings)
    // Each may be asked for again.
    #expect(try shelf.column(0).name == table.columns[0].name)
  }

  /// A file of so many rows with columns of every kind, among them some that change their mind.
  private func write(rowCount: Int, contradictedAt row: Int, wordsFrom start: Int) throws -> String
  {
    var text = "id,number,word,yes,day,nothing,mind,late,out\n"
    for index in 0..<rowCount {
      text += "k\(index % 977),\(index % 7 == 0 ? "" : "\(Double(index) / 8)"),w\(index % 13),"
      text += index % 3 == 0 ? "yes," : (index % 3 == 1 ? "no," : ",")
      text += "2026-0\(1 + index % 9)-11,,\(index == row ? "oops" : "\(index % 5)"),"
      text += index < start ? "," : "word \(index),"
      text += "x\n"
    }
    return try folder.write(text, to: "table.csv")
  }

  private let declared: [String: DeclaredType] = ["id": .identifier, "out": .ignored]

  @Test func `a small table is the same`() throws {
    let path = try write(rowCount: 500, contradictedAt: 300, wordsFrom: 100)
    for isInMemory in [false, true] {
      let shelf = try self.shelf(path, declared, isInMemory: isInMemory)
      try expectSame(shelf, TableReader.read(path: path, declared: declared))
    }
  }

  @Test func `a table of several spills is the same`() throws {
    // Nine columns: about 233,000 rows leave memory at a time; the words become text after that.
    let path = try write(rowCount: 330_000, contradictedAt: 250_000, wordsFrom: 255_000)
    let table = try TableReader.read(path: path, declared: declared)
    guard case .text? = table["late"]?.values else {
      Issue.record("the words are not text")
      return
    }
    for isInMemory in [false, true] {
      try expectSame(shelf(path, declared, isInMemory: isInMemory), table)
    }
  }

  @Test func `rows left out are left out of all columns`() throws {
    var text = "id,n,mind\n"
    for row in 0..<2000 {
      text += "\(row % 90 == 4 ? " " : "k\(row)"),\(row % 50 == 3 ? "bad" : "\(row)"),"
      text += row % 70 == 9 ? "1,2\n" : (row == 1500 ? "oops\n" : "1\n")
    }
    let path = try folder.write(text, to: "bad.csv")
    var options = TableReader.Options()
    options.onBadRow = .skip(.percent(50))
    options.rejects = folder.path("rejects-1.csv")
    let types: [String: DeclaredType] = ["id": .identifier, "n": .number]
    let table = try TableReader.read(path: path, declared: types, options: options)
    #expect(table.rowCounts.rejected > 50)
    for isInMemory in [false, true] {
      options.rejects = folder.path("rejects-2.csv")
      try expectSame(shelf(path, types, options, isInMemory: isInMemory), table)
      #expect(
        try Data(contentsOf: folder.url.appending(path: "rejects-1.csv"))
          == Data(contentsOf: folder.url.appending(path: "rejects-2.csv")))
    }
  }

  @Test func `the columns of a columnar file are read from where they lie`() throws {
    let csv = try write(rowCount: 500, contradictedAt: 300, wordsFrom: 100)
    let path = folder.path("table.rktable")
    try ColumnarFile.write(TableReader.read(path: csv, declared: declared), to: path)
    let types: [String: DeclaredType] = ["id": .identifier, "yes": .number, "word": .ignored]
    for isInMemory in [false, true] {
      let shelf = try self.shelf(path, types, isInMemory: isInMemory)
      try expectSame(shelf, TableReader.read(path: path, declared: types))
    }
  }

  @Test func `the first fault is the same`() throws {
    let path = try folder.write("a,b\n1,2\nx,3\n", to: "fault.csv")
    let faults = [
      #expect(throws: Diagnostic.self) { try shelf(path, ["a": .number]) },
      #expect(throws: Diagnostic.self) {
        try TableReader.read(path: path, declared: ["a": .number])
      },
    ]
    #expect(faults[0]?.kind == .valueNumber)
    #expect(faults[0]?.message == faults[1]?.message)
    #expect(faults[0]?.line == faults[1]?.line)
  }

  @Test func `a folder that is not there is an error before the file is read`() throws {
    let error = #expect(throws: Diagnostic.self) {
      try TableReader.shelved(
        path: folder.path("none.csv"), declared: [:], required: [], options: TableReader.Options(),
        folder: folder.path("missing"), progress: nil)
    }
    #expect(error?.kind == .outputCannotCreate)
  }

  @Test func `a table at hand is a shelf of its columns`() throws {
    let path = try write(rowCount: 500, contradictedAt: 300, wordsFrom: 100)
    let table = try TableReader.read(path: path, declared: declared)
    try expectSame(TableShelf(table), table)
  }
}
