import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@Suite struct InputFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func kind(_ body: () throws -> Void) -> Diagnostic.Kind? {
    #expect(throws: Diagnostic.self) { try body() }?.kind
  }

  private let tooLarge = Diagnostic(.modelLimit, "too large")

  @Test func `a file is read in blocks, from where the buffer is free`() throws {
    let file = try InputFile(path: folder.write("abcdefgh", to: "input"))
    #expect(file.byteCount == 8)
    var buffer = [UInt8](repeating: 0, count: 5)
    #expect(try file.read(into: &buffer, from: 2) == 3)
    #expect(buffer == [0, 0] + Array("abc".utf8))
    #expect(try file.read(into: &buffer, from: 0) == 5)
    #expect(buffer == Array("defgh".utf8))
    #expect(try file.read(into: &buffer, from: 0) == 0)
    try file.rewind()
    #expect(try file.read(into: &buffer, from: 0) == 5)
    #expect(buffer == Array("abcde".utf8))
    try file.checkUnchanged()
  }

  @Test func `a missing file is told from one that cannot be read`() throws {
    let path = folder.path("missing.csv")
    let error = #expect(throws: Diagnostic.self) { _ = try InputFile(path: path) }
    #expect(error?.kind == .inputMissing)
    #expect(error?.file == path)
    let file = try folder.write("", to: "file")
    #expect(kind { _ = try InputFile(path: file + "/input.csv") } == .inputUnreadable)
  }

  @Test(.enabled(if: getuid() != 0, "skipped: the superuser may read any file"))
  func `a file without read permission is unreadable`() throws {
    let path = try folder.write("secret", to: "input")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
    #expect(kind { _ = try InputFile(path: path) } == .inputUnreadable)
  }

  @Test func `a directory is no input, by link or by name`() throws {
    let link = folder.path("link")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.url.path)
    #expect(kind { _ = try InputFile(path: folder.url.path) } == .inputIsDirectory)
    #expect(kind { _ = try InputFile(path: link) } == .inputIsDirectory)
  }

  @Test func `a file that grows while it is read is noticed`() throws {
    let path = try folder.write("first\n", to: "input")
    let file = try InputFile(path: path)
    try file.checkUnchanged()
    let writer = try FileHandle(forWritingTo: URL(filePath: path))
    try writer.seekToEnd()
    try writer.write(contentsOf: Data("second\n".utf8))
    let error = #expect(throws: Diagnostic.self) { try file.checkUnchanged() }
    #expect(error?.kind == .inputChanged)
    #expect(error?.file == path)
    #expect(kind { _ = try file.contents(limit: 100, tooLarge: tooLarge) } == .inputChanged)
  }

  @Test func `a change that keeps the size is noticed by its time`() throws {
    let path = try folder.write("first\n", to: "input")
    let file = try InputFile(path: path)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: 60)], ofItemAtPath: path)
    #expect(kind { try file.checkUnchanged() } == .inputChanged)
  }

  @Test func `a file that is replaced by another is read to its end as it was`() throws {
    let path = try folder.write("first\n", to: "input")
    let file = try InputFile(path: path)
    try OutputFile(path: path).write(Array("second\n".utf8))
    #expect(try file.contents(limit: 100, tooLarge: tooLarge) == Array("first\n".utf8))
  }

  @Test func `the whole content may be as long as the limit and no longer`() throws {
    let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    let path = try folder.write(Data(content), to: "input")
    for limit in [200_000, 200_001, 10_000_000] {
      #expect(try InputFile(path: path).contents(limit: limit, tooLarge: tooLarge) == content)
    }
    for limit in [0, 1, 199_999] {
      #expect(
        kind { _ = try InputFile(path: path).contents(limit: limit, tooLarge: tooLarge) }
          == .modelLimit)
    }
    let empty = try folder.write("", to: "empty")
    #expect(try InputFile(path: empty).contents(limit: 0, tooLarge: tooLarge) == [])
  }

  @Test func `a pipe has no size, is read to its end and cannot be read twice`() throws {
    let path = folder.path("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    // Open at both ends, so that opening the pipe to read does not wait for a writer.
    let writer = open(path, O_RDWR)
    try #require(writer >= 0)
    #expect(write(writer, "through", 7) == 7)
    let file = try InputFile(path: path)
    close(writer)
    #expect(file.byteCount == nil)
    #expect(try file.contents(limit: 100, tooLarge: tooLarge) == Array("through".utf8))
    #expect(kind { try file.rewind() } == .inputFailed)
    try file.checkUnchanged()
  }
}
