import Diagnostics
import Files
import Foundation
import TestSupport
import Testing

@Suite struct OutputFileWriterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
  }

  @Test func `parts are one content when they are committed, and not before`() throws {
    let path = try folder.write("old", to: "rows.csv")
    let writer = try OutputFile(path: path).begin()
    try writer.write(Array("a,".utf8))
    try writer.write([])
    try writer.write(Array("b\n".utf8))
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(try names.count == 2)
    try writer.commit()
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "a,b\n")
    #expect(try names == ["rows.csv"])
  }

  @Test func `what is not committed leaves no trace`() throws {
    let path = folder.path("rows.csv")
    do {
      let writer = try OutputFile(path: path).begin()
      try writer.write([1, 2, 3])
      #expect(try names.count == 1)
    }
    #expect(try names == [])
  }

  @Test func `a full disk is an error and leaves no trace`() throws {
    let error = #expect(throws: Diagnostic.self) {
      let writer = try OutputFile(path: "/dev/full").begin()
      try writer.write(Array("a".utf8))
    }
    #expect(error?.kind == .outputFailed)
  }
}
