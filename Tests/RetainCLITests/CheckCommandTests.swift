import Diagnostics
import Foundation
import TestSupport
import Testing

struct CheckCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func company(_ options: String...) throws -> String {
    let place = folder.path("company")
    let synth = try RetainProcess.run(
      ["synth", place, "--accounts", "400", "--months", "18", "--events", "40000"] + options)
    #expect(synth.exitCode == 0, "\(synth.errors)")
    let started = try RetainProcess.run(["init", place])
    #expect(started.exitCode == 0, "\(started.errors)")
    return place + "/retain.yaml"
  }

  @Test func `a sound company ends with 0 and a verdict in words`() throws {
    let run = try RetainProcess.run(["check", "--config", try company()])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors == "")
    let text = String(decoding: run.output, as: UTF8.self)
    #expect(text.hasSuffix("No leak was found.\n"))
    #expect(text.contains("rows per month"))
  }

  @Test func `leaks end with 65 after the report, and with 0 where they are only told`() throws {
    let config = try company("--leaks")
    let run = try RetainProcess.run(["check", "--config", config, "--json"])
    #expect(run.exitCode == 65)
    #expect(run.errors.hasPrefix("retain: error[data.leakage]: "))
    let report = try #require(
      try JSONSerialization.jsonObject(with: run.output) as? [String: Any])
    let keys = [
      "accounts", "audited", "config", "leaks", "notes", "problems", "size", "tables", "targets",
    ]
    for key in keys { #expect(report[key] != nil, "\(key)") }
    let leaks = try #require(report["leaks"] as? [[String: Any]])
    #expect(leaks.count == 10)
    for key in ["kind", "column", "words", "evidence", "figures", "advice", "reaches_features"] {
      #expect(leaks[0][key] != nil, "\(key)")
    }
    let told = try RetainProcess.run(["check", "--config", config, "--warn-only"])
    #expect(told.exitCode == 0)
    #expect(told.errors == "")
  }

  @Test func `a configuration that is not there ends with 66`() throws {
    let run = try RetainProcess.run(["check", "--config", folder.path("nope.yaml")])
    #expect(run.exitCode == 66)
  }
}
