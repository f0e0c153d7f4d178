import Foundation
import TestSupport
import Testing

/// The cards that go with every model, and what training refuses to learn from.
struct ModelCardTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(_ table: TableText, _ more: [String] = []) throws -> RetainRun {
    _ = try folder.write(table.csv, to: "t.csv")
    return try RetainProcess.run(
      [
        "train", "--table", "t.csv", "--label", "churned", "--learner", "logistic", "--cv", "3",
        "--output", "m.retain",
      ] + more, in: folder.url.path)
  }

  private var files: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
  }

  private let table = TableText.customers(rowCount: 400, seed: 1)

  @Test func `every model has its cards, the same bytes each time, and none holds an account`()
    throws
  {
    #expect(try train(table).exitCode == 0)
    #expect(try files == ["m.card.json", "m.card.md", "m.retain", "t.csv"])
    let (text, json) = (
      try ShippedData.text(folder.path("m.card.md")),
      try ShippedData.text(folder.path("m.card.json"))
    )
    for heading in [
      "# Model card: churned = yes", "## Use", "## Limits", "## Data", "## Held-out figures",
      "## What it relies on", "## Columns read", "## Parameters",
    ] { #expect(text.contains("\n\(heading)\n") || text.hasPrefix("\(heading)\n"), "\(heading)") }
    #expect(!text.contains("acct_") && !json.contains("acct_"))
    let run = try train(table, ["--threads", "3"])
    #expect(run.exitCode == 0)
    #expect(try ShippedData.text(folder.path("m.card.md")) == text)
    #expect(try ShippedData.text(folder.path("m.card.json")) == json)
    #expect(run.text.contains("; its card is m.card.md\n"))
  }

  @Test func `the card in JSON has the documented keys, and those of the model`() throws {
    let run = try train(table.replacing("churned") { row, cell in row < 9 ? "" : cell }, ["--json"])
    #expect(run.json["card"] as? String == "m.card.json")
    let card =
      JSONContent.of(try Data(contentsOf: URL(filePath: folder.path("m.card.json"))))
      as? [String: Any] ?? [:]
    #expect(
      Set(card.keys) == [
        "model_id", "bytes", "release", "target", "learner", "trees", "data", "columns", "splits",
        "validation", "contest", "training_roc_auc", "calibration", "bands", "baselines", "verdict",
        "drivers", "strongest_columns", "limits", "parameters", "seed", "data_fingerprint",
        "configuration_hash", "warnings",
      ])
    let page = try ShippedData.text(
      ReferenceFiles.packageRoot.appending(path: "Docs/Formats/ModelCard.md").path)
    for key in card.keys { #expect(page.contains("`\(key)`"), "\(key)") }
    #expect(card["model_id"] as? String == run.json["model_id"] as? String)
    let data = try #require(card["data"] as? [String: Any])
    #expect(number(data["rows"]) == 391 && number(data["rows_unlabelled"]) == 9)
    let columns = try #require(card["columns"] as? [[String: Any]])
    #expect(
      columns.compactMap { $0["use"] as? String } == [
        "id", "feature", "feature", "feature", "feature", "label",
      ])
    let calibration = try #require(card["calibration"] as? [String: Any])
    let (mean, base) = (
      try #require(number(calibration["mean_probability"])),
      try #require(number(calibration["base_rate"]))
    )
    #expect(abs(mean - base) < 0.02)
  }

  @Test func `--card names the Markdown, the JSON goes beside it, and none writes none`() throws {
    #expect(try train(table, ["--card", "about.md"]).exitCode == 0)
    #expect(try files == ["about.json", "about.md", "m.retain", "t.csv"])
    try FileManager.default.removeItem(atPath: folder.path("about.md"))
    try FileManager.default.removeItem(atPath: folder.path("about.json"))
    #expect(try train(table, ["--card", "none"]).exitCode == 0)
    #expect(try files == ["m.retain", "t.csv"])
    #expect(try train(table, ["--output", "/dev/null"]).exitCode == 0)
    #expect(try files == ["m.retain", "t.csv"])
  }

  @Test func `no card takes the place of a file that is read or written`() throws {
    for (arguments, exitCode, kind) in [
      (["--card", "t.csv"], 64, "output.same_as_input"), (["--card", "m.retain"], 64, "usage"),
      (["--card", "f.md", "--out-of-fold", "f.json"], 64, "usage"),
      (["--card", "no/f.md"], 73, "output.cannot_create"),
    ] as [([String], Int32, String)] {
      let run = try train(table, arguments)
      #expect(run.exitCode == exitCode, "\(arguments): \(run.errors)")
      #expect(run.errors.contains("error[\(kind)]"), "\(arguments): \(run.errors)")
      #expect(try files == ["t.csv"])
    }
    // A folder stands where the JSON would go: nothing is written, not even the model.
    try FileManager.default.createDirectory(
      atPath: folder.path("m.card.json"), withIntermediateDirectories: false)
    #expect(try train(table).exitCode == 73)
    #expect(try files == ["m.card.json", "t.csv"])
  }

  // MARK: - What training refuses

  @Test func `columns that tell the outcome end the run, and nothing is written`() throws {
    let leaking = table.adding("reason") { row in
      table.rows[row].last == "yes" ? ["price", "service"][row % 2] : ""
    }.adding("gone") { row in table.rows[row].last == "yes" ? "1" : "0" }
    let run = try train(leaking)
    #expect(run.exitCode == 65)
    #expect(run.errorLines.count == 2)
    #expect(run.errors.contains("error[data.leakage]: t.csv: 2 columns tell the outcome"))
    #expect(run.errors.contains("'reason' (") && run.errors.contains("'gone' ("))
    #expect(run.errors.contains("hint: leave them out: --drop reason,gone"))
    #expect(try files == ["t.csv"])

    #expect(try train(leaking, ["--drop", "reason,gone"]).errors == "")
    let allowed = try train(leaking, ["--drop", "gone", "--allow", "reason"])
    #expect(allowed.exitCode == 0)
    #expect(allowed.errors.contains("warning: column 'reason', which was allowed: "))
    let inspected = try RetainProcess.run("inspect", folder.path("m.retain"), "--json")
    #expect((inspected.json["warnings"] as? [String])?.count { $0.contains("'reason'") } == 1)

    for (arguments, kind) in [
      (["--allow", "gone", "--drop", "gone"], "usage"),
      (["--allow", "nowhere"], "schema.missing_column"),
    ] {
      #expect(try train(leaking, arguments).errors.contains("error[\(kind)]"))
    }
  }

  @Test(
    .enabled(
      if: ReferenceFiles.publicData != nil, Comment(rawValue: ReferenceFiles.publicDataIsMissing)))
  func `the reason columns of a public set are named, its honest ones are not`() throws {
    let path = try #require(ReferenceFiles.publicData)
      .appending(path: "telco_maven/telecom_customer_churn.csv").path
    // New customers have no outcome yet; no cell of the file holds a comma or a quote.
    var lines = try ShippedData.text(path).split(whereSeparator: \.isNewline).map(String.init)
    lines.removeAll { $0.contains(",Joined,") }
    _ = try folder.write(lines.joined(separator: "\n") + "\n", to: "maven.csv")
    func train(_ more: String...) throws -> RetainRun {
      try RetainProcess.run(
        [
          "train", "--table", "maven.csv", "--label", "Customerstatus", "--positive", "Churned",
          "--learner", "logistic", "--cv", "none", "--output", "m.retain",
        ] + more, in: folder.url.path)
    }
    let refused = try train()
    #expect(refused.exitCode == 65)
    #expect(refused.errors.contains("2 columns tell the outcome"))
    #expect(refused.errors.contains("hint: leave them out: --drop Churncategory,Churnreason;"))
    let trained = try train("--drop", "Churncategory,Churnreason")
    #expect(trained.exitCode == 0 && trained.errors == "", "\(trained.errors)")
  }
}
