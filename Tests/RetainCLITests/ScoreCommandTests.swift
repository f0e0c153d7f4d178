import Foundation
import TestSupport
import Testing

struct ScoreCommandTests {
  private static let columns = [
    "account_id", "as_of", "target", "probability", "percentile", "band", "reason_1", "reason_2",
    "reason_3", "model_id", "probability_low", "probability_high", "certainty",
  ]

  /// Scores the held-out table.
  private func scores(_ trained: TrainedModel, _ more: String...) throws -> RetainRun {
    #expect(try trained.training.exitCode == 0)
    return try RetainProcess.run(
      ["score", trained.model, "--table", ShippedData.heldOutTable] + more)
  }

  @Test(arguments: ["gbm", "logistic"])
  func `a score file has one row per account, in the table's order`(learner: String) throws {
    let trained = ShippedData.model(learner)
    let run = try scores(trained, "--as-of", "2026-11-22")
    #expect(run.exitCode == 0)
    let file = CSVText(run.text)
    #expect(file.header == Self.columns)
    #expect(file.rows.allSatisfy { $0.count == Self.columns.count })
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    #expect(file["account_id"] == table["account_id"])
    #expect(Set(file["as_of"]) == ["2026-11-22"])
    #expect(Set(file["target"]) == ["churned"])
    #expect(Set(file["model_id"]) == [try #require(trained.training.json["model_id"] as? String)])
    let probabilities = file["probability"].compactMap { Double($0) }
    #expect(probabilities.count == 2000 && probabilities.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(Set(probabilities).count > 1000)
    let mean = probabilities.reduce(0, +) / 2000
    #expect(abs(mean - 0.14) < 0.02, "mean probability \(mean)")
    let percentiles = file["percentile"].compactMap { Double($0) }
    #expect(percentiles.count == 2000 && percentiles.allSatisfy { $0 > 0 && $0 < 100 })
    let ranked = zip(probabilities, percentiles).sorted { $0 < $1 }
    #expect(zip(ranked, ranked.dropFirst()).allSatisfy { $0.1 <= $1.1 })
    #expect(Set(file["band"]) == ["low", "elevated", "high"])
    let ends = zip(file["probability_low"], file["probability_high"]).map {
      (Double($0) ?? .nan, Double($1) ?? .nan)
    }
    #expect(zip(ends, probabilities).allSatisfy { $0.0 <= $1 && $1 <= $0.1 })
    #expect(Set(file["certainty"]).isSubset(of: ["yes", "no", "cannot tell", "unusual"]))
    #expect(Set(file["certainty"]).isSuperset(of: ["no", "cannot tell"]))
    for reason in ["reason_1", "reason_2", "reason_3"] {
      // A customer may have fewer: a column that moves nothing is no reason.
      let isComplete = file[reason].count { $0.contains(" = ") && $0.hasSuffix(" pts)") }
      let emptyCount = file[reason].count { $0.isEmpty }
      #expect(isComplete + emptyCount == 2000 && emptyCount < (reason == "reason_1" ? 1 : 20))
    }
  }

  @Test func `bands follow from probabilities alone`() throws {
    let file = CSVText(try scores(ShippedData.gbm).text)
    var ranges: [String: (low: Double, high: Double)] = [:]
    for (band, cell) in zip(file["band"], file["probability"]) {
      let probability = try #require(Double(cell))
      let range = ranges[band] ?? (1, 0)
      ranges[band] = (min(range.low, probability), max(range.high, probability))
    }
    let (low, elevated, high) = (ranges["low"]!, ranges["elevated"]!, ranges["high"]!)
    #expect(low.high < elevated.low && elevated.high < high.low)
  }

