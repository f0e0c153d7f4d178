import Diagnostics
import Learning
import Scoring
import Tabular
import TestSupport
import Testing

@Suite struct ScoringInputTests {
  private let folder: TemporaryFolder
  private let cells = SeededTables.cells(of: SampleModels.set)

  init() throws { folder = try TemporaryFolder() }

  private func read(
    _ text: String, model: RetentionModel = SampleModels.model(.trees), needsOutcomes: Bool = false
  ) throws(Diagnostic) -> ScoringInput {
    let path = try! folder.write(text, to: "table.csv")
    return try ScoringInput(path: path, model: model, needsOutcomes: needsOutcomes)
  }

  private func csv(
    _ columns: [String], changing name: String? = nil, row: Int = 0, to cell: String = ""
  )
    -> String
  {
    var changed = cells
    if let name { changed[name]![row] = cell }
    return SeededTables.csv(changed, columns: columns)
  }

  @Test(arguments: SampleLearner.allCases)
  func `columns in another order and columns beside them change no bit of a score`(
    learner: SampleLearner
  ) throws {
    let model = SampleModels.model(learner)
    let expected = model.probabilities(of: SampleModels.set.matrix, threads: 1)
    let plain = try read(csv(["account", "x", "y", "z", "level"]), model: model)
    var wider = cells
    wider["note"] = cells["level"]!.map { "\"\($0), and more\"" }
    wider["other"] = cells["x"]!.map { _ in "not a number" }
    let reordered = try read(
      SeededTables.csv(wider, columns: ["note", "level", "z", "other", "y", "account", "x"]),
      model: model)
    for input in [plain, reordered] {
      let scores = model.scores(of: input.table, threads: 2)
      #expect(scores.map(\.probability) == expected)
      #expect(scores.map(\.accountID) == cells["account"]!)
      #expect(input.warnings.isEmpty)
      #expect(input.outcomes == nil)
    }
    #expect(plain.ignoredColumns.isEmpty)
    #expect(reordered.ignoredColumns == ["note", "other"])
    // As texts, since a missing value in a reason does not equal itself.
    let texts = [plain, reordered].map { model.scores(of: $0.table, threads: 1).map { "\($0)" } }
    #expect(zip(texts[0], texts[1]).allSatisfy { $0 == $1 })
  }

  @Test func `the label column is not listed among those that the model does not read`() throws {
    #expect(try read(csv(SampleModels.columns)).ignoredColumns.isEmpty)
  }

  @Test func `every missing column is named at once`() throws {
    let error = #expect(throws: Diagnostic.self) { try read(csv(["account", "y", "level"])) }
    #expect(error?.kind == .schemaMissingColumn)
    #expect(error?.message.contains("columns x, z") == true)
    let one = #expect(throws: Diagnostic.self) { try read(csv(["account", "y", "z", "level"])) }
    #expect(one?.column == "x")
  }

  @Test func `the label is required where outcomes are needed, the key where the model has one`()
    throws
  {
    let unlabelled = csv(["account", "x", "y", "z", "level"])
    let error = #expect(throws: Diagnostic.self) { try read(unlabelled, needsOutcomes: true) }
    #expect(error?.kind == .schemaMissingColumn)
    #expect(error?.column == "churned")

    let nameless = csv(["x", "y", "z", "level"])
    let missing = #expect(throws: Diagnostic.self) { try read(nameless) }
    #expect(missing?.column == "account")
    let input = try read(nameless, model: SampleModels.model(.trees, idColumn: nil))
    #expect(input.table.id(ofRow: 4) == "row_5")
    #expect(input.warnings.contains { $0.contains("named by row number") })
  }

  @Test func `levels that training never saw are counted by column and scored`() throws {
    var changed = cells
    for row in 10..<17 { changed["level"]![row] = "brand new" }
    let input = try read(SeededTables.csv(changed, columns: SampleModels.columns))
    #expect(input.table.unknownLevels.map(\.feature) == ["level"])
    #expect(input.table.unknownLevels.map(\.rowCount) == [7])
    #expect(input.warnings.count == 1)
    #expect(input.warnings[0].contains("'level': 7 of 1500 rows"))
    let scores = SampleModels.model(.trees).scores(of: input.table, threads: 1)
    #expect(scores[10..<17].allSatisfy { $0.probability > 0 && $0.probability < 1 })
  }

