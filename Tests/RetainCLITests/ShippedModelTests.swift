import Foundation
import TestSupport
import Testing

/// The model in `Models`: a file of format version 1 that every later release must read alike.
struct ShippedModelTests {
  private static let folder = ReferenceFiles.packageRoot.appending(path: "Models")
  private static let model = folder.appending(path: "saas-churn-v1.retain").path

  @Test func `the shipped model gives the stored scores, byte by byte`() throws {
    let run = try RetainProcess.run("score", Self.model, "--table", ShippedData.heldOutTable)
    let stored = try Data(contentsOf: Self.folder.appending(path: "saas-churn-v1.scores.csv"))
    #expect(run.exitCode == 0)
    #expect(stored.split(separator: UInt8(ascii: "\n")).count == 101)
    #expect(run.output.prefix(stored.count) == stored)
  }

  @Test(arguments: ["1", "3"])
  func `training anew gives the shipped model and its card, byte by byte`(threads: String) throws {
    let folder = try TemporaryFolder()
    let (model, card) = (folder.path("m.retain"), folder.path("m.md"))
    let run = try RetainProcess.run([
      "train", "--table", ShippedData.trainingTable, "--label", "churned", "--positive", "yes",
      "--id", "account_id", "--learner", "gbm", "--trees", "40", "--leaves", "8",
      "--early-stopping", "off", "--threads", threads, "--output", model, "--card", card,
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let shipped = URL(filePath: Self.model)
    #expect(try Data(contentsOf: URL(filePath: model)) == Data(contentsOf: shipped))
    #expect(
      try ShippedData.text(card)
        == ShippedData.text(Self.folder.appending(path: "saas-churn-v1.md").path))
    #expect(
      try ShippedData.text(folder.path("m.json"))
        == ShippedData.text(Self.folder.appending(path: "saas-churn-v1.json").path))
  }
}
