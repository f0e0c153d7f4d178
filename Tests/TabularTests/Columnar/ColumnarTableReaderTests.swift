import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

/// The reader's contract for columnar files: that of a CSV file, but for what is stored already.
@Suite struct ColumnarTableReaderTests {
  private let folder: TemporaryFolder
  private let path: String

  /// Nothing in it that no CSV file could give.
  private static let table = Table(
    columns: [
      TableColumn(name: "n", values: .number([1, 2.5, .nan])),
      TableColumn(name: "b", values: .boolean([1, 0, .nan])),
      TableColumn(
        name: "c", values: .category(CategoryValues(codes: [1, 0, 1], levels: ["x", "y"]))),
      TableColumn(
        name: "gaps", values: .category(CategoryValues(codes: [0, -1, 0], levels: ["x"]))),
      TableColumn(name: "d", values: .date([0, 60, .nan])),
      TableColumn(name: "t", values: .date([0, 60, 120])),
      TableColumn(
        name: "i", values: .identifier(ColumnarTables.identifiers(["a1", " NA ", "a1"]))),
      TableColumn(name: "k", values: .number([7, 1e17, -3])),
      TableColumn(
        name: "text",
        values: .text(TextSummary(missingCount: 0, distinctLowerBound: 3, countedRowCount: 3))),
      TableColumn(name: "e", values: .empty),
    ], rowCount: 3)

  init() throws {
    folder = try TemporaryFolder()
    path = folder.path("table.rktable")
    try ColumnarFile.write(Self.table, to: path)
  }

  private func values(_ name: String, as type: DeclaredType) throws -> ColumnValues? {
    try TableReader.read(path: path, declared: [name: type], undeclared: .ignored)[name]?.values
  }

