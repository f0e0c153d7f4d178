import Evaluation
import Learning
import RetentionKit
import TestSupport
import Testing

/// What training makes of columns that tell the outcome.
struct ColumnAuditTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(
    _ table: TableText, change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    var options = TrainingOptions(table: try folder.write(table.csv, to: "t.csv"), label: "churned")
    options.learner = .logistic
    options.foldCount = nil
    options.calibration = .none
    change(&options)
    return try Training(options).run()
  }

  /// The refusal of a table.
  private func refusal(_ table: TableText) throws -> Diagnostic {
    try #require(throws: Diagnostic.self) { try train(table) }
  }

  /// Half of a column's outcomes, or of anything else, by a coin of its own.
  private func coin(_ row: Int, _ share: Double = 0.5) -> Bool {
    var generator = SeededGenerator(seed: 8, stream: UInt64(row))
    return generator.nextUnit() < share
  }

  private let table = TableText.customers(rowCount: 600, seed: 3)
  private func isYes(_ row: Int) -> Bool { table.rows[row].last == "yes" }

  // MARK: - What is refused

  @Test func `every column that tells the outcome is named, with its evidence and what to do`()
    throws
  {
    let leaking =
      table
      .adding("cancelled_in") { row in isYes(row) ? "\(1 + row % 60)" : "" }
      .adding("reason") { row in isYes(row) ? ["price", "service"][row % 2] : "" }
      .adding("is_active") { row in isYes(row) ? "no" : "yes" }
      .adding("\"status, now\"") { row in isYes(row) ? "gone" : ["new", "old"][row % 2] }
    let fault = try refusal(leaking)
    #expect(fault.kind == .dataLeakage)
    #expect(fault.kind.exitCode == 65)
    let positives = (0..<600).count(where: isYes)
    #expect(fault.message.hasPrefix("4 columns tell the outcome"))
    #expect(
      fault.message.contains(
        "'cancelled_in' (it is filled in \(positives) rows, of which \(positives) had the outcome"))
    #expect(fault.message.contains("'reason' (it is filled in"))
    #expect(fault.message.contains("'status, now' (1 of its 3 values are those of"))
    #expect(!fault.message.contains("'x'") && !fault.message.contains("'level'"))
    // No word of a cell.
    for word in ["price", "gone", "old"] { #expect(!fault.message.contains(word)) }
    #expect(
      fault.hint?.contains("--drop 'cancelled_in,reason,is_active,\"status, now\"'") == true,
      "\(fault.hint ?? "")")
  }

  @Test func `what it asks for is what helps: --drop, or --allow and a warning that stays`() throws
  {
    let leaking = table.adding("reason") { row in isYes(row) ? "price" : "none" }
    #expect(try refusal(leaking).column == "reason")
    #expect(try train(leaking) { $0.drop = ["reason"] }.model.summary.warnings == [])
    let allowed = try train(leaking) { $0.allow = ["reason"] }
    #expect(
      allowed.model.summary.warnings.first?.hasPrefix("column 'reason', which was allowed: ")
        == true)
    #expect(allowed.model.schema.features.contains { $0.name == "reason" })
  }

  @Test func `a near-copy of the label is refused, a strong honest column is not`() throws {
    let copy = table.adding("copy") { row in isYes(row) != coin(row, 0.01) ? "1" : "0" }
    #expect(try refusal(copy).message.contains("copy") || refusal(copy).column == "copy")
    // ROC AUC near 0.87.
    let honest = table.adding("strong") { row in isYes(row) != coin(row, 0.13) ? "1" : "0" }
    let outcome = try train(honest)
    #expect(outcome.model.summary.warnings == [])
    let strongest = try #require(outcome.table.audit.strengths.first)
    #expect(strongest.column == "strong")
    #expect((0.83...0.91).contains(strongest.rocAUC))
  }

  @Test func `missing values that tell the outcome are refused`() throws {
    let gaps = table.adding("last_call") { row in isYes(row) ? "" : "\(row % 37)" }
    #expect(try refusal(gaps).message.contains("it is empty in"))
    // Half of the outcomes is a leak as well; gaps by chance are none.
    let half = table.adding("last_call") { row in
      isYes(row) && row % 3 > 0 ? "" : "\((row * 7) % 37)"
    }
    #expect(try refusal(half).column == "last_call")
    let chance = table.adding("last_call") { row in coin(row) ? "" : "\((row * 7) % 37)" }
    #expect(try train(chance).model.summary.warnings == [])
  }

  @Test func `a quantity that only those who left have is refused, zeros and all`() throws {
    let fees = table.adding("exit_fee") { row in
      isYes(row) && row % 4 > 0 ? "\(50 + row % 9)" : "0"
    }
    #expect(
      try refusal(fees).message.contains("another value than the most frequent have"))
  }

  // MARK: - What is not

  @Test func `a shift between the halves of a file is no leak`() throws {
    let shifted = table.adding("level_of_export") { row in
      "\((row < 300 ? 100 : 200) + (row * 7) % 23)"
    }
    #expect(try train(shifted).model.summary.warnings == [])
  }

  @Test func `few rows of one word are no leak, and separation by chance a warning`() throws {
    let rare = table.adding("note") { row in isYes(row) && row % 20 == 0 ? "a" : "b" }
    #expect(try train(rare).model.summary.warnings == [])
    // Four of thirty rows: one number in 13,700 divides them by chance.
    var small = TableText(header: ["x", "y", "churned"])
    for row in 0..<30 {
      small.rows.append(["\(row * 3 % 31)", "\(row < 4 ? 90 : row)", row < 4 ? "yes" : "no"])
    }
    let warnings = try train(small).model.summary.warnings
    #expect(warnings.contains { $0.hasPrefix("column 'y': a threshold divides the outcomes") })
  }

  @Test func `whole numbers that name the row, and those that go by its number, are warnings`()
    throws
  {
    let keyed =
      table
      .adding("invoice") { row in "\((row * 7919) % 100_003)" }
      .adding("position") { row in "\(Double(row) * 1.5 + 0.25)" }
    let warnings = try train(keyed).model.summary.warnings
    #expect(warnings.count == 2, "\(warnings)")
    #expect(warnings.first?.contains("'invoice': nearly every row has a whole number") == true)
    #expect(warnings.last?.contains("'position': it rises with the number of the row") == true)
  }

  @Test func `labels by chance make no column suspicious`() throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed)
      let noise = TableText.customers(rowCount: 200, seed: seed).replacing("churned") { _, _ in
        generator.nextUnit() < 0.2 ? "yes" : "no"
      }
      #expect(try train(noise).table.audit.suspicions == [], "seed \(seed)")
    }
  }

  // MARK: - The area

  @Test func `the area of a quantity is the metric's, either way, and gaps may count as a level`() {
    var generator = SeededGenerator(seed: 4)
    let labels = (0..<400).map { _ in generator.nextUnit() < 0.3 }
    let values = labels.map { ($0 ? -0.7 : 0) + (generator.nextUnit() * 20).rounded() / 10 }
    let area = SingleColumnArea.area(of: .number(values), labels: labels)
    let metric = Metrics.rocAUC(scores: values, labels: labels)!
    #expect(metric < 0.5 && area == 1 - metric)
    let gaps = zip(values, labels).map { $1 ? Double.nan : $0 }
    #expect(SingleColumnArea.area(of: .number(gaps), labels: labels) == 1)
  }

  @Test func `a category without any bearing has an area of about a half, of one level or many`() {
    var generator = SeededGenerator(seed: 5)
    let labels = (0..<2000).map { _ in generator.nextUnit() < 0.3 }
    for levelCount in [1, 2, 10, 100, 1000] {
      let codes = labels.map { _ in Int32(generator.nextIndex(below: levelCount)) }
      let area = SingleColumnArea.area(of: .category(codes), labels: labels)
      #expect(area < 0.54, "\(levelCount) levels: \(area)")
    }
    let telling = labels.map { Int32($0 ? 1 : 0) }
    #expect(SingleColumnArea.area(of: .category(telling), labels: labels) == 1)
  }

  @Test func `large tables are judged on a sample, with the same figures within chance`() throws {
    var generator = SeededGenerator(seed: 6)
    let labels = (0..<60_000).map { _ in generator.nextUnit() < 0.05 }
    let values = labels.map { ($0 ? 0.8 : 0) + generator.nextUnit() * 2 }
    var audit = ColumnAudit(labels: labels, columnCount: 1, seed: 1)
    audit.look(at: "x", .number(values))
    audit.finish()
    let found = try #require(audit.strengths.first)
    let whole = Metrics.rocAUC(scores: values, labels: labels)!
    #expect(abs(found.rocAUC - whole) < 4 * found.standardError)
    var again = ColumnAudit(labels: labels, columnCount: 1, seed: 1)
    again.look(at: "x", .number(values))
    again.finish()
    #expect(again.strengths == audit.strengths)
  }

  @Test func `of large tables a sample says which columns are counted whole`() throws {
    var generator = SeededGenerator(seed: 7)
    let labels = (0..<50_000).map { _ in generator.nextUnit() < 0.02 }
    var audit = ColumnAudit(labels: labels, columnCount: 3, seed: 1)
    // Six in ten of those who left have a reason, and next to nobody of those who stayed.
    let gaps = labels.map { label in
      generator.nextUnit() < (label ? 0.6 : 0.000_04) ? generator.nextUnit() : Double.nan
    }
    audit.look(at: "gaps", .number(gaps))
    let words = labels.map { label in
      generator.nextUnit() < (label ? 0.2 : 0.000_05) ? Int32(1) : 0
    }
    audit.look(at: "words", .category(words))
    audit.look(at: "chance", .category(labels.map { _ in Int32(generator.nextIndex(below: 400)) }))
    audit.finish()
    #expect(audit.suspicions.map(\.column) == ["gaps", "words"])
    #expect(audit.suspicions.map(\.isRefused) == [true, false])
    let positives = labels.count { $0 }
    let filled = zip(gaps, labels).count { !$0.isNaN && $1 }
    #expect(audit.suspicions[0].figures["outcomes"] == Double(filled))
    #expect(audit.suspicions[0].figures["share_of_outcomes"] == Double(filled) / Double(positives))
  }

  // MARK: - The gap

  @Test func `trees that know every row are told to be too close to them`() throws {
    var generator = SeededGenerator(seed: 9)
    let noise = TableText.customers(rowCount: 400, seed: 9).replacing("churned") { _, _ in
      generator.nextUnit() < 0.3 ? "yes" : "no"
    }
    let outcome = try train(noise) {
      $0.learner = .gbm
      $0.foldCount = 3
      $0.calibration = .auto
      $0.boosting.treeCount = 100
      $0.boosting.learningRate = 0.3
      $0.boosting.leafCount = 31
      $0.boosting.minimumRowsPerLeaf = 2
      $0.boosting.earlyStoppingPatience = nil
    }
    let gap = try #require(outcome.overfit)
    #expect(gap.training > 0.95 && gap.heldOut < 0.65)
    #expect(outcome.model.summary.warnings.contains { $0.contains("it knows rows one by one") })
    #expect(try train(table) { $0.foldCount = 3 }.model.summary.warnings == [])
  }
}
