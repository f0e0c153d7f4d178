import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import RetentionKit
import Scoring
import TestSupport
import Testing

/// What is planted in a table, and what importances say of it.
struct ImportanceTests {
  /// A strong driver four times over, two of them with a little noise, a weaker one, and noise.
  private static func rows(_ count: Int, seed: UInt64) -> (matrix: FeatureMatrix, labels: [Bool]) {
    var generator = SeededGenerator(seed: seed)
    var columns = [[Double]](repeating: [], count: 5 + noiseCount)
    var labels: [Bool] = []
    for _ in 0..<count {
      let strong = generator.nextUnit() * 4 - 2
      let weak = generator.nextUnit() * 2 - 1
      columns[0].append(strong)
      columns[1].append(strong)
      columns[2].append(strong + generator.nextUnit() - 0.5)
      columns[3].append(strong + generator.nextUnit() - 0.5)
      columns[4].append(weak)
      for noise in 0..<noiseCount { columns[5 + noise].append(generator.nextUnit()) }
      labels.append(generator.nextUnit() < LogLoss.probability(1.2 * strong + weak - 1))
    }
    let names =
      ["strong", "copy", "near", "also near", "weak"] + (0..<noiseCount).map { "noise \($0)" }
    return (
      FeatureMatrix(
        features: names.map { Feature(name: $0, kind: .number) },
        columns: columns.map { .number($0) }, rowCount: count), labels
    )
  }

  private static let noiseCount = 20

  private static func part(
    _ learner: FittedModel, _ rows: (matrix: FeatureMatrix, labels: [Bool]), groups: [Int]? = nil
  ) -> HeldOutPart {
    HeldOutPart(
      learner: learner, calibrator: .identity, matrix: rows.matrix, labels: rows.labels,
      groups: groups)
  }

  private static func models(seed: UInt64) throws -> [FittedModel] {
    let rows = rows(3000, seed: seed)
    let set = try TrainingSet(matrix: rows.matrix, labels: rows.labels)
    var trees = GradientBoostingLearner()
    trees.treeCount = 60
    // Each tree sees half of the columns, so that copies take turns.
    trees.columnSample = 0.5
    return [
      .trees(try trees.fitted(to: set, threads: 2)),
      .logistic(try LogisticRegressionLearner().fitted(to: set, threads: 2)),
    ]
  }

  private static func importances(
    _ parts: [HeldOutPart], threads: Int = 2, repeatCount: Int = 5
  ) -> [Importance] {
    var measurement = ImportanceMeasurement(
      parts[0].matrix,
      settings: ImportanceMeasurement.Settings(repeatCount: repeatCount, threads: threads))
    for part in parts { measurement.add(part) }
    return measurement.importances()
  }

  @Test(arguments: [0, 1]) func `copies share an importance that each alone would hide`(
    learner: Int
  ) throws {
    let model = try Self.models(seed: 1)[learner]
    let found = Self.importances([Self.part(model, Self.rows(2000, seed: 2))])
    let groups = found.filter { $0.kind == .group }
    let first = try #require(groups.first)
    #expect(Set(first.members.map(\.feature)) == ["strong", "copy", "near", "also near"])
    #expect(first.value > 0.15 && first.isNoise == false)
    #expect(abs(first.members.reduce(0) { $0 + ($1.share ?? 0) } - 1) < 1e-9)
    #expect(first.members.allSatisfy { ($0.share ?? 0) < 0.9 })
    let alone = found.filter { $0.kind == .permutation }
    for name in ["strong", "copy", "near", "also near"] {
      let value = try #require(alone.first { $0.feature == name }).value
      #expect(value < first.value / 2, "\(name): \(value) of \(first.value)")
    }
    #expect(groups[1].feature == "weak" && groups[1].members.isEmpty)
    #expect(groups.count == 2 + Self.noiseCount)
  }

  @Test func `of noise, intervals hold 0 about 19 times in 20`() throws {
    var held = 0
    var count = 0
    for seed in 0..<UInt64(12) {
      let models = try Self.models(seed: 100 + seed)
      for (turn, model) in models.enumerated() {
        let part = Self.part(model, Self.rows(500, seed: 200 + 2 * seed + UInt64(turn)))
        for importance in Self.importances([part])
        where importance.kind == .group && importance.feature.hasPrefix("noise") {
          let interval = try #require(importance.interval)
          count += 1
          if interval.low <= 0, 0 <= interval.high { held += 1 }
        }
      }
    }
    #expect(count == 12 * 2 * Self.noiseCount)
    let share = Double(held) / Double(count)
    #expect(share > 0.92 && share < 0.99, "\(held) of \(count)")
  }

  @Test func `rows of an account that are all alike count as one`() throws {
    let model = try Self.models(seed: 3)[1]
    let rows = Self.rows(400, seed: 4)
    let fourfold = (0..<1600).map { $0 / 4 }
    let many = (
      matrix: rows.matrix.selecting(fourfold), labels: fourfold.map { rows.labels[$0] }
    )
    func weak(_ part: HeldOutPart) throws -> Double {
      try #require(
        Self.importances([part], repeatCount: 20).first {
          $0.kind == .group && $0.feature == "weak"
        }?
        .standardError)
    }
    let alone = try weak(Self.part(model, rows))
    #expect(try abs(weak(Self.part(model, many, groups: fourfold)) / alone - 1) < 0.15)
    #expect(try abs(weak(Self.part(model, many)) / alone - 0.5) < 0.1)
  }

  @Test func `parts are averaged, and threads change no bit`() throws {
    let models = try Self.models(seed: 5)
    let parts = models.enumerated().map { Self.part($1, Self.rows(800, seed: 6 + UInt64($0))) }
    let both = Self.importances(parts)
    #expect(both == Self.importances(parts, threads: 1))
    var measurement = ImportanceMeasurement(
      parts[0].matrix, settings: ImportanceMeasurement.Settings(threads: 2))
    for part in parts { measurement.add(part) }
    let stability = try #require(measurement.stability)
    #expect(stability.partCount == 2 && stability.ranksOfFirst == 1...1)
    #expect(stability.correlation > 0 && stability.correlation <= 1)
    #expect(measurement.emptied.isEmpty && measurement.emptied.importances().isEmpty)
    // Rows of one outcome say nothing.
    var silent = measurement.emptied
    silent.add(
      HeldOutPart(
        learner: models[0], calibrator: .identity, matrix: parts[0].matrix,
        labels: [Bool](repeating: false, count: 800)))
    #expect(silent.isEmpty)
  }
}
