import Foundation
import TestSupport
import Testing

/// Every bad input is one line that names the fault, at most one that says what to do, the right
/// exit code, and nothing written.
struct BadInputTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Runs a command in the folder and expects it to be refused.
  ///
  /// - Parameter words: What the two lines must say.
  @discardableResult
  private func expectRefusal(
    _ arguments: [String], _ exitCode: Int32, _ kind: String, saying words: String...,
    at location: SourceLocation = #_sourceLocation
  ) throws -> RetainRun {
    let before = try content()
    let run = try RetainProcess.run(arguments, in: folder.url.path)
    #expect(!run.wasSignalled, sourceLocation: location)
    #expect(run.exitCode == exitCode, "\(run.errors)", sourceLocation: location)
    #expect(run.output.isEmpty, sourceLocation: location)
    let lines = run.errorLines
    #expect(
      lines.first?.hasPrefix("retain: error[\(kind)]: ") == true, "\(run.errors)",
      sourceLocation: location)
    #expect(lines.count <= 2, "\(run.errors)", sourceLocation: location)
    #expect(
      lines.dropFirst().allSatisfy { $0.hasPrefix("hint: ") }, "\(run.errors)",
      sourceLocation: location)
    for word in words {
      #expect(run.errors.contains(word), "\(word): \(run.errors)", sourceLocation: location)
    }
    #expect(try content() == before, "something was written", sourceLocation: location)
    return run
  }

  /// The folder's files and their bytes.
  private func content() throws -> [String: Data] {
    var content: [String: Data] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.url.path) {
      content[name] = (try? Data(contentsOf: folder.url.appending(path: name))) ?? Data()
    }
    return content
  }

  private func trainArguments(_ more: String...) -> [String] {
    ["train", "--table", "t.csv", "--label", "churned", "--output", "m.retain"] + more
  }

  /// Writes `t.csv`.
  private func write(_ table: TableText) throws { _ = try folder.write(table.csv, to: "t.csv") }

  private let customers = TableText.customers(rowCount: 200, seed: 9)

  // MARK: - Tables

  @Test func `an empty file`() throws {
    _ = try folder.write("", to: "t.csv")
    try expectRefusal(trainArguments(), 65, "csv.no_header", saying: "t.csv", "file is empty")
  }

  @Test func `a header without rows`() throws {
    try write(TableText(header: customers.header))
    try expectRefusal(trainArguments(), 65, "data.no_rows", saying: "t.csv")
  }

  @Test func `a label column that is missing, with the nearest name`() throws {
    try write(customers)
    try expectRefusal(
      ["train", "--table", "t.csv", "--label", "Churn_ed", "--output", "m.retain"], 65,
      "schema.missing_column", saying: "t.csv:1", "Churn_ed", "hint: found churned")
  }

  @Test func `all missing columns are named at once`() throws {
    try write(customers)
    try expectRefusal(
      trainArguments("--weight", "size", "--drop", "colour,noise"), 65, "schema.missing_column",
      saying: "size", "colour")
  }

  @Test func `a label with one class`() throws {
    try write(customers.replacing("churned") { _, _ in "no" })
    try expectRefusal(trainArguments(), 65, "data.one_class", saying: "200", "'no'")
  }

  @Test func `a label that is empty throughout`() throws {
    try write(customers.replacing("churned") { _, _ in "" })
    try expectRefusal(trainArguments(), 65, "data.one_class", saying: "churned")
  }

  @Test func `a label with three values`() throws {
    try write(customers.replacing("churned") { row, cell in row % 9 == 0 ? "maybe" : cell })
    try expectRefusal(
      trainArguments(), 65, "data.label_values", saying: "three", "'maybe'", "'yes'", "'no'")
  }

  @Test func `a label that is a column of names is refused without printing a name`() throws {
    try write(customers.replacing("churned") { row, _ in "name\(row)" })
    let run = try RetainProcess.run(trainArguments(), in: folder.url.path)
    #expect(run.exitCode == 65)
    #expect(run.errors.contains("200 values") && !run.errors.contains("name1"))
  }

  @Test func `a positive value that no row has`() throws {
    try write(customers)
    try expectRefusal(
      trainArguments("--positive", "gone"), 65, "data.one_class", saying: "'gone'", "hint: ",
      "'yes'")
  }

  @Test func `two unusual outcomes, with --positive not given`() throws {
    try write(customers.replacing("churned") { _, cell in cell == "yes" ? "red" : "blue" })
    try expectRefusal(trainArguments(), 64, "usage", saying: "--positive", "'red'", "'blue'")
  }

  @Test func `five rows`() throws {
    var few = customers
    few.rows = Array(customers.rows.prefix(5))
    try write(few.replacing("churned") { row, _ in row % 2 == 0 ? "yes" : "no" })
    try expectRefusal(trainArguments(), 65, "data.too_few_rows", saying: "5 rows", "10")
  }

  @Test func `out-of-fold scores of a table that allows no folds`() throws {
    try write(customers.replacing("churned") { row, _ in row == 3 ? "yes" : "no" })
    try expectRefusal(
      trainArguments("--learner", "logistic", "--out-of-fold", "folds.csv"), 65,
      "data.too_few_rows", saying: "held out")
  }

  @Test func `nothing but constant and empty columns`() throws {
    var table = TableText(header: ["plan", "seats", "notes", "churned"])
    table.rows = customers.rows.map { ["basic", "5", "", $0.last!] }
    try write(table)
    try expectRefusal(
      trainArguments(), 65, "data.no_features", saying: "plan: every row has the same value",
      "notes: no row has a value")
  }

  @Test func `a second label column`() throws {
    try write(customers.adding("churned") { _ in "no" })
    try expectRefusal(
      trainArguments(), 65, "schema.duplicate_column", saying: "churned", "2 times")
  }

  @Test func `a row with too few fields`() throws {
    let lines = customers.csv.split(separator: "\n", omittingEmptySubsequences: false)
    var cut = lines.map(String.init)
    cut[41] = "acct_41,1.5"
    _ = try folder.write(cut.joined(separator: "\n"), to: "t.csv")
    try expectRefusal(
      trainArguments(), 65, "csv.field_count", saying: "t.csv:42", "expected 6 fields, found 2")
  }

  @Test func `a quote that is never closed`() throws {
    _ = try folder.write(customers.csv + "acct_x,\"1\n", to: "t.csv")
    try expectRefusal(trainArguments(), 65, "csv.unterminated_quote", saying: "t.csv")
  }

  @Test func `bytes that are no UTF-8`() throws {
    let bytes = Data(customers.csv.utf8) + Data([0x61, 0xE9]) + Data(",1,1,mid,1,no\n".utf8)
    _ = try folder.write(bytes, to: "t.csv")
    try expectRefusal(trainArguments(), 65, "encoding.invalid_utf8", saying: "t.csv:202")
  }

  @Test func `a compressed table`() throws {
    _ = try folder.write(Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3]), to: "t.csv")
    try expectRefusal(trainArguments(), 65, "format.compressed", saying: "gzip")
  }

  @Test func `a negative weight`() throws {
    try write(customers.adding("w") { $0 == 6 ? "-1" : "1" })
    try expectRefusal(
      trainArguments("--weight", "w"), 65, "data.weights", saying: "t.csv", "w: ", "row 7")
  }

  @Test func `weights that are all zero`() throws {
    try write(customers.adding("w") { _ in "0" })
    try expectRefusal(trainArguments("--weight", "w"), 65, "data.weights", saying: "add up to")
  }

  @Test func `text in a column that was said to be numeric, with its line`() throws {
    try write(customers.replacing("x") { row, cell in row == 4 ? "much" : cell })
    let run = try expectRefusal(
      trainArguments("--numeric", "x"), 65, "value.number", saying: "t.csv:6: x: ")
    #expect(!run.errors.contains("much"), "a cell's content was printed")
  }

  @Test func `a missing input`() throws {
    try expectRefusal(trainArguments(), 66, "input.missing", saying: "t.csv")
    try expectRefusal(
      ["score", "no.retain", "--table", "t.csv"], 66, "input.missing", saying: "no.retain")
  }

  @Test func `an input that is a directory`() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path("t.csv"), withIntermediateDirectories: false)
    try expectRefusal(trainArguments(), 66, "input.is_directory", saying: "t.csv")
    try expectRefusal(["inspect", "t.csv"], 66, "input.is_directory", saying: "t.csv")
  }

  // MARK: - What is put up with, and said

  @Test(arguments: ["gbm", "logistic"])
  func `empty and constant columns are left out and listed`(learner: String) throws {
    try write(customers.adding("notes") { _ in "" }.adding("country") { _ in "NZ" })
    let run = try RetainProcess.run(
      trainArguments("--learner", learner, "--json"), in: folder.url.path)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(number(run.json["features"]) == 4)
    let columns = try #require(run.json["columns"] as? [[String: Any]])
    for (name, note) in [("notes", "no row has a value"), ("country", "every row has the same")] {
      let column = try #require(columns.first { $0["name"] as? String == name })
      #expect(column["use"] as? String == "excluded")
      #expect((column["note"] as? String)?.contains(note) == true)
    }
    let text = try RetainProcess.run(trainArguments("--learner", learner), in: folder.url.path).text
    #expect(text.contains("left out     notes: no row has a value"))
    let excluded =
      try RetainProcess.run("inspect", folder.path("m.retain"), "--json").json["excluded_columns"]
    #expect(Set((excluded as? [String: String] ?? [:]).keys) == ["notes", "country"])
  }

  @Test func `two columns of one name are told apart, with a warning`() throws {
    try write(customers.adding("x") { "\($0 % 5)" })
    let run = try RetainProcess.run(
      trainArguments("--learner", "logistic", "--json"), in: folder.url.path)
    #expect(run.exitCode == 0)
    #expect(
      run.errors == "retain: warning: the table has a column with the name of an earlier one\n")
    let columns = try #require(run.json["columns"] as? [[String: Any]])
    let names = columns.filter { $0["use"] as? String == "feature" }
      .compactMap { $0["name"] as? String }
    #expect(names == ["x", "y", "level", "noise", "x.2"])
  }

  @Test func `more threads than the limit are taken as the limit, with a warning`() throws {
    try write(customers)
    let run = try RetainProcess.run(
      trainArguments("--learner", "logistic", "--threads", "1000000000"), in: folder.url.path)
    #expect(run.exitCode == 0)
    #expect(run.errors.hasPrefix("retain: warning: --threads is 1000000000; using 256"))
  }

  // MARK: - Models

  /// Copies the trained model into the folder, changed.
  private func writeModel(_ change: (inout Data) -> Void) throws {
    #expect(try ShippedData.gbm.training.exitCode == 0)
    var bytes = try Data(contentsOf: URL(filePath: ShippedData.gbm.model))
    change(&bytes)
    _ = try folder.write(bytes, to: "m.retain")
  }

  private var modelCommands: [[String]] {
    [
      ["inspect", "m.retain"], ["explain", "m.retain"],
      ["score", "m.retain", "--table", ShippedData.heldOutTable, "--output", "s.csv"],
      ["evaluate", "m.retain", "--table", ShippedData.heldOutTable],
    ]
  }

  @Test func `a model file that is a CSV file`() throws {
    _ = try folder.write(customers.csv, to: "m.retain")
    for command in modelCommands {
      try expectRefusal(command, 65, "model.not_a_model", saying: "m.retain", "CSV", "hint: ")
    }
  }

  @Test func `a model file cut in half`() throws {
    try writeModel { $0 = $0.prefix($0.count / 2) }
    for command in modelCommands {
      try expectRefusal(command, 65, "model.truncated", saying: "m.retain", "bytes", "hint: ")
    }
  }

  @Test func `a model file without a byte`() throws {
    try writeModel { $0 = Data() }
    try expectRefusal(["inspect", "m.retain"], 65, "model.truncated", saying: "is empty")
  }

  @Test func `a model file with a byte too many`() throws {
    try writeModel { $0.append(0) }
    try expectRefusal(["inspect", "m.retain"], 65, "model.trailing_bytes", saying: "1 too many")
  }

  @Test(arguments: 1...12)
  func `a model file with one bit flipped`(part: Int) throws {
    try writeModel { bytes in
      let place = bytes.count * part / 13
      bytes[place] ^= 1 << UInt8(part % 8)
    }
    try expectRefusal(["inspect", "m.retain"], 65, "model.checksum", saying: "m.retain")
  }

  @Test func `a model file of a later format`() throws {
    try writeModel { $0[8] = 2 }
    try expectRefusal(
      ["inspect", "m.retain"], 65, "model.version_too_new", saying: "2.0", "1.x", "hint: ")
  }

  @Test func `a table that lacks columns of the model, all of them named`() throws {
    try writeModel { _ in }
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    let dropped: Set = ["seats", "nps_last"]
    let kept = table.header.indices.filter { !dropped.contains(table.header[$0]) }
    let text = TableText(
      header: kept.map { table.header[$0] }, rows: table.rows.map { row in kept.map { row[$0] } })
    _ = try folder.write(text.csv, to: "t.csv")
    try expectRefusal(
      ["score", "m.retain", "--table", "t.csv", "--output", "s.csv"], 65, "schema.missing_column",
      saying: "t.csv", "seats", "nps_last")
  }

  @Test func `text where the model expects a number, with its line`() throws {
    try writeModel { _ in }
    let table = CSVText(try ShippedData.text(ShippedData.heldOutTable))
    let text = TableText(header: table.header, rows: table.rows)
      .replacing("mrr") { row, cell in row == 1234 ? "n.v." : cell }
    _ = try folder.write(text.csv, to: "t.csv")
    try expectRefusal(
      ["score", "m.retain", "--table", "t.csv", "--output", "s.csv"], 65, "value.number",
      saying: "t.csv:1236: mrr: ")
  }

  // MARK: - Outputs

  @Test func `an output folder that does not exist`() throws {
    try write(customers)
    try expectRefusal(
      ["train", "--table", "t.csv", "--label", "churned", "--output", "no/m.retain"], 73,
      "output.cannot_create", saying: "no/m.retain", "hint: ")
    try expectRefusal(
      trainArguments("--out-of-fold", "no/f.csv"), 73, "output.cannot_create", saying: "no/f.csv")
    try expectRefusal(
      trainArguments("--card", "no/c.md"), 73, "output.cannot_create", saying: "no/c.md")
  }

  @Test func `an output that is a directory`() throws {
    try write(customers)
    try FileManager.default.createDirectory(
      atPath: folder.path("m.retain"), withIntermediateDirectories: false)
    try expectRefusal(trainArguments(), 73, "output.is_directory", saying: "m.retain")
  }

  @Test func `an output that is the input, under another name too`() throws {
    try write(customers)
    try expectRefusal(
      ["train", "--table", "t.csv", "--label", "churned", "--output", "./t.csv"], 64,
      "output.same_as_input", saying: "t.csv")
    try expectRefusal(
      trainArguments("--card", "t.csv"), 64, "output.same_as_input", saying: "t.csv")
    try writeModel { _ in }
    try expectRefusal(
      ["score", "m.retain", "--table", "t.csv", "--output", "m.retain"], 64,
      "output.same_as_input", saying: "m.retain")
  }

  @Test func `two outputs that are one file`() throws {
    try write(customers)
    try expectRefusal(
      trainArguments("--learner", "logistic", "--card", "m.retain"), 64, "usage",
      saying: "m.retain")
    try expectRefusal(
      trainArguments("--learner", "logistic", "--card", "f", "--out-of-fold", "./f"), 64, "usage",
      saying: "hint: ")
  }

  // MARK: - Arguments

  @Test(arguments: [
    (["--no-such-flag"], "--no-such-flag"), (["--threads", "0"], "--threads"),
    (["--threads", "-1"], "--threads"), (["--threads", "two"], "--threads"),
    (["--cv", "1"], "--cv"), (["--cv", "101"], "--cv"), (["--learner", "forest"], "forest"),
    (["--cv", "none"], "--cv"), (["--cv", "none", "--out-of-fold", "f.csv"], "--out-of-fold"),
    (["--offset", "x"], "--offset"), (["--l1-ratio", "0.5"], "--penalty-path"),
    (["--penalty-rule", "1se"], "--penalty-path"), (["--penalty-rule", "worst"], "worst"),
    (["--penalty-path", "1"], "--penalty-path"), (["--penalty-path", "-5"], "--penalty-path"),
    (["--penalty-path", "9", "--l1-ratio", "1.5"], "--l1-ratio"),
    (["--penalty-path", "9", "--learner", "gbm"], "--penalty-path"),
    (["--penalty-path", "9", "--learner", "logistic", "--l1", "2"], "--l1"),
    (["--penalty-path", "9", "--learner", "logistic", "--l2", "2"], "--l2"),
    (["--l1", "-1", "--learner", "logistic"], "l1"),
    (["--unpenalised", "x", "--learner", "gbm"], "--unpenalised"),
    (["--offset", "x", "--learner", "logistic", "--monotone", "x=+1"], "--offset"),
    (["--offset", "churned", "--learner", "logistic"], "churned"),
    (["--weight", "churned"], "churned"), (["--embargo", "5"], "--time"),
    (["--embargo=-2", "--time", "x"], "--embargo"),
    (["--calibration", "magic"], "magic"), (["--trees", "0", "--learner", "gbm"], "trees"),
    (["--learning-rate", "nan", "--learner", "gbm"], "learning"),
    (["--l2", "-1", "--learner", "logistic"], "l2"),
    (["--max-bins", "65536", "--learner", "gbm"], "bins"),
    (["--row-sample", "1.5", "--learner", "gbm"], "row"), (["--errors", "xml"], "xml"),
    (["surplus"], "surplus"),
  ])
  func `an argument that is wrong`(arguments: [String], word: String) throws {
    try write(customers)
    try expectRefusal(
      ["train", "--table", "t.csv", "--label", "churned", "--output", "m.retain"] + arguments, 64,
      "usage", saying: word)
  }

  @Test(arguments: [[], ["score"], ["train"], ["leave"], ["explain", "--json"]])
  func `arguments that are missing`(arguments: [String]) throws {
    // No arguments at all ask for help.
    if arguments.isEmpty {
      let run = try RetainProcess.run(arguments)
      #expect(run.exitCode == 0 && run.text.contains("USAGE"))
    } else {
      try expectRefusal(arguments, 64, "usage")
    }
  }

  // MARK: - The form of errors

  @Test(arguments: [["--errors", "json"], ["--errors=json"]])
  func `errors as JSON are one line with the kind and the place`(option: [String]) throws {
    try write(customers.replacing("x") { row, cell in row == 4 ? "much" : cell })
    let run = try RetainProcess.run(
      trainArguments("--numeric", "x") + option, in: folder.url.path)
    #expect(run.exitCode == 65)
    #expect(run.errorLines.count == 1)
    let json = run.errorJSON
    #expect(json["kind"] as? String == "value.number")
    #expect(json["file"] as? String == "t.csv")
    #expect(number(json["line"]) == 6)
    #expect(json["column"] as? String == "x")
    #expect((json["message"] as? String)?.isEmpty == false)
  }

  @Test func `a wrong argument is JSON as well where that is asked for`() throws {
    let run = try RetainProcess.run("inspect", "--errors", "json")
    #expect(run.exitCode == 64)
    #expect(run.errorLines.count == 1)
    #expect(run.errorJSON["kind"] as? String == "usage")
  }
}
