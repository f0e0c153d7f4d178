import Foundation
import Learning
import LogisticRegression
import TestSupport
import Testing

/// Comparisons with R's glmnet, by fits in extended precision that agree with it;
/// `Scripts/make-golden-logistic.py` makes them.
@Suite struct ElasticNetGoldenTests {
  private static let tolerance = 1e-7

  struct Golden: Decodable {
    var columns: [[Double]]
    var labels: [Int]
    var weights: [Double]
    var offsets: [Double]
    var folds: [Int]
    var sets: [Case]
  }

  struct Case: Decodable {
    var name: String
    var alpha: Double
    var uses: [String]
    var factors: [Double]
    var lower: [Double?]
    var upper: [Double?]
    var largestLambda: Double
    var lambdas: [Double]
    var intercepts: [Double]?
    var coefficients: [[Double]]?
    var foldDeviances: [[Double]]?
    var cvm: [Double]?
    var cvsd: [Double]?
    var lambdaMin: Double?
    var lambda1se: Double?
    var coefficientsAtLambdaMin: Coefficients?
    var coefficientsAtLambda1se: Coefficients?

    struct Coefficients: Decodable {
      var intercept: Double
      var coefficients: [Double]
    }

    enum CodingKeys: String, CodingKey {
      case name, alpha, uses, factors, lower, upper, lambdas, intercepts, coefficients, cvm, cvsd
      case largestLambda = "largest_lambda"
      case foldDeviances = "fold_deviances"
      case lambdaMin = "lambda_min"
      case lambda1se = "lambda_1se"
      case coefficientsAtLambdaMin = "coefficients_at_lambda_min"
      case coefficientsAtLambda1se = "coefficients_at_lambda_1se"
    }

    /// The learner of this case, its penalty still to be said.
    func learner(columnCount: Int) -> LogisticRegressionLearner {
      var learner = LogisticRegressionLearner()
      learner.l1Ratio = alpha
      for (feature, factor) in factors.enumerated() where factor != 1 {
        learner.penaltyFactors[feature] = factor
      }
      for (feature, bound) in lower.enumerated() where bound == 0 { learner.signs[feature] = 1 }
      for (feature, bound) in upper.enumerated() where bound == 0 { learner.signs[feature] = -1 }
      if uses.contains("offsets") { learner.offset = columnCount }
      return learner
    }
  }

  private let golden: Golden

  init() throws { golden = try ReferenceFiles.golden(Golden.self, "elastic-net.json") }

  /// The rows of a case; an offset is the last column.
  private func rows(_ stored: Case) throws -> TrainingSet {
    var columns = golden.columns
    if stored.uses.contains("offsets") { columns.append(golden.offsets) }
    let matrix = FeatureMatrix(
      features: columns.indices.map { Feature(name: "x\($0)", kind: .number) },
      columns: columns.map { .number($0) }, rowCount: golden.labels.count)
    return try TrainingSet(
      matrix: matrix, labels: golden.labels.map { $0 == 1 },
      weights: stored.uses.contains("weights") ? golden.weights : nil,
      scheme: ValidationScheme(.grouped(golden.folds), seed: 0))
  }

  private func expect(
    _ model: LogisticModel, intercept: Double, _ coefficients: [Double], _ comment: String
  ) {
    #expect(model.convergence.isConverged, "\(comment)")
    #expect(
      model.intercept.value.isWithin(Self.tolerance, of: intercept),
      "\(comment): \(model.intercept.value), not \(intercept)")
    for (feature, value) in coefficients.enumerated() {
      guard case .quantity(_, let coefficient) = model.terms[feature].form else {
        Issue.record("x\(feature) is no quantity")
        continue
      }
      #expect(
        coefficient.value.isWithin(Self.tolerance, of: value),
        "\(comment), x\(feature): \(coefficient.value), not \(value)")
      #expect((coefficient.standardError == 0) == (value == 0), "\(comment), x\(feature)")
    }
  }

  @Test func `fits along a path are the reference's`() throws {
    var fitCount = 0
    for stored in golden.sets {
      guard let intercepts = stored.intercepts, let coefficients = stored.coefficients else {
        continue
      }
      let set = try rows(stored)
      let total = set.weights?.reduce(0, +) ?? Double(set.rowCount)
      for (place, lambda) in stored.lambdas.enumerated() {
        var learner = stored.learner(columnCount: golden.columns.count)
        learner.l1 = lambda * total * stored.alpha
        learner.l2 = lambda * total * (1 - stored.alpha)
        expect(
          try learner.fitted(to: set, threads: 2), intercept: intercepts[place],
          coefficients[place], "\(stored.name), lambda \(lambda)")
        fitCount += 1
      }
    }
    #expect(fitCount >= 50)
  }

  @Test func `a path begins where all penalised coefficients become 0`() throws {
    for stored in golden.sets {
      var learner = stored.learner(columnCount: golden.columns.count)
      learner.penalty = .path(count: 3, rule: .best)
      let path = try #require(try learner.fittedWithPath(to: try rows(stored), threads: 1).path)
      #expect(
        path.entries[0].lambda.isWithin(Self.tolerance, of: stored.largestLambda),
        "\(stored.name): \(path.entries[0].lambda), not \(stored.largestLambda)")
      #expect(
        path.entries[0].coefficientCount
          == (stored.alpha == 0 ? 8 : stored.factors.count { $0 == 0 }),
        "\(stored.name)")
    }
  }

  @Test func `the chosen penalty is that of cv.glmnet`() throws {
    let cases = golden.sets.filter { $0.cvm != nil }
    #expect(cases.count == 2)
    for stored in cases {
      let set = try rows(stored)
      for rule in PenaltyRule.allCases {
        var learner = stored.learner(columnCount: golden.columns.count)
        learner.penalty = .path(count: stored.lambdas.count, rule: rule)
        learner.pathRatio = stored.lambdas.last! / stored.lambdas[0]
        let (model, found) = try learner.fittedWithPath(to: set, threads: 2)
        let path = try #require(found)
        for (place, entry) in path.entries.enumerated() {
          #expect(entry.lambda.isWithin(Self.tolerance, of: stored.lambdas[place]))
          #expect((2 * entry.meanLoss).isWithin(Self.tolerance, of: stored.cvm![place]))
          #expect((2 * entry.standardError).isWithin(Self.tolerance, of: stored.cvsd![place]))
          let losses = entry.lossOfFold.map { 2 * $0 }.sorted()
          for (loss, reference) in zip(losses, stored.foldDeviances!.map { $0[place] }.sorted()) {
            #expect(loss.isWithin(Self.tolerance, of: reference))
          }
        }
        let chosen = path.entries[path.chosen].lambda
        let reference = rule == .best ? stored.lambdaMin : stored.lambda1se
        #expect(chosen.isWithin(Self.tolerance, of: try #require(reference)), "\(rule)")
        let coefficients = try #require(
          rule == .best ? stored.coefficientsAtLambdaMin : stored.coefficientsAtLambda1se)
        expect(
          model, intercept: coefficients.intercept, coefficients.coefficients,
          "\(stored.name), \(rule)")
      }
    }
  }
}
