import Diagnostics
import Foundation
import Learning
import Tabular
import TestSupport
import Testing

@Suite struct ColumnarDamageTests {
  private let folder: TemporaryFolder
  private let sound: [UInt8]

  init() throws {
    folder = try TemporaryFolder()
    sound = try ColumnarFile.bytes(of: ColumnarTables.everyKind)
  }

  private func fault(_ bytes: [UInt8]) throws -> Diagnostic? {
    let path = try folder.write(Data(bytes), to: "damaged")
    do {
      _ = try ColumnarFile.read(path: path)
      return nil
    } catch {
      #expect(error.file == path)
      return error
    }
  }

  // MARK: Damage

  @Test func `a file cut off anywhere is called truncated`() throws {
    for count in sound.indices {
      let error = try fault(Array(sound[..<count]))
      #expect(error?.kind == .columnarTruncated, "\(count) of \(sound.count) bytes")
    }
    let half = sound.count / 2
    #expect(
      try fault(Array(sound[..<half]))?.message == "has \(half) bytes, expected \(sound.count)")
  }

  @Test func `bytes after the end are counted and refused`() throws {
    let error = try fault(sound + [0])
    #expect(error?.kind == .columnarInvalid)
    #expect(error?.message == "has \(sound.count + 1) bytes, 1 too many")
  }

  @Test func `no single damaged byte goes unnoticed, whatever columns are read`() throws {
    var bytes = sound
    for index in bytes.indices {
      bytes[index] ^= 1 << UInt8(index % 8)
      let kind = try fault(bytes)?.kind
      #expect(kind?.rawValue.hasPrefix("columnar.") == true, "byte \(index)")
      if index >= 14 { #expect(kind == .columnarChecksum, "byte \(index)") }
      if index >= 14 {
        let error = #expect(throws: Diagnostic.self) {
          try TableReader.read(path: folder.path("damaged"), undeclared: .ignored)
        }
        #expect(error?.kind == .columnarChecksum)
      }
      bytes[index] = sound[index]
    }
    #expect(try fault(bytes) == nil)
    bytes[bytes.count - 1] ^= 1
    #expect(try fault(bytes)?.column == "nothing")
  }

  @Test func `a later version is refused, naming both`() throws {
    var parts = ColumnarParts(rowCount: 0)
    parts.version = 2
    let error = try fault(parts.bytes)
    #expect(error?.kind == .columnarVersionTooNew)
    #expect(error?.message == "has format version 2, this release reads 1")
    parts.version = 0
    #expect(try fault(parts.bytes)?.kind == .columnarInvalid)
  }

  @Test(arguments: ["a,b\n1,2\n", "RKTABLE2\u{1}\0\0\0\0\0", "\u{89}RETAIN\n\u{1}\0\0\0\0\0"])
  func `a file of another form is no columnar table`(text: String) throws {
    #expect(try fault(Array(text.utf8))?.message == "is not a columnar table")
  }

  @Test func `what is no file is told`() throws {
    let missing = #expect(throws: Diagnostic.self) {
      try ColumnarFile.read(path: folder.path("nowhere"))
    }
    #expect(missing?.kind == .inputMissing)
    let device = #expect(throws: Diagnostic.self) { try ColumnarFile.read(path: "/dev/null") }
    #expect(device?.kind == .columnarInvalid)
  }

  // MARK: Files that are whole and make no table

  @Test func `numbers that do not fit each other are refused`() throws {
    func message(_ rowCount: UInt64, _ kind: UInt8, _ content: [UInt8]) throws -> String {
      let error = try fault(ColumnarParts(rowCount: rowCount).adding("x", kind, content).bytes)
      #expect(error?.kind == .columnarInvalid)
      return error?.message ?? ""
    }
    let one = little([1.0])
    #expect(try message(2, 1, one) == "has 8 bytes for 2 rows")
    #expect(try message(.max, 1, one).contains("rows in"))
    #expect(try message(1, 1, one + [0]) == "has 9 bytes for 1 rows")
    #expect(try message(1, 7, one) == "is of the unknown kind 7")
    #expect(try message(2, 2, little([1, 0.5])) == "row 2 is neither yes nor no nor missing")
    #expect(try message(1, 0, one) == "row 1 has a value in an empty column")
    #expect(try message(1, 6, little(UInt64(0)) + little(UInt64(0)) + little(UInt64(2))) != "")
    #expect(try message(1, 6, [UInt8](repeating: 0, count: 24)).contains("no column that keeps"))
    #expect(try message(1, 5, little(UInt64(2)) + [0x61]).contains("too late"))
    #expect(try message(1, 5, little(UInt64.max) + [0x61]).contains("too late"))
    #expect(try message(1, 5, little(UInt64(1)) + [0x61, 0x62]) == "2 bytes of text, 1 in use")
    #expect(try message(2, 5, little(UInt64(1)) + little(UInt64(0)) + [0x61]).contains("ends"))
    #expect(try message(0, 5, [0x61]) == "1 bytes of text, 0 in use")
    #expect(try message(1, 5, little(UInt64(1)) + [0xff]).contains("UTF-8"))
    #expect(try message(1, 5, little(UInt64(1)) + [0]).contains("NUL"))
    let amid = little(UInt64(1)) + little(UInt64(2)) + Array("é".utf8)
    #expect(try message(2, 5, amid) == "text 1 ends amid a character")
    let levels = little(texts: ["a", "b"])
    #expect(try message(1, 4, little(UInt32(2)) + levels + little(Int16(2))).contains("-1..<2"))
    #expect(try message(1, 4, little(UInt32(2)) + levels + little(Int16(-2))).contains("-1..<2"))
    #expect(try message(1, 4, little(UInt32.max) + levels + little(Int16(0))).contains("levels"))
    #expect(try message(1, 4, little(UInt32(9)) + levels + little(Int16(0))).contains("levels"))
    let same = little(texts: ["a", "a"])
    #expect(
      try message(1, 4, little(UInt32(2)) + same + little(Int16(0))) == "two levels are the same")
    #expect(try message(1, 4, [0, 0, 0]) == "has 3 bytes for 1 rows")
  }

  @Test func `a header that contradicts itself is refused`() throws {
    let parts = ColumnarParts(rowCount: 1).adding("x", 1, little([1.0])).adding(
      "y", 1, little([2.0]))
    #expect(try fault(parts.bytes) == nil)
    func message(_ change: (inout [UInt8]) -> Void) throws -> String {
      let error = try fault(parts.bytes(changingHeader: change))
      #expect(error?.kind == .columnarInvalid)
      return error?.message ?? ""
    }
    // magic 8, version 2, header length 4, rows 8, columns 4, name length 2, name 1, kind 1, offset 8
    #expect(try message { $0[22] = 3 }.contains("3 columns in"))
    #expect(try message { $0[22] = 1 }.contains("bytes too many"))
    #expect(try message { $0[26] = 200 }.contains("ends early"))
    #expect(try message { $0[28] = 0xff }.contains("UTF-8"))
    #expect(try message { $0[28] = 0 }.contains("no NUL"))
    #expect(try message { $0[28] = 0x79 } == "two columns have one name")
    #expect(try message { $0[30] += 1 }.contains("does not begin where"))
    #expect(try message { $0[30 + 24] += 8 }.contains("does not begin where"))
    #expect(try message { $0.replaceSubrange(38..<46, with: little(UInt64.max)) }.contains("begin"))
    let far = try fault(
      parts.bytes { $0.replaceSubrange(38 + 24..<46 + 24, with: little(UInt64(1) << 50)) })
    #expect(far == nil || far?.kind == .columnarTruncated || far?.kind == .columnarInvalid)
    // Two spellings of one name would be one column of a table.
    let spellings = ColumnarParts(rowCount: 0).adding("e\u{301}", 1, []).adding("\u{e9}", 1, [])
    #expect(try fault(spellings.bytes)?.message == "two columns have one name")
    #expect(try fault(ColumnarParts(rowCount: 0).adding("", 1, []).bytes)?.kind == .columnarInvalid)
  }

  // MARK: Mutants

  private static let types: [DeclaredType] = [
    .number, .boolean, .category, .date, .timestamp, .identifier, .ignored,
  ]

  @Test(arguments: 0..<4)
  func `a mutant with repaired checksums is refused, or is a table like any other`(batch: Int)
    throws
  {
    var random = SeededGenerator(seed: 4242, stream: UInt64(batch))
    let original = Self.mutable
    var read = 0
    var refused = 0
    for mutant in 0..<750 {
      var parts = original
      var bytes: [UInt8] = []
      for _ in 0..<1 + random.nextIndex(below: 3) { Self.damage(&parts, &random) }
      if random.nextIndex(below: 10) == 0 {
        bytes = parts.bytes { header in
          let at = 14 + random.nextIndex(below: header.count - 14)
          header[at] = UInt8(truncatingIfNeeded: random.next())
        }
      } else {
        bytes = parts.bytes
      }
      let path = try folder.write(Data(bytes), to: "mutant")
      do throws(Diagnostic) {
        let table = try ColumnarFile.read(path: path)
        // What was read can be written and read again.
        #expect(try ColumnarFile.bytes(of: table) == bytes, "batch \(batch), mutant \(mutant)")
        read += 1
      } catch {
        #expect(error.kind.rawValue.hasPrefix("columnar."), "\(error)")
        refused += 1
      }
      var declared: [String: DeclaredType] = [:]
      for column in parts.columns where random.nextIndex(below: 2) == 0 {
        declared[String(decoding: column.name, as: UTF8.self)] =
          Self.types[random.nextIndex(below: Self.types.count)]
      }
      do throws(Diagnostic) {
        let table = try TableReader.read(path: path, declared: declared)
        for column in table.columns { _ = column.assessedRole() }
      } catch {
        #expect(
          ["columnar.", "value.", "schema."].contains { error.kind.rawValue.hasPrefix($0) },
          "\(error)")
      }
    }
    #expect(read > 60 && refused > 300, "\(read) read, \(refused) refused")
  }

  /// A column of every kind, put together for damaging.
  private static let mutable = ColumnarParts(rowCount: 3)
    .adding("n", 1, little([1.5, -0.0, .nan]))
    .adding("b", 2, little([1, .nan, 0]))
    .adding("d", 3, little([60, 0, .nan]))
    .adding(
      "c", 4,
      little(UInt32(3)) + little(texts: ["x", "größe", ""]) + little(Int16(-1)) + little(Int16(2))
        + little(Int16(0))
    )
    .adding("i", 5, little(texts: ["日本", "acct_2", "a"]))
    .adding("t", 6, little(UInt64(1)) + little(UInt64(2)) + little(UInt64(2)))
    .adding("e", 0, little([.nan, .nan, .nan]))

  private static let words: [UInt64] = [
    0, 1, 2, 3, 4, 7, 8, 255, 1 << 15, 1 << 16, 1 << 31, 1 << 32, 1 << 62, 1 << 63, .max - 1, .max,
    Double.infinity.bitPattern, Double.nan.bitPattern, (-1e300).bitPattern,
  ]

  private static func damage(_ parts: inout ColumnarParts, _ random: inout SeededGenerator) {
    guard !parts.columns.isEmpty else { return }
    let index = random.nextIndex(below: parts.columns.count)
    func place(_ count: Int) -> Int { random.nextIndex(below: count) }
    let size = parts.columns[index].content.count
    switch random.nextIndex(below: 12) {
    case 0: parts.rowCount = words[place(words.count)]
    case 1: parts.columns[index].kind = UInt8(place(9))
    case 2: parts.columns.remove(at: index)
    case 3: parts.columns[index].name = Array(["n", "", "e\u{301}", "a\0"][place(4)].utf8)
    case 4: parts.columns[index].name.append(UInt8(truncatingIfNeeded: random.next()))
    case 5: parts.columns[index].content.append(UInt8(truncatingIfNeeded: random.next()))
    case 6 where size > 0: parts.columns[index].content.removeLast(1 + place(min(8, size)))
    case 7,
      8 where size >= 8:
      let at = place(size - 7) & ~3
      parts.columns[index].content.replaceSubrange(
        at..<at + 8, with: little(words[place(words.count)]))
    case 9: parts.columns[index].content = parts.columns[place(parts.columns.count)].content
    default:
      guard size > 0 else { return }
      parts.columns[index].content[place(size)] ^= 1 << UInt8(place(8))
    }
  }
}
