import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@Suite struct ScratchFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path) }
  }

  @Test func `what was appended is read again, and no name is ever there`() throws {
    let file = try ScratchFile(in: folder.url.path)
    let parts: [[UInt8]] = [[1, 2, 3], [], [4, 5]]
    let starts = try parts.map { try file.append($0.span.bytes) }
    #expect(starts == [0, 3, 3])
    #expect(file.byteCount == 5)
    #expect(try names == [])
    var read = [UInt8](repeating: 9, count: 4)
    var span = read.mutableSpan
    var bytes = span.mutableBytes
    try file.read(into: &bytes, 1..<4, at: 2)
    #expect(read == [9, 3, 4, 5])
  }

  @Test func `mapped bytes are zero, and no name is ever there`() throws {
    let file = try MappedFile(byteCount: 100_000, in: folder.url.path)
    let bytes = UnsafeMutableBufferPointer(
      start: file.start.assumingMemoryBound(to: UInt8.self), count: file.byteCount)
    #expect(bytes.allSatisfy { $0 == 0 })
    for index in bytes.indices { bytes[index] = UInt8(truncatingIfNeeded: index) }
    file.willBeReadInOrder()
    file.leave()
    #expect(bytes.indices.allSatisfy { bytes[$0] == UInt8(truncatingIfNeeded: $0) })
    #expect(try names == [])
  }

  @Test func `a folder that is not there, or is none, is named`() throws {
    let missing = folder.path("missing")
    let plain = try folder.write("x", to: "plain")
    for path in [missing, plain] {
      for make in [{ _ = try ScratchFile(in: path) }, { try ScratchFile.check(path) }] {
        let error = #expect(throws: Diagnostic.self) { try make() }
        #expect(error?.kind == .outputCannotCreate)
        #expect(error?.file == path)
      }
    }
  }

  @Test func `bytes for which there is no room are an error, not a crash`() throws {
    let error = #expect(throws: Diagnostic.self) {
      try MappedFile(byteCount: 1 << 56, in: folder.url.path)
    }
    #expect(error?.kind == .outputFailed)
    #expect(try names == [])
  }
}
