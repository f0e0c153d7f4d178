import Calibration
import Explanation
import Learning
import Scoring
import Testing

/// From contributions in log odds to points of probability.
@Suite struct PointScaleTests {
  private let set = SampleModels.set

  private func model(_ learner: SampleLearner, _ calibration: CalibrationMethod) -> RetentionModel {
    var model = SampleModels.model(learner, calibration: calibration)
    model.levels = ReferenceLevels(of: model.learner.attribution(of: set.matrix, threads: 2))
    return model
  }

  @Test(arguments: SampleLearner.allCases, [CalibrationMethod.none, .platt, .isotonic, .beta])
  func `points add up to the probability minus the base rate`(
    learner: SampleLearner, calibration: CalibrationMethod
  ) {
    let model = model(learner, calibration)
    let attribution = model.learner.attribution(of: set.matrix, threads: 2)
    let scale = model.pointScale(meanScore: attribution.meanScore)
    #expect((scale.baseProbability - model.summary.baseRate).magnitude < 1e-12)
    let probabilities = model.probabilities(of: set.matrix, threads: 1)
    var worst = 0.0
    for row in 0..<set.rowCount {
      let points = scale.points(ofRow: row, attribution: attribution)
      worst = max(
        worst,
        (points.reduce(scale.baseProbability, +) - probabilities[row]).magnitude)
    }
    #expect(worst < 1e-9)
  }

  @Test func `points by hand, for two levels and a score that is one of them`() {
    // Levels at log odds -2 and 2, half of the rows each; the mean score is 0.
    let levels = ReferenceLevels(
      featureCount: 2, scores: [-2, 2], shares: [0.5, 0.5], contributions: [-2, 0, 1, 1])
    let scale = PointScale(levels, calibrator: .identity, baseRate: nil)
    #expect((scale.baseProbability - 0.5).magnitude < 1e-15)
    let high = 1 / (1 + PortableMath.exp(-2.0))
    // Against the lower level the account differs by (3, 1), and its probability by high - low;
    // against the upper one by (0, 0) in all, where the derivative stands for the quotient.
    let points = scale.points(of: [1, 1][...], rawScore: 2)
    let step = 0.5 * (high - (1 - high)) / 4
    #expect((points[0] - 3 * step).magnitude < 1e-15)
    #expect((points[1] - 1 * step).magnitude < 1e-15)
  }

  @Test(arguments: [0.02, 0.3, 0.5, 0.9])
  func `the shares are tilted until the mean probability is the base rate`(rate: Double) {
    let scores = (0..<20).map { Double($0) / 2 - 7 }
    let levels = ReferenceLevels(
      featureCount: 1, scores: scores, shares: [Double](repeating: 0.05, count: 20),
      contributions: scores)
    let scale = PointScale(levels, calibrator: .identity, baseRate: rate)
    #expect((scale.baseProbability - rate).magnitude < 1e-14)
    let points = scale.points(of: [1.5][...], rawScore: 1.5)
    let probability = Calibrator.identity.probability(1.5)
    #expect((points[0] - (probability - rate)).magnitude < 1e-12)
  }

  @Test(arguments: [0, 1e-9, 0.9999999, 1.0])
  func `a base rate beyond all levels leaves their shares alone`(rate: Double) {
    let levels = ReferenceLevels(
      featureCount: 1, scores: [-1, 1], shares: [0.25, 0.75], contributions: [-1, 1])
    let scale = PointScale(levels, calibrator: .identity, baseRate: rate)
    let mean =
      0.25 * Calibrator.identity.probability(-1) + 0.75 * Calibrator.identity.probability(1)
    #expect((scale.baseProbability - mean).magnitude < 1e-15)
  }

  @Test func `a score next to a level's gives no noise`() {
    let levels = ReferenceLevels(
      featureCount: 2, scores: [0.1, 0.3], shares: [0.5, 0.5], contributions: [5, -4.9, 3, -2.7])
    let scale = PointScale(levels, calibrator: .identity, baseRate: nil)
    func points(_ shift: Double) -> [Double] {
      scale.points(of: [8 + shift, -7.7][...], rawScore: 0.3 + shift)
    }
    let at = points(0)
    for shift in [1e-17, 1e-16, 3e-16, 1e-15, 1e-13, 1e-11, 1e-9, 2e-9] {
      for (one, other) in zip(points(shift), at) { #expect((one - other).magnitude < 1e-6) }
    }
  }

  @Test func `levels are equal parts of the rows in the order of their scores`() throws {
    let count = 100
    let values = (0..<count).flatMap { [Double($0 % 10), Double($0)] }
    let attribution = Attribution(meanScore: 1, featureCount: 2, values: values)
    let levels = try #require(ReferenceLevels(of: attribution))
    #expect(levels.scores.count == 5)
    #expect(levels.shares == [0.2, 0.2, 0.2, 0.2, 0.2])
    #expect(levels.scores == levels.scores.sorted())
    for level in 0..<5 {
      let sum = levels.contributions[2 * level..<2 * level + 2].reduce(1, +)
      #expect((levels.scores[level] - sum).magnitude < 1e-12)
    }
    // The mean over the levels is the mean over the rows.
    let mean = (0..<5).reduce(0) { $0 + levels.shares[$1] * levels.contributions[2 * $1 + 1] }
    #expect((mean - 49.5).magnitude < 1e-9)
  }

  @Test func `weights count, and too few rows make no levels`() throws {
    let few = Attribution(meanScore: 0, featureCount: 1, values: (0..<39).map(Double.init))
    #expect(ReferenceLevels(of: few) == nil)
    let rows = Attribution(meanScore: 0, featureCount: 1, values: (0..<40).map(Double.init))
    #expect(ReferenceLevels(of: rows, weights: [Double](repeating: 0, count: 40)) == nil)
    let weights = (0..<40).map { $0 < 20 ? 3.0 : 1.0 }
    let levels = try #require(ReferenceLevels(of: rows, weights: weights))
    #expect(levels.shares == [0.75, 0.25])
    #expect((levels.scores[0] - 9.5).magnitude < 1e-12)
    let lower = weights.indices.map { $0 < 20 ? 0.0 : 1.0 }
    #expect(ReferenceLevels(of: rows, weights: lower)?.shares == [1])
  }
}
