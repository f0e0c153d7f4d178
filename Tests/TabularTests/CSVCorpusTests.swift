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

  /// All cases, read with the reader under test; empty where the corpus is not at hand.
  static let all: [CorpusCase] = {
    guard let folder = ReferenceFiles.publicData?.appending(path: "csv-corpus"),
      let manifest = try? Data(contentsOf: folder.appending(path: "manifest.csv"))
    else { return [] }
    let outcome = CSVOutcome(reading: Array(manifest))
    return outcome.records.compactMap { record in
      let texts = record.fields!.map { String(decoding: $0, as: UTF8.self) }
      let row = Dictionary(uniqueKeysWithValues: zip(outcome.header, texts))
      let file = folder.appending(path: row["file"]!)
      guard let bytes = try? Data(contentsOf: file) else { return nil }
      return CorpusCase(name: row["file"]!, bytes: Array(bytes), row: row)
    }
  }()
}

@Suite(
  .enabled(
    if: ReferenceFiles.publicData != nil, Comment(rawValue: ReferenceFiles.publicDataIsMissing)))
struct CSVCorpusTests {
  @Test func `the manifest lists the whole corpus`() {
    #expect(CorpusCase.all.count == 427)
  }

  @Test(arguments: [1, 2, 3, 5, 7, 16, 64, 1000, 1 << 20])
  func `every file of the corpus has the outcome of the manifest at any block size`(
    blockByteCount: Int
  ) {
    for file in CorpusCase.all {
      let outcome = CSVOutcome(
        reading: file.bytes, delimiter: file.delimiter, blockByteCount: blockByteCount)
      let comment = Comment(rawValue: file.name)
      #expect(outcome.foremostFault?.kind?.rawValue ?? "" == file["error_kind"], comment)
      #expect(outcome.foremostFault?.line ?? 0 == Int(file["error_line"]), comment)
      #expect((outcome.fatal == nil) == (file["fatal"] == "0"), comment)
      guard outcome.fatal == nil else { continue }
      #expect(outcome.header.count == Int(file["cols"]), comment)
      #expect(outcome.goodCount == Int(file["rows_ok_skip"]), comment)
      #expect(outcome.badCount == Int(file["rows_rejected_skip"]), comment)
      var found: [String: Int] = [:]
      for pair in outcome.warnings.description.split(separator: ";") {
        let parts = pair.split(separator: "=")
        found[String(parts[0])] = Int(parts[1])
      }
      found["last_record_without_newline"] = nil
      #expect(found == file.counts("warnings"), comment)
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
}
