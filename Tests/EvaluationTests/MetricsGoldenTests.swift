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
      var roc_auc: Double
      var average_precision: Double
      var log_loss: Double
      var brier: Double
      var ece: Double
      var lift_at_10: Double
      var lift_at_33: Double
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
        ("AUC", Metrics.rocAUC(scores: p, labels: y, weights: w), stored.roc_auc),
        (
          "average precision", Metrics.averagePrecision(scores: p, labels: y, weights: w),
          stored.average_precision
        ),
        ("log loss", Metrics.logLoss(probabilities: p, labels: y, weights: w), stored.log_loss),
        ("Brier", Metrics.brierScore(probabilities: p, labels: y, weights: w), stored.brier),
        (
          "ECE", Metrics.expectedCalibrationError(probabilities: p, labels: y, weights: w),
          stored.ece
        ),
        ("lift 10", Metrics.lift(at: 0.1, scores: p, labels: y, weights: w), stored.lift_at_10),
        ("lift 33", Metrics.lift(at: 0.33, scores: p, labels: y, weights: w), stored.lift_at_33),
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
