import TestSupport
import Testing

struct TuneOptionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(_ more: [String], output: String) throws -> RetainRun {
    try RetainProcess.run(
      ["train", "--table", ShippedData.trainingTable, "--label", "churned", "--output", output]
        + more)
  }

  @Test(arguments: ["gbm", "logistic"])
  func `what a search took can be typed, and gives the same model without a search`(
    learner: String
  ) throws {
    let small = ["--learner", learner, "--cv", "2"] + (learner == "gbm" ? ["--trees", "40"] : [])
    let tuned = try train(
      small + ["--tune", "--tune-trials", "5", "--json"], output: folder.path("a.retain"))
    #expect(tuned.exitCode == 0)
    let tuning = try #require(tuned.json["tuning"] as? [String: Any])
    #expect(tuning["learner"] as? String == learner)
    #expect((tuning["trials"] as? [[String: Any]])?.count == 5)
    #expect((tuning["folds"] as? [Any])?.count == 2)
    let gain = try #require(tuning["gain"] as? [String: Any])
    #expect(number(gain["log_loss"]) != nil && gain["within_noise"] is Bool)
    let best = try #require(tuning["best"] as? [String: Any])
    let settings = try #require(best["settings"] as? [[String: String]])
    let typed = settings.flatMap { ["--\($0["option"] ?? "")", $0["value"] ?? ""] }
    let plain = try train(small + typed + ["--json"], output: folder.path("b.retain"))
    #expect(plain.exitCode == 0)
    #expect(plain.json["trees"] as? Double == tuned.json["trees"] as? Double)
    func parameters(_ file: String) throws -> [String: String] {
      let inspected = try RetainProcess.run("inspect", folder.path(file), "--json")
      return try #require(inspected.json["parameters"] as? [String: String])
    }
    #expect(try parameters("a.retain") == parameters("b.retain"))
  }

  @Test func `the number of trials goes with a search`() throws {
    let run = try train(["--tune-trials", "5"], output: folder.path("c.retain"))
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("--tune"))
  }
}
