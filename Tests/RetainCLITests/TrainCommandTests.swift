import Foundation
import TestSupport
import Testing

struct TrainCommandTests {
  private static let promisedKeys: Set = [
    "rows", "features", "positives", "trees", "timings", "peak_rss_bytes", "model_id",
  ]
  private static let ownKeys: Set = [
    "learner", "output", "card", "validation", "contest", "columns", "warnings", "rows_read",
    "rows_accepted", "rows_rejected", "calibration", "baselines", "verdict",
  ]
  private static let timingKeys: Set = [
    "read_s", "prepare_s", "tune_s", "fit_s", "calibrate_s", "evaluate_s", "write_s", "total_s",
  ]

  @Test(arguments: ["gbm", "logistic", "best"])
  func `training reports what it read, how long it took and the model's id`(learner: String) throws
  {
    let trained = ShippedData.model(learner)
    let run = try trained.training
    #expect(run.exitCode == 0)
    #expect(run.errors == "")
    let json = run.json
    let keys = Self.promisedKeys.union(Self.ownKeys).union(learner == "best" ? ["contest_gap"] : [])
    #expect(Set(json.keys) == keys)
    #expect(number(json["rows"]) == Double(ShippedData.trainingRowCount))
    #expect(number(json["positives"]) == Double(ShippedData.trainingPositiveCount))
    // All columns but the key and the label.
    #expect(number(json["features"]) == 23)
    let trees = try #require(number(json["trees"]))
    #expect(learner == "logistic" ? trees == 0 : trees > 10)
    #expect(json["output"] as? String == trained.model)
    #expect(try #require(number(json["peak_rss_bytes"])) > 1_000_000)
    let timings = numbers(json["timings"])
    #expect(Set(timings.keys) == Self.timingKeys)
    #expect(timings.values.allSatisfy { $0 >= 0 })
    let parts = timings.filter { $0.key != "total_s" }.values.reduce(0, +)
    #expect(abs(try #require(timings["total_s"]) - parts) < 1e-6)

    let id = try #require(json["model_id"] as? String)
    #expect(id.count == 16 && id.allSatisfy { "0123456789abcdef".contains($0) })
    let inspected = try RetainProcess.run("inspect", trained.model, "--json")
    #expect(inspected.json["model_id"] as? String == id)
    #expect(inspected.json["learner"] as? String == json["learner"] as? String)
  }

  @Test func `training on both learners keeps the one with the lower log loss`() throws {
    let json = try ShippedData.best.training.json
    let contest = try #require(json["contest"] as? [[String: Any]])
    #expect(contest.compactMap { $0["learner"] as? String } == ["gbm", "logistic"])
    #expect(json["learner"] as? String == "gbm")
    let losses = contest.compactMap { number($0["log_loss"]) }
    #expect(losses.count == 2 && losses[0] < losses[1])
    let gap = numbers(json["contest_gap"])
    #expect(abs(try #require(gap["log_loss"]) - (losses[1] - losses[0])) < 1.1e-6)
    #expect(try #require(gap["std_error"]) > 0)
  }

