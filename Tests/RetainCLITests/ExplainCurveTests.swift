import Foundation
import TestSupport
import Testing

struct ExplainCurveTests {
  private func run(_ learner: String = "gbm", _ arguments: String...) throws -> RetainRun {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    return try RetainProcess.run(["explain", trained.model] + arguments)
  }

  @Test(arguments: ["gbm", "logistic"], ["pdp", "ale", "shap"])
  func `curves have all their points in JSON and in CSV, on a table without outcomes`(
    learner: String, kind: String
  ) throws {
    let folder = try TemporaryFolder()
    let table = try folder.write(
      ShippedData.text(ShippedData.heldOutTable).split(separator: "\n")
        .map { $0.split(separator: ",", omittingEmptySubsequences: false).dropLast() }
        .map { $0.joined(separator: ",") + "\n" }.joined(), to: "open.csv")
    let arguments = [
      "--table", table, "--curve", "days_to_renewal,plan", "--kind", kind, "--points", "12",
    ]
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    let run = try RetainProcess.run(["explain", trained.model, "--json"] + arguments)
    #expect(run.exitCode == 0)
    let curves = try #require(run.json["curves"] as? [[String: Any]])
    #expect(curves.compactMap { $0["feature"] as? String } == ["days_to_renewal", "plan"])
    for curve in curves {
      #expect(curve["kind"] as? String == kind)
      #expect(number(curve["rows"]) == 2000)
      #expect(number(curve["models"]) == 1)
      #expect(curve["agreement"] is NSNull)
      let points = try #require(curve["points"] as? [[String: Any]])
      var share = number((curve["missing"] as? [String: Any])?["row_share"]) ?? 0
      for point in points {
        let probability = try #require(number(point["probability"]))
        #expect((0...1).contains(probability))
        // Means of one value many times over differ from it in their last bits.
        #expect(try #require(number(point["low"])) <= probability + 1e-12)
        #expect(try #require(number(point["high"])) >= probability - 1e-12)
        share += try #require(number(point["row_share"]))
      }
      #expect(abs(share - 1) < 1e-12)
    }
    #expect((curves[0]["points"] as? [Any])?.count == 12)
    #expect((curves[0]["monotone"] as? [String: Any])?["verdict"] is String)
    #expect((curves[1]["points"] as? [Any])?.count == 4)
    #expect(curves[1]["monotone"] == nil)

    let file = try RetainProcess.run(["explain", trained.model, "--csv"] + arguments)
    #expect(file.exitCode == 0)
    let lines = file.text.split(separator: "\n")
    #expect(lines[0].hasPrefix("feature,kind,value,level,is_missing,log_odds,"))
    // 12 values and the missing one, and four levels.
    #expect(lines.count == 1 + 13 + 4)
  }

  @Test func `threads never change a byte`() throws {
    let runs = try ["1", "2", "5"].map { threads in
      try run(
        "gbm", "--table", ShippedData.heldOutTable, "--curve", "mrr,seats,plan", "--with",
        "tenure_days", "--json", "--lines", "3", "--threads", threads)
    }
    #expect(runs[0].exitCode == 0)
    #expect(Set(runs.map(\.output)).count == 1)
  }

  @Test
  func `the text has a sentence, a chart with its axes, a table of levels and the directions`()
    throws
  {
    let run = try run(
      "gbm", "--table", ShippedData.heldOutTable, "--curve", "feature_depth_30d,plan", "--with",
      "auto_renew")
    #expect(run.exitCode == 0)
    let lines = run.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "feature_depth_30d")
    #expect(lines[1].hasPrefix("Partial dependence, 2,000 rows"))
    #expect(lines[2].hasPrefix("probability falls from "))
    #expect(lines.contains { $0.contains("└───") })
    #expect(lines.contains { $0.hasPrefix("     rows  ") })
    #expect(lines.count { $0.contains("│") } == 12)
    #expect(lines.contains { $0.hasPrefix("  enterprise") })
    #expect(run.text.contains("every value where the model can change"))
    #expect(lines.count { $0.contains("Friedman's H squared") } == 2)
    #expect(lines.allSatisfy { $0.count < 330 && !$0.hasSuffix(" ") })
  }

  @Test func `a name that is not read is refused with the nearest, and curves need rows`() throws {
    let misspelt = try run(
      "gbm", "--table", ShippedData.heldOutTable, "--curve", "tenure_day", "--errors", "json")
    #expect(misspelt.exitCode == 65)
    #expect(misspelt.errors.contains("schema.missing_column"))
    #expect(misspelt.errors.contains("did you mean 'tenure_days'?"))

    let folder = try TemporaryFolder()
    let few = try folder.write(
      ShippedData.text(ShippedData.heldOutTable).split(separator: "\n").prefix(6)
        .joined(separator: "\n") + "\n", to: "few.csv")
    let short = try run("gbm", "--table", few, "--curve", "mrr")
    #expect(short.exitCode == 65)
    #expect(short.errors.contains("data.too_few_rows"))

    for wrong in [
      ["--curve", "mrr"], ["--kind", "ale"],
      ["--table", ShippedData.heldOutTable, "--curve", "mrr", "--points", "1"],
      ["--table", ShippedData.heldOutTable, "--curve", "mrr", "--csv", "--json"],
      ["--table", ShippedData.heldOutTable, "--curve", "mrr", "--with", "mrr"],
      ["--table", ShippedData.heldOutTable, "--curve", "mrr", "--with", "seats", "--kind", "shap"],
      ["--table", ShippedData.heldOutTable, "--curve", "mrr", "--with", "plan", "--kind", "ale"],
    ] {
      let trained = ShippedData.model("gbm")
      #expect(try RetainProcess.run(["explain", trained.model] + wrong).exitCode == 64, "\(wrong)")
    }
  }

  @Test func `a direction that was demanded in training is verified`() throws {
    let folder = try TemporaryFolder()
    let model = folder.path("kept.retain")
    let training = try RetainProcess.run([
      "train", "--table", ShippedData.trainingTable, "--label", "churned", "--learner", "gbm",
      "--cv", "none", "--monotone", "feature_depth_30d=-1", "--output", model,
    ])
    #expect(training.exitCode == 0)
    let run = try RetainProcess.run([
      "explain", model, "--table", ShippedData.heldOutTable, "--curve", "feature_depth_30d,mrr",
      "--json",
    ])
    let curves = try #require(run.json["curves"] as? [[String: Any]])
    let checks = curves.map { $0["monotone"] as? [String: Any] ?? [:] }
    #expect(checks[0]["verdict"] as? String == "falling")
    #expect(number(checks[0]["demanded"]) == -1)
    #expect(checks[0]["keeps_demand"] as? Bool == true)
    #expect(checks[1]["keeps_demand"] == nil)
  }
}
