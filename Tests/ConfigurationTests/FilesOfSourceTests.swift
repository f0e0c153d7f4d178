import Configuration
import Diagnostics
import Foundation
import TestSupport
import Testing

struct FilesOfSourceTests {
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for name in ["events/2024", "events/2023", "other"] {
      try FileManager.default.createDirectory(
        atPath: folder.path(name), withIntermediateDirectories: true)
    }
    for name in [
      "a.csv", "b.csv", "B.csv", ".hidden.csv", "events/2024/02.csv", "events/2024/01.csv",
      "events/2023/12.csv", "events/2023/12.txt", "other/x.csv", "$HOME.csv",
    ] {
      _ = try folder.write("x\n1\n", to: name)
    }
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("events/2025"), withDestinationPath: folder.path("other"))
    return folder
  }

  private func files(_ files: [String], in folder: TemporaryFolder) throws -> [String] {
    var configuration = RetentionConfiguration(path: folder.path("retain.yaml"))
    configuration.sources[.events] = TableSource(files: files)
    let prefix = folder.url.path + "/"
    return try configuration.files(of: .events).map { $0.replacing(prefix, with: "") }
  }

  @Test func `a pattern gives what it matches, sorted by bytes`() throws {
    let folder = try folder()
    #expect(try files(["*.csv"], in: folder) == ["$HOME.csv", "B.csv", "a.csv", "b.csv"])
    #expect(try files(["?.csv"], in: folder) == ["B.csv", "a.csv", "b.csv"])
    #expect(try files(["b.csv", "*.csv"], in: folder) == ["b.csv", "$HOME.csv", "B.csv", "a.csv"])
  }

  @Test func `patterns go through folders, but not through links to folders`() throws {
    let folder = try folder()
    #expect(
      try files(["events/*/*.csv"], in: folder) == [
        "events/2023/12.csv", "events/2024/01.csv", "events/2024/02.csv",
      ])
    #expect(
      try files(["events/202?/1*"], in: folder) == ["events/2023/12.csv", "events/2023/12.txt"])
  }

  @Test func `nothing else is expanded`() throws {
    let folder = try folder()
    #expect(try files(["$HOME.csv"], in: folder) == ["$HOME.csv"])
    for file in ["~/a.csv", "{a,b}.csv", "$(echo a).csv", "[ab].csv"] {
      #expect(throws: Diagnostic.self) { try files([file], in: folder) }
    }
  }

  @Test func `what matches nothing is missing, with the path of its key`() throws {
    let folder = try folder()
    for file in ["c.csv", "*.tsv", "events/*.csv", "a.csv/*"] {
      let fault = #expect(throws: Diagnostic.self) { try files(["a.csv", file], in: folder) }
      if file != "a.csv/*" { #expect(fault?.kind == .inputMissing) }
      #expect(fault?.message.contains("sources.events.files") == true || file == "a.csv/*")
    }
  }

  @Test func `a source that is not configured is missing`() throws {
    let configuration = RetentionConfiguration(path: "retain.yaml")
    let fault = #expect(throws: Diagnostic.self) { try configuration.files(of: .tiers) }
    #expect(fault?.kind == .configMissing)
    #expect(configuration.folder == ".")
    #expect(configuration.resolved("a.csv") == "a.csv")
    #expect(RetentionConfiguration(path: "x/retain.yaml").resolved("a.csv") == "x/a.csv")
    #expect(RetentionConfiguration(path: "/retain.yaml").resolved("a.csv") == "/a.csv")
  }
}
