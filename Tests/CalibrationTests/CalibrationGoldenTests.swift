import Calibration
import Learning
import TestSupport
import Testing

@Suite struct CalibrationGoldenTests {
  struct Reference: Decodable {
    struct Tolerance: Decodable {
      var sigmoidProbabilities: Double
      var platt: Double
      var isotonicRates: Double
      var beta: Double
    }
    struct Case: Decodable {
      var name: String
      var scores: [Double]
      var labels: [Bool]
      var weights: [Double]?
      var sigmoidProbabilities: [Double]
      var platt: [Double]
      var isotonicRates: [Double]
      var beta: [Double]
    }
    var tolerance: Tolerance
    var cases: [Case]
  }

  private let reference: Reference

  init() throws {
    reference = try ReferenceFiles.golden(Reference.self, "calibration.json")
    #expect(reference.cases.count >= 7)
  }

  @Test func `Platt agrees with scikit-learn's sigmoid and, closely, with scipy's optimum`() throws
  {
    for stored in reference.cases {
      let fit = try Calibrator.fitted(
        method: .platt, scores: stored.scores, labels: stored.labels, weights: stored.weights)
      guard case .platt(let slope, let intercept) = fit.calibrator else {
        Issue.record("not Platt")
        return
      }
      let tolerance = reference.tolerance.platt
      #expect(abs(slope - stored.platt[0]) <= tolerance, "\(stored.name): \(slope)")
      #expect(abs(intercept - stored.platt[1]) <= tolerance, "\(stored.name): \(intercept)")
      #expect(!fit.ranksNoBetterThanChance)
      for (score, expected) in zip(stored.scores, stored.sigmoidProbabilities) {
        let distance = abs(fit.calibrator.probability(score) - expected)
        #expect(distance <= reference.tolerance.sigmoidProbabilities, "\(stored.name): \(score)")
      }
    }
  }

  @Test func `isotonic blocks have the rates of scikit-learn's isotonic regression`() throws {
    for stored in reference.cases {
      let rows = try CalibrationRows(
        scores: stored.scores, labels: stored.labels, weights: stored.weights)
      let rates = IsotonicFit.blocks(of: rows).flatMap {
        [Double](repeating: $0.rate, count: $0.scoreCount)
      }
      let rateOfScore = Dictionary(uniqueKeysWithValues: zip(rows.scores, rates))
      for (score, expected) in zip(stored.scores, stored.isotonicRates) {
        let rate = try #require(rateOfScore[score])
        #expect(abs(rate - expected) <= reference.tolerance.isotonicRates, "\(stored.name)")
      }
    }
  }

  @Test func `beta calibration finds scipy's bounded optimum`() throws {
    for stored in reference.cases {
      let fit = try Calibrator.fitted(
        method: .beta, scores: stored.scores, labels: stored.labels, weights: stored.weights)
      guard case .beta(let a, let b, let c) = fit.calibrator else {
        Issue.record("not beta")
        return
      }
      for (found, expected) in zip([a, b, c], stored.beta) {
        #expect(
          abs(found - expected) <= reference.tolerance.beta,
          "\(stored.name): \(found), expected \(expected)")
      }
    }
  }
}
