import Diagnostics
import Foundation
import Learning
import Reporting
import Tabular
import TestSupport
import Testing

@Suite struct CSVWriterTests {
  /// Bytes of which the hardest fields are made.
  private static let pieces = [
    "\"", "\"\"", ",", ";", "\n", "\r", "\r\n", "\t", " ", "=", "+", "-", "@", "'", "\\", "a", "0",
    "\u{e9}", "e\u{301}", "\u{ff1d}", "\u{ff0b}", "\u{feff}", "\u{200b}", "\u{1f600}", "\u{1}",
    "\u{7f}", "\u{2028}", "NULL", "1.5",
  ]

  private static func nastyField(_ generator: inout SeededGenerator) -> String {
    (0..<generator.nextIndex(below: 8)).map { _ in pieces[generator.nextIndex(below: pieces.count)]
    }
    .joined()
  }

  private func written(_ rows: [[String]]) -> CSVWriter {
    var writer = CSVWriter(header: rows[0].indices.map { "column \($0)" })
    for row in rows {
      for field in row { writer.write(field) }
      writer.endRow()
    }
    return writer
  }

  @Test func `100,000 nasty fields read back byte by byte`() throws {
    var generator = SeededGenerator(seed: 8)
    let rows = (0..<20_000).map { _ in (0..<5).map { _ in Self.nastyField(&generator) } }
    let read = SmallCSVReader.records(written(rows).bytes)
    try #require(read.count == rows.count + 1)
    #expect(read[0] == (0..<5).map { Array("column \($0)".utf8) })
    for (found, expected) in zip(read.dropFirst(), rows) {
      #expect(found == expected.map { Array($0.utf8) })
    }
  }

  @Test func `keys read back byte by byte as our own reader reads them`() throws {
    var generator = SeededGenerator(seed: 9)
    // A key is never blank, and no cell holds what the reader refuses.
    let ids =
      (0..<20_000).map { "\($0)" + Self.nastyField(&generator) }
      + ["=1+1", "+49 30", "-5", "@me", "\tx", "\rx", "\u{ff1d}cmd", "007", "NULL", " padded "]
    let folder = try TemporaryFolder()
    let writer = written(ids.map { [$0, "1"] })
    let path = try folder.write(Data(writer.bytes), to: "ids.csv")
    let table = try TableReader.read(path: path, declared: ["column 0": .identifier])
    guard case .identifier(let values)? = table["column 0"]?.values else {
      return #expect(Bool(false), "the column was not read as keys")
    }
    try #require(values.count == ids.count)
    for (row, id) in ids.enumerated() {
      #expect(Array(values.bytes[values.range(at: row)]) == Array(id.utf8))
    }
    #expect(table.warnings == CSVWarnings())
  }

  @Test(arguments: [
    "=1+1", "+1", "-1", "@x", "\t", "\rx", "\u{ff1d}x", "\u{ff0b}x", "\u{ff0d}x", "\u{ff20}x",
    "=", "-",
  ])
  func `a field that a spreadsheet takes for a formula is quoted and counted`(field: String) {
    let writer = written([[field, "x"]])
    #expect(writer.formulaLikeCount == 1)
    #expect(
      Array(writer.bytes.dropFirst("column 0,column 1\n".utf8.count))
        == Array("\"\(field)\",x\n".utf8))
  }

  @Test(arguments: ["", "a=1", "1-2", "a@b.c", " =1", "(1)", "'=1", "\u{e9}", "0"])
  func `a field that is no formula is not counted`(field: String) {
    #expect(written([[field, "x"]]).formulaLikeCount == 0)
  }

  @Test func `a field is quoted only where it must be`() {
    #expect(
      String(decoding: written([["a b", "it's", "5\t6"]]).bytes, as: UTF8.self)
        == "column 0,column 1,column 2\na b,it's,5\t6\n")
    #expect(
      String(decoding: written([["a,b", "\"", "x\ny"]]).bytes, as: UTF8.self)
        == "column 0,column 1,column 2\n\"a,b\",\"\"\"\",\"x\ny\"\n")
  }

  @Test func `a number reads back as the same number, and what is none is empty`() throws {
    var generator = SeededGenerator(seed: 10)
    let numbers =
      (0..<20_000).map { _ in Double(bitPattern: generator.next()) }.filter(\.isFinite)
      + [0.1, 1e-300, .leastNonzeroMagnitude, 1.0.nextDown, -0.0]
    var writer = CSVWriter(header: ["n"])
    for number in numbers {
      writer.write(number)
      writer.endRow()
    }
    let read = SmallCSVReader.records(writer.bytes).dropFirst()
      .map { Double(String(decoding: $0[0], as: UTF8.self)) }
    #expect(read.count == numbers.count)
    for (found, number) in zip(read, numbers) { #expect(found?.bitPattern == number.bitPattern) }

    var empty = CSVWriter(header: ["a", "b", "c"])
    empty.write(Double?.none)
    empty.write(Double.nan)
    empty.write(-3)
    empty.endRow()
    #expect(String(decoding: empty.bytes, as: UTF8.self) == "a,b,c\n,,-3\n")
    #expect(empty.formulaLikeCount == 0)
  }
}

/// RFC 4180 and nothing else: a reader so small that it can be seen to be right.
enum SmallCSVReader {
  static func records(_ bytes: [UInt8]) -> [[[UInt8]]] {
    var records: [[[UInt8]]] = []
    var record: [[UInt8]] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      switch byte {
      case UInt8(ascii: "\"") where isQuoted:
        // Two quotes are one; a single one ends the quoted part.
        if index < bytes.count, bytes[index] == byte {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
      case _ where isQuoted: field.append(byte)
      case UInt8(ascii: "\""): isQuoted = true
      case UInt8(ascii: ","):
        record.append(field)
        field = []
      case UInt8(ascii: "\n"):
        records.append(record + [field])
        (record, field) = ([], [])
      default: field.append(byte)
      }
    }
    return records
  }
}
