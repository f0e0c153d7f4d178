import Foundation
import TestSupport
import Testing

/// `train --continue` and `train --refit`, as typed.
struct StartOptionsTests {
  private let folder: TemporaryFolder
  private let model: String
  private let month: String

  init() throws {
    folder = try TemporaryFolder()
    model = folder.path("old.retain")
    let table = try folder.write(TableText.customers(rowCount: 800, seed: 41).csv, to: "old.csv")
    let run = try RetainProcess.run(
      "train", "--table", table, "--label", "churned", "--learner", "gbm", "--trees", "20",
      "--cv", "none", "--output", model)
    #expect(run.exitCode == 0, "\(run.errors)")
    month = try folder.write(TableText.customers(rowCount: 400, seed: 42).csv, to: "new.csv")
  }

  private func train(_ table: String, _ more: [String], learner: String = "gbm") throws
    -> RetainRun
  {
    try RetainProcess.run(
      [
        "train", "--table", table, "--label", "churned", "--learner", learner, "--output",
        folder.path("m.retain"),
      ] + more)
  }

  private func id(_ path: String) throws -> String {
    try RetainProcess.run("inspect", path, "--json").json["model_id"] as? String ?? ""
  }

  private func parameters() throws -> [String: String] {
    try RetainProcess.run("inspect", folder.path("m.retain"), "--json")
      .json["parameters"] as? [String: String] ?? [:]
  }

  @Test func `a new month goes on from the old model, and one is told what that means`() throws {
    let run = try train(month, ["--continue", model, "--trees", "30", "--learning-rate", "0.05"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.text.contains("Went on from the"))
    #expect(run.errors.contains("every fold begins with model \(try id(model))"))
    #expect(try parameters()["continue"] == id(model))
    #expect(try parameters()["learning-rate"] == "0.05")
    let score = try RetainProcess.run("score", folder.path("m.retain"), "--table", month)
    #expect(score.exitCode == 0, "\(score.errors)")
  }

  @Test func `leaves are refitted, by the decay that is asked for`() throws {
    var texts: Set<String> = []
    for more in [[], ["--refit-decay", "0.5"], ["--refit-decay", "1"]] {
      let run = try train(month, ["--refit", model, "--cv", "none"] + more)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.text.contains("Refitted the"))
      #expect(try parameters()["refit"] == id(model))
      #expect(try parameters()["refit-decay"] == (more.last.map { "\(Double($0)!)" } ?? "0.9"))
      texts.insert(
        try RetainProcess.run("score", folder.path("m.retain"), "--table", month).text
          .replacingOccurrences(of: id(folder.path("m.retain")), with: ""))
      if more.last == "1" {
        let old = try RetainProcess.run("score", model, "--table", month).text
        let new = try RetainProcess.run("score", folder.path("m.retain"), "--table", month).text
        #expect(CSVText(old)["probability"] == CSVText(new)["probability"])
      }
    }
    #expect(texts.count == 3)
  }

  @Test func `rows that the model was trained on cannot be held out from it`() throws {
    let old = folder.path("old.csv")
    let run = try train(old, ["--continue", model])
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("trained on these very rows"))
    #expect(run.errors.contains("--cv none"))
    let alone = try train(old, ["--continue", model, "--cv", "none"])
    #expect(alone.exitCode == 0)
    #expect(alone.errors.contains("--early-stopping off"))
    #expect(
      try train(old, ["--continue", model, "--cv", "none", "--early-stopping", "off"]).errors
        .isEmpty)
  }

  @Test func `what goes together and what does not`() throws {
    for (more, words) in [
      (["--continue", model, "--refit", model], "exclude each other"),
      (["--refit-decay", "0.5"], "--refit MODEL"),
      (["--refit", model, "--refit-decay", "1.5"], "expected 0"),
      (["--refit", model, "--trees", "10"], "--trees"),
      (["--refit", model, "--out-of-core", folder.url.path], "--out-of-core"),
      (["--continue", model, "--drop", "level"], "'level'"),
      (["--continue", model, "--numeric", "level"], "a category"),
      (["--continue", model, "--positive", "no"], "'yes'"),
    ] {
      let run = try train(month, more)
      #expect(run.exitCode == 64, "\(more): \(run.errors)")
      #expect(run.errors.contains(words), "\(run.errors)")
    }
    #expect(try train(month, ["--continue", model], learner: "best").exitCode == 64)
    #expect(try train(month, ["--continue", month]).exitCode == 65)
    let linear = folder.path("line.retain")
    _ = try RetainProcess.run(
      "train", "--table", month, "--label", "churned", "--learner", "logistic", "--output", linear)
    let run = try train(month, ["--continue", linear])
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("is a logistic regression"))
    // The model that is read is not written over.
    let same = try RetainProcess.run(
      "train", "--table", month, "--label", "churned", "--learner", "gbm", "--continue", model,
      "--output", model)
    #expect(same.exitCode == 64)
  }

  @Test func `a column that differs is named`() throws {
    let table = TableText.customers(rowCount: 300, seed: 43)
    func fault(_ table: TableText) throws -> RetainRun {
      try train(folder.write(table.csv, to: "other.csv"), ["--continue", model])
    }
    let more = try fault(table.adding("extra") { "\($0 % 5)" })
    #expect(more.exitCode == 64)
    #expect(more.errors.contains("extra:") && more.errors.contains("--drop"))
    var fewer = table
    fewer.header[fewer.header.firstIndex(of: "noise")!] = "noises"
    let missing = try fault(fewer)
    #expect(missing.exitCode == 65)
    #expect(missing.errors.contains("no column noise"))
    let words = try fault(table.replacing("level") { row, _ in "\(row % 3)" })
    #expect(words.exitCode == 64)
    #expect(
      words.errors.contains("level:") && words.errors.contains("words like"), "\(words.errors)")
    let kinds = try fault(table.replacing("noise") { row, _ in "n\(row % 3)" })
    #expect(kinds.exitCode == 65)
    #expect(kinds.errors.contains("noise:"))
  }
}
