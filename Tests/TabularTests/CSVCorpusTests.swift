import Diagnostics
import Foundation
import Tabular
import TestSupport
import Testing

/// One line of the corpus's manifest.
struct CorpusCase: CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var row: [String: String]

  subscript(column: String) -> String { row[column] ?? "" }
  var testDescription: String { name }

  var delimiter: UInt8 { self["delim"] == "\\t" ? 9 : self["delim"].utf8.first! }

  /// The warnings as counts by name.
  func counts(_ column: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    for part in self[column].split(separator: ";") {
      let pair = part.split(separator: "=")
      counts[String(pair[0])] = Int(pair[1])
    }
    return counts
  }

  /// Where the corpus is: a folder that the environment names, or the one beside the checkout.
  static let folder: URL? = {
    if let named = ProcessInfo.processInfo.environment["RETAIN_CSV_CORPUS"] {
      return URL(filePath: named)
    }
    return ReferenceFiles.publicData?.appending(path: "csv-corpus")
  }()

  /// All cases, read with the reader under test; empty where the corpus is not at hand.
  static let all: [CorpusCase] = {
    guard let folder, let manifest = try? Data(contentsOf: folder.appending(path: "manifest.csv"))
    else { return [] }
    let outcome = CSVOutcome(reading: Array(manifest))
    return outcome.records.compactMap { record in
      let texts = record.fields!.map { String(decoding: $0, as: UTF8.self) }
      let row = Dictionary(uniqueKeysWithValues: zip(outcome.header, texts))
      let file = folder.appending(path: row["file"]!)
      // A file that is not there has an outcome as well: another one than any that is expected.
      let bytes = (try? Data(contentsOf: file)) ?? Data()
      return CorpusCase(name: row["file"]!, bytes: Array(bytes), row: row)
    }
  }()

  /// Whether the file is a table of events, of which the manifest knows the typed outcome.
  var isTyped: Bool { name.hasPrefix("files/own/") }

  /// Where the outcome of reading the records differs from the manifest.
  func disagreements(blockByteCount: Int) -> [String] {
    var found: [String] = []
    func compare<Value: Equatable>(_ name: String, _ value: Value, _ expected: Value) {
      if value != expected { found.append("\(name) is \(value), expected \(expected)") }
    }
    let outcome = CSVOutcome(
      reading: bytes, delimiter: delimiter, blockByteCount: blockByteCount)
    compare("kind", outcome.foremostFault?.kind?.rawValue ?? "", self["error_kind"])
    compare("line", outcome.foremostFault?.line ?? 0, Int(self["error_line"]) ?? 0)
    compare("fatal", outcome.fatal != nil, self["fatal"] != "0")
    guard outcome.fatal == nil else { return found }
    compare("columns", outcome.header.count, Int(self["cols"]) ?? -1)
    compare("good rows", outcome.goodCount, Int(self["rows_ok_skip"]) ?? -1)
    compare("bad rows", outcome.badCount, Int(self["rows_rejected_skip"]) ?? -1)
    var warnings = outcome.warnings.counts
    warnings["last_record_without_newline"] = nil
    compare("warnings", warnings, counts("warnings"))
    return found
  }
}

@Suite(
  .enabled(
    if: CorpusCase.folder != nil, Comment(rawValue: ReferenceFiles.publicDataIsMissing)))
struct CSVCorpusTests {
  @Test func `the manifest lists the whole corpus`() {
    #expect(CorpusCase.all.count == 427)
    #expect(CorpusCase.all.allSatisfy { $0["bytes"] == "\($0.bytes.count)" })
  }

  @Test(arguments: [1, 2, 3, 5, 7, 16, 64, 1000, 1 << 20])
  func `every file of the corpus has the outcome of the manifest at any block size`(
    blockByteCount: Int
  ) {
    for file in CorpusCase.all {
      #expect(
        file.disagreements(blockByteCount: blockByteCount) == [], Comment(rawValue: file.name))
    }
  }

  @Test func `every file of the corpus is read as its slow twin reads it`() {
    for file in CorpusCase.all {
      let kind = file["error_kind"]
      guard kind != "encoding.unsupported" && kind != "format.compressed" else { continue }
      let outcome = CSVOutcome(
        reading: file.bytes, delimiter: file.delimiter, blockByteCount: 13)
      #expect(
        outcome == SlowCSVParser.parse(file.bytes, delimiter: file.delimiter),
        Comment(rawValue: file.name))
    }
  }

  @Test func `accepted and rejected rows are all rows, and rejects hold the rejected bytes`() throws
  {
    let folder = try TemporaryFolder()
    let rejects = folder.path("rejects.csv")
    for file in CorpusCase.all where file["fatal"] == "0" {
      let comment = Comment(rawValue: file.name)
      let path = try folder.write(Data(file.bytes), to: "table.csv")
      let options = TableReader.Options(
        dialect: CSVDialect(delimiter: file.delimiter), onBadRow: .skip(.percent(100)),
        rejects: rejects)
      var counts = RowCounts(rejected: Int(file["rows_rejected_skip"])!)
      do {
        counts = try TableReader.read(path: path, undeclared: .ignored, options: options).rowCounts
      } catch {
        #expect(error.kind == .dataNoRows, comment)
      }
      #expect(counts.accepted == Int(file["rows_ok_skip"]), comment)
      #expect(counts.rejected == Int(file["rows_rejected_skip"]), comment)
      let rejected = try RejectedRecord.all(in: rejects)
      #expect(rejected.count == counts.rejected, comment)
      for row in rejected {
        #expect(
          Array(file.bytes[row.byte..<row.byte + row.record.count]) == row.record, comment)
      }
      // What is left without them is a file of the accepted rows alone.
      var rest = file.bytes
      for row in rejected.reversed() {
        rest.removeSubrange(row.byte..<row.byte + row.record.count)
      }
      let outcome = CSVOutcome(reading: rest, delimiter: file.delimiter)
      #expect(outcome.goodCount == counts.accepted && outcome.badCount == 0, comment)
    }
  }
}

@Suite(
  .enabled(
    if: CorpusCase.folder != nil, Comment(rawValue: ReferenceFiles.publicDataIsMissing)))
struct TypedCorpusTests {
  @Test(arguments: Array(1...64) + [1000, 1 << 20])
  func `own files have the typed outcome of the manifest at any block size`(blockByteCount: Int) {
    for file in CorpusCase.all where file.isTyped {
      #expect(
        TypedOutcome.disagreements(on: file, blockByteCount: blockByteCount) == [],
        Comment(rawValue: file.name))
    }
  }
}

/// For `Scripts/check-corpus`: how many files of a folder have the outcome of its manifest.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["RETAIN_CSV_REPORT"] != nil))
struct CorpusReportTests {
  @Test func `every file of the folder has the outcome of its manifest`() throws {
    var report = ""
    var agreeing = 0
    for file in CorpusCase.all {
      var found: [String] = []
      for blockByteCount in [1, 7, 64, 1000, 1 << 20] {
        found += file.disagreements(blockByteCount: blockByteCount)
        if file.isTyped {
          found += TypedOutcome.disagreements(on: file, blockByteCount: blockByteCount)
        }
      }
      if found.isEmpty { agreeing += 1 }
      for sentence in Set(found).sorted() { report += "\(file.name): \(sentence)\n" }
    }
    report += "\(agreeing) of \(CorpusCase.all.count)\n"
    if let path = ProcessInfo.processInfo.environment["RETAIN_CSV_REPORT"] {
      try report.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(agreeing == CorpusCase.all.count && agreeing > 0)
  }
}
