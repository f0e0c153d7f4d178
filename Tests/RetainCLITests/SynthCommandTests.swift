import Foundation
import TestSupport
import Testing

struct SynthCommandTests {
  private static let files = [
    "accounts.csv", "events.csv", "payments.csv", "subscriptions.csv", "tickets.csv", "tiers.csv",
    "truth.json", "users.csv",
  ]

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  private func truth(_ folder: String) throws -> [String: Any] {
    let data = try Data(contentsOf: URL(filePath: "\(folder)/truth.json"))
    return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  @Test func `a company is seven tables and the truth, and may be made anew`() throws {
    let folder = try TemporaryFolder()
    let company = folder.path("company")
    for _ in 0..<2 {
      let run = try RetainProcess.run("synth", company, "--accounts", "50", "--months", "6")
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.errors == "")
      #expect(try names(company) == Self.files)
      #expect(run.text.contains("50 accounts, 6 months from 2024-01-01, seed 1\n"))
      #expect(run.text.contains("\nWhy: \(company)/truth.json\n"))
      #expect(run.text.hasSuffix("\nNext: retain init \(company)\n"))
    }
    let truth = try truth(company)
    #expect((truth["leaks"] as? [Any])?.isEmpty == true)
    let drivers = try #require(truth["drivers"] as? [[String: Any]])
    #expect(Set(drivers.compactMap { $0["target"] as? String }).count == 3)
    #expect(drivers.allSatisfy { $0["log_odds"] is Double && $0["feature"] is String })
  }

  @Test func `the summary as JSON counts the rows of each table`() throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run(
      "synth", folder.url.path, "--accounts", "30", "--months", "3", "--seed", "9", "--leaks",
      "--start", "2025-06-15", "--events", "20000", "--threads", "3", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.json["accounts"] as? Double == 30)
    #expect(run.json["start"] as? String == "2025-06-15")
    #expect(run.json["end"] as? String == "2025-09-15")
    #expect(run.json["leaks"] as? Double == 10)
    let rows = try #require(run.json["rows"] as? [String: Double])
    #expect(rows["accounts"] == 30 && rows["tiers"] == 4)
    for (table, count) in rows {
      let text = try ShippedData.text(folder.path("\(table).csv"))
      #expect(text.split(separator: "\n").count == Int(count) + 1, "\(table)")
    }
    #expect((try truth(folder.url.path)["leaks"] as? [Any])?.count == 10)
  }

  @Test func `a folder with anything else in it is left alone`() throws {
    let folder = try TemporaryFolder()
    try Data("mine".utf8).write(to: folder.url.appending(path: "notes.txt"))
    let run = try RetainProcess.run("synth", folder.url.path, "--accounts", "5")
    #expect(run.exitCode == 73)
    #expect(run.errors.contains("error[output.cannot_create]"))
    #expect(run.errors.contains("holds 'notes.txt'"))
    #expect(try names(folder.url.path) == ["notes.txt"])
  }

  @Test func `temporary files of a run that was killed do not stand in the way`() throws {
    let folder = try TemporaryFolder()
    try Data().write(to: folder.url.appending(path: "events.csv.partial-1-2"))
    let run = try RetainProcess.run("synth", folder.url.path, "--accounts", "5", "--months", "1")
    #expect(run.exitCode == 0, "\(run.errors)")
  }

  @Test(arguments: [
    ["--accounts", "0"], ["--months", "121"], ["--events", "0"], ["--start", "2024-02-30"],
    ["--start", "yesterday"], ["--seed", "-1"],
  ])
  func `arguments that make no company are refused`(arguments: [String]) throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run(["synth", folder.url.path] + arguments)
    #expect(run.exitCode == 64, "\(run.errors)")
    #expect(run.errors.contains("error[usage]"))
    #expect(try names(folder.url.path) == [])
  }
}
