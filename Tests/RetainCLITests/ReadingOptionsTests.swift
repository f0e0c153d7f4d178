import Foundation
import TestSupport
import Testing

/// How tables reach the command, and what it makes of bad rows.
struct ReadingOptionsTests {
  private let folder: TemporaryFolder
  private let customers = TableText.customers(rowCount: 300, seed: 4)

  init() throws { folder = try TemporaryFolder() }

  private func run(_ arguments: [String], input: RetainProcess.Input = .empty) throws -> RetainRun {
    try RetainProcess.run(arguments, input: input, in: folder.url.path)
  }

  private func train(_ table: String, _ more: [String] = [], input: RetainProcess.Input = .empty)
    throws -> RetainRun
  {
    try run(
      [
        "train", "--table", table, "--label", "churned", "--id", "account_id", "--numeric", "x,y",
        "--learner", "logistic", "--output", "m.retain",
      ] + more, input: input)
  }

  /// The table with five bad rows: four cells and one record.
  private var fiveBad: String {
    var table = customers.replacing("x") { row, cell in
      [10, 20, 30, 40].contains(row) ? "much" : cell
    }
    table.rows[50].append("more")
    return table.csv
  }

  // MARK: Where a table comes from

  @Test func `standard input, plain or a file, gives the model of the file`() throws {
    let path = try folder.write(customers.csv, to: "t.csv")
    #expect(try train("t.csv", ["--json"]).exitCode == 0)
    let model = try Data(contentsOf: folder.url.appending(path: "m.retain"))
    for input in [RetainProcess.Input.file(path), .pipe(Data(customers.csv.utf8))] {
      let run = try train("-", ["--json"], input: input)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(number(run.json["rows_read"]) == 300)
      #expect(try Data(contentsOf: folder.url.appending(path: "m.retain")) == model)
    }
    let scores = try run(["score", "m.retain", "--table", "t.csv"])
    let piped = try run(
      ["score", "m.retain", "--table", "-"], input: .pipe(Data(customers.csv.utf8)))
    #expect(scores.output == piped.output && scores.output.count > 1000)
    let empty = try train("-")
    #expect(empty.exitCode == 65)
    #expect(empty.errors.contains("error[csv.no_header]: standard input:1: file is empty"))
  }

  @Test func `a gzip file gives the model of the file in it`() throws {
    _ = try folder.write(customers.csv, to: "t.csv")
    let gzip = Gzip.stored(Array(customers.csv.utf8))
    _ = try folder.write(Data(gzip), to: "t.csv.gz")
    #expect(try train("t.csv").exitCode == 0)
    let model = try Data(contentsOf: folder.url.appending(path: "m.retain"))
    #expect(try train("t.csv.gz").exitCode == 0)
    #expect(try Data(contentsOf: folder.url.appending(path: "m.retain")) == model)
    _ = try folder.write(Data(gzip.dropLast(5)), to: "cut.csv.gz")
    let cut = try train("cut.csv.gz")
    #expect(cut.exitCode == 65 && cut.errors.contains("error[format.damaged]: cut.csv.gz: "))
  }

  // MARK: Bad rows

