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
      var rocAUC: Double?
      var averagePrecision: Double?
      var logLoss: Double
      var brier: Double
      var ece: Double
      var liftAt10: Double?
      var liftAt33: Double?
      var ks: Double?
      var groups: [Int]?
      var meanProbability: Double
      var brierParts: [Double]
      var aucVariance: Double?
      var line: Line?
      var confusion: Calls
      var money: [Double]?
      var captured: Double?
    }
    /// Each a value and its standard error.
    struct Line: Decodable {
      var slope: [Double]
      var intercept: [Double]
      var inTheLarge: [Double]
    }
    struct Calls: Decodable {
      var counts: [Double]
      var precision: Double?
      var recall: Double?
      var specificity: Double?
      var f1: Double?
      var matthews: Double?
    }
    var tolerance: Tolerance
    var cases: [Case]
  }

  @Test func `every metric agrees with scikit-learn, ties and weights included`() throws {
    let reference = try ReferenceFiles.golden(Reference.self, "metrics.json")
    #expect(reference.cases.count >= 10)
    for stored in reference.cases {
      let (p, y, w) = (stored.probabilities, stored.labels, stored.weights)
      let figures: [(String, Double?, Double?)] = [
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
        (
          "mean probability", Metrics.meanProbability(probabilities: p, labels: y, weights: w),
          stored.meanProbability
        ),
      ]
      for (name, figure, expected) in figures {
        expectClose(figure, expected, reference.tolerance.absolute, "\(stored.name), \(name)")
      }
    }
  }

  private func expectClose(
    _ figure: Double?, _ expected: Double?, _ tolerance: Double, _ what: String
  ) {
    guard let figure, let expected else {
      #expect(figure == nil && expected == nil, "\(what): \(figure as Any), \(expected as Any)")
      return
    }
    #expect(
      abs(figure - expected) <= tolerance * max(1, abs(expected)),
      "\(what): \(figure), expected \(expected)")
  }

  @Test func `the parts of the Brier score agree with Murphy's formulas and add up`() throws {
    let reference = try ReferenceFiles.golden(Reference.self, "metrics.json")
    for stored in reference.cases {
      let (p, y, w) = (stored.probabilities, stored.labels, stored.weights)
      let distinct = try #require(Metrics.brierParts(probabilities: p, labels: y, weights: w))
      let found = [distinct.reliability, distinct.resolution, distinct.uncertainty]
      for (part, expected) in zip(found, stored.brierParts) {
        expectClose(part, expected, 1e-12, stored.name)
      }
      #expect(abs(distinct.withinBinVariance) < 1e-15)
      #expect(abs(distinct.withinBinCovariance) < 1e-15)
      let binned = try #require(
        Metrics.brierParts(probabilities: p, labels: y, weights: w, binCount: 10))
      expectClose(distinct.score, stored.brier, 1e-12, stored.name)
      expectClose(binned.score, stored.brier, 1e-12, stored.name)
      #expect(binned.reliability <= distinct.reliability + 1e-12)
    }
  }

  @Test func `slope and intercepts agree with statsmodels, and their errors with clusters too`()
    throws
  {
    let reference = try ReferenceFiles.golden(Reference.self, "metrics.json")
    #expect(reference.cases.count { $0.line != nil } >= 8)
    for stored in reference.cases {
      let line = Metrics.calibrationLine(
        probabilities: stored.probabilities, labels: stored.labels, weights: stored.weights,
        groups: stored.groups)
      guard let expected = stored.line else {
        #expect(line?.slope == nil, "\(stored.name)")
        continue
      }
      let found = try #require(line)
      for (name, estimate, values) in [
        ("slope", found.slope, expected.slope), ("intercept", found.intercept, expected.intercept),
        ("in the large", found.interceptInTheLarge, expected.inTheLarge),
      ] {
        expectClose(estimate?.value, values[0], 1e-12, "\(stored.name), \(name)")
        expectClose(
          estimate?.standardError, values[1], 1e-12, "\(stored.name), error of \(name)")
      }
    }
  }

  @Test func `the variance of the AUC is that of all pairs, by account where there are accounts`()
    throws
  {
    let reference = try ReferenceFiles.golden(Reference.self, "metrics.json")
    #expect(reference.cases.count { $0.aucVariance != nil } >= 10)
    for stored in reference.cases {
      let rows = try #require(
        RankedRows(
          scores: stored.probabilities, labels: stored.labels, weights: stored.weights,
          groups: stored.groups))
      expectClose(AUCVariance(rows)?.variance, stored.aucVariance, 1e-12, stored.name)
    }
  }

  @Test func `the confusion and the money captured agree with scikit-learn and numpy`() throws {
    let reference = try ReferenceFiles.golden(Reference.self, "metrics.json")
    for stored in reference.cases {
      let (p, y, w) = (stored.probabilities, stored.labels, stored.weights)
      let calls = try #require(Confusion(scores: p, labels: y, weights: w, atLeast: 0.4))
      let counts = [
        calls.truePositives, calls.falsePositives, calls.trueNegatives, calls.falseNegatives,
      ]
      for (count, expected) in zip(counts, stored.confusion.counts) {
        expectClose(count, expected, 1e-12, stored.name)
      }
      for (name, figure, expected) in [
        ("precision", calls.precision, stored.confusion.precision),
        ("recall", calls.recall, stored.confusion.recall),
        ("specificity", calls.specificity, stored.confusion.specificity),
        ("F1", calls.f1, stored.confusion.f1),
        ("Matthews", calls.matthewsCorrelation, stored.confusion.matthews),
      ] {
        expectClose(figure, expected, 1e-12, "\(stored.name), \(name)")
      }
      if let money = stored.money {
        let capture = MoneyCapture(
          scores: p, labels: y, money: money, weights: w, shares: [0.1],
          bootstrap: Bootstrap(resampleCount: 0))
        expectClose(capture?.rows[0].captured, stored.captured, 1e-12, stored.name)
      }
    }
  }
}
