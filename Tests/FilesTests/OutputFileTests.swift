import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@Suite struct OutputFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  private func isLink(_ path: String) -> Bool {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
  }

  private func kind(_ body: () throws -> Void) -> Diagnostic.Kind? {
    #expect(throws: Diagnostic.self) { try body() }?.kind
  }

  // MARK: Writing

  @Test func `a new file has the whole content, and no temporary file stays`() throws {
    let output = OutputFile(path: folder.path("scores.csv"))
    try output.check()
    try output.write(bytes("id,score\n"))
    #expect(try text(output.path) == "id,score\n")
    #expect(try names == ["scores.csv"])
  }

  @Test func `a longer old content leaves nothing behind`() throws {
    let path = try folder.write(String(repeating: "old ", count: 10_000), to: "scores.csv")
    try OutputFile(path: path).write(bytes("new"))
    #expect(try text(path) == "new")
    try OutputFile(path: path).write([])
    #expect(try text(path) == "")
    #expect(try names == ["scores.csv"])
  }

  @Test func `content larger than a pipe's buffer is written in full`() throws {
    let content = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = folder.path("model")
    try OutputFile(path: path).write(content)
    #expect(try [UInt8](Data(contentsOf: URL(filePath: path))) == content)
  }

  @Test func `a reader that has the old file open goes on reading it`() throws {
    let path = try folder.write("old", to: "scores.csv")
    let reader = try FileHandle(forReadingFrom: URL(filePath: path))
    try OutputFile(path: path).write(bytes("new"))
    #expect(try reader.readToEnd() == Data("old".utf8))
    #expect(try text(path) == "new")
  }

  @Test func `a path without a folder is in the working directory`() async {
    // A process of its own, because other tests share the working directory of this one.
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      #expect(FileManager.default.changeCurrentDirectoryPath(folder.url.path))
      try OutputFile(path: "scores.csv").check()
      try OutputFile(path: "scores.csv").write(Array("here".utf8))
      #expect(try Data(contentsOf: folder.url.appending(path: "scores.csv")) == Data("here".utf8))
    }
  }

  @Test func `a private file is its owner's alone, also where an open one was before`() throws {
    let path = folder.path("model")
    try OutputFile(path: path, isPrivate: true).write(bytes("first"))
    #expect(try permissions(path) == 0o600)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    try OutputFile(path: path, isPrivate: true).write(bytes("second"))
    #expect(try permissions(path) == 0o600)
    #expect(try text(path) == "second")
  }

  // MARK: Links

  @Test func `a link at the destination is replaced, and its target is not touched`() throws {
    let target = try folder.write("precious", to: "target")
    let link = folder.path("link")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
    try OutputFile(path: link).check()
    try OutputFile(path: link).write(bytes("new"))
    #expect(try text(target) == "precious")
    #expect(try text(link) == "new")
    #expect(!isLink(link))
  }

  @Test func `a link to nothing is replaced`() throws {
    let link = folder.path("link")
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path("nowhere"))
    try OutputFile(path: link).check()
    try OutputFile(path: link).write(bytes("new"))
    #expect(!isLink(link))
    #expect(try names == ["link"])
  }

  @Test func `a linked folder is followed`() throws {
    let link = folder.path("link")
    try FileManager.default.createDirectory(
      atPath: folder.path("real"), withIntermediateDirectories: false)
    try FileManager.default.createSymbolicLink(
      atPath: link, withDestinationPath: folder.path("real"))
    try OutputFile(path: link + "/scores.csv").write(bytes("new"))
    #expect(try text(folder.path("real/scores.csv")) == "new")
    #expect(isLink(link))
  }

  // MARK: Refusals

  @Test func `a missing folder is named before any work is done`() throws {
    let output = OutputFile(path: folder.path("missing/scores.csv"))
    let error = #expect(throws: Diagnostic.self) { try output.check() }
    #expect(error?.kind == .outputCannotCreate)
    #expect(error?.message.contains("missing' does not exist") == true)
    #expect(error?.file == output.path)
    #expect(kind { try output.write(bytes("new")) } == .outputCannotCreate)
    #expect(try names == [])
  }

  @Test func `a file is no folder`() throws {
    let file = try folder.write("file", to: "file")
    #expect(kind { try OutputFile(path: file + "/scores.csv").check() } == .outputCannotCreate)
  }

  @Test func `a directory is no destination, and nothing is left in or beside it`() throws {
    let path = folder.path("reports")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    #expect(kind { try OutputFile(path: path).check() } == .outputIsDirectory)
    #expect(kind { try OutputFile(path: path).write(bytes("new")) } == .outputFailed)
    #expect(try names == ["reports"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: path) == [])
  }

  @Test func `an input is no destination, by whatever name`() throws {
    let input = try folder.write("id\n", to: "input.csv")
    let other = try folder.write("id\n", to: "other.csv")
    let soft = folder.path("soft.csv")
    let hard = folder.path("hard.csv")
    try FileManager.default.createSymbolicLink(atPath: soft, withDestinationPath: input)
    try FileManager.default.linkItem(atPath: input, toPath: hard)
    let spelled = folder.url.path + "/./input.csv"
    for (destination, read) in [
      (input, input), (soft, input), (input, soft), (hard, input), (spelled, input),
    ] {
      let error = #expect(throws: Diagnostic.self) {
        try OutputFile(path: destination).check(against: [other, read])
      }
      #expect(error?.kind == .outputSameAsInput)
      #expect(error?.message.contains(read) == true)
    }
    try OutputFile(path: other).check(against: [input, folder.path("missing.csv")])
    try OutputFile(path: folder.path("new.csv")).check(against: [input, other])
  }

  @Test(.enabled(if: getuid() != 0, "skipped: the superuser may write to any folder"))
  func `a folder without write permission is refused, and the old content stays`() throws {
    let path = try folder.write("old", to: "scores.csv")
    let manager = FileManager.default
    try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.url.path)
    defer { try? manager.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url.path) }
    #expect(kind { try OutputFile(path: path).check() } == .outputCannotCreate)
    #expect(kind { try OutputFile(path: path).write(bytes("new")) } == .outputCannotCreate)
    #expect(try text(path) == "old")
  }

  // MARK: Pipes and devices

  @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
  func `a full device is an error, and stays a device`() throws {
    let output = OutputFile(path: "/dev/full")
    try output.check()
    let error = #expect(throws: Diagnostic.self) { try output.write(bytes("new")) }
    #expect(error?.kind == .outputFailed)
    #expect(error?.message.contains("writing failed") == true)
    #expect(
      try FileManager.default.attributesOfItem(atPath: "/dev/full")[.type] as? FileAttributeType
        == .typeCharacterSpecial)
  }

  @Test func `a link to a device is written through`() throws {
    let link = folder.path("sink")
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/dev/null")
    try OutputFile(path: link).check()
    try OutputFile(path: link).write(bytes("new"))
    #expect(isLink(link))
    #expect(try names == ["sink"])
  }

  @Test func `a pipe is written through`() throws {
    let path = folder.path("pipe")
    try #require(mkfifo(path, 0o600) == 0)
    let reader = open(path, O_RDONLY | O_NONBLOCK)
    try #require(reader >= 0)
    defer { close(reader) }
    try OutputFile(path: path).check()
    try OutputFile(path: path).write(bytes("through"))
    var received = [UInt8](repeating: 0, count: 64)
    let count = read(reader, &received, received.count)
    #expect(count == 7)
    #expect(Array(received.prefix(7)) == bytes("through"))
    #expect(try names == ["pipe"])
  }

  // MARK: Left-overs

  @Test func `what a killed process of the same number left does not stand in the way`() throws {
    let path = folder.path("scores.csv")
    let stale = try folder.write("half", to: "scores.csv.partial-\(getpid())")
    try OutputFile(path: path).write(bytes("whole"))
    #expect(try text(path) == "whole")
    #expect(try text(stale) == "half")
  }
}