  @Test func `a cell that is no number any more is refused with its line and column`() throws {
    let error = #expect(throws: Diagnostic.self) {
      try read(csv(SampleModels.columns, changing: "x", row: 5, to: "lots"))
    }
    #expect(error?.kind == .valueNumber)
    #expect(error?.line == 7)
    #expect(error?.column == "x")
    #expect(error?.description.contains("lots") == false)
    let flag = #expect(throws: Diagnostic.self) {
      try read(csv(SampleModels.columns, changing: "z", row: 0, to: "3"))
    }
    #expect(flag?.kind == .valueBoolean)
  }

  @Test(arguments: SampleLearner.allCases)
  func `a column that has become empty is warned of, and the scores stay probabilities`(
    learner: SampleLearner
  ) throws {
    var changed = cells
    for name in ["x", "level"] { changed[name] = cells[name]!.map { _ in "" } }
    let model = SampleModels.model(learner)
    let input = try read(SeededTables.csv(changed, columns: SampleModels.columns), model: model)
    #expect(input.warnings.count == 2)
    for name in ["x", "level"] {
      #expect(input.warnings.contains { $0.contains("column '\(name)' is empty in all rows") })
    }
    let scores = model.scores(of: input.table, threads: 1)
    #expect(scores.allSatisfy { $0.probability > 0 && $0.probability < 1 })
  }

  @Test func `a header without rows gives no scores and no warning of empty columns`() throws {
    let input = try read(SampleModels.columns.joined(separator: ",") + "\n", needsOutcomes: true)
    #expect(input.table.matrix.rowCount == 0)
    #expect(input.warnings.isEmpty)
    #expect(input.outcomes?.isEmpty == true)
    #expect(input.judged.labels.isEmpty)
    #expect(SampleModels.model(.trees).scores(of: input.table, threads: 2).isEmpty)
  }

  @Test func `rows without an outcome are scored but not judged`() throws {
    var changed = cells
    for row in [0, 3, 1499] { changed["churned"]![row] = "" }
    let input = try read(
      SeededTables.csv(changed, columns: SampleModels.columns), needsOutcomes: true)
    #expect(input.table.matrix.rowCount == 1500)
    #expect(input.outcomes?.count { $0 == nil } == 3)
    let kept = (0..<1500).filter { ![0, 3, 1499].contains($0) }
    let judged = input.judged
    #expect(judged.labels == kept.map { SampleModels.set.labels[$0] })
    let model = SampleModels.model(.trees)
    let all = model.probabilities(of: SampleModels.set.matrix, threads: 1)
    #expect(model.probabilities(of: judged.matrix, threads: 1) == kept.map { all[$0] })
  }

  @Test func `outcomes that were not asked for are not judged`() throws {
    #expect(try read(csv(SampleModels.columns)).judged.matrix.rowCount == 0)
  }

  @Test func `a third outcome is refused without being printed`() throws {
    let error = #expect(throws: Diagnostic.self) {
      try read(
        csv(SampleModels.columns, changing: "churned", row: 9, to: "maybe"), needsOutcomes: true)
    }
    #expect(error?.kind == .dataLabelValues)
    #expect(error?.column == "churned")
    #expect(error?.message.contains("'yes'") == true)
    #expect(error?.description.contains("maybe") == false)
  }

  @Test func `what the reader put up with is passed on`() throws {
    let text = csv(SampleModels.columns)
    let input = try read("\u{feff}" + text + "\n\n")
    #expect(input.warnings.count == 2)
    #expect(input.warnings.contains("the table has 2 blank lines"))
    #expect(input.warnings.contains("the table has a byte order mark at its beginning"))
  }
}
