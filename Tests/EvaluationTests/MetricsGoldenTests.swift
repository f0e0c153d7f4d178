import Evaluation
import TestSupport
import Testing

@Suite struct MetricsGoldenTests {
  private struct Reference: Decodable {
    struct Tolerance: Decodable { var absolute: Double }
    struct Case: Decodable {
      var name: String
      var probabilities: [Double]
      var labels: [Bool]
      var weights: [Double]?
      var rocAUC: Double
      var averagePrecision: Double
      var logLoss: Double
      var brier: Double
      var ece: Double
      var liftAt10: Double
      var liftAt33: Double
      var ks: Double
    }
    var tolerance: Tolerance
    var cases: [Case]
  }

  @Test func `every metric agrees with scikit-learn, ties and weights included`() throws {
    let reference = try ReferenceFiles.golden(Reference.self, "metrics.json")
    #expect(reference.cases.count >= 10)
    for stored in reference.cases {
      let (p, y, w) = (stored.probabilities, stored.labels, stored.weights)
      let figures: [(String, Double?, Double)] = [
        ("AUC", Metrics.rocAUC(scores: p, labels: y, weights: w), stored.rocAUC),
        (
          "average precision", Metrics.averagePrecision(scores: p, labels: y, weights: w),
          stored.averagePrecision
        ),
        ("log loss", Metrics.logLoss(probabilities: p, labels: y, weights: w), stored.logLoss),
        ("Brier", Metrics.brierScore(probabilities: p, labels: y, weights: w), stored.brier),
        (
          "ECE", Metrics.expectedCalibrationError(probabilities: p, labels: y, weights: w),
          stored.ece
        ),
        ("lift 10", Metrics.lift(at: 0.1, scores: p, labels: y, weights: w), stored.liftAt10),
        ("lift 33", Metrics.lift(at: 0.33, scores: p, labels: y, weights: w), stored.liftAt33),
        ("KS", Metrics.kolmogorovSmirnov(scores: p, labels: y, weights: w), stored.ks),
      ]
      for (name, figure, expected) in figures {
        let distance = abs((figure ?? .infinity) - expected)
        #expect(
          distance <= reference.tolerance.absolute * max(1, expected),
          "\(stored.name), \(name): \(String(describing: figure)), expected \(expected)")
      }
    }
  }
}
