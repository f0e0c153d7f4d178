import Learning
import LogisticRegression
import TestSupport
import Testing

/// Comparisons with R's glm and drop1, statsmodels' sandwich and variance inflation, and brglm2;
/// `Scripts/make-golden-logistic.py` makes the stored figures.
@Suite struct InferenceGoldenTests {
  private static let tolerance = 1e-7

  private struct Golden: Decodable {
    var sets: [Rows]
  }

  private struct Rows: Decodable {
    var name: String
    var columns: [[Double]]
    var labels: [Int]
    var plan: [String]?
    var groups: [Int]
    var wholeWeights: [Double]?
    var fractionalWeights: [Double]?
    var cases: [Case]

    enum CodingKeys: String, CodingKey {
      case name, columns, labels, plan, groups, cases
      case wholeWeights = "whole_weights"
      case fractionalWeights = "fractional_weights"
    }

    /// What a case fits: rows in groups, with the category and the weights it uses.
    func trainingSet(_ stored: Case) throws -> TrainingSet {
      var features = columns.indices.map { Feature(name: "x\($0)", kind: .number) }
      var values = columns.map { FeatureColumn.number($0) }
      if stored.uses.contains("plan"), let plan {
        let levels = Array(Set(plan)).sorted()
        features.append(Feature(name: "plan", kind: .category(levels: levels)))
        values.append(.category(plan.map { Int32(levels.firstIndex(of: $0)!) }))
      }
      let weights =
        stored.uses.contains("whole_weights")
        ? wholeWeights : stored.uses.contains("fractional_weights") ? fractionalWeights : nil
      return try TrainingSet(
        matrix: FeatureMatrix(features: features, columns: values, rowCount: labels.count),
        labels: labels.map { $0 == 1 }, weights: weights,
        scheme: ValidationScheme(.grouped(groups), seed: 0))
    }
  }

  private struct Case: Decodable {
    var name: String
    var uses: [String]
    var names: [String]
    var coefficients: [Double]
    var errors: [Double]
    var waldP: [Double]
    var nullDeviance: Double
    var deviance: Double
    var aic: Double
    var termTests: [String: StoredTest]
    var modelTest: StoredTest
    var covariance: [[Double]]?
    var robust: Robust?
    var varianceInflation: [Double]?

    struct StoredTest: Decodable {
      var statistic: Double
      var degreesOfFreedom: Int
      var p: Double

      enum CodingKeys: String, CodingKey {
        case statistic, p
        case degreesOfFreedom = "degrees_of_freedom"
      }
    }

    struct Robust: Decodable {
      var clusterCorrected: [Double]?

      enum CodingKeys: String, CodingKey { case clusterCorrected = "cluster_corrected" }
    }

    enum CodingKeys: String, CodingKey {
      case name, uses, names, coefficients, deviance, aic, covariance, robust
      case errors = "standard_errors"
      case waldP = "wald_p"
      case nullDeviance = "null_deviance"
      case termTests = "term_tests"
      case modelTest = "model_test"
      case varianceInflation = "variance_inflation"
    }
  }

  private func inference(_ set: TrainingSet, isFirth: Bool = false, threads: Int = 2) throws
    -> LogisticInference
  {
    var learner = LogisticRegressionLearner()
    learner.l2 = 0
    learner.isFirth = isFirth
    learner.inference = .tests
    return try #require(try learner.fitted(to: set, threads: threads).inference)
  }

