import Foundation
import TestSupport
import Testing

struct CompareCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func compare(_ arguments: String...) throws -> RetainRun {
    try RetainProcess.run(["compare"] + arguments, in: folder.url.path)
  }

  @Test func `two models are compared on the same rows, for people and for programs`() throws {
    let (a, b) = (ShippedData.logistic, ShippedData.gbm)
    #expect(try a.training.exitCode == 0 && b.training.exitCode == 0)
    let output = folder.path("both.csv")
    let text = try compare(
      a.model, b.model, "--table", ShippedData.heldOutTable, "--output", output)
    #expect(text.exitCode == 0, "\(text.errors)")
    for words in [
      "Both on the same rows", "flagged by B only", "Kendall's tau-b", "First reason of the",
      "Segments: B is worse in", "B is better: its log loss is lower by",
    ] { #expect(text.text.contains(words), "\(words)") }
    #expect(CSVText(try ShippedData.text(output)).rows.count == ShippedData.heldOutRowCount)

    let json = try compare(a.model, b.model, "--table", ShippedData.heldOutTable, "--json").json
    #expect(
      Set(json.keys) == [
        "model_a", "model_b", "rows", "rows_read", "rows_rejected", "judged_rows", "positives",
        "metrics", "verdict", "sentence", "swap_set", "ranking", "psi", "reasons", "segments",
        "segments_worse", "is_training_table_of_a", "is_training_table_of_b",
      ])
    #expect(json["verdict"] as? String == "better")
    #expect(number(json["rows"]) == 2000 && number(json["judged_rows"]) == 2000)
    let swap = try #require(json["swap_set"] as? [String: Any])
    #expect(Set(swap.keys) == ["top", "flagged", "both", "only_b", "only_a"])
    #expect(number(swap["flagged"]) == 200)
    let metrics = try #require(json["metrics"] as? [[String: Any]])
    #expect(metrics.count == 6)
    #expect(Set(metrics[0].keys) == ["name", "a", "b", "difference", "interval", "direction"])
  }

  @Test func `whatever the verdict, the exit code is 0, and a training table is told`() throws {
    let (a, b) = (ShippedData.gbm, ShippedData.logistic)
    #expect(try a.training.exitCode == 0 && b.training.exitCode == 0)
    let run = try compare(a.model, b.model, "--table", ShippedData.trainingTable, "--top", "0.02")
    #expect(run.exitCode == 0)
    #expect(run.text.contains("A model has learned from these very rows"))
    #expect(run.errors.contains("were trained on this very table"))
  }

  @Test func `arguments that disagree, and outputs that are inputs`() throws {
    let model = ShippedData.logistic
    #expect(try model.training.exitCode == 0)
    let table = ShippedData.heldOutTable
    for (arguments, exitCode, kind) in [
      ([model.model, model.model], 64, "usage"),
      ([model.model, "--table", table], 64, "usage"),
      ([model.model, model.model, "--table", table, "--top", "0"], 64, "usage"),
      ([model.model, model.model, "--table", table, "--as-of", "2025-01-01"], 64, "usage"),
      ([model.model, model.model, "--config", "retain.yaml"], 64, "usage"),
      ([model.model, table, "--table", table], 65, "model.not_a_model"),
      (
        [model.model, model.model, "--table", table, "--output", model.model], 64,
        "output.same_as_input"
      ),
      (
        [model.model, model.model, "--table", table, "--segment", "nowhere"], 65,
        "schema.missing_column"
      ),
      ([model.model, model.model, "--table", table, "--segment", "mrr"], 64, "usage"),
    ] as [([String], Int32, String)] {
      let run = try RetainProcess.run(["compare"] + arguments, in: folder.url.path)
      #expect(run.exitCode == exitCode, "\(arguments): \(run.errors)")
      #expect(run.errors.contains("error[\(kind)]"), "\(arguments): \(run.errors)")
      #expect(run.output.isEmpty)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == [])
  }
}
