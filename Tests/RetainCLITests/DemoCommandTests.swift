import Foundation
import TestSupport
import Testing

struct DemoCommandTests {
  @Test func `the demo trains, evaluates, scores, explains and reports in a new folder`() throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run("demo", folder.path("tour"))
    #expect(run.exitCode == 0)
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path("tour")).sorted()
    #expect(
      files == [
        "churn.card.json", "churn.card.md", "churn.retain", "report.html",
        "saas-customers-holdout.csv", "saas-customers.csv", "scores.csv",
      ])
    let scores = CSVText(try ShippedData.text(folder.path("tour/scores.csv")))
    #expect(scores.rows.count == ShippedData.heldOutRowCount)
    for command in ["train", "evaluate", "score", "explain", "report"] {
      #expect(run.text.contains("\n$ retain \(command) "), "\(command)")
    }
    #expect(run.errorLines.allSatisfy { $0.hasPrefix("retain: ") })
  }

  @Test func `the demo's data are the shipped data, byte by byte`() throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run("demo", folder.url.path, "--data-only")
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted()
    #expect(names == ["saas-customers-holdout.csv", "saas-customers.csv"])
    for shipped in [ShippedData.trainingTable, ShippedData.heldOutTable] {
      let shipped = URL(filePath: shipped)
      let written = folder.url.appending(path: shipped.lastPathComponent)
      #expect(try Data(contentsOf: written) == Data(contentsOf: shipped))
    }
  }

  @Test func `the commands that the demo shows can be typed as they are`() throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run(["demo", "tour"], in: folder.url.path)
    #expect(run.exitCode == 0)
    let shown = run.text.split(separator: "\n").filter { $0.hasPrefix("$ retain ") }
    #expect(shown.count == 6)
    for line in shown {
      let arguments = line.split(separator: " ").dropFirst(2).map(String.init)
      #expect(try RetainProcess.run(arguments, in: folder.url.path).exitCode == 0, "\(line)")
    }
  }

  @Test func `a demo in a folder whose parent is missing cannot be created`() throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run("demo", folder.path("no/such/folder"))
    #expect(run.exitCode == 73)
    #expect(run.errors.hasPrefix("retain: error[output.cannot_create]: "))
    #expect(run.output.isEmpty)
  }

  @Test func `the demo as JSON is one object with the training and its judgement`() throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run("demo", folder.path("tour"), "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let training = run.json["training"] as? [String: Any]
    let evaluation = run.json["evaluation"] as? [String: Any]
    #expect(training?["rows"] as? Double == 4000)
    #expect(evaluation?["rows"] as? Double == 2000)
    for file in ["churn.retain", "scores.csv"] {
      #expect(FileManager.default.fileExists(atPath: folder.path("tour/\(file)")))
    }
  }
}
