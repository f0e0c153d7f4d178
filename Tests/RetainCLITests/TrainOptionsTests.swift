import Foundation
import TestSupport
import Testing

/// What each option of `retain train` does to small generated tables.
struct TrainOptionsTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Trains on a table and returns the run; the model is `m.retain` in the folder.
  private func train(_ table: TableText, _ more: String...) throws -> RetainRun {
    let path = try folder.write(table.csv, to: "table.csv")
    let run = try RetainProcess.run(
      [
        "train", "--table", path, "--label", "churned", "--output", folder.path("m.retain"),
        "--json",
      ] + more)
    #expect(run.exitCode == 0, "\(run.errors)")
    return run
  }

  /// The probabilities that the trained model gives a table.
  private func probabilities(_ table: TableText) throws -> [Double] {
    let path = try folder.write(table.csv, to: "score.csv")
    let run = try RetainProcess.run("score", folder.path("m.retain"), "--table", path)
    #expect(run.exitCode == 0, "\(run.errors)")
    return CSVText(run.text)["probability"].compactMap { Double($0) }
  }

  /// What the trained model reads: kinds by name.
  private func kinds() throws -> [String: String] {
    let json = try RetainProcess.run("inspect", folder.path("m.retain"), "--json").json
    var kinds: [String: String] = [:]
    for feature in json["features"] as? [[String: Any]] ?? [] {
      kinds[feature["name"] as? String ?? ""] = feature["kind"] as? String
    }
    return kinds
  }

  /// The use of each column, and the note beside it.
  private func columns(_ run: RetainRun) -> [String: (use: String, note: String)] {
    var columns: [String: (use: String, note: String)] = [:]
    for column in run.json["columns"] as? [[String: Any]] ?? [] {
      columns[column["name"] as? String ?? ""] = (
        column["use"] as? String ?? "", column["note"] as? String ?? ""
      )
    }
    return columns
  }

  // MARK: - Which columns are read, and how

  @Test func `folds whose rows of one outcome weigh nothing are left out`() throws {
    let table = TableText.customers(rowCount: 200, seed: 24)
    let positives = table.rows.indices.filter { table.rows[$0].last == "yes" }
    // Four positives carry all the weight of their outcome: not each of five folds can have one.
    let counted = Set(positives.prefix(4))
    let weighted = table.adding("w") {
      table.rows[$0].last == "no" || counted.contains($0) ? "1" : "0"
    }
    let run = try train(weighted, "--weight", "w", "--learner", "logistic")
    let validation = run.json["validation"] as? [String: Any]
    #expect([2, 3, 4].contains(number(validation?["folds"])), "\(run.errors)")
  }

  @Test func `the key can be the group as well: no account is in two folds`() throws {
    var table = TableText.customers(rowCount: 300, seed: 21)
    table = table.adding("key") { "k\(($0 + 1) / 3)" }
    _ = try train(
      table, "--id", "key", "--group", "key", "--learner", "logistic", "--out-of-fold",
      folder.path("folds.csv"))
    let folds = try CSVText(ShippedData.text(folder.path("folds.csv")))
    var foldOfKey: [String: String] = [:]
    for (key, fold) in zip(folds["account_id"], folds["fold"]) {
      #expect(foldOfKey.updateValue(fold, forKey: key) ?? fold == fold)
    }
    #expect(foldOfKey.count == 101)
  }

  @Test func `a column that stops being numbers is read as words, and one is told where`() throws {
    let table = TableText.customers(rowCount: 300, seed: 22)
      .adding("price") { $0 == 57 ? "Unknown" : "\($0 % 4)" }
      .adding("backup") { ["yes", "no", "no internet"][$0 % 3] }
    let run = try train(table, "--learner", "logistic")
    #expect(columns(run)["price"]?.note.hasPrefix("categorical") == true)
    #expect(columns(run)["backup"]?.note == "categorical, 3 levels")
    #expect(!run.errors.contains("backup"))
    #expect(run.errors.contains("column 'price' holds numbers up to line 59"))
  }

  @Test func `a model of columns that share a name scores the table it was trained on`() throws {
    var table = TableText.customers(rowCount: 300, seed: 23).adding("twin") { "\($0 % 7)" }
      .adding("twin") { "\($0 % 5)" }
    table = table.adding("") { "\($0 % 3)" }
    let run = try train(table, "--learner", "logistic")
    #expect(columns(run)["twin.2"]?.use == "feature")
    #expect(columns(run)["column_\(table.header.count)"]?.use == "feature")
    #expect(try probabilities(table).count == 300)
  }

  @Test func `columns are read as they look, and the key is found`() throws {
    let run = try train(.customers(rowCount: 300, seed: 1), "--learner", "logistic")
    #expect(
      try kinds() == ["x": "number", "y": "number", "level": "category", "noise": "number"])
    #expect(columns(run)["account_id"]?.use == "id")
    #expect(columns(run)["churned"]?.use == "label")
  }

  @Test func `dropped columns are not read and are listed`() throws {
    let table = TableText.customers(rowCount: 300, seed: 1).adding("z") { "\($0 % 7)" }
    let run = try train(table, "--learner", "logistic", "--drop", "noise,z")
    #expect(Set(try kinds().keys) == ["x", "y", "level"])
    #expect(columns(run)["noise"]?.use == "excluded")
    #expect(columns(run)["z"]?.note.contains("--drop") == true)
  }

  @Test func `a column of numbers can be read as a category, and an id as numbers`() throws {
    let table = TableText.customers(rowCount: 300, seed: 1)
      .adding("code") { "\($0 % 4)" }.adding("serial") { "\($0 + 1000)" }
    _ = try train(table, "--learner", "logistic")
    #expect(try kinds()["code"] == "number")
    #expect(try kinds()["serial"] == nil)
    _ = try train(table, "--learner", "logistic", "--categorical", "code", "--numeric", "serial")
    #expect(try kinds()["code"] == "category")
    #expect(try kinds()["serial"] == "number")
  }

  @Test func `the key can be another column than the one that looks like it`() throws {
    let table = TableText.customers(rowCount: 300, seed: 1).adding("mail") { "user\($0)" }
    let run = try train(table, "--learner", "logistic", "--id", "mail")
    #expect(columns(run)["mail"]?.use == "id")
    #expect(columns(run)["account_id"]?.use == "excluded")
    let scores = CSVText(
      try RetainProcess.run("score", folder.path("m.retain"), "--table", folder.path("table.csv"))
        .text)
    #expect(scores["account_id"] == (0..<300).map { "user\($0)" })
  }

  @Test func `a key that was found is kept as it is written, zeros and all`() throws {
    var table = TableText.customers(rowCount: 300, seed: 1)
    table.rows = table.rows.enumerated().map { row, cells in
      ["00\(row + 100)"] + cells.dropFirst()
    }
    let folds = folder.path("folds.csv")
    let run = try train(table, "--learner", "logistic", "--out-of-fold", folds)
    #expect(columns(run)["account_id"]?.use == "id")
    #expect(
      CSVText(try ShippedData.text(folds))["account_id"] == (0..<300).map { "00\($0 + 100)" })
  }

  @Test func `a column with gaps is not taken for the key`() throws {
    let table = TableText.customers(rowCount: 300, seed: 1).replacing("account_id") { row, cell in
      row == 40 ? "" : cell
    }
    let run = try train(table, "--learner", "logistic")
    #expect(columns(run)["account_id"]?.use == "excluded")
    #expect(try probabilities(table).count == 300)
  }

  @Test func `names of columns stand in JSON as in the file`() throws {
    var table = TableText.customers(rowCount: 300, seed: 1)
      .adding("ContractEnd") { _ in "never" }.adding("MonthlyURLCharge") { "\($0 % 13)" }
    table.header[3] = "PlanName"
    let run = try train(table, "--learner", "gbm", "--monotone", "MonthlyURLCharge=+1")
    #expect(columns(run)["ContractEnd"]?.use == "excluded")
    let json = try RetainProcess.run("inspect", folder.path("m.retain"), "--json").json
    #expect(Set((json["excluded_columns"] as? [String: Any] ?? [:]).keys) == ["ContractEnd"])
    let path = try folder.write(
      table.replacing("PlanName") { row, cell in row < 5 ? "new" : cell }.csv, to: "score.csv")
    let scores = try RetainProcess.run(
      "score", folder.path("m.retain"), "--table", path, "--output", folder.path("s.csv"), "--json")
    #expect(numbers(scores.json["unknown_levels"]) == ["PlanName": 5])
    #expect(scores.json["ignored_columns"] as? [String] == ["ContractEnd"])
  }

  @Test func `a column of commas or another delimiter is found by its name`() throws {
    let table = TableText.customers(rowCount: 300, seed: 1)
    let path = try folder.write(
      table.csv.replacingOccurrences(of: ",", with: ";")
        .replacingOccurrences(of: "noise", with: "a,b"), to: "semicolons.csv")
    let run = try RetainProcess.run(
      "train", "--table", path, "--delimiter", ";", "--label", "churned", "--learner", "logistic",
      "--drop", "\"a,b\"", "--output", folder.path("m.retain"), "--json")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(Set(try kinds().keys) == ["x", "y", "level"])
  }

  @Test func `the positive value decides which outcome is predicted`() throws {
    let table = TableText.customers(rowCount: 300, seed: 1)
    _ = try train(table, "--learner", "logistic")
    let churn = try probabilities(table)
    _ = try train(table, "--learner", "logistic", "--positive", "no")
    let stay = try probabilities(table)
    #expect(churn.count == 300)
    for (p, q) in zip(churn, stay) { #expect(abs(p + q - 1) < 0.02) }
  }

  // MARK: - What rows count for, and how they are divided

  @Test func `a weight of two is a row twice, and a weight of zero is no row`() throws {
    let table = TableText.customers(rowCount: 400, seed: 2)
    let weighted = table.adding("w") { "\($0 % 3)" }
    let settings = ["--learner", "logistic", "--cv", "none", "--calibration", "none"]
    let run = try train(
      weighted, settings[0], settings[1], settings[2], settings[3], "--weight", "w")
    #expect(columns(run)["w"]?.use == "weight")
    #expect(try kinds()["w"] == nil)
    let byWeight = try probabilities(table)

    var repeated = table
    repeated.rows = table.rows.enumerated().flatMap { row, cells in
      Array(repeating: cells, count: row % 3)
    }
    _ = try train(
      repeated, settings[0], settings[1], settings[2], settings[3], "--id", "account_id")
    let byRepetition = try probabilities(table)
    #expect(byWeight.count == 400)
    for (p, q) in zip(byWeight, byRepetition) { #expect(abs(p - q) < 1e-6) }

    // And the weights did something.
    _ = try train(table, settings[0], settings[1], settings[2], settings[3])
    #expect(zip(byWeight, try probabilities(table)).contains { abs($0 - $1) > 1e-3 })
  }

  @Test func `no group is in two folds`() throws {
    let table = TableText.customers(rowCount: 400, seed: 3).adding("company") {
      "c\($0 * 7919 % 60)"
    }
    let folds = folder.path("folds.csv")
    let run = try train(
      table, "--learner", "logistic", "--group", "company", "--out-of-fold", folds)
    #expect(columns(run)["company"]?.use == "group")
    #expect((run.json["validation"] as? [String: Any])?["rule"] as? String == "grouped")
    let file = CSVText(try ShippedData.text(folds))
    var foldsOfGroup: [String: Set<String>] = [:]
    for (fold, cells) in zip(file["fold"], table.rows) {
      foldsOfGroup[cells.last!, default: []].insert(fold)
    }
    #expect(foldsOfGroup.count == 60)
    #expect(foldsOfGroup.values.allSatisfy { $0.count == 1 })
    #expect(Set(file["fold"]) == ["0", "1", "2", "3", "4"])
  }

  @Test(arguments: [true, false])
  func `in time, every fold is judged on rows later than those it learned from`(asDates: Bool)
    throws
  {
    // A permutation of days, so that the order of the file says nothing of time.
    let day = { (row: Int) in row * 177 % 400 }
    let table = TableText.customers(rowCount: 400, seed: 4).adding("seen") { row in
      asDates
        ? "\(2024 + day(row) / 336)-\(twoDigits(day(row) / 28 % 12 + 1))-"
          + twoDigits(day(row) % 28 + 1)
        : "\(day(row))"
    }
    let folds = folder.path("folds.csv")
    let run = try train(table, "--learner", "logistic", "--time", "seen", "--out-of-fold", folds)
    #expect(columns(run)["seen"]?.use == "time")
    #expect((run.json["validation"] as? [String: Any])?["rule"] as? String == "forward")
    #expect(try kinds()["seen"] == nil)
    let file = CSVText(try ShippedData.text(folds))
    let foldOfRow = file["fold"].compactMap { Int($0) }
    #expect(Set(foldOfRow) == [-1, 0, 1, 2, 3, 4])
    let daysOfFold = Dictionary(grouping: foldOfRow.indices) { foldOfRow[$0] }
      .mapValues { rows in rows.map { day($0) } }
    for fold in 0...4 {
      #expect(daysOfFold[fold - 1]!.max()! < daysOfFold[fold]!.min()!, "fold \(fold)")
    }
    // Rows that are only learned from have no held-out score.
    for (row, fold) in foldOfRow.enumerated() {
      #expect((file["score"][row] == "") == (fold == -1))
    }
  }

  // MARK: - What the learner may do

  @Test func `a monotone score never falls as its column rises`() throws {
    // The risk falls again beyond the middle, so that an unconstrained model must fall.
    let table = TableText.customers(rowCount: 800, seed: 5).replacing("churned") { row, cell in
      row % 8 == 0 ? cell : ((row * 37 % 100) > 30 && (row * 37 % 100) < 70 ? "yes" : "no")
    }.adding("tenure") { "\($0 * 37 % 100)" }
    let grid = TableText(
      header: table.header.filter { $0 != "churned" },
      rows: (0..<100).map { ["a\($0)", "0.5", "50", "mid", "0.5", "\($0)"] })
    let settings = ["--learner", "gbm", "--calibration", "platt"]
    _ = try train(table, settings[0], settings[1], settings[2], settings[3])
    let free = try probabilities(grid)
    #expect(zip(free, free.dropFirst()).contains { $0 > $1 + 0.1 })

    for sign in ["+1", "-1"] {
      _ = try train(
        table, settings[0], settings[1], settings[2], settings[3], "--monotone", "tenure=\(sign)")
      let bound = try probabilities(grid)
      #expect(bound.count == 100)
      #expect(
        zip(bound, bound.dropFirst()).allSatisfy { sign == "+1" ? $0 <= $1 : $0 >= $1 },
        "\(sign)")
      #expect(Set(bound).count > 1, "\(sign)")
    }
  }

  @Test func `the penalty of a logistic regression is found on a path`() throws {
    let table = TableText.customers(rowCount: 400, seed: 8).adding("known") { "\($0 % 5)" }
    let run = try train(
      table, "--learner", "logistic", "--penalty-path", "8", "--l1-ratio", "0.5",
      "--penalty-rule", "1se", "--cv", "none", "--calibration", "none", "--offset", "known",
      "--monotone", "x=-1", "--unpenalised", "y")
    #expect(!run.errors.contains("error"))
    let json = try RetainProcess.run("inspect", folder.path("m.retain"), "--json").json
    let parameters = try #require(json["parameters"] as? [String: String])
    #expect(parameters["penalty-path"] == "8" && parameters["penalty-rule"] == "1se")
    #expect(parameters["offset"] == "known" && parameters["unpenalised"] == "y")
    #expect(parameters["monotone"] == "x=-1")
    let l1 = try #require(Double(parameters["l1"] ?? ""))
    #expect(l1 > 0 && parameters["l2"] == parameters["l1"])
    // One more log odds in the column is one more in the score.
    let before = try probabilities(table)
    let after = try probabilities(table.replacing("known") { _, cell in "\(Int(cell)! + 1)" })
    for (old, new) in zip(before, after) {
      #expect(abs(log(new / (1 - new)) - log(old / (1 - old)) - 1) < 1e-6)
    }
  }

  @Test(arguments: ["offset", "unpenalised"])
  func `a column of logistic regression must be one that is learned from`(option: String) throws {
    let path = try folder.write(TableText.customers(rowCount: 300, seed: 1).csv, to: "t.csv")
    for column in ["nothing", "account_id"] + (option == "offset" ? ["level"] : []) {
      let run = try RetainProcess.run(
        "train", "--table", path, "--label", "churned", "--id", "account_id", "--learner",
        "logistic", "--\(option)", column, "--output", folder.path("m.retain"))
      #expect([64, 65].contains(run.exitCode), "\(column)")
      #expect(run.errors.hasPrefix("retain: error["), "\(column)")
    }
  }

  @Test func `a monotone constraint on what is no number is a wrong argument`() throws {
    let path = try folder.write(TableText.customers(rowCount: 300, seed: 1).csv, to: "t.csv")
    for column in ["level=+1", "nothing=+1", "x=+2", "x"] {
      let run = try RetainProcess.run(
        "train", "--table", path, "--label", "churned", "--learner", "gbm", "--monotone", column,
        "--output", folder.path("m.retain"))
      #expect([64, 65].contains(run.exitCode), "\(column)")
      #expect(run.errors.hasPrefix("retain: error["), "\(column)")
    }
  }

  @Test func `without early stopping there are as many trees as asked for`() throws {
    let run = try train(
      .customers(rowCount: 400, seed: 6), "--learner", "gbm", "--trees", "37", "--early-stopping",
      "off", "--cv", "none", "--calibration", "none")
    #expect(number(run.json["trees"]) == 37)
    #expect(run.json["validation"] == nil || run.json["validation"] is NSNull)
  }
}

private func twoDigits(_ number: Int) -> String {
  number < 10 ? "0\(number)" : "\(number)"
}
