import RetentionKit
import TestSupport
import Testing

/// What a model of the shipped customers finds, beside the truth that was planted in them.
struct PlantedTruthTests {
  /// What the true probabilities reach on the held-out customers is 0.881.
  private static let mostPossible = 0.89

  /// Columns with a term of their own in the true log odds, and those that decide whether one counts.
  private static let planted = Set(
    SyntheticCustomers.plantedDrivers.filter { $0.direction != .none }
      .flatMap { [$0.feature, $0.gate].compactMap(\.self) })

  @Test func `held-out ROC AUC is close to the truth's and not above it`() throws {
    let (_, evaluation) = try ShippedTables.evaluation.get()
    #expect(!evaluation.isTrainingTable)
    let area = try #require(evaluation.summary.rocAUC)
    #expect(0.84 < area && area < Self.mostPossible, "ROC AUC \(area)")
  }

  @Test func `cross-validation foretells the held-out figures`() throws {
    let (_, evaluation) = try ShippedTables.evaluation.get()
    let foretold = try #require(ShippedTables.best.get().evaluation)
    for metric in [Metric.rocAUC, .averagePrecision, .logLoss, .brierScore] {
      let value = try #require(evaluation.summary[metric])
      let interval = try #require(foretold.interval(of: metric))
      // The held-out figure has an error too: the interval is widened by its own width.
      let width = interval.high - interval.low
      #expect(interval.low - width < value && value < interval.high + width, "\(metric)")
    }
  }

  @Test func `probabilities mean what they say on customers never seen`() throws {
    let (_, evaluation) = try ShippedTables.evaluation.get()
    for bin in evaluation.summary.reliability {
      // Three standard errors of a rate of that size.
      let error = (bin.meanProbability * (1 - bin.meanProbability) / bin.rows).squareRoot()
      #expect(
        abs(bin.meanProbability - bin.observedRate) < 3 * error + 0.01,
        "\(bin.meanProbability) foretold, \(bin.observedRate) seen")
    }
  }

  @Test func `noise has no importance, and planted drivers come first`() throws {
    let model = try ShippedTables.best.get().model
    let (input, _) = try ShippedTables.evaluation.get()
    let report = try ImportanceReport(
      model, on: input, path: ShippedTables.heldOut, repeatCount: 5, seed: 1, threads: 2)
    let importances = report.importances(.permutation)
    #expect(importances.count == 23)
    for noise in SyntheticCustomers.plantedDrivers where noise.direction == .none {
      let importance = try #require(importances.first { $0.feature == noise.feature })
      let error = try #require(importance.standardError)
      #expect(
        abs(importance.value) < max(2 * error, 0.002),
        "\(noise.feature): \(importance.value) ± \(error)")
    }
    for importance in importances.prefix(6) {
      #expect(Self.planted.contains(importance.feature), "\(importance.feature)")
    }
    #expect(Set(importances.prefix(2).map(\.feature)) == ["feature_depth_30d", "usage_change_28d"])
    // In groups, the same two lead, and only noise is called so beside what is idle in this model.
    let groups = report.importances(.group)
    #expect(
      Set(groups.prefix(2).map(\.feature)) == ["feature_depth_30d", "usage_change_28d"])
    #expect(groups.prefix(4).allSatisfy { $0.isNoise == false })
    #expect(report.drivers?.contains("feature_depth_30d") == true)
    #expect(report.families.isEmpty, "a plain table has no families")
  }

  @Test func `reasons move with the direction that was planted`() throws {
    let model = try ShippedTables.best.get().model
    let (input, _) = try ShippedTables.evaluation.get()
    let matrix = input.table.matrix
    let attribution = model.learner.attribution(of: matrix, threads: 2)
    func mean(_ name: String, where isIn: (Double) -> Bool) throws -> Double {
      let feature = try #require(matrix.features.firstIndex { $0.name == name })
      guard case .number(let values) = matrix.columns[feature] else { return .nan }
      let rows = values.indices.filter { isIn(values[$0]) }
      #expect(rows.count >= 20, "\(name)")
      return rows.reduce(0) { $0 + attribution.contributions(ofRow: $1)[feature] }
        / Double(rows.count)
    }
    #expect(try mean("usage_change_28d") { $0 < 0.4 } > 0.5)
    #expect(try mean("usage_change_28d") { $0 > 0.9 } < 0)
    #expect(try mean("champion_days_silent") { $0 > 30 } > 0.2)
    #expect(try mean("champion_days_silent") { $0 < 20 } < 0)
    #expect(try mean("feature_depth_30d") { $0 < 0.2 } > 0.5)
    #expect(try mean("feature_depth_30d") { $0 > 0.8 } < -0.3)
    #expect(try mean("failed_payments_84d") { $0 >= 2 } > 0.2)
  }

  @Test func `a saved model is the same model, and its scores are the same bits`() throws {
    let model = try ShippedTables.best.get().model
    let folder = try TemporaryFolder()
    let written = try ModelFile.write(model, to: folder.path("m.retain"))
    let read = try ModelFile(path: folder.path("m.retain"))
    #expect(read.id == written.id)
    #expect(read.model == model)
    let matrix = try ShippedTables.evaluation.get().input.table.matrix
    #expect(
      read.model.probabilities(of: matrix, threads: 2)
        == model.probabilities(of: matrix, threads: 1))
  }
}
