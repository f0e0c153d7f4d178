import GradientBoosting
import Learning
import TestSupport
import Testing

/// Trees of both, grown on the same bins, must be the same but for the rounding of gradients.
@Suite struct LightGBMGoldenTests {
  private struct Reference: Decodable {
    struct Case: Decodable {
      var name: String
      var scores: [Double]
    }
    var columns: [[Int?]]
    var labels: [Int]
    var cases: [Case]
  }

  /// What each case of the script is called here.
  private static let settings: [String: @Sendable (inout GradientBoostingLearner) -> Void] = [
    "plain": { _ in },
    "l1": { $0.l1 = 12 },
    "path smoothing": {
      $0.pathSmoothing = 60
      $0.featureWeights = [4: 0]
    },
    "l1 and path smoothing": {
      $0.l1 = 1
      $0.pathSmoothing = 25
      $0.featureWeights = [4: 0]
    },
    "depth": { $0.depthLimit = 2 },
    "least gain": { $0.minimumGain = 17.5 },
    "feature weights": { $0.featureWeights = [0: 0.3, 2: 0.6, 4: 0.2] },
    "interactions": { $0.interactions = [[0, 2], [1, 4]] },
    "monotone": { $0.monotone = [0: -1, 2: 1] },
    "smoothed categories": {
      $0.categorySmoothing = 60
      $0.categoryRowsPerLevel = 60
    },
    "one-hot categories": { $0.categoryOneHotLimit = 20 },
    "heavier categories": { $0.categoryL2 = 120 },
    "few levels on a side": { $0.categoryLevelLimit = 2 },
    "large groups of levels": { $0.categoryRowsPerGroup = 300 },
  ]

  @Test func `every parameter does what LightGBM's does`() throws {
    let reference = try ReferenceFiles.golden(Reference.self, "lightgbm.json")
    let set = try set(reference)
    #expect(reference.cases.count == Self.settings.count)
    let plain = try #require(reference.cases.first { $0.name == "plain" }?.scores)
    for stored in reference.cases {
      var learner = GradientBoostingLearner()
      learner.treeCount = 2
      learner.leafCount = 5
      learner.learningRate = 0.3
      learner.earlyStoppingPatience = nil
      learner.categoryRowsPerLevel = 10
      let apply = try #require(Self.settings[stored.name])
      apply(&learner)
      let scores = try learner.fitted(to: set, threads: 2).scores(of: set.matrix, threads: 1)
      let differences = zip(scores, stored.scores).map { abs($0 - $1) }
      #expect(differences.max()! < 2e-3, "\(stored.name)")
      // The parameter has something to do here.
      let effect = zip(stored.scores, plain).map { abs($0 - $1) }.max()!
      #expect(stored.name == "plain" || effect > 0.02, "\(stored.name)")
    }
  }

  private func set(_ reference: Reference) throws -> TrainingSet {
    let last = reference.columns.count - 1
    let levels = (0..<12).map { "\($0)" }
    return try TrainingSet(
      matrix: FeatureMatrix(
        features: (0..<last).map { Feature(name: "x\($0)", kind: .number) }
          + [Feature(name: "level", kind: .category(levels: levels))],
        columns: reference.columns.dropLast().map {
          .number($0.map { $0.map(Double.init) ?? .nan })
        }
          + [.category(reference.columns[last].map { Int32($0 ?? -1) })],
        rowCount: reference.labels.count),
      labels: reference.labels.map { $0 == 1 })
  }
}
