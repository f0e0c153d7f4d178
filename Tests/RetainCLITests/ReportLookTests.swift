import Foundation
import TestSupport
import Testing

/// Reports in a browser: nothing overflows or overlaps, no glyph is missing, no error is logged, and
/// the page reads in light and dark, on a desk, on a phone and in print.
@Suite(.enabled(if: PageLook.isPossible, Comment(rawValue: PageLook.isMissing)), .serialized)
struct ReportLookTests {
  private func expectGoodLooks(_ page: String) throws {
    let (complaints, exitCode) = try PageLook.run(URL(filePath: page))
    #expect(exitCode == 0, "\(complaints.joined(separator: "\n"))")
  }

  @Test(arguments: ["gbm", "logistic"]) func `the report of a table`(learner: String) throws {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let output = folder.path("report.html")
    let run = try RetainProcess.run(
      "report", trained.model, "--table", ShippedData.heldOutTable, "--contact-cost", "50",
      "--money", "mrr", "--output", output)
    #expect(run.exitCode == 0, "\(run.errors)")
    try expectGoodLooks(output)
  }

  @Test func `the report of histories`() throws {
    let folder = try TemporaryFolder()
    let company = folder.path("acme")
    func run(_ arguments: String...) throws {
      let result = try RetainProcess.run(arguments)
      #expect(result.exitCode == 0, "\(arguments): \(result.errors)")
    }
    try run("synth", company, "--accounts", "400", "--months", "18", "--events", "60000")
    try run("init", company)
    for target in ["churn", "expansion"] {
      let model = folder.path("\(target).retain")
      try run(
        "train", "--config", company + "/retain.yaml", "--target", target, "--learner", "gbm",
        "--trees", "20", "--output", model)
      let output = folder.path("\(target).html")
      try run("report", model, "--config", company + "/retain.yaml", "--output", output)
      try expectGoodLooks(output)
    }
  }
}
