import Foundation
import TestSupport
import Testing

struct CacheOptionTests {
  /// A company whose last month of events is in a file of its own, and its configuration.
  private func company() throws -> (folder: TemporaryFolder, lastMonth: Data) {
    let folder = try TemporaryFolder()
    let made = try RetainProcess.run(
      "synth", folder.url.path, "--accounts", "600", "--months", "14", "--seed", "5")
    try #require(made.exitCode == 0, "\(made.errors)")
    let lines = try String(contentsOfFile: folder.path("events.csv"), encoding: .utf8)
      .split(separator: "\n")
    let cut = lines.count * 29 / 30
    func text(_ rows: ArraySlice<Substring>) -> String {
      ([lines[0]] + rows).joined(separator: "\n") + "\n"
    }
    _ = try folder.write(text(lines[1..<cut]), to: "events-1.csv")
    try FileManager.default.removeItem(atPath: folder.path("events.csv"))
    _ = try folder.write(
      """
      version: 1
      as_of: {from: 2024-06-01, to: 2024-10-01, every: month}
      sources:
        accounts: {files: accounts.csv}
        subscriptions: {files: subscriptions.csv}
        events: {files: events-*.csv}
      targets:
        churn: {}

      """, to: "retain.yaml")
    return (folder, Data(text(lines[cut...]).utf8))
  }

  @Test func `features, model and scores are those without a cache, byte for byte`() throws {
    let (folder, lastMonth) = try company()
    let bounds = try RetainProcess.run(
      ["features", "--config", "retain.yaml", "--list"], in: folder.url.path)
    try #require(bounds.exitCode == 0, "\(bounds.errors)")
    func run(_ arguments: [String], _ cache: Bool) throws {
      let run = try RetainProcess.run(
        arguments + ["--config", "retain.yaml", "--threads", cache ? "3" : "1"]
          + (cache ? ["--cache", "c.hist"] : []), in: folder.url.path)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(!run.errors.contains("cache"), "\(run.errors)")
    }
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: folder.url.appending(path: name))
    }
    for step in 0..<2 {
      if step == 1 { _ = try folder.write(lastMonth, to: "events-2.csv") }
      for cache in [false, true] {
        let name = cache ? "cached" : "plain"
        try run(
          ["train", "--target", "churn", "--learner", "logistic", "--output", "\(name).retain"],
          cache)
        try run(
          ["score", "plain.retain", "--as-of", "2024-10-01", "--output", "\(name).scores.csv"],
          cache)
        try run(["features", "--as-of", "2024-10-01", "--output", "\(name).csv"], cache)
      }
      for suffix in [".retain", ".scores.csv", ".csv"] {
        #expect(try bytes("plain\(suffix)") == bytes("cached\(suffix)"), "step \(step): \(suffix)")
      }
    }
  }

  @Test func `a damaged cache is told of, and the run goes on`() throws {
    let (folder, _) = try company()
    _ = try folder.write("something else\n", to: "c.hist")
    let run = try RetainProcess.run(
      [
        "features", "--config", "retain.yaml", "--as-of", "2024-10-01", "--cache", "c.hist",
        "--output", "x.csv",
      ], in: folder.url.path)
    #expect(run.exitCode == 0)
    #expect(
      run.errors.contains("the cache 'c.hist' is built anew: it is not a cache of retain"),
      "\(run.errors)")
  }

  @Test func `a cache goes with a configuration, and is no file that is read or written`() throws {
    let folder = try TemporaryFolder()
    _ = try folder.write("account_id,ts\na,2024-01-01\n", to: "events.csv")
    _ = try folder.write(
      "version: 1\nsources:\n  events: {files: events.csv}\n", to: "retain.yaml")
    func run(_ arguments: String...) throws -> RetainRun {
      try RetainProcess.run(arguments, in: folder.url.path)
    }
    #expect(
      try run("train", "--table", "events.csv", "--label", "x", "-o", "m", "--cache", "c").exitCode
        == 64)
    let input = try run(
      "features", "--config", "retain.yaml", "--as-of", "2024-01-02", "--cache", "events.csv")
    #expect(input.exitCode == 64)
    #expect(input.errors.contains("output.same_as_input"))
    let output = try run(
      "features", "--config", "retain.yaml", "--as-of", "2024-01-02", "-o", "f.csv", "--cache",
      "f.csv")
    #expect(output.exitCode == 64)
    let folderless = try run(
      "features", "--config", "retain.yaml", "--as-of", "2024-01-02", "--cache", "no/c.hist")
    #expect(folderless.exitCode == 73)
  }
}