  @Test func `the model that is kept of two is the one that is trained alone`() throws {
    #expect(
      number(try ShippedData.best.training.json["trees"])
        == number(try ShippedData.gbm.training.json["trees"]))
  }

  @Test(arguments: ["gbm", "logistic"])
  func `held-out figures lie inside their intervals`(learner: String) throws {
    let json = try ShippedData.model(learner).training.json
    let validation = try #require(json["validation"] as? [String: Any])
    #expect(number(validation["folds"]) == 5)
    #expect(validation["rule"] as? String == "stratified")
    #expect(number(validation["rows"]) == 4000)
    let metrics = numbers(validation["metrics"])
    #expect(
      Set(metrics.keys) == [
        "roc_auc", "average_precision", "log_loss", "brier", "ece", "lift_at_10",
      ])
    let intervals = try #require(validation["intervals"] as? [String: [Double]])
    #expect(Set(intervals.keys) == Set(metrics.keys))
    for (name, interval) in intervals {
      let value = try #require(metrics[name])
      // Resampling adds noise, which pushes a calibration error up: its value may lie below.
      if name != "ece" { #expect(interval[0] <= value && value <= interval[1], "\(name)") }
      #expect(interval[0] < interval[1], "\(name)")
    }
    #expect(try #require(metrics["roc_auc"]) > 0.78)
    let baseline = try #require(number(validation["baseline_log_loss"]))
    #expect(try #require(metrics["log_loss"]) < baseline)
  }

  @Test(arguments: ["gbm", "logistic"])
  func `the out-of-fold file has every row once, in one of five equal folds`(learner: String) throws
  {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    let file = CSVText(try ShippedData.text(trained.outOfFold))
    #expect(file.header == ["row", "account_id", "fold", "label", "score", "probability"])
    #expect(file["row"] == (0..<4000).map { "\($0)" })
    let table = CSVText(try ShippedData.text(ShippedData.trainingTable))
    #expect(file["account_id"] == table["account_id"])
    #expect(file["label"] == table["churned"].map { $0 == "yes" ? "1" : "0" })
    var rows: [String: (all: Int, positive: Int)] = [:]
    for (fold, label) in zip(file["fold"], file["label"]) {
      rows[fold, default: (0, 0)].all += 1
      rows[fold]!.positive += label == "1" ? 1 : 0
    }
    #expect(Set(rows.keys) == ["0", "1", "2", "3", "4"])
    #expect(rows.values.allSatisfy { $0.all == 800 && (113...114).contains($0.positive) })
    let scores = file["score"].compactMap { Double($0) }
    #expect(scores.count == 4000 && scores.allSatisfy(\.isFinite))
    let probabilities = file["probability"].compactMap { Double($0) }
    #expect(probabilities.count == 4000 && probabilities.allSatisfy { $0 > 0 && $0 < 1 })
  }

  @Test func `the model card is Markdown that names the model and its figures`() throws {
    let trained = ShippedData.gbm
    let run = try trained.training
    let card = try ShippedData.text(trained.card)
    #expect(card.hasPrefix("# "))
    #expect(card.contains("\n## "))
    #expect(card.contains(try #require(run.json["model_id"] as? String)))
    #expect(card.contains("ROC AUC"))
    #expect(!card.contains("acct_"))
  }

  @Test(arguments: ["gbm", "logistic"])
  func `the model file is the same for any number of threads and on every run`(learner: String)
    throws
  {
    let folder = try TemporaryFolder()
    let first = try Data(contentsOf: URL(filePath: ShippedData.model(learner).model))
    for threads in ["1", "2", "5"] {
      let path = folder.path("\(threads).retain")
      let run = try RetainProcess.run(
        "train", "--table", ShippedData.trainingTable, "--label", "churned", "--learner", learner,
        "--threads", threads, "--output", path)
      #expect(run.exitCode == 0)
      #expect(try Data(contentsOf: URL(filePath: path)) == first, "--threads \(threads)")
    }
  }

  @Test func `another seed makes other folds and another model`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("m.retain")
    let folds = folder.path("folds.csv")
    let run = try RetainProcess.run(
      "train", "--table", ShippedData.trainingTable, "--label", "churned", "--learner", "logistic",
      "--seed", "1", "--output", path, "--out-of-fold", folds, "--json")
    #expect(run.exitCode == 0)
    #expect(
      run.json["model_id"] as? String
        != (try ShippedData.logistic.training.json["model_id"] as? String))
    let file = CSVText(try ShippedData.text(folds))
    let other = CSVText(try ShippedData.text(ShippedData.logistic.outOfFold))
    #expect(file["fold"] != other["fold"])
  }

  @Test func `printed for people, training says what was read, learned and written`() throws {
    let folder = try TemporaryFolder()
    let run = try RetainProcess.run(
      "train", "--table", ShippedData.trainingTable, "--label", "churned", "--learner", "best",
      "--output", folder.path("m.retain"))
    #expect(run.exitCode == 0)
    let text = run.text
    #expect(text.contains("4,000 rows"))
    #expect(text.contains("568 'yes' (14.2 %)"))
    #expect(text.contains("Boosted trees beat logistic regression by"))
    #expect(text.contains("Wrote \(folder.path("m.retain"))"))
    #expect(run.errors == "")
  }
}

extension ShippedData {
  static func model(_ learner: String) -> TrainedModel {
    switch learner {
    case "gbm": gbm
    case "logistic": logistic
    default: best
    }
  }
}