  @Test func `scores on standard output and in a file are the same, on every run`() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("scores.csv")
    let printed = try scores(ShippedData.gbm)
    let written = try scores(ShippedData.gbm, "--output", path)
    #expect(written.exitCode == 0)
    let first = try Data(contentsOf: URL(filePath: path))
    #expect(first.count > 100_000)
    #expect(printed.output == first)
    #expect(try scores(ShippedData.gbm, "--output", path).exitCode == 0)
    #expect(try Data(contentsOf: URL(filePath: path)) == first)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["scores.csv"])
  }

  @Test(arguments: ["gbm", "logistic"])
  func `scores do not depend on the number of threads`(learner: String) throws {
    let trained = ShippedData.model(learner)
    let one = try scores(trained, "--threads", "1")
    #expect(one.exitCode == 0)
    #expect(try scores(trained, "--threads", "4").output == one.output)
  }

  @Test func `an account's probability does not depend on who is scored beside it`() throws {
    let folder = try TemporaryFolder()
    let whole = CSVText(try scores(ShippedData.gbm).text)
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    // Reversed, with an extra column, and without the label.
    let label = table.header.count - 1
    let text = TableText(
      header: ["comment"] + table.header.dropLast(),
      rows: table.rows.prefix(50).reversed().map {
        ["-"] + $0.enumerated().filter { $0.offset != label }.map(\.element)
      })
    let path = try folder.write(text.csv, to: "some.csv")
    let run = try RetainProcess.run("score", ShippedData.gbm.model, "--table", path)
    #expect(run.exitCode == 0)
    #expect(run.errors.contains("columns that the model does not read: comment"))
    let some = CSVText(run.text)
    #expect(some["account_id"] == Array(whole["account_id"].prefix(50).reversed()))
    #expect(some["probability"] == Array(whole["probability"].prefix(50).reversed()))
    // What is typical is of the rows that are scored together; all else of a reason is the row's own.
    func own(_ reasons: some Sequence<String>) -> [String] {
      reasons.map { $0.replacing(#/ \(typical [^)]*\)/#, with: "") }
    }
    #expect(own(some["reason_1"]) == own(whole["reason_1"].prefix(50).reversed()))
    #expect(some["reason_1"].contains { $0.contains(" (typical ") })
  }

  @Test func `levels that the model has never seen are counted, not refused`() throws {
    let folder = try TemporaryFolder()
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    let text = TableText(header: table.header, rows: table.rows)
      .replacing("plan") { row, cell in row < 7 ? "platinum" : cell }
    let path = try folder.write(text.csv, to: "new-plan.csv")
    #expect(try ShippedData.gbm.training.exitCode == 0)
    let run = try RetainProcess.run("score", ShippedData.gbm.model, "--table", path, "--json")
    #expect(run.exitCode == 0)
    #expect(numbers(run.json["unknown_levels"])["plan"] == 7)
    #expect(run.errors.contains("column 'plan': 7 of 2000 rows"))
  }

  @Test func `scores as JSON agree with the score file`() throws {
    let json = try scores(ShippedData.gbm, "--json").json
    #expect(number(json["rows"]) == 2000)
    let accounts = try #require(json["accounts"] as? [[String: Any]])
    let file = CSVText(try scores(ShippedData.gbm).text)
    #expect(accounts.compactMap { $0["account_id"] as? String } == file["account_id"])
    #expect(
      accounts.compactMap { number($0["probability"]) }
        == file["probability"].compactMap { Double($0) })
    let bands = numbers(json["bands"])
    for band in ["low", "elevated", "high"] {
      #expect(bands[band] == Double(file["band"].count { $0 == band }))
    }
  }

  @Test func `a table with a header alone is scored to a header alone`() throws {
    let folder = try TemporaryFolder()
    let header = try ShippedData.text(ShippedData.heldOutTable).split(separator: "\n")[0]
    let path = try folder.write(header + "\n", to: "empty.csv")
    #expect(try ShippedData.gbm.training.exitCode == 0)
    let run = try RetainProcess.run("score", ShippedData.gbm.model, "--table", path)
    #expect(run.exitCode == 0)
    #expect(run.text == Self.columns.joined(separator: ",") + "\n")
  }

  @Test(arguments: ["2026-02-30", "22.11.2026", "yesterday", "2026-11-22T00:00:00Z"])
  func `a day that is none is a wrong argument`(day: String) throws {
    let run = try scores(ShippedData.gbm, "--as-of", day)
    #expect(run.exitCode == 64)
    #expect(run.errors.hasPrefix("retain: error[usage]: "))
    #expect(run.output.isEmpty)
  }

  @Test func `ids that a spreadsheet would run are quoted and counted`() throws {
    let folder = try TemporaryFolder()
    let ids = ["=1+1", "+49 30 1234", "@SUM(A1)", "007", "naïve ✓"]
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    let text = TableText(header: table.header, rows: Array(table.rows.prefix(ids.count)))
      .replacing("account_id") { row, _ in ids[row] }
    let path = try folder.write(text.csv, to: "ids.csv")
    #expect(try ShippedData.gbm.training.exitCode == 0)
    let output = folder.path("scores.csv")
    let run = try RetainProcess.run(
      "score", ShippedData.gbm.model, "--table", path, "--output", output)
    #expect(run.exitCode == 0)
    #expect(run.errors.contains("3 fields begin like a spreadsheet formula"))
    let written = try ShippedData.text(output)
    #expect(written.contains("\n\"=1+1\",") && written.contains("\n007,"))
    #expect(CSVText(written)["account_id"] == ids)
  }
}
