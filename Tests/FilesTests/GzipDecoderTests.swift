import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@Suite struct GzipDecoderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Reads a file to its end in blocks of some bytes.
  private func content(of gzip: [UInt8], blockByteCount: Int = 1000) throws -> [UInt8] {
    let path = try folder.write(Data(gzip), to: "file.gz")
    let file = try InputFile(path: path)
    let decoder = GzipDecoder()
    var content: [UInt8] = []
    var block = [UInt8](repeating: 0, count: blockByteCount)
    while true {
      let count = try decoder.read(from: file, into: &block, from: 0)
      if count == 0 { return content }
      content += block[..<count]
    }
  }

  private func fault(_ gzip: [UInt8]) throws -> Diagnostic {
    try #require(throws: Diagnostic.self) { try content(of: gzip) }
  }

  private let lines = Array(("a,b\n" + String(repeating: "1,x\n", count: 20)).utf8)

  @Test(arguments: [1, 7, 1000])
  func `a file comes back byte by byte at any block size`(blockByteCount: Int) throws {
    #expect(try content(of: Gzip.compressedLines, blockByteCount: blockByteCount) == lines)
    let long = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
    #expect(try content(of: Gzip.stored(long), blockByteCount: max(blockByteCount, 50)) == long)
    #expect(try content(of: Gzip.stored([]), blockByteCount: blockByteCount) == [])
  }

  @Test func `members follow each other, and zeros may follow the last`() throws {
    let two = Gzip.stored(Array("a,b\n".utf8)) + Gzip.stored([]) + Gzip.compressedLines
    #expect(try content(of: two) == Array("a,b\n".utf8) + lines)
    #expect(try content(of: two + [0, 0, 0]) == Array("a,b\n".utf8) + lines)
  }

  @Test func `what is cut off, changed or followed by something else is damaged`() throws {
    let whole = Gzip.compressedLines
    for count in 0..<whole.count {
      let cut = try fault(Array(whole[..<count]))
      #expect(cut.kind == .formatDamaged)
      #expect(cut.byte == count)
      #expect(cut.file?.hasSuffix("file.gz") == true)
    }
    var changed = whole
    changed[whole.count - 6] ^= 1
    #expect(try fault(changed).message.contains("incorrect data check"))
    #expect(try fault(whole + [1]).kind == .formatDamaged)
    #expect(try fault(whole + [0, 1]).byte == whole.count + 1)
    #expect(try fault(Array("a,b\n1,2\n".utf8)).message.contains("incorrect header check"))
  }

  @Test func `a file is read from its start again`() throws {
    let path = try folder.write(Data(Gzip.compressedLines), to: "again.gz")
    let file = try InputFile(path: path)
    let decoder = GzipDecoder()
    var block = [UInt8](repeating: 0, count: 10)
    for _ in 0..<3 {
      #expect(try decoder.read(from: file, into: &block, from: 0) == 10)
      #expect(block == Array(lines[..<10]))
      try file.rewind()
      decoder.reset()
    }
  }
}
