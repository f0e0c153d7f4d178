import Foundation
import TestSupport
import Testing

/// That each option of trees reaches the learner; what it does there, the learner's own tests say.
struct TreeOptionsTests {
  private let folder: TemporaryFolder
  private let table: String

  init() throws {
    folder = try TemporaryFolder()
    table = try folder.write(TableText.customers(rowCount: 600, seed: 61).csv, to: "table.csv")
  }

  private func train(_ more: [String], learner: String = "gbm") throws -> RetainRun {
    try RetainProcess.run(
      [
        "train", "--table", table, "--label", "churned", "--learner", learner, "--trees", "20",
        "--cv", learner == "best" ? "2" : "none", "--output", folder.path("m.retain"),
      ] + more)
  }

  /// What the model says of its own training.
  private func inspection(_ more: [String]) throws -> String {
    let run = try train(more)
    #expect(run.exitCode == 0, "\(run.errors)")
    let text = try RetainProcess.run("inspect", folder.path("m.retain")).text
    return text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  @Test func `every option reaches the learner and is noted in the model`() throws {
    let plain = try inspection([])
    let options: [(name: String, value: String)] = [
      ("l1", "1.5"), ("path-smoothing", "7.0"), ("max-depth", "3"), ("min-gain", "0.25"),
      ("goss", "0.4,0.3"), ("node-column-sample", "0.75"), ("category-smoothing", "11.0"),
      ("category-one-hot", "2"), ("category-levels", "9"), ("category-l2", "4.0"),
      ("category-rows-per-group", "30"), ("category-rows-per-level", "15"),
      ("early-stopping-min-improvement", "0.001"), ("positive-weight", "3.0"), ("focal", "1.5"),
      ("feature-weight", "x=0.5"),
      ("interaction", "x,level"),
    ]
    let text = try inspection(options.flatMap { ["--\($0.name)", $0.value] })
    for option in options {
      #expect(text.contains("\(option.name) \(option.value)"), "\(text)")
      #expect(!plain.contains("\(option.name) "), "\(option.name)")
    }
  }

  @Test func `columns that are in no group are not used, and several groups are`() throws {
    #expect(
      try train(["--interaction", "x,level", "--interaction", "y", "--early-stopping", "off"])
        .exitCode == 0)
    // No score hangs on a column that is in no group, and each on one that is.
    func scores(changing column: String) throws -> [String] {
      let changed = TableText.customers(rowCount: 600, seed: 61).replacing(column) { row, cell in
        row % 7 == 0 ? "\(row % 3)" : cell
      }
      let path = try folder.write(changed.csv, to: "changed.csv")
      return CSVText(
        try RetainProcess.run("score", folder.path("m.retain"), "--table", path).text)[
          "probability"]
    }
    let plain = CSVText(
      try RetainProcess.run("score", folder.path("m.retain"), "--table", table).text)["probability"]
    #expect(try scores(changing: "noise") == plain)
    #expect(try scores(changing: "x") != plain)
    #expect(try scores(changing: "y") != plain)
    let run = try RetainProcess.run("inspect", folder.path("m.retain"))
    #expect(run.text.contains("interaction x,level"))
  }

  @Test func `what is no parameter is refused by its name`() throws {
    for (option, value) in [
      ("--l1", "-1"), ("--max-depth", "0"), ("--max-depth", "300"), ("--goss", "0.5"),
      ("--goss", "0.9,0.9"), ("--node-column-sample", "2"), ("--feature-weight", "x=-1"),
      ("--feature-weight", "x"), ("--feature-weight", "nothing=0.5"),
      ("--interaction", "x,nothing"), ("--category-levels", "0"), ("--positive-weight", "0"),
      ("--focal", "5.5"),
    ] {
      let run = try train([option, value])
      #expect([64, 65].contains(run.exitCode), "\(option) \(value)")
      #expect(run.errors.hasPrefix("retain: error["), "\(run.errors)")
      let names = [option, "nothing"]
      #expect(names.contains { run.errors.contains($0) }, "\(run.errors)")
    }
  }

  @Test(arguments: [
    ["--positive-weight", "10"], ["--focal", "2"], ["--focal", "1", "--positive-weight", "0.2"],
  ])
  func `probabilities stay those of the rows, without a calibrator`(_ options: [String]) throws {
    #expect(
      try train(options + ["--calibration", "none", "--early-stopping", "off"]).exitCode == 0)
    let scored = try RetainProcess.run(
      "score", folder.path("m.retain"), "--table", table, "--reasons", "0")
    let probabilities = CSVText(scored.text)["probability"].compactMap { Double($0) }
    let labels = CSVText(try ShippedData.text(table))["churned"]
    let rate = Double(labels.count { $0 == "yes" }) / Double(labels.count)
    let mean = probabilities.reduce(0, +) / Double(probabilities.count)
    // Twenty trees are not yet the minimum, so they are not quite there.
    #expect(abs(mean - rate) < 0.06, "\(mean) of \(rate)")
  }

  @Test func `options of trees alone need the learner of trees`() throws {
    for (option, value) in [
      ("--feature-weight", "x=0.5"), ("--interaction", "x,y"), ("--positive-weight", "2"),
      ("--focal", "2"),
    ] {
      let run = try train([option, value], learner: "best")
      #expect(run.exitCode == 64)
      #expect(run.errors.contains(option))
    }
  }
}
