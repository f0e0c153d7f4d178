import Foundation
import TestSupport
import Testing

struct ExplainCommandTests {
  private static let promisedKeys: Set = [
    "feature", "kind", "rank", "importance", "std_error", "low", "high", "is_noise", "group",
    "share_of_group", "members", "family", "is_actionable",
  ]

  @Test(arguments: ["gbm", "logistic"])
  func `importances are a list of features, kinds, values and standard errors`(learner: String)
    throws
  {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    for table in [[], ["--table", ShippedData.heldOutTable]] {
      let run = try RetainProcess.run(["explain", trained.model, "--json"] + table)
      #expect(run.exitCode == 0)
      let list = run.jsonList
      #expect(list.allSatisfy { Set($0.keys) == Self.promisedKeys })
      #expect(list.allSatisfy { number($0["importance"])?.isFinite == true })
      let ofKind = Dictionary(grouping: list) { $0["kind"] as? String ?? "" }
      #expect(
        Set(ofKind.keys)
          == Set(
            ["group", "permutation", "shap"]
              + (learner == "gbm" ? ["gain", "splits"] : ["coefficient"])))
      for (kind, importances) in ofKind {
        if kind != "group" {
          #expect(Set(importances.compactMap { $0["feature"] as? String }).count == 23)
        }
        #expect(
          importances.compactMap { number($0["rank"]) } == (1...importances.count).map(Double.init))
        let values = importances.compactMap { number($0["importance"]) }
        #expect(values == values.sorted(by: >))
      }
      for kind in ["group", "permutation", "shap"] {
        for importance in ofKind[kind]! {
          let value = try #require(number(importance["importance"]))
          #expect((number(importance["std_error"]) ?? -1) >= 0)
          #expect(number(importance["low"])! <= value && value <= number(importance["high"])!)
          #expect((importance["is_noise"] is NSNull) == (kind == "shap"))
        }
      }
      // Every feature is in one group or stands alone.
      let members = ofKind["group"]!.flatMap { group -> [String] in
        let members = group["members"] as? [String] ?? []
        return members.isEmpty ? [group["feature"] as? String ?? ""] : members
      }
      #expect(members.count == 23 && Set(members).count == 23)
      if let gains = ofKind["gain"] {
        #expect(abs(gains.compactMap { number($0["importance"]) }.reduce(0, +) - 1) < 1e-9)
        #expect(gains.allSatisfy { $0["std_error"] is NSNull })
      }
    }
  }

  @Test func `the same list is written as CSV, and in words`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let arguments = ["explain", trained.model, "--table", ShippedData.heldOutTable]
    let list = try RetainProcess.run(arguments + ["--json"]).jsonList
    let table = CSVText(try RetainProcess.run(arguments + ["--csv"]).text)
    #expect(Set(table.header) == Self.promisedKeys)
    #expect(table["feature"] == list.compactMap { $0["feature"] as? String })
    #expect(table["importance"].map { Double($0) } == list.map { number($0["importance"]) })
    let text = try RetainProcess.run(arguments).text
    #expect(text.hasPrefix("What drives it: feature_depth_30d"))
    #expect(text.contains("no more than noise") && text.contains("more: --all"))
    let all = try RetainProcess.run(arguments + ["--all"]).text
    #expect(!all.contains("more: --all") && all.contains("lucky_number"))
    #expect(
      try RetainProcess.run(arguments + ["--csv", "--json"]).exitCode == 64)
    #expect(try RetainProcess.run("explain", trained.model, "--ablation").exitCode == 64)
  }

  @Test func `a recipe is measured by folds of a table`() throws {
    let trained = ShippedData.logistic
    #expect(try trained.training.exitCode == 0)
    let run = try RetainProcess.run(
      "explain", trained.model, "--table", ShippedData.heldOutTable, "--cv", "4")
    #expect(run.exitCode == 0)
    #expect(run.text.contains("that 4 folds held out"))
    #expect(run.text.contains("(mean rank correlation of 4)"))
  }

  @Test(arguments: ["gbm", "logistic"], ["acct_04001", "acct_04003", "acct_04465", "acct_06000"])
  func `one account's parts add up to its score and its probability`(
    learner: String, account: String
  ) throws {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    let run = try RetainProcess.run(
      "explain", trained.model, "--table", ShippedData.heldOutTable, "--account", account, "--json")
    #expect(run.exitCode == 0)
    let json = run.json
    #expect(json["account_id"] as? String == account)
    let parts = try #require(json["contributions"] as? [[String: Any]])
    #expect(Set(parts.compactMap { $0["feature"] as? String }).count == 23)
    let meanScore = try #require(number(json["mean_raw_score"]))
    let score = try #require(number(json["raw_score"]))
    let logOdds = parts.compactMap { number($0["log_odds"]) }
    #expect(logOdds.count == 23)
    #expect(abs(logOdds.reduce(meanScore, +) - score) < 1e-9)
    let base = try #require(number(json["base_probability"]))
    let probability = try #require(number(json["probability"]))
    let points = parts.compactMap { number($0["points"]) }
    #expect(points.count == 23)
    #expect(abs(points.reduce(base, +) - probability) < 1e-9)
    // Points begin at the share of positives that the model was trained with.
    let card = try RetainProcess.run("inspect", trained.model, "--json").json
    let rows = try #require(number(card["rows"]))
    let positives = try #require(number(card["positives"]))
    #expect(abs(base - positives / rows) < 1e-9)
    // The strongest first.
    #expect(zip(logOdds, logOdds.dropFirst()).allSatisfy { abs($0) >= abs($1) })
  }

  @Test func `an account is explained with the probability that scoring gives it`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let scores = CSVText(
      try RetainProcess.run("score", trained.model, "--table", ShippedData.heldOutTable).text)
    let row = 2
    let json = try RetainProcess.run(
      "explain", trained.model, "--table", ShippedData.heldOutTable, "--account",
      scores["account_id"][row], "--json"
    ).json
    #expect(number(json["probability"]) == Double(scores["probability"][row]))
    #expect(number(json["percentile"]) == Double(scores["percentile"][row]))
    #expect(json["band"] as? String == scores["band"][row])
    #expect(json["model_id"] as? String == scores["model_id"][row])
  }

  @Test func `an account that the table lacks is an error that names it`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let run = try RetainProcess.run(
      "explain", trained.model, "--table", ShippedData.heldOutTable, "--account", "nobody")
    #expect(run.exitCode == 65)
    #expect(run.errors.contains("error[data.no_rows]") && run.errors.contains("'nobody'"))
    #expect(run.output.isEmpty)
  }

  @Test func `an account without its table is a wrong argument`() throws {
    #expect(try ShippedData.gbm.training.exitCode == 0)
    let run = try RetainProcess.run("explain", ShippedData.gbm.model, "--account", "acct_04001")
    #expect(run.exitCode == 64)
    #expect(run.errors.contains("--table"))
  }

  @Test func `inspecting a model lists what it reads, and no account`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let run = try RetainProcess.run("inspect", trained.model, "--json")
    #expect(run.exitCode == 0)
    let json = run.json
    let features = try #require(json["features"] as? [[String: Any]])
    let header = CSVText(try ShippedData.text(ShippedData.trainingTable)).header
    #expect(
      features.compactMap { $0["name"] as? String }
        == header.filter { $0 != "account_id" && $0 != "churned" })
    #expect(
      json["target"] as? [String: String]
        == ["column": "churned", "positive": "yes", "negative": "no"])
    #expect(json["id_column"] as? String == "account_id")
    let size = try Data(contentsOf: URL(filePath: trained.model)).count
    #expect(number(json["bytes"]) == Double(size))
    #expect(json["parameters"] is [String: String])

    let text = try RetainProcess.run("inspect", trained.model).text
    for name in header where name != "churned" { #expect(text.contains(name), "\(name)") }
    #expect(!text.contains("acct_"))
  }

  @Test func `a model file holds no account`() throws {
    #expect(try ShippedData.gbm.training.exitCode == 0)
    for trained in [ShippedData.gbm, ShippedData.logistic] {
      #expect(try trained.training.exitCode == 0)
      let bytes = try Data(contentsOf: URL(filePath: trained.model))
      #expect(bytes.range(of: Data("acct_0".utf8)) == nil)
      #expect(bytes.range(of: Data("churned".utf8)) != nil)
    }
  }
}
