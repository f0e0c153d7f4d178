import Foundation
import TestSupport
import Testing

/// The table of coefficients that `explain` prints of a logistic regression, and the options that
/// it goes with.
struct CoefficientTests {
  private let folder: TemporaryFolder
  private let table: String

  init() throws {
    folder = try TemporaryFolder()
    table = try folder.write(TableText.customers(rowCount: 600, seed: 61).csv, to: "table.csv")
  }

  private func train(_ more: [String], learner: String = "logistic") throws -> RetainRun {
    try RetainProcess.run(
      [
        "train", "--table", table, "--label", "churned", "--learner", learner, "--output",
        folder.path("m.retain"),
      ] + more)
  }

  private func coefficients() throws -> [String: Any] {
    let run = try RetainProcess.run(
      "explain", folder.path("m.retain"), "--coefficients", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    return run.json
  }

  @Test func `explain begins with odds ratios, and inspect has them in JSON`() throws {
    #expect(try train(["--cv", "2"]).exitCode == 0)
    let text = try RetainProcess.run("explain", folder.path("m.retain")).text
    #expect(text.hasPrefix("Odds ratios of churned"))
    #expect(text.contains("Fall in held-out ROC AUC"))
    let alone = try RetainProcess.run("explain", folder.path("m.retain"), "--coefficients").text
    #expect(text.hasPrefix(alone))
    #expect(!alone.contains("ROC AUC"))
    let found = try coefficients()
    #expect(found["penalty"] as? String == "ridge")
    #expect(number(found["rows"]) == 600)
    let inspected = try RetainProcess.run("inspect", folder.path("m.retain"), "--json").json
    let same = try #require(inspected["inference"] as? [String: Any])
    #expect(Set(same.keys) == Set(found.keys))
    #expect(number(same["deviance"]) == number(found["deviance"]))
  }

  @Test func `the penalty is what the options say, and groups cluster the errors`() throws {
    #expect(try train(["--cv", "none", "--l2", "0"]).exitCode == 0)
    #expect(try coefficients()["penalty"] as? String == "none")
    #expect(try coefficients()["groups"] is NSNull)
    #expect(try train(["--cv", "none", "--firth"]).exitCode == 0)
    #expect(try coefficients()["penalty"] as? String == "firth")
    let inspected = try RetainProcess.run("inspect", folder.path("m.retain")).text
    #expect(inspected.contains("firth yes"))
    #expect(try train(["--cv", "none", "--group", "level"]).exitCode == 0)
    #expect((number(try coefficients()["groups"]) ?? 0) > 1)
  }

  @Test func `how sure coefficients are can be left out, and explain says why it has no table`()
    throws
  {
    func inspected(_ more: [String]) throws -> String {
      let run = try train(more)
      #expect(run.exitCode == 0, "\(run.errors)")
      return try RetainProcess.run("inspect", folder.path("m.retain")).text
    }
    func numbers(_ text: String) -> [Substring] {
      text.split(separator: "\n").filter { $0.contains("std. deviation of") }
        .map { $0.prefix { $0 != "." } }
    }
    let usual = try inspected(["--cv", "none", "--calibration", "none"])
    let bare = try inspected(["--cv", "none", "--inference", "none"])
    #expect(numbers(usual) == numbers(bare) && !numbers(bare).isEmpty)
    #expect(bare.contains("  -  std. deviation of"))
    #expect(!usual.contains("  -  std. deviation of"))
    #expect(try train(["--cv", "2", "--transform", "auto", "--inference", "tests"]).exitCode == 0)
    #expect(try train(["--cv", "2", "--l1", "2"]).exitCode == 0)
    let chosen = try RetainProcess.run("explain", folder.path("m.retain"))
    #expect(chosen.errors.contains("chose coefficients"))
    let trees = try train(["--inference", "none"], learner: "gbm")
    #expect(trees.exitCode == 64)
    #expect(trees.errors.contains("--inference"))
  }

  @Test func `what has no coefficients, or none that were tested, says so`() throws {
    #expect(try train(["--cv", "none", "--calibration", "none"]).exitCode == 0)
    let bare = try RetainProcess.run("explain", folder.path("m.retain"), "--coefficients")
    #expect(bare.exitCode == 64)
    #expect(bare.errors.contains("--coefficients"))
    let plain = try RetainProcess.run("explain", folder.path("m.retain"))
    #expect(plain.exitCode == 0)
    #expect(plain.errors.contains("the training was to leave tests out"))
    let trees = try RetainProcess.run(
      "explain", ShippedData.gbm.model, "--coefficients", "--table", table)
    #expect(trees.exitCode == 64)
    let firth = try train(["--firth", "--cv", "none"], learner: "gbm")
    #expect(firth.exitCode == 64)
    #expect(firth.errors.contains("--firth"))
  }
}
