import Foundation
import TestSupport
import Testing

/// The journey from raw tables to scores, through the real command.
struct HistoryCommandTests {
  @Test func `a made-up company goes from its exports to ranked accounts`() throws {
    let folder = try TemporaryFolder()
    let company = folder.path("acme")
    func run(_ arguments: String...) throws -> RetainRun {
      let result = try RetainProcess.run(arguments)
      #expect(result.exitCode == 0, "\(arguments): \(result.errors)")
      return result
    }
    _ = try run("synth", company, "--accounts", "300", "--months", "18", "--events", "60000")
    _ = try run("init", company)
    let config = company + "/retain.yaml"
    #expect(try run("check", "--config", config).text.contains("No leak was found"))

    let features = folder.path("features.csv")
    _ = try run(
      "features", "--config", config, "--as-of", "2025-01-01", "--output", features)
    let text = try CSVText(String(contentsOfFile: features, encoding: .utf8))
    #expect(text.rows.count > 100)
    #expect(Set(text["as_of"]) == ["2025-01-01"])

    let model = folder.path("churn.retain")
    let trained = try run(
      "train", "--config", config, "--target", "churn", "--learner", "gbm", "--trees", "30",
      "--output", model)
    #expect(trained.text.contains("as-of days"))
    let scores = folder.path("scores.csv")
    let scored = try run(
      "score", model, "--config", config, "--as-of", "2025-06-01", "--output", scores)
    #expect(scored.text.contains("not scored"))
    let table = try CSVText(String(contentsOfFile: scores, encoding: .utf8))
    #expect(Set(table["target"]) == ["churn"])
    #expect(Set(table["as_of"]) == ["2025-06-01"])
    #expect(Set(table["account_id"]).count == table.rows.count)
    #expect(table["probability"].allSatisfy { (0...1).contains(Double($0) ?? -1) })

    // The panel as a columnar file trains like any table.
    let panel = folder.path("panel.features")
    _ = try run("features", "--config", config, "--target", "churn", "--output", panel)
    _ = try run(
      "train", "--table", panel, "--label", "churn", "--id", "account_id", "--group",
      "account_id", "--time", "as_of", "--learner", "logistic", "--output",
      folder.path("plain.retain"))
  }

  @Test(arguments: [
    (["train", "--output", "m"], "Either --table or --config"),
    (["train", "--table", "t", "--config", "c", "--output", "m"], "exclude each other"),
    (["train", "--config", "c", "--label", "l", "--output", "m"], "--label goes with --table"),
    (["score", "m", "--config", "c"], "--as-of"),
    (["features", "--config", "c", "--as-of", "2024-01-01", "--from", "2024-01-01"], "choose"),
    (["features", "--config", "c", "--from", "2024-01-01"], "go together"),
    (["features", "--config", "c", "--delimiter", ";"], "under sources"),
  ]) func `holding it wrong is an error of usage that says how`(
    _ arguments: [String], _ words: String
  ) throws {
    let result = try RetainProcess.run(arguments)
    #expect(result.exitCode == 64)
    #expect(result.errors.contains(words), "\(result.errors)")
  }
}