  private func expectSame(
    _ test: LogisticInference.Test?, _ stored: Case.StoredTest, _ name: String
  ) {
    guard let test else {
      Issue.record("\(name): no test")
      return
    }
    #expect(
      test.statistic.isWithin(Self.tolerance, of: stored.statistic),
      "\(name): \(test.statistic), not \(stored.statistic)")
    #expect(test.degreesOfFreedom == stored.degreesOfFreedom)
    #expect(test.p.isWithin(Self.tolerance, of: stored.p), "\(name): \(test.p), not \(stored.p)")
  }

  @Test(arguments: ["well-conditioned", "near-equal columns", "columns of unlike sizes"])
  func `tests, errors and inflation are R's and statsmodels'`(name: String) throws {
    let golden = try ReferenceFiles.golden(Golden.self, "inference.json")
    let rows = try #require(golden.sets.first { $0.name == name })
    // The learner has no offsets.
    let cases = rows.cases.filter { !$0.uses.contains("offsets") }
    #expect(!cases.isEmpty)
    for stored in cases {
      let set = try rows.trainingSet(stored)
      let found = try inference(set)
      let label = "\(name), \(stored.name)"
      #expect(found.penalty == .none)
      #expect(found.parameterCount == stored.names.count)
      #expect(found.deviance.isWithin(Self.tolerance, of: stored.deviance))
      #expect(found.nullDeviance.isWithin(Self.tolerance, of: stored.nullDeviance))
      #expect(found.aic.isWithin(Self.tolerance, of: stored.aic))
      expectSame(found.test, stored.modelTest, label)
      for (index, term) in found.terms.enumerated() {
        let feature = set.matrix.features[term.feature]
        let termName = "\(label), \(feature.name)"
        expectSame(term.test, try #require(stored.termTests[feature.name]), termName)
        guard case .number = feature.kind else {
          expectSame(term, feature, stored, termName)
          continue
        }
        let effect = term.effects[0]
        for (value, reference) in [
          (effect.estimate, stored.coefficients[index + 1]),
          (effect.standardError, stored.errors[index + 1]), (effect.waldP, stored.waldP[index + 1]),
        ] {
          #expect(
            value.isWithin(Self.tolerance, of: reference), "\(termName): \(value), not \(reference)"
          )
        }
        if let errors = stored.robust?.clusterCorrected {
          let error = try #require(effect.clusteredError)
          #expect(
            error.isWithin(Self.tolerance, of: errors[index + 1]),
            "\(termName): \(error), not \(errors[index + 1])")
        }
        if let factors = stored.varianceInflation {
          let factor = try #require(term.varianceInflation)
          #expect(
            factor.isWithin(Self.tolerance, of: factors[index]),
            "\(termName): \(factor), not \(factors[index])")
        }
      }
    }
  }

  /// A category whose stored coefficients are against its first level, ours against the most
  /// frequent one.
  private func expectSame(
    _ term: LogisticInference.Term, _ feature: Feature, _ stored: Case, _ name: String
  ) {
    func place(_ level: Int32) -> Int? {
      stored.names.firstIndex(of: "plan=\(feature.levelName(level))")
    }
    guard let level = term.reference, let covariance = stored.covariance else {
      Issue.record("\(name): no reference level or no covariance")
      return
    }
    func value(_ place: Int?) -> Double { place.map { stored.coefficients[$0] } ?? 0 }
    func product(_ first: Int?, _ second: Int?) -> Double {
      guard let first, let second else { return 0 }
      return covariance[first][second]
    }
    let reference = place(level)
    #expect(term.effects.count == feature.levelCount - 1)
    for effect in term.effects {
      guard case .level(let code) = effect.subject else {
        Issue.record("\(name): \(effect.subject)")
        continue
      }
      let own = place(code)
      let variance =
        product(own, own) + product(reference, reference) - 2 * product(own, reference)
      #expect(effect.estimate.isWithin(1e-7, of: value(own) - value(reference)))
      #expect(effect.standardError.isWithin(1e-7, of: variance.squareRoot()))
    }
  }

  // MARK: Firth

  private struct GoldenFirth: Decodable {
    var sets: [Rows]

    struct Rows: Decodable {
      var name: String
      var columns: [[Double]]
      var labels: [Int]
      var weights: [Double]?
      var cases: [Case]
    }

    struct Case: Decodable {
      var name: String
      var coefficients: [Double]
      var errors: [Double]

      enum CodingKeys: String, CodingKey {
        case name, coefficients
        case errors = "standard_errors"
      }
    }
  }

  @Test(arguments: ["unseparated", "separated", "half separated"])
  func `Firth's fit is brglm2's`(name: String) throws {
    let golden = try ReferenceFiles.golden(GoldenFirth.self, "firth.json")
    let rows = try #require(golden.sets.first { $0.name == name })
    #expect(!rows.cases.isEmpty)
    for stored in rows.cases {
      let set = try GoldenFit.trainingSet(
        columns: rows.columns, labels: rows.labels,
        weights: stored.name == "weights" ? rows.weights : nil)
      let found = try inference(set, isFirth: true)
      #expect(found.penalty == .firth)
      for (index, term) in found.terms.enumerated() {
        let effect = term.effects[0]
        #expect(
          effect.estimate.isWithin(Self.tolerance, of: stored.coefficients[index + 1]),
          "x\(index): \(effect.estimate), not \(stored.coefficients[index + 1])")
        #expect(
          effect.standardError.isWithin(Self.tolerance, of: stored.errors[index + 1]),
          "x\(index): \(effect.standardError), not \(stored.errors[index + 1])")
      }
    }
  }
}

extension LogisticInference.Effect {
  /// By the information, whatever groups say.
  fileprivate var waldP: Double { PortableMath.normalTail(estimate / standardError) }
}
