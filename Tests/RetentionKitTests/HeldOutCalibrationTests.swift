import Learning
import RetentionKit
import TestSupport
import Testing

/// What a training makes of its held-out scores: the choice of a calibrator, warnings, certainty.
@Suite struct HeldOutCalibrationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func train(
    _ table: TableText, _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> TrainingOutcome {
    var options = TrainingOptions(table: try folder.write(table.csv, to: "t.csv"), label: "churned")
    options.learner = .gbm
    options.threads = 2
    change(&options)
    return try Training(options).run()
  }

  /// One driver and a day; the log odds rise by `drift` from the first day to the last.
  private func drifting(rowCount: Int, drift: Double) -> TableText {
    var generator = SeededGenerator(seed: 3)
    return TableText(
      header: ["x", "day", "churned"],
      rows: (0..<rowCount).map { row in
        let x = (generator.nextUnit() * 4000 - 2000).rounded() / 1000
        let time = Double(row) / Double(rowCount)
        let churned = generator.nextUnit() < LogLoss.probability(x - 2 + drift * time)
        return ["\(x)", "\(Int(time * 100))", churned ? "yes" : "no"]
      })
  }

  @Test(arguments: [10.0, 0.1])
  func `weights of positives leave the mean probability at the base rate, uncalibrated`(
    weight: Double
  ) throws {
    let outcome = try train(.customers(rowCount: 3000, seed: 8)) {
      $0.boosting.positiveWeight = weight
      $0.calibration = .none
    }
    let rows = try #require(outcome.outOfFold)
    let rate = outcome.model.summary.baseRate
    let mean = rows.reduce(0) { $0 + $1.probability! } / Double(rows.count)
    // Of the rows as weighted, the rate is four times as high, or a ninth.
    #expect(abs(mean / rate - 1) < 0.15, "\(mean), base rate \(rate)")
    #expect(outcome.model.calibrator == .identity && outcome.model.summary.calibration == nil)
  }

  @Test func `the choice is kept in the model and printed, and single scores have a certainty`()
    throws
  {
    let table = TableText.customers(rowCount: 1200, seed: 9)
    let outcome = try train(table)
    let choice = try #require(outcome.model.summary.calibration)
    let certainty = try #require(outcome.model.certainty)
    let text = outcome.text(TrainingOptions(table: "t.csv", label: "churned"))
    #expect(text.contains("Calibration: \(choice.method.rawValue) ("))
    #expect(
      outcome.model.text(id: "0", byteCount: 1).contains("says the opposite of at most 10.0 %"))
    // Of rows held out, no more than a tenth of either outcome is contradicted.
    for label in [true, false] {
      let rows = try #require(outcome.outOfFold).filter { $0.label == label }
      let wrong = rows.count {
        let verdict = certainty.band.verdict(of: $0.score!)
        return verdict == .unusual || verdict == (label ? .no : .yes)
      }
      #expect(Double(wrong) <= 0.1 * Double(rows.count))
      #expect(Double(wrong) >= 0.05 * Double(rows.count))
    }
    let plain = try train(table) { $0.foldCount = nil }
    #expect(plain.model.certainty == nil && plain.model.summary.calibration == nil)
    #expect(
      plain.model.scores(of: try encoded(plain), threads: 1).allSatisfy { $0.certainty == nil })
  }

  private func encoded(_ outcome: TrainingOutcome) throws -> EncodedTable {
    try ScoringInput(
      path: folder.path("t.csv"), model: outcome.model, needsOutcomes: false
    ).table
  }

  @Test func `going forward, a fold is judged by calibrators of earlier ones`() throws {
    let table = drifting(rowCount: 1500, drift: 0)
    let outcome = try train(table) {
      $0.time = "day"
      $0.calibration = .platt
      $0.foldCount = 4
    }
    let rows = try #require(outcome.outOfFold)
    for fold in 0..<4 {
      let earlier = rows.filter { $0.fold >= 0 && $0.fold < fold }
      let calibrator =
        fold == 0
        ? Calibrator.identity
        : try Calibrator.fitted(
          method: .platt, scores: earlier.map { $0.score! }, labels: earlier.map(\.label)
        ).calibrator
      for row in rows where row.fold == fold {
        #expect(row.probability == calibrator.probability(row.score!))
      }
    }
    let judged = rows.filter { $0.fold >= 0 }
    #expect(
      outcome.model.calibrator
        == (try Calibrator.fitted(
          method: .platt, scores: judged.map { $0.score! }, labels: judged.map(\.label)
        ).calibrator))
  }

  @Test func `a rate that rises over the folds is warned of, one that stays is not`() throws {
    let still = try train(drifting(rowCount: 2000, drift: 0)) { $0.time = "day" }
    #expect(!still.model.summary.warnings.contains { $0.contains("mean probability") })
    let rising = try train(drifting(rowCount: 2000, drift: 3)) { $0.time = "day" }
    #expect(
      rising.model.summary.warnings.contains {
        $0.contains("mean probability") && $0.contains("rate changes over the folds")
      }, "\(rising.model.summary.warnings)")
  }

  @Test func `a warning says what is off, how badly, and what helps`() throws {
    func warning(_ probability: Double, _ method: CalibrationMethod) throws -> String? {
      let labels = (0..<10_000).map { $0 % 5 == 0 }
      return try #require(
        CalibrationCheck(
          probabilities: [Double](repeating: probability, count: 10_000), labels: labels)
      ).warning(method: method)
    }
    #expect(try warning(0.2, .none) == nil)
    #expect(try warning(0.205, .none) == nil)
    let clear = try #require(try warning(0.225, .none))
    #expect(clear.contains("22.5 %, and 20.0 %") && clear.contains("--calibration auto"))
    let gross = try #require(try warning(0.5, .none))
    #expect(gross.hasPrefix("the probabilities are wrong") && gross.contains("--calibration auto"))
    let drifted = try #require(try warning(0.5, .auto))
    #expect(drifted.contains("far off") && !drifted.contains("--calibration auto"))
  }
}
