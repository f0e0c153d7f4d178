import Foundation
import TestSupport
import Testing

/// The models in `Models`: files of format version 1 that every later release must read alike. The
/// first was written before models had a certainty.
struct ShippedModelTests {
  private static let folder = ReferenceFiles.packageRoot.appending(path: "Models")
  private static func path(_ name: String, _ kind: String) -> String {
    folder.appending(path: "\(name).\(kind)").path
  }

  @Test(arguments: ["saas-churn-v1", "saas-churn-v1-certainty"])
  func `a shipped model gives the stored scores, byte by byte`(name: String) throws {
    let run = try RetainProcess.run(
      "score", Self.path(name, "retain"), "--table", ShippedData.heldOutTable)
    let stored = try Data(contentsOf: URL(filePath: Self.path(name, "scores.csv")))
    #expect(run.exitCode == 0)
    #expect(stored.split(separator: UInt8(ascii: "\n")).count == 101)
    #expect(run.output.prefix(stored.count) == stored)
  }

  @Test(arguments: ["1", "3"])
  func `training anew gives the latest shipped model and its card, byte by byte`(
    threads: String
  ) throws {
    let folder = try TemporaryFolder()
    let (model, card) = (folder.path("m.retain"), folder.path("m.md"))
    let run = try RetainProcess.run([
      "train", "--table", ShippedData.trainingTable, "--label", "churned", "--positive", "yes",
      "--id", "account_id", "--learner", "gbm", "--trees", "40", "--leaves", "8",
      "--early-stopping", "off", "--threads", threads, "--output", model, "--card", card,
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let shipped = URL(filePath: Self.path("saas-churn-v1-certainty", "retain"))
    #expect(try Data(contentsOf: URL(filePath: model)) == Data(contentsOf: shipped))
    #expect(
      try ShippedData.text(card)
        == ShippedData.text(Self.path("saas-churn-v1-certainty", "md")))
    #expect(
      try ShippedData.text(folder.path("m.json"))
        == ShippedData.text(Self.path("saas-churn-v1-certainty", "json")))
  }
}
