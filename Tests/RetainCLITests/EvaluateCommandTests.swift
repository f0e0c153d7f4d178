import Foundation
import TestSupport
import Testing

struct EvaluateCommandTests {
  private static let figures = [
    "roc_auc", "average_precision", "log_loss", "brier", "ece", "lift_at_10",
  ]

  @Test(arguments: ["gbm", "logistic"])
  func `an evaluation has its promised figures, each inside its interval`(learner: String) throws {
    let trained = ShippedData.model(learner)
    #expect(try trained.training.exitCode == 0)
    let run = try RetainProcess.run(
      "evaluate", trained.model, "--table", ShippedData.heldOutTable, "--json")
    #expect(run.exitCode == 0)
    let json = run.json
    #expect(
      Set(json.keys)
        == Set(Self.figures).union([
          "rows", "positives", "base_rate", "intervals", "baseline", "gains", "reliability",
          "is_training_table", "rows_read", "rows_accepted", "rows_rejected", "baselines",
          "verdict", "brier_parts", "calibration_in_the_large", "calibration_in_the_large_error",
          "calibration_intercept", "calibration_intercept_error", "calibration_slope",
          "calibration_slope_error", "interval_methods", "ks", "mean_probability",
        ]))
    #expect(number(json["rows"]) == Double(ShippedData.heldOutRowCount))
    #expect(number(json["positives"]) == Double(ShippedData.heldOutPositiveCount))
    #expect(number(json["base_rate"]) == 0.137)
    #expect(json["is_training_table"] as? Bool == false)
    let intervals = try #require(json["intervals"] as? [String: [Double]])
    #expect(Set(intervals.keys) == Set(Self.figures))
    for figure in Self.figures {
      let value = try #require(number(json[figure]))
      let interval = try #require(intervals[figure])
      #expect(interval.count == 2 && interval[0] < interval[1], "\(figure)")
      #expect(interval[0] <= value && value <= interval[1], "\(figure)")
    }
    let baseline = try #require(json["baseline"] as? [String: Any])
    #expect(
      try #require(number(json["log_loss"])) < #require(number(baseline["log_loss"])))
    #expect(number(baseline["roc_auc"]) == 0.5)
  }

  @Test func `tenths of customers and their probabilities add up to the whole`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let json = try RetainProcess.run(
      "evaluate", trained.model, "--table", ShippedData.heldOutTable, "--json"
    ).json
    let gains = try #require(json["gains"] as? [[String: Any]])
    #expect(gains.count == 10)
    let positives = gains.compactMap { number($0["positives"]) }.reduce(0, +)
    #expect(abs(positives - Double(ShippedData.heldOutPositiveCount)) < 1e-9)
    #expect(abs(try #require(number(gains.last?["capture"])) - 1) < 1e-12)
    let lifts = (
      try #require(number(gains.first?["lift"])), try #require(number(json["lift_at_10"]))
    )
    #expect(abs(lifts.0 - lifts.1) < 1e-12)
    let predicted = gains.compactMap { number($0["mean_probability"]) }
    #expect(predicted.count == 10 && zip(predicted, predicted.dropFirst()).allSatisfy { $0 >= $1 })
  }

  @Test func `a model judged on its own training table is said to be flattered`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let run = try RetainProcess.run(
      "evaluate", trained.model, "--table", ShippedData.trainingTable, "--json")
    #expect(run.exitCode == 0)
    #expect(run.json["is_training_table"] as? Bool == true)
    #expect(run.errorLines.contains { $0.hasPrefix("retain: warning: this is the table that") })

    let heldOut = try RetainProcess.run(
      "evaluate", trained.model, "--table", ShippedData.heldOutTable)
    #expect(!heldOut.errors.contains("was trained on"))
  }

  @Test func `one changed cell makes the training table another table`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    var lines = try ShippedData.text(ShippedData.trainingTable).split(separator: "\n")
    var cells = lines[1].split(separator: ",", omittingEmptySubsequences: false)
    cells[6] = "\(Int(cells[6])! + 1)"
    lines[1] = Substring(cells.joined(separator: ","))
    let table = try folder.write(lines.joined(separator: "\n") + "\n", to: "changed.csv")
    let run = try RetainProcess.run("evaluate", trained.model, "--table", table, "--json")
    #expect(run.json["is_training_table"] as? Bool == false)
  }

  @Test func `figures do not depend on the number of threads`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let runs = try ["1", "4"].map { threads in
      try RetainProcess.run(
        "evaluate", trained.model, "--table", ShippedData.heldOutTable, "--json", "--threads",
        threads)
    }
    #expect(runs[0].exitCode == 0)
    #expect(runs[0].output == runs[1].output)
  }

  @Test func `on rows of one outcome, what is not defined is null and never a guess`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    let text = TableText(header: table.header, rows: table.rows.filter { $0.last == "no" })
    let path = try folder.write(text.csv, to: "stayed.csv")
    let run = try RetainProcess.run("evaluate", trained.model, "--table", path, "--json")
    #expect(run.exitCode == 0)
    #expect(number(run.json["positives"]) == 0)
    for figure in ["roc_auc", "average_precision", "lift_at_10"] {
      #expect(run.json[figure] is NSNull, "\(figure)")
    }
    let intervals = try #require(run.json["intervals"] as? [String: Any])
    // Of rows of one outcome no interval covers as it should.
    #expect(intervals.isEmpty)
    #expect(!run.text.contains("-0,"))

    let printed = try RetainProcess.run("evaluate", trained.model, "--table", path)
    #expect(printed.exitCode == 0)
    #expect(!printed.text.contains("- x") && !printed.text.contains("nan"))

    let explained = try RetainProcess.run("explain", trained.model, "--table", path)
    #expect(explained.exitCode == 0)
    #expect(explained.errors.contains("rows of one outcome only"))
  }

  @Test func `rows without a label are counted and left out`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    let text = TableText(header: table.header, rows: table.rows)
      .replacing("churned") { row, cell in row < 100 ? "" : cell }
    let path = try folder.write(text.csv, to: "partly.csv")
    let run = try RetainProcess.run("evaluate", trained.model, "--table", path)
    #expect(run.exitCode == 0)
    #expect(run.text.contains("1,900 rows"))
    #expect(run.text.contains("100 rows without a label left out"))
  }

  @Test func `a model of histories is judged on a later day from the raw tables`() throws {
    let folder = try TemporaryFolder()
    let company = folder.path("company")
    #expect(
      try RetainProcess.run(
        "synth", company, "--accounts", "300", "--months", "15", "--seed", "1"
      ).exitCode == 0)
    #expect(try RetainProcess.run("init", company).exitCode == 0)
    let configuration = company + "/retain.yaml"
    let model = folder.path("churn.retain")
    let training = try RetainProcess.run(
      "train", "--config", configuration, "--target", "churn", "--from", "2024-05-01", "--to",
      "2024-09-01", "--learner", "logistic", "--cv", "none", "--output", model)
    #expect(training.exitCode == 0)
    #expect(training.text.contains("on 5 as-of days"))

    let judged = [
      "evaluate", model, "--config", configuration, "--as-of", "2024-12-01",
    ]
    let json = try RetainProcess.run(judged + ["--json"]).json
    #expect(json["is_training_table"] as? Bool == false)

    // The labels are those of the features' table.
    let table = folder.path("later.csv")
    #expect(
      try RetainProcess.run(
        "features", "--config", configuration, "--as-of", "2024-12-01", "--target", "churn",
        "--output", table
      ).exitCode == 0)
    let ofTable = try RetainProcess.run("evaluate", model, "--table", table, "--json")
    #expect(ofTable.exitCode == 0, "\(ofTable.errors)")
    #expect(number(json["rows"]) == number(ofTable.json["rows"]))
    #expect(number(json["positives"]) == number(ofTable.json["positives"]))
    let later = try RetainProcess.run(judged)
    #expect(later.text.contains("on 1 as-of day") && !later.errors.contains("flatter"))

    // On a day whose outcomes it has learned from, the model is flattered, and its recipe is not.
    let early = try RetainProcess.run(
      "evaluate", model, "--config", configuration, "--as-of", "2024-08-01", "--json")
    #expect(early.errors.contains("the model learned from days whose outcomes came after"))
    #expect((early.json["verdict"] as? [String: Any])?["beats_baseline"] is NSNull)
  }

  @Test(arguments: [
    [], ["--table", "t.csv", "--config", "c.yaml"], ["--table", "t.csv", "--as-of", "2024-12-01"],
    ["--table", "t.csv", "--show-splits"], ["--table", "t.csv", "--group", "account"],
    ["--table", "t.csv", "--cv", "1"], ["--config", "c.yaml", "--cv", "5"],
    ["--config", "c.yaml", "--as-of", "2024-12-01", "--show-splits"],
    ["--table", "t.csv", "--save-rate", "0.3"], ["--table", "t.csv", "--top", "10"],
    ["--table", "t.csv", "--top", "0.1", "--threshold", "0.5"],
    ["--table", "t.csv", "--contact-cost", "-1"],
  ])
  func `a table or a configuration is needed, not both, and options go with theirs`(
    options: [String]
  ) throws {
    #expect(try RetainProcess.run(["evaluate", "m.retain"] + options).exitCode == 64)
  }

  @Test(arguments: ["gbm", "logistic"])
  func `a recipe judged by folds of the table of its training has the figures of its training`(
    learner: String
  ) throws {
    let trained = ShippedData.model(learner)
    let training = try trained.training.json
    let run = try RetainProcess.run(
      "evaluate", trained.model, "--table", ShippedData.trainingTable, "--cv", "5",
      "--show-splits", "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    let validation = try #require(training["validation"] as? [String: Any])
    let metrics = try #require(validation["metrics"] as? [String: Any])
    for figure in Self.figures {
      #expect(number(run.json[figure]) == number(metrics[figure]), "\(figure)")
    }
    let splits = try #require(run.json["splits"] as? [[String: Any]])
    #expect(splits.count == 5)
    #expect(run.json["validation_rule"] as? String == "stratified")
    let verdict = try #require(run.json["verdict"] as? [String: Any])
    #expect(verdict["beats_baseline"] as? Bool == true)
    #expect(
      verdict["best_baseline"] as? String
        == (training["verdict"] as? [String: Any])?["best_baseline"] as? String)
  }

  @Test func `customers in parts, money, profit and a cut are counted on request`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let arguments = [
      "evaluate", trained.model, "--table", ShippedData.heldOutTable, "--segment", "plan",
      "--money", "mrr", "--contact-cost", "50", "--save-rate", "0.3", "--top", "0.1",
    ]
    let run = try RetainProcess.run(arguments + ["--json"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let json = run.json
    let columns = try #require(json["segments"] as? [[String: Any]])
    let levels = try #require(columns.first?["segments"] as? [[String: Any]])
    #expect(levels.count > 1)
    let small = try #require(columns.first?["too_small"] as? [[String: Any]])
    #expect(
      (levels + small).compactMap { number($0["rows"]) }.reduce(0, +)
        == Double(ShippedData.heldOutRowCount))
    let money = try #require(json["money"] as? [String: Any])
    let rows = try #require(money["rows"] as? [[String: Any]])
    #expect(rows.compactMap { number($0["captured"]) }.allSatisfy { (0...1).contains($0) })
    let cut = try #require(json["operating_point"] as? [String: Any])
    let called =
      try #require(number(cut["true_positives"])) + #require(number(cut["false_positives"]))
    #expect(abs(called - 200) < 1e-9)
    #expect((json["profit"] as? [String: Any])?["best"] != nil)

    let text = try RetainProcess.run(arguments).text
    for words in ["Customers by plan", "Money of the customers", "Profit of contacting", "Called:"]
    {
      #expect(text.contains(words), "\(words)")
    }
    let misspelt = try RetainProcess.run(
      "evaluate", trained.model, "--table", ShippedData.heldOutTable, "--segment", "plam")
    #expect(misspelt.exitCode == 65)
    #expect(misspelt.errors.contains("did you mean 'plan'"))
  }

  @Test func `a model of a plain table knows no histories`() throws {
    let trained = ShippedData.gbm
    #expect(try trained.training.exitCode == 0)
    let folder = try TemporaryFolder()
    _ = try folder.write("account_id,created_at\na,2024-01-01\n", to: "accounts.csv")
    let configuration = try folder.write(
      "version: 1\nsources: {accounts: accounts.csv}\n", to: "retain.yaml")
    let run = try RetainProcess.run(
      "evaluate", trained.model, "--config", configuration, "--as-of", "2024-02-01", "--errors",
      "json")
    #expect(run.exitCode == 65)
    #expect(run.errors.contains("model.wrong_task"))
  }
}
