import Diagnostics
import GradientBoosting
import Learning
import TestSupport
import Testing

/// The focal loss and weights of positives: whatever is minimised, a score is the log odds.
@Suite struct FocalLossTests {
  private struct Reference: Decodable {
    struct Curve: Decodable {
      var gamma: Double
      var confidences: [Double]
      var losses: [Double]
      var slopes: [Double]
    }
    var scores: [Double]
    var curves: [Curve]

    enum CodingKeys: String, CodingKey {
      case scores = "focal_scores"
      case curves = "focal_curves"
    }
  }

  /// The reference seeks the minimum of the expected loss itself, without its derivative in letters.
  @Test func `confidences, losses and slopes are those found by search`() throws {
    let reference = try ReferenceFiles.golden(Reference.self, "lightgbm.json")
    #expect(reference.curves.count == 4)
    for stored in reference.curves {
      let curve = FocalCurve(gamma: stored.gamma)
      for (index, score) in reference.scores.enumerated() {
        let confidence = curve.confidence(ofLogOdds: score)
        #expect(abs(confidence - stored.confidences[index]) < 1e-6)
        #expect(abs(curve.loss(score: score, label: true) - stored.losses[index]) < 1e-6)
        let slope = -LogLoss.probability(-score) * curve.weight(ofLogOdds: score)
        #expect(abs(slope - stored.slopes[index]) < 1e-6)
      }
    }
  }

  @Test(arguments: [1e-6, 0.5, 2, 5]) func `the table is the curve`(gamma: Double) {
    let curve = FocalCurve(gamma: gamma)
    let table = FocalTable(curve)
    var generator = SeededGenerator(seed: 4)
    for _ in 0..<3000 {
      let score = (generator.nextUnit() - 0.5) * 60 * generator.nextUnit()
      let weight = curve.weight(ofLogOdds: score)
      #expect(abs(Double(table.weights(SIMD8(repeating: score))[5]) - weight) < 2e-6)
      #expect(curve.weight(ofLogOdds: -score).isWithin(1e-12, of: weight))
      for label in [true, false] {
        #expect(
          abs(table.loss(score: score, label: label) - curve.loss(score: score, label: label))
            < 1e-7)
      }
    }
    // Far out the loss goes on, and nothing overflows.
    for score in [64, 65, 300, 1e6] {
      #expect(table.loss(score: score, label: true) < 1e-9)
      #expect(table.loss(score: score, label: false) > table.loss(score: 63, label: false))
      #expect(table.loss(score: score, label: false).isFinite)
      #expect(table.weights(SIMD8(repeating: score))[0] > 0)
    }
  }

  @Test func `without an exponent it is the log loss`() {
    let curve = FocalCurve(gamma: 0)
    for score in [-30, -3, -0.1, 0, 0.7, 12] {
      #expect(abs(curve.confidence(ofLogOdds: score) - score) < 1e-12 * max(1, abs(score)))
      #expect(abs(curve.weight(ofLogOdds: score) - 1) < 1e-12)
      #expect(
        abs(curve.loss(score: score, label: true) - LogLoss.value(score: score, label: true))
          < 1e-12)
    }
  }

  /// Six kinds of rows, whose rates are known exactly.
  private func kinds() throws -> (set: TrainingSet, rates: [Double]) {
    let rates = [0.02, 0.1, 0.3, 0.5, 0.8, 0.97]
    var kinds: [Double] = []
    var labels: [Bool] = []
    for (kind, rate) in rates.enumerated() {
      for row in 0..<500 {
        kinds.append(Double(kind))
        labels.append(row < Int((rate * 500).rounded()))
      }
    }
    return (try SeededTables.numbers([kinds], labels: labels), rates)
  }

  @Test(arguments: [(0, 1), (0, 20), (0, 0.05), (0.5, 1), (2, 1), (5, 1), (2, 10), (1, 0.2)])
  func `probabilities are the rates of the rows as they are`(
    gamma: Double, positiveWeight: Double
  ) throws {
    let (set, rates) = try kinds()
    var learner = GradientBoostingLearner()
    learner.focalGamma = gamma
    learner.positiveWeight = positiveWeight
    learner.treeCount = 400
    learner.earlyStoppingPatience = nil
    learner.l2 = 0
    learner.minimumHessianPerLeaf = 0
    let model = try learner.fitted(to: set, threads: 2)
    let scores = model.scores(of: set.matrix, threads: 1)
    for (kind, rate) in rates.enumerated() {
      #expect(
        abs(LogLoss.probability(scores[kind * 500]) - rate) < 0.003, "\(gamma) \(positiveWeight)")
    }
    #expect(try learner.fitted(to: set, threads: 1) == model)
    // So are those of a model that is refitted.
    let turned = try TrainingSet(matrix: set.matrix, labels: set.labels.map { !$0 })
    var refitted = model
    for _ in 0..<3 {
      refitted = try learner.refitted(refitted, on: turned, decay: 0, threads: 2)
    }
    let after = refitted.scores(of: set.matrix, threads: 1)
    for (kind, rate) in rates.enumerated() {
      #expect(abs(LogLoss.probability(after[kind * 500]) - (1 - rate)) < 0.01)
    }
  }

  @Test func `a weight of positives is a weight of their rows and another prior`() throws {
    let set = try SeededTables.mixed(rowCount: 4000, seed: 31)
    let weighted = try TrainingSet(
      matrix: set.matrix, labels: set.labels, weights: set.labels.map { $0 ? 8 : 1 })
    var learner = GradientBoostingLearner()
    learner.treeCount = 4
    learner.leafCount = 6
    learner.earlyStoppingPatience = nil
    let plain = try learner.fitted(to: weighted, threads: 2)
    learner.positiveWeight = 8
    let model = try learner.fitted(to: set, threads: 2)
    #expect(abs(model.baseScore - LogLoss.score(set.baseRate)) < 1e-6)
    for (score, other) in zip(
      model.scores(of: set.matrix, threads: 1), plain.scores(of: set.matrix, threads: 1))
    {
      #expect(abs(score - (other - PortableMath.log(8))) < 2e-3)
    }
  }

  @Test(arguments: [(0, 6), (2, 1), (1, 0.3)]) func `ten trees and ten more are twenty trees`(
    gamma: Double, positiveWeight: Double
  ) throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 32)
    func learner(_ treeCount: Int) -> GradientBoostingLearner {
      var learner = GradientBoostingLearner()
      learner.treeCount = treeCount
      learner.earlyStoppingPatience = nil
      learner.focalGamma = gamma
      learner.positiveWeight = positiveWeight
      return learner
    }
    let ten = try learner(10).fitted(to: set, threads: 2)
    let twenty = try learner(20).fitted(to: set, threads: 3)
    #expect(try learner(10).continued(from: ten, on: set, threads: 2) == twenty)
    #expect(try learner(10).refitted(ten, on: set, decay: 0, threads: 2) == ten)
  }

  @Test(arguments: [(-0.1, 1.0), (5.1, 1), (.nan, 1), (0, 0), (0, -3), (0, 20_000), (0, .infinity)])
  func `what is out of range is refused`(gamma: Double, positiveWeight: Double) throws {
    let set = try SeededTables.mixed(rowCount: 100, seed: 33)
    var learner = GradientBoostingLearner()
    learner.focalGamma = gamma
    learner.positiveWeight = positiveWeight
    #expect(throws: Diagnostic.self) { try learner.fitted(to: set, threads: 1) }
  }
}