  @Test func `bad rows are left out, counted and listed`() throws {
    _ = try folder.write(fiveBad, to: "t.csv")
    let run = try train(
      "t.csv", ["--on-bad-row", "skip", "--max-bad-rows", "5", "--rejects", "r.csv", "--json"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(number(run.json["rows_read"]) == 300)
    #expect(number(run.json["rows_accepted"]) == 295)
    #expect(number(run.json["rows_rejected"]) == 5)
    let rejects = CSVText(
      try String(contentsOf: folder.url.appending(path: "r.csv"), encoding: .utf8))
    #expect(rejects.header == ["line", "byte", "kind", "column", "record"])
    #expect(rejects["line"] == ["12", "22", "32", "42", "52"])
    #expect(rejects["kind"].last == "csv.field_count")
    #expect(rejects["column"] == ["x", "x", "x", "x", ""])
    let lines = fiveBad.split(separator: "\n").map(String.init)
    #expect(rejects["record"] == [11, 21, 31, 41, 51].map { lines[$0] })

    for command in [["evaluate"], ["score"], ["explain", "--account", "acct_1"]] {
      let run = try self.run(
        [
          command[0], "m.retain", "--table", "t.csv", "--on-bad-row", "skip", "--max-bad-rows",
          "2%", "--json",
        ] + command.dropFirst())
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(number(run.json["rows_read"]) == 300)
      #expect(number(run.json["rows_accepted"]) == 295)
      #expect(number(run.json["rows_rejected"]) == 5)
      let text = try self.run(
        [
          command[0], "m.retain", "--table", "t.csv", "--on-bad-row", "skip", "--max-bad-rows",
          "2%",
        ] + (command[0] == "score" ? ["--output", "s.csv"] : []) + command.dropFirst())
      #expect(text.text.contains("300 rows read, 295 accepted, 5 rejected"))
      #expect(text.errors.contains("5 of 300 rows are bad and left out"))
    }
  }

  @Test(arguments: [nil, "0", "1", "4", "1%", "1.6%"])
  func `more bad rows than the budget end the run`(budget: String?) throws {
    _ = try folder.write(fiveBad, to: "t.csv")
    let run = try train(
      "t.csv", ["--on-bad-row", "skip"] + (budget.map { ["--max-bad-rows", $0] } ?? []))
    #expect(run.exitCode == 65)
    #expect(run.errors.contains("error[data.too_many_bad_rows]: t.csv:12: x: "))
    #expect(run.errors.contains("more than the \(budget ?? "0") allowed"))
    #expect(!FileManager.default.fileExists(atPath: folder.path("m.retain")))
  }

  @Test func `a table of bad rows alone has no rows`() throws {
    _ = try folder.write(customers.replacing("x") { _, _ in "?" }.csv, to: "t.csv")
    let run = try train("t.csv", ["--on-bad-row", "skip", "--max-bad-rows", "100%"])
    #expect(run.exitCode == 65)
    #expect(run.errors.contains("error[data.no_rows]"))
    #expect(run.errors.contains("hint: every value in column x fails"))
    #expect(
      try train("t.csv", ["--null-value", "?"]).errors.contains("error[data.no_rows]") == false)
  }

  @Test func `options of reading that cannot be are refused before the table is read`() throws {
    _ = try folder.write(customers.csv, to: "t.csv")
    for (options, exitCode, kind) in [
      (["--max-bad-rows", "5"], 64, "usage"), (["--rejects", "r.csv"], 64, "usage"),
      (["--skip-lines", "-1"], 64, "usage"), (["--on-bad-row", "ignore"], 64, "usage"),
      (["--on-bad-row", "skip", "--max-bad-rows", "many"], 64, "usage"),
      (["--on-bad-row", "skip", "--rejects", "t.csv"], 64, "output.same_as_input"),
      (["--on-bad-row", "skip", "--rejects", "m.retain"], 64, "usage"),
      (["--on-bad-row", "skip", "--rejects", "none/r.csv"], 73, "output.cannot_create"),
      (["--number-format", "1234"], 78, "config.format"),
      (["--timestamp-format", "%Q"], 78, "config.format"),
      (["--time-zone", "Europe/Atlantis"], 78, "config.timezone"),
    ] as [([String], Int32, String)] {
      let run = try train("t.csv", options)
      #expect(run.exitCode == exitCode, "\(options): \(run.errors)")
      #expect(run.errors.contains("error[\(kind)]"), "\(options): \(run.errors)")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["t.csv"])
  }

  // MARK: Other forms

  @Test func `lines above the header and numbers of another form give the same model`() throws {
    _ = try folder.write(customers.csv, to: "t.csv")
    #expect(try train("t.csv").exitCode == 0)
    let model = try Data(contentsOf: folder.url.appending(path: "m.retain"))
    let german = customers.csv.replacing(",", with: ";").replacing(".", with: ",")
    _ = try folder.write("Export \"2026\n\n" + german, to: "german.csv")
    let run = try train(
      "german.csv",
      ["--skip-lines", "2", "--delimiter", ";", "--number-format", "1234,5"])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try Data(contentsOf: folder.url.appending(path: "m.retain")) == model)
  }

  @Test func `times of a zone the clocks of which were set do not depend on the process`() throws {
    var table = customers.adding("day") { "29.03.2026 0\($0 % 5):30" }
    table.rows[0][6] = "29.03.2026 02:30"
    _ = try folder.write(table.csv, to: "t.csv")
    var models: Set<Data> = []
    for zone in ["UTC", "America/New_York"] {
      let run = try RetainProcess.run(
        [
          "train", "--table", "t.csv", "--label", "churned", "--learner", "logistic", "--time",
          "day", "--timestamp-format", "%d.%m.%Y %H:%M", "--time-zone", "Europe/Berlin",
          "--output", "m.retain",
        ], in: folder.url.path, environment: ["TZ": zone])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(run.errors.contains("61 cells with a time that the clocks skipped"))
      models.insert(try Data(contentsOf: folder.url.appending(path: "m.retain")))
    }
    #expect(models.count == 1)
  }
}
