import Evaluation
import Learning
import RetentionKit
import TestSupport
import Testing

struct ModelComparisonTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private let table = TableText.customers(rowCount: 1200, seed: 5)

  /// The model of some rows of a table.
  private func model(
    _ table: TableText, rows: Range<Int>, _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> ModelFile {
    var part = table
    part.rows = Array(table.rows[rows])
    var options = TrainingOptions(table: try folder.write(part.csv, to: "t.csv"), label: "churned")
    options.learner = .logistic
    options.foldCount = 3
    change(&options)
    return try ModelFile(bytes: ModelFile.bytes(of: Training(options).run().model))
  }

  private func compare(
    _ first: ModelFile, _ second: ModelFile, on table: TableText, segments: [String] = [],
    change: (inout ModelComparison.Options) -> Void = { _ in }
  ) throws -> (ModelComparison, ComparedRows) {
    let path = try folder.write(table.csv, to: "held.csv")
    let rows = try ComparedRows(first.model, second.model, table: path, segments: segments)
    var options = ModelComparison.Options()
    change(&options)
    return (ModelComparison(first, second, on: rows, options: options), rows)
  }

  private var heldOut: TableText {
    TableText(header: table.header, rows: Array(table.rows[600...]))
  }

  // MARK: - The verdict

  @Test func `a model is as good as itself`() throws {
    let file = try model(table, rows: 0..<600)
    let (comparison, rows) = try compare(file, file, on: heldOut)
    #expect(comparison.verdict == .same)
    #expect(comparison.verdictText.hasPrefix("The two cannot be told apart"))
    #expect(comparison.ranking.spearman.map { abs($0 - 1) < 1e-12 } == true)
    #expect(comparison.ranking.kendall.map { abs($0 - 1) < 1e-12 } == true)
    #expect(comparison.ranking.movedShare == 0)
    #expect(comparison.stability == 0)
    #expect(comparison.reasons.changedShare == 0)
    #expect(comparison.swapSet.added.rows == [] && comparison.swapSet.dropped.rows == [])
    #expect(comparison.swapSet.kept.rows.count == 60)
    #expect(comparison.segmentLosses == [])
    #expect(comparison.warnings(("a", "b")) == [])
    #expect(!comparison.text(rows, ("a", "b")).contains("nan"))
  }

  @Test func `a model that lacks a driver is worse, and the other way round better`() throws {
    let whole = try model(table, rows: 0..<600)
    let lacking = try model(table, rows: 0..<600) { $0.drop = ["x"] }
    let (worse, _) = try compare(whole, lacking, on: heldOut)
    #expect(worse.verdict == .worse)
    let (better, _) = try compare(lacking, whole, on: heldOut)
    #expect(better.verdict == .better)
    #expect(better.verdictText.hasPrefix("B is better: its log loss is lower by "))
    let (a, b) = (
      try #require(worse.judged?.differences), try #require(better.judged?.differences)
    )
    for (one, other) in zip(a, b) {
      #expect(one.first == other.second && one.second == other.first)
    }
    // The first reasons move away from the column that the one does not read.
    let x = try #require(better.reasons.features.first { $0.feature == "x" })
    #expect(x.first == 0 && x.second > 20)
  }

  @Test func `a segment where the challenger knows nothing is named`() throws {
    // In a third of the rows the challenger is handed another x.
    let broken = heldOut.adding("z") { row in
      let level = heldOut.rows[row][3]
      return level == "mid" ? "\((row * 37) % 5 - 2)" : heldOut.rows[row][1]
    }
    let first = try model(table, rows: 0..<600)
    let second = try model(
      table.adding("z") { table.rows[$0][1] }, rows: 0..<600
    ) { $0.drop = ["x"] }
    let (comparison, rows) = try compare(first, second, on: broken)
    #expect(comparison.segmentLosses.map { "\($0.column) \($0.level)" } == ["level mid"])
    #expect(comparison.judged?.segments.map(\.level).sorted() == ["low", "mid", "top"])
    #expect(comparison.text(rows, ("a", "b")).contains("B is worse in 1 of 3"))
  }

  @Test func `no figure depends on the number of threads`() throws {
    let (first, second) = (
      try model(table, rows: 0..<600), try model(table, rows: 0..<300) { $0.learner = .gbm }
    )
    let texts = try [1, 2, 5].map { threads in
      let (comparison, rows) = try compare(first, second, on: heldOut) { $0.threads = threads }
      return comparison.text(rows, ("a", "b"))
    }
    #expect(texts[1] == texts[0] && texts[2] == texts[0])
  }

  // MARK: - The rows

  @Test func `without outcomes the rest is compared`() throws {
    let first = try model(table, rows: 0..<600)
    let second = try model(table, rows: 0..<600) { $0.drop = ["level"] }
    var unlabelled = heldOut
    unlabelled.header.removeLast()
    for row in unlabelled.rows.indices { unlabelled.rows[row].removeLast() }
    let (with, _) = try compare(first, second, on: heldOut)
    let (without, rows) = try compare(first, second, on: unlabelled)
    #expect(without.judged == nil && without.verdict == .unknown)
    #expect(without.ranking == with.ranking && without.stability == with.stability)
    #expect(without.reasons == with.reasons)
    #expect(without.swapSet.added.rows == with.swapSet.added.rows)
    #expect(without.swapSet.added.judgedCount == 0)
    #expect(without.text(rows, ("a", "b")).contains("No outcome is known"))
  }

  @Test func `flagged sets and the file of all rows are those of the ranks`() throws {
    let first = try model(table, rows: 0..<600)
    let second = try model(table, rows: 0..<600) { $0.drop = ["y"] }
    let (comparison, rows) = try compare(first, second, on: heldOut) { $0.topShare = 0.05 }
    let file = CSVText(String(decoding: ComparisonFile(comparison, rows).bytes, as: UTF8.self))
    #expect(file.rows.count == 600)
    #expect(file["rank_a"].compactMap { Int($0) }.sorted() == Array(1...600))
    #expect(file["flagged_a"].count { $0 == "1" } == 30)
    #expect(file["account_id"].first == "acct_601")
    let byProbability = zip(
      file["rank_b"].map { Int($0)! }, file["probability_b"].map { Double($0)! }
    )
    .sorted { $0.0 < $1.0 }.map(\.1)
    #expect(zip(byProbability, byProbability.dropFirst()).allSatisfy { $0 >= $1 })
    let set = comparison.swapSet
    #expect(set.kept.rows.count + set.added.rows.count == 30)
    #expect(set.kept.rows.count + set.dropped.rows.count == 30)
    for row in set.added.rows {
      #expect(file["flagged_b"][row] == "1" && file["flagged_a"][row] == "0")
    }
    let positives = set.added.rows.count { file["outcome"][$0] == "1" }
    #expect(set.added.positiveCount == positives && set.added.judgedCount == set.added.rows.count)
  }

  @Test func `a table that a model was trained on is told`() throws {
    let (first, second) = (try model(table, rows: 0..<600), try model(table, rows: 600..<1200))
    let (comparison, _) = try compare(first, second, on: heldOut)
    #expect(comparison.judged?.wasTrainedOn.first == false)
    #expect(comparison.judged?.wasTrainedOn.second == true)
    #expect(
      comparison.warnings(("a", "b")).first?.hasPrefix("b was trained on this very table") == true)
  }

  @Test func `models of other outcomes are not compared`() throws {
    let first = try model(table, rows: 0..<600)
    let turned = try model(table, rows: 0..<600) { $0.positive = "no" }
    let other = try model(
      table.adding("left") { table.rows[$0][5] == "yes" ? "1" : "0" }, rows: 0..<600
    ) {
      $0.label = "left"
      $0.drop = ["churned"]
    }
    for second in [turned, other] {
      #expect(throws: Diagnostic.self) { try compare(first, second, on: heldOut) }
      let fault = #expect(throws: Diagnostic.self) {
        try ComparedRows(first.model, second.model, table: "none.csv")
      }
      #expect(fault?.kind == .modelWrongTask)
    }
  }

  @Test func `a column that the models read in two ways is read twice`() throws {
    let coded = table.adding("zip") { row in "\(10_000 + (row * 7) % 12)" }
    let first = try model(coded, rows: 0..<600)
    let second = try model(coded, rows: 0..<600) { $0.categorical = ["zip"] }
    let held = TableText(header: coded.header, rows: Array(coded.rows[600...]))
    let (comparison, _) = try compare(first, second, on: held)
    #expect(comparison.rowCount == 600)
    #expect(
      comparison.probabilities.second
        == second.model.probabilities(
          of: try ScoringInput(
            path: folder.path("held.csv"), model: second.model, needsOutcomes: false
          ).table.matrix, threads: 1))
  }

  @Test func `segments may be named, of columns that no model reads too`() throws {
    let regions = table.adding("region") { row in ["north", "south"][row % 2] }
    let file = try model(table, rows: 0..<600)
    let held = TableText(header: regions.header, rows: Array(regions.rows[600...]))
    let (comparison, _) = try compare(file, file, on: held, segments: ["region"])
    #expect(comparison.judged?.segments.map(\.column) == ["region", "region"])
    #expect(throws: Diagnostic.self) { try compare(file, file, on: held, segments: ["x"]) }
    #expect(throws: Diagnostic.self) { try compare(file, file, on: held, segments: ["nowhere"]) }
  }

  // MARK: - Agreement of ranks

  /// Values of SciPy 1.17.1: `stats.spearmanr`, `stats.kendalltau`.
  @Test func `rank correlations are those of SciPy, ties and all`() throws {
    let a = [0.1, 0.4, 0.4, 0.35, 0.8, 0.8, 0.8, 0.05, 0.6, 0.2, 0.9, 0.33]
    let b = [0.2, 0.3, 0.5, 0.35, 0.7, 0.9, 0.7, 0.2, 0.1, 0.2, 0.85, 0.4]
    let agreement = RankAgreement(a, b)
    #expect(abs(try #require(agreement.spearman) - 0.7366548042704627) < 1e-12)
    #expect(abs(try #require(agreement.kendall) - 0.596774193548387) < 1e-12)
  }

  @Test func `Kendall's tau is that of counting all pairs`() throws {
    var generator = SeededGenerator(seed: 3)
    for count in [2, 3, 10, 101] {
      let a = (0..<count).map { _ in Double(generator.nextIndex(below: 12)) }
      let b = a.map { $0 + Double(generator.nextIndex(below: 9)) }
      var (sum, inFirst, inSecond) = (0, 0, 0)
      for i in 0..<count {
        for j in 0..<i {
          let (x, y) = (a[i] - a[j], b[i] - b[j])
          if x != 0 { inFirst += 1 }
          if y != 0 { inSecond += 1 }
          sum += x * y > 0 ? 1 : x * y < 0 ? -1 : 0
        }
      }
      let expected = Double(sum) / (Double(inFirst) * Double(inSecond)).squareRoot()
      let found = RankAgreement(a, b).kendall
      if inFirst == 0 || inSecond == 0 {
        #expect(found == nil)
      } else {
        #expect(abs(try #require(found) - expected) < 1e-12, "\(count) values")
      }
    }
  }

  @Test func `what does not vary has no correlation, and nobody moves who keeps the order`() {
    let constant = RankAgreement([1, 1, 1], [1, 2, 3])
    #expect(constant.spearman == nil && constant.kendall == nil)
    let rising = (0..<100).map(Double.init)
    #expect(RankAgreement(rising, rising.map { $0 * $0 }).movedShare == 0)
    // When the order is turned, all move so far but the two tenths in the middle.
    #expect(RankAgreement(rising, rising.map(-)).movedShare == 0.8)
    let one = RankAgreement([0.5], [0.7])
    #expect(one.spearman == nil && one.kendall == nil && one.movedShare == 0)
  }

  // MARK: - Stability

  @Test func `the stability index is the sum over the first's tenths`() throws {
    let first = (0..<100).map(Double.init)
    #expect(PopulationStability.index(from: first, to: first) == 0)
    // The second has twice the share in the upper half of the tenths, and none in the lower.
    let index = try #require(
      PopulationStability.index(from: first, to: first.map { $0 < 50 ? $0 + 50 : $0 }))
    let expected =
      5 * (0.1 * PortableMath.log(2)) + 5 * ((1e-4 - 0.1) * PortableMath.log(1e-4 / 0.1))
    #expect(abs(index - expected) < 1e-12)
    // Missing values are a bin.
    let gaps = first.map { $0 < 50 ? Double.nan : $0 }
    #expect(try #require(PopulationStability.index(from: first, to: gaps)) > 1)
    #expect(PopulationStability.index(from: gaps, to: gaps) == 0)
    #expect(PopulationStability.index(from: [], to: first) == nil)
    #expect(PopulationStability.index(from: [1, 1, 1], to: [1, 1]) == 0)
  }
}
