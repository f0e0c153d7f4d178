import Foundation
import RetentionKit
import TestSupport
import Testing

/// The commands on columnar tables: the same as on the CSV files that they were made of.
struct ColumnarTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A CSV file's table in a columnar file, under a name that says nothing.
  private func columnar(_ path: String, _ name: String) throws -> String {
    let table = try TableReader.read(path: path, declared: ["account_id": .identifier])
    try ColumnarFile.write(table, to: folder.path(name))
    return folder.path(name)
  }

  @Test(arguments: ["gbm", "logistic"])
  func `training on a columnar table gives the same model`(learner: String) throws {
    let trained = ShippedData.model(learner)
    let id = try #require(trained.training.json["model_id"] as? String)
    let model = folder.path("columnar.retain")
    let run = try RetainProcess.run([
      "train", "--table", columnar(ShippedData.trainingTable, "customers"), "--label", "churned",
      "--learner", learner, "--output", model, "--json",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.json["model_id"] as? String == id)
    let models = try [model, trained.model].map { try Data(contentsOf: URL(filePath: $0)) }
    #expect(models[0] == models[1])
  }

  @Test func `a model judges, scores and explains a columnar table as it does the CSV file`()
    throws
  {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let table = try columnar(ShippedData.heldOutTable, "customers.csv")
    for arguments in [
      ["evaluate", trained.model, "--json"], ["score", trained.model],
      ["explain", trained.model, "--json", "--repeats", "2"],
      ["explain", trained.model, "--json", "--account", "acct_04008"],
    ] {
      let runs = try [table, ShippedData.heldOutTable].map {
        try RetainProcess.run(arguments + ["--table", $0])
      }
      #expect(runs[0].exitCode == 0, "\(runs[0].errors)")
      #expect(runs[0].output == runs[1].output && !runs[0].output.isEmpty)
      #expect(runs[0].errors == runs[1].errors)
    }
  }

  @Test func `a key that was found among numbers names the accounts in the same way`() throws {
    let text = TableText.customers(rowCount: 400, seed: 5)
      .replacing("account_id") { row, _ in "\(1000 + row * 3)" }
    let csv = try folder.write(text.csv, to: "numbered.csv")
    let table = folder.path("numbered")
    try ColumnarFile.write(try TableReader.read(path: csv), to: table)
    let runs = try [csv, table].map { path in
      try RetainProcess.run([
        "train", "--table", path, "--label", "churned", "--learner", "logistic", "--output",
        folder.path("model.retain"), "--out-of-fold", path + ".folds", "--json",
      ])
    }
    #expect(runs.allSatisfy { $0.exitCode == 0 }, "\(runs.map(\.errors))")
    #expect(runs[0].json["model_id"] as? String == runs[1].json["model_id"] as? String)
    let folds = try [csv, table].map { try ShippedData.text($0 + ".folds") }
    #expect(folds[0] == folds[1] && folds[0].contains("1003"))
  }

  @Test func `a damaged table and a column of another kind are errors with a kind`() throws {
    let path = try columnar(ShippedData.heldOutTable, "held-out")
    func fault(_ table: String) throws -> [String: Any] {
      let run = try RetainProcess.run([
        "score", ShippedData.gbm.model, "--table", table, "--errors", "json",
      ])
      #expect(run.exitCode == 65 && run.output.isEmpty && !run.wasSignalled)
      return run.errorJSON
    }
    #expect(try ShippedData.gbm.training.exitCode == 0)
    var bytes = try Data(contentsOf: URL(filePath: path))
    #expect(
      try fault(folder.write(bytes.dropLast(1), to: "cut"))["kind"] as? String
        == "columnar.truncated")
    bytes[bytes.count - 1] ^= 1
    #expect(
      try fault(folder.write(bytes, to: "flipped"))["kind"] as? String == "columnar.checksum")
    let table = try TableReader.read(path: path)
    let retyped = Table(
      columns: table.columns.map { column in
        guard column.name == "segment" else { return column }
        return TableColumn(name: "segment", values: .date([Double](repeating: 0, count: 2000)))
      }, rowCount: 2000)
    try ColumnarFile.write(retyped, to: folder.path("retyped"))
    let type = try fault(folder.path("retyped"))
    #expect(type["kind"] as? String == "schema.type" && type["column"] as? String == "segment")
    #expect(type["message"] as? String == "is stored as dates, expected a category")
  }
}
