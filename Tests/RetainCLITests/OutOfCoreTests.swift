import Foundation
import Learning
import RetentionKit
import TestSupport
import Testing

/// `train --out-of-core`: the same model, in less memory.
struct OutOfCoreTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Customers with all that a table may have: gaps, rare words, a column that changes its mind, one
  /// that hardly ever has a value, rows without a label, weights, groups and days.
  private func customers(rowCount: Int) throws -> String {
    var generator = SeededGenerator(seed: 21)
    let table = TableText.customers(rowCount: rowCount, seed: 21)
      .adding("many") { row in "m\(row * row % 97)" }
      .adding("mostly") { row in row == rowCount / 2 ? "oops" : "\(row % 5)" }
      .adding("late") { row in row < rowCount / 3 ? "" : "\(row % 11)" }
      .adding("rare") { row in row % 13 == 0 ? "\(row % 7)" : "0" }
      .adding("weight") { _ in "\((generator.nextUnit() * 100).rounded() / 50)" }
      .adding("team") { row in "team \(row % 150)" }
      .adding("day") { row in "2026-0\(1 + row % 9)-1\(row % 7)" }
      .replacing("churned") { row, cell in row % 101 == 7 ? "" : cell }
    return try folder.write(table.csv, to: "customers.csv")
  }

  private static let variants: [[String]] = [
    ["--cv", "none", "--calibration", "none"],
    ["--cv", "3", "--weight", "weight", "--id", "account_id"],
    [
      "--cv", "3", "--group", "team", "--time", "day", "--max-bins", "400", "--calibration",
      "platt",
    ],
    [
      "--cv", "none", "--early-stopping", "off", "--row-sample", "0.6", "--column-sample", "0.7",
      "--categorical", "many", "--drop", "noise,late", "--monotone", "x=+1",
    ],
    [
      "--cv", "2", "--early-stopping", "5", "--goss", "0.3,0.2", "--interaction", "x,rare,mostly",
      "--interaction", "x,many", "--feature-weight", "rare=2", "--min-gain", "0.01",
    ],
  ]

  @Test(arguments: variants.indices) func `the model is that of ordinary training`(index: Int)
    throws
  {
    let csv = try customers(rowCount: 1500)
    let columnar = folder.path("customers.rktable")
    try ColumnarFile.write(
      TableReader.read(
        path: csv,
        declared: ["account_id": .identifier, "churned": .category, "team": .category]),
      to: columnar)
    let scratch = folder.path("scratch")
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    for table in [csv, columnar] {
      var models: [Data] = []
      var texts: [String] = []
      for more in [
        ["--threads", "2"], ["--threads", "1", "--out-of-core", scratch],
        ["--threads", "3", "--out-of-core", scratch],
      ] {
        let model = folder.path("\(models.count).retain")
        let run = try RetainProcess.run(
          [
            "train", "--table", table, "--label", "churned", "--learner", "gbm", "--trees", "30",
            "--output", model,
          ] + Self.variants[index] + more)
        #expect(run.exitCode == 0, "\(run.errors)")
        models.append(try Data(contentsOf: URL(filePath: model)))
        texts.append(
          run.errors
            + run.text.split(separator: "\n").filter { !$0.hasPrefix("Time") }.dropLast()
            .joined(separator: "\n"))
      }
      #expect(models[1] == models[0] && models[2] == models[0])
      #expect(texts[1] == texts[0] && texts[2] == texts[0])
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])
  }

  @Test func `held-out scores are the same, by the same names`() throws {
    // The key is found, not named.
    let csv = try customers(rowCount: 1000)
    let files = try [[], ["--out-of-core", folder.url.path]].map { more in
      let path = folder.path("scores-\(more.count).csv")
      let run = try RetainProcess.run(
        [
          "train", "--table", csv, "--label", "churned", "--learner", "gbm", "--trees", "10",
          "--cv", "3", "--output", folder.path("m.retain"), "--out-of-fold", path,
        ] + more)
      #expect(run.exitCode == 0, "\(run.errors)")
      return try Data(contentsOf: URL(filePath: path))
    }
    #expect(files[0] == files[1] && !files[0].isEmpty)
  }

  @Test(arguments: [
    (["--learner", "best"], 64, "--out-of-core trains trees only"),
    (["--learner", "logistic"], 64, "--out-of-core trains trees only"),
    (["--learner", "gbm"], 73, "does not exist"),
  ]) func `what cannot be is an error`(options: [String], code: Int32, message: String) throws {
    let run = try RetainProcess.run(
      [
        "train", "--table", customers(rowCount: 100), "--label", "churned", "--output",
        folder.path("m.retain"), "--out-of-core", folder.path("missing"),
      ] + options)
    #expect(run.exitCode == code)
    #expect(run.errors.contains(message), "\(run.errors)")
  }

  #if os(Linux)
    /// A columnar table of quantities, 8 bytes per cell, of which two tell something of the label.
    private func quantities(rowCount: Int, columnCount: Int) throws -> String {
      var generator = SeededGenerator(seed: 8)
      var columns = (0..<columnCount).map { index in
        TableColumn(
          name: "x\(index)",
          values: .number((0..<rowCount).map { _ in generator.nextUnit() * 1000 }))
      }
      guard case .number(let first) = columns[0].values, case .number(let next) = columns[1].values
      else { preconditionFailure() }
      let codes = (0..<rowCount).map { row -> Int32 in
        first[row] + next[row] / 2 > 300 + generator.nextUnit() * 900 ? 1 : 0
      }
      columns.append(
        TableColumn(
          name: "churned",
          values: .category(CategoryValues(codes: codes, levels: ["no", "yes"]))))
      let path = folder.path("quantities.rktable")
      try ColumnarFile.write(Table(columns: columns, rowCount: rowCount), to: path)
      return path
    }

    @Test func `a table larger than the memory that may be had trains out of core alone`() throws {
      // 128 MB of numbers.
      let table = try quantities(rowCount: 80_000, columnCount: 200)
      let model = folder.path("m.retain")
      let arguments = [
        "train", "--table", table, "--label", "churned", "--learner", "gbm", "--trees", "5",
        "--leaves", "7", "--max-bins", "63", "--cv", "none", "--early-stopping", "off",
        "--threads", "1", "--output", model,
      ]
      let limit = 110 << 20
      // A thread of BLAS takes 128 MB for itself, and waits until it has them.
      let environment = ["OPENBLAS_NUM_THREADS": "1"]
      let ordinary = try RetainProcess.run(
        arguments, environment: environment, dataLimit: limit)
      #expect(ordinary.exitCode != 0)
      #expect(!FileManager.default.fileExists(atPath: model))
      let run = try RetainProcess.run(
        arguments + ["--out-of-core", folder.url.path], environment: environment,
        dataLimit: limit)
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(FileManager.default.fileExists(atPath: model))
    }
  #endif
}
