import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

@Suite struct TableSourceTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func fault(_ path: String, _ dialect: CSVDialect = CSVDialect()) throws -> Diagnostic {
    try #require(throws: Diagnostic.self) {
      try TableReader.read(path: path, options: TableReader.Options(dialect: dialect))
    }
  }

  // MARK: Compressed files

  @Test func `a gzip file by its name is read like the file in it`() throws {
    let path = try folder.write(Data(Gzip.compressedLines), to: "table.csv.gz")
    let table = try TableReader.read(path: path)
    #expect(table.rowCount == 20)
    // A column that is contradicted is read again, from the start of the compressed file.
    let late = Array("a\n1\n2\nx\n".utf8)
    let again = try folder.write(Data(Gzip.stored(late)), to: "late.gz")
    guard case .category(let words)? = try TableReader.read(path: again)["a"]?.values else {
      Issue.record("not a category")
      return
    }
    #expect(words.levels == ["1", "2", "x"])
  }

  @Test func `a gzip file by another name, or two times compressed, is refused`() throws {
    let gzip = Gzip.compressedLines
    let named = try fault(folder.write(Data(gzip), to: "table.csv"))
    #expect(named.kind == .formatCompressed)
    #expect(named.message.contains("gzip") && named.hint?.contains(".gz") == true)
    #expect(try fault(folder.write(Data(Gzip.stored(gzip)), to: "b.gz")).kind == .formatCompressed)
  }

  @Test func `a damaged gzip file is named with the byte`() throws {
    let cut = try fault(folder.write(Data(Gzip.compressedLines.dropLast(9)), to: "cut.gz"))
    #expect(cut.kind == .formatDamaged)
    #expect(cut.byte == Gzip.compressedLines.count - 9)
    #expect(try fault(folder.write("a,b\n1,2\n", to: "plain.gz")).kind == .formatDamaged)
    #expect(try fault(folder.write("", to: "empty.gz")).kind == .formatDamaged)
  }

  // MARK: Lines above the header

  @Test func `lines above the header are passed over, whatever they hold`() throws {
    let bytes = Array("# \"export, \r\n".utf8) + [0xff, 0, 10, 13] + Array("a,b\n1,2\n3\n".utf8)
    let path = try folder.write(Data(bytes), to: "table.csv")
    let fault = try fault(path, CSVDialect(skippedLineCount: 3))
    #expect(fault.kind == .csvFieldCount && fault.line == 6)
    #expect(fault.byte == bytes.count - 2)
    for blockByteCount in [1, 2, 3, 7, 1000] {
      let table = try TableReader.read(
        MemoryBlocks(Array(bytes.dropLast(2)), blockByteCount: blockByteCount), canReadTwice: true,
        options: TableReader.Options(dialect: CSVDialect(skippedLineCount: 3)),
        blockByteCount: blockByteCount)
      #expect(table.columns.map(\.name) == ["a", "b"])
      #expect(table.rowCount == 1)
    }
  }

  @Test func `more lines than there are leave no header`() throws {
    let path = try folder.write("a\n1", to: "table.csv")
    #expect(try fault(path, CSVDialect(skippedLineCount: 2)).kind == .csvNoHeader)
    #expect(try fault(path, CSVDialect(skippedLineCount: 9)).kind == .csvNoHeader)
    #expect(try fault("/dev/zero", CSVDialect(skippedLineCount: 1)).kind == .csvRecordTooLong)
  }

  // MARK: Limits

  @Test func `a field of 10 MB is read, and one of 17 MiB is too long`() throws {
    func path(_ byteCount: Int) throws -> String {
      let field = [UInt8](repeating: UInt8(ascii: "x"), count: byteCount)
      return try folder.write(
        Data(Array("a,b\n1,\"".utf8) + field + Array("\"\n2,y\n".utf8)), to: "long.csv")
    }
    let table = try TableReader.read(path: path(10_000_000), declared: ["b": .identifier])
    guard case .identifier(let texts)? = table["b"]?.values else {
      Issue.record("not texts")
      return
    }
    #expect(texts.range(at: 0).count == 10_000_000 && texts[1] == "y")
    let fault = try fault(path(17 << 20))
    #expect(fault.kind == .csvRecordTooLong && fault.message.contains("limit 16777216"))
  }

  @Test func `100,000 columns are read, and a million are too many`() throws {
    func path(_ count: Int) throws -> String {
      let names = (0..<count).map { "c\($0)" }.joined(separator: ",")
      let cells = String(repeating: "1,", count: count - 1) + "1"
      return try folder.write(names + "\n" + cells + "\n", to: "wide.csv")
    }
    #expect(try TableReader.read(path: path(100_000), undeclared: .ignored).rowCount == 1)
    let fault = try fault(path(1_000_000))
    #expect(fault.kind == .csvTooManyColumns && fault.message.contains("limit 100000"))
  }

  @Test func `newlines alone, or delimiters alone, are no table`() throws {
    let newlines = try folder.write(Data(repeating: 10, count: 5 << 20), to: "newlines.csv")
    #expect(try fault(newlines).kind == .csvNoHeader)
    let commas = try folder.write(Data(repeating: 44, count: 5 << 20), to: "commas.csv")
    #expect(try fault(commas).kind == .csvTooManyColumns)
  }
}
