import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@Suite struct FileWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func text(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  @Test func `the pieces appear together, and only once they are committed`() throws {
    let path = folder.path("events.csv")
    try OutputFile(path: path).write(Array("old\n".utf8))
    var writer = try FileWriter(path: path)
    try writer.append(Array("one\n".utf8))
    try writer.append([])
    try writer.append(Array("two\n".utf8))
    #expect(try text(path) == "old\n")
    try writer.commit()
    #expect(try text(path) == "one\ntwo\n")
    #expect(try OutputFolder.names(in: folder.url.path) == ["events.csv"])
  }

  @Test func `a writer that ends without a commit leaves nothing behind`() throws {
    let path = folder.path("events.csv")
    do {
      var writer = try FileWriter(path: path)
      try writer.append(Array("half".utf8))
      let names = try OutputFolder.names(in: folder.url.path)
      #expect(names.count == 1 && names[0].hasPrefix("events.csv" + FileWriter.temporaryMark))
    }
    #expect(try OutputFolder.names(in: folder.url.path) == [])
  }

  @Test func `a file in a folder that is missing cannot be created`() throws {
    let path = folder.path("no/events.csv")
    #expect(throws: Diagnostic.self) { _ = try FileWriter(path: path) }
  }

  @Test func `a folder's names come in order, and a missing folder has none`() throws {
    for name in ["b", "a", ".hidden"] { try OutputFile(path: folder.path(name)).write([]) }
    #expect(try OutputFolder.names(in: folder.url.path) == [".hidden", "a", "b"])
    #expect(try OutputFolder.names(in: folder.path("missing")) == [])
  }
}