  private func fault(_ name: String, as type: DeclaredType, in path: String? = nil) throws
    -> Diagnostic
  {
    try #require(throws: Diagnostic.self) {
      try TableReader.read(path: path ?? self.path, declared: [name: type], undeclared: .ignored)
    }
  }

  @Test func `undeclared columns are what they are stored as`() throws {
    let table = try TableReader.read(path: path)
    #expect(TableBits(table) == TableBits(Self.table))
    #expect(table.rowCounts == RowCounts(accepted: 3) && table.ignoredColumns == [])
    #expect(table.warningSentences == [])
  }

  @Test func `ignored columns are named and not in the table`() throws {
    let some = try TableReader.read(
      path: path, declared: ["n": .number, "absent": .date, "b": .ignored], undeclared: .ignored)
    #expect(some.columns.map(\.name) == ["n"])
    #expect(some.ignoredColumns == ["b", "c", "gaps", "d", "t", "i", "k", "text", "e"])
    let most = try TableReader.read(path: path, declared: ["b": .ignored])
    #expect(most.columns.count == 9 && most.ignoredColumns == ["b"])
  }

  @Test func `required columns are missed as in a CSV file`() throws {
    let csv = try folder.write("plan,amount\nx,1\n", to: "table.csv")
    let table = Table(
      columns: [
        TableColumn(name: "plan", values: .category(CategoryValues(codes: [0], levels: ["x"]))),
        TableColumn(name: "amount", values: .number([1])),
      ], rowCount: 1)
    let columnar = folder.path("small")
    try ColumnarFile.write(table, to: columnar)
    for required in [["plans"], ["Amount", "nowhere"], ["nowhere", "else"]] {
      var faults = try [csv, columnar].map { path in
        try #require(throws: Diagnostic.self) {
          try TableReader.read(path: path, required: required)
        }
      }
      #expect(faults[1].kind == .schemaMissingColumn && faults[1].file == columnar)
      #expect(faults[1].line == nil)
      faults[1].line = 1
      faults[1].file = csv
      #expect(faults[0] == faults[1])
    }
    #expect(try TableReader.read(path: columnar, required: ["plan", "amount"]).rowCount == 1)
  }

  @Test func `a declared type is what is stored, or what it says without doubt`() throws {
    func words(_ name: String) throws -> CategoryValues? {
      guard case .category(let values)? = try values(name, as: .category) else { return nil }
      return values
    }
    func keys(_ name: String) throws -> [String]? {
      guard case .identifier(let texts)? = try values(name, as: .identifier) else { return nil }
      return (0..<texts.count).map { texts[$0] }
    }
    guard case .number(let flags)? = try values("b", as: .number) else {
      Issue.record("not numbers")
      return
    }
    #expect(flags[0] == 1 && flags[1] == 0 && flags[2].isNaN)
    #expect(try words("c") == CategoryValues(codes: [1, 0, 1], levels: ["x", "y"]))
    #expect(try words("b") == CategoryValues(codes: [0, 1, -1], levels: ["yes", "no"]))
    #expect(try words("n") == CategoryValues(codes: [0, 1, -1], levels: ["1", "2.5"]))
    // As a category of a CSV file: without blanks, and NA is no word.
    #expect(try words("i") == CategoryValues(codes: [0, -1, 0], levels: ["a1"]))
    #expect(try keys("i") == ["a1", " NA ", "a1"])
    #expect(try keys("c") == ["y", "x", "y"])
    #expect(try keys("k") == ["7", "100000000000000000", "-3"])
    guard case .date? = try values("t", as: .timestamp) else {
      Issue.record("not times")
      return
    }
  }

  @Test func `a column without a value is of any type that may be missing`() throws {
    for type in [DeclaredType.number, .boolean, .date, .category] {
      #expect(try values("e", as: type)?.count == 3)
    }
    #expect(try fault("e", as: .identifier).kind == .valueMissingKey)
    #expect(try fault("e", as: .timestamp).kind == .valueTimestamp)
  }

  @Test(
    arguments: [
      ("n", .boolean), ("n", .date), ("n", .timestamp), ("b", .date), ("b", .identifier),
      ("c", .number), ("c", .boolean), ("c", .date), ("d", .number), ("d", .category),
      ("d", .identifier), ("i", .number), ("i", .date), ("text", .number), ("text", .category),
      ("text", .identifier),
    ] as [(String, DeclaredType)])
  func `another type than is stored is refused, and both are named`(
    name: String, type: DeclaredType
  ) throws {
    let error = try fault(name, as: type)
    #expect(error.kind == .schemaType && error.column == name && error.file == path)
    #expect(error.message.contains("is stored as ") && error.message.contains(", expected "))
    #expect(error.kind.exitCode == 65)
  }

  @Test func `values that no CSV file has are refused with the row`() throws {
    #expect(try fault("n", as: .identifier).message == "the identifier of row 3 is empty")
    #expect(try fault("gaps", as: .identifier).message == "the identifier of row 2 is empty")
    #expect(try fault("d", as: .timestamp).message == "row 3 has no time")
    func one(_ values: ColumnValues) throws -> String {
      let path = folder.path("one")
      try ColumnarFile.write(
        Table(columns: [TableColumn(name: "x", values: values)], rowCount: 2), to: path)
      return path
    }
    func undeclared(_ values: ColumnValues) throws -> Diagnostic {
      let path = try one(values)
      // Nobody looks at what nobody wants.
      #expect(try TableReader.read(path: path, undeclared: .ignored).rowCount == 2)
      return try #require(throws: Diagnostic.self) { try TableReader.read(path: path) }
    }
    let infinite = try undeclared(.number([1, -.infinity]))
    #expect(infinite.kind == .valueNumberNonfinite)
    #expect(infinite.message == "row 2 is infinite, expected a number")
    #expect(try undeclared(.date([0, 1e300])).kind == .valueTimestampRange)
    #expect(try undeclared(.date([.infinity, 0])).kind == .valueTimestampRange)
    #expect(
      try undeclared(.identifier(ColumnarTables.identifiers(["a", " \t"]))).message
        == "the identifier of row 2 is empty")
  }

  @Test func `keys are as remarkable as in a CSV file`() throws {
    let keys = ["NULL", "1.23E+15", "a\u{200b}b"]
    let csv = try folder.write((["id"] + keys).joined(separator: "\n"), to: "keys.csv")
    let path = folder.path("keys")
    try ColumnarFile.write(
      Table(
        columns: [
          TableColumn(name: "id", values: .identifier(ColumnarTables.identifiers(keys)))
        ], rowCount: 3), to: path)
    let read = try [csv, path].map {
      try TableReader.read(path: $0, declared: ["id": .identifier])
    }
    #expect(read[1].columns[0].notes.present.count == 3)
    #expect(read[0].columns[0].notes == read[1].columns[0].notes)
  }

  @Test func `options for text have no meaning, and a file of rejects lists none`() throws {
    let rejects = folder.path("rejects.csv")
    let options = TableReader.Options(
      dialect: CSVDialect(delimiter: UInt8(ascii: ";"), skippedLineCount: 3),
      onBadRow: .skip(.count(1)), rejects: rejects)
    let table = try TableReader.read(path: path, options: options)
    #expect(TableBits(table) == TableBits(Self.table))
    #expect(
      try String(contentsOfFile: rejects, encoding: .utf8) == "line,byte,kind,column,record\n")
    let same = #expect(throws: Diagnostic.self) {
      try TableReader.read(
        path: path, options: TableReader.Options(onBadRow: .skip(.count(1)), rejects: path))
    }
    #expect(same?.kind == .outputSameAsInput)
  }

  @Test func `columns are read again as something else, from the same rows only`() throws {
    let table = try TableReader.read(path: path)
    let again = try TableReader.reread(
      path: path, for: table, declared: ["k": .identifier], options: TableReader.Options())
    #expect(again.columns.map(\.name) == ["k"])
    try ColumnarFile.write(ColumnarTables.everyKind, to: path)
    let error = #expect(throws: Diagnostic.self) {
      try TableReader.reread(
        path: path, for: table, declared: ["amount": .number], options: TableReader.Options())
    }
    #expect(error?.kind == .inputChanged)
  }

  @Test func `through gzip or blocks a columnar table is refused by name`() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    let gzip = try folder.write(Data(Gzip.stored(Array(bytes.prefix(1000)))), to: "table.gz")
    for read in [
      { try TableReader.read(path: gzip) },
      {
        try TableReader.read(
          MemoryBlocks(bytes, blockByteCount: 3), canReadTwice: false)
      },
    ] as [() throws -> Table] {
      let error = #expect(throws: Diagnostic.self) { try read() }
      #expect(error?.kind == .columnarInvalid)
      #expect(error?.message == "is a columnar table, expected CSV")
    }
  }

  @Test func `progress ends at the size of all columns`() throws {
    var reported: [Int] = []
    _ = try TableReader.read(path: path) { reported.append($0) }
    #expect(reported.count == 10 && reported == reported.sorted())
  }
}
