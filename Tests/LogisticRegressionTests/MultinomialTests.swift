import Diagnostics
import Foundation
import Learning
import LogisticRegression
import TestSupport
import Testing

/// Comparisons with statsmodels' MNLogit and scikit-learn's multinomial fits, and what holds for any
/// fit; `Scripts/make-golden-logistic.py` makes the stored ones.
@Suite struct MultinomialTests {
  private static let tolerance = 1e-7

  struct Golden: Decodable {
    var classes: [String]
    var columns: [[Double]]
    var labels: [Int]
    var weights: [Double]
    var sets: [Case]

    var matrix: FeatureMatrix {
      FeatureMatrix(
        features: columns.indices.map { Feature(name: "x\($0)", kind: .number) },
        columns: columns.map { .number($0) }, rowCount: labels.count)
    }
  }

  struct Case: Decodable {
    var name: String
    var l2: Double
    /// Without a penalty, of classes 1 to the last on the scale of the columns, first the intercept.
    var coefficients: [[Double]]
    var standardErrors: [[Double]]?
    var intercepts: [Double]?
    var sampleRows: [Int]
    var sampleProbabilities: [[Double]]

    enum CodingKeys: String, CodingKey {
      case name, l2, coefficients, intercepts
      case standardErrors = "standard_errors"
      case sampleRows = "sample_rows"
      case sampleProbabilities = "sample_probabilities"
    }
  }

  private static func golden() throws -> Golden {
    try ReferenceFiles.golden(Golden.self, "multinomial.json")
  }

  private func fit(_ golden: Golden, _ example: Case, threads: Int = 2) throws
    -> MultinomialLogisticModel
  {
    var learner = MultinomialLogisticLearner()
    learner.l2 = example.l2
    return try learner.fitted(
      to: golden.matrix, classOfRow: golden.labels, classCount: golden.classes.count,
      weights: example.name.hasSuffix("weights") ? golden.weights : nil, threads: threads)
  }

  private func isNear(_ value: Double, _ expected: Double) -> Bool {
    (value - expected).magnitude <= Self.tolerance * max(expected.magnitude, 1e-3)
  }

  @Test(arguments: 0..<5) func `coefficients, errors and probabilities are those of the peers`(
    place: Int
  ) throws {
    let golden = try Self.golden()
    let example = golden.sets[place]
    let model = try fit(golden, example)
    #expect(model.classes.count == golden.classes.count)
    for (index, own) in model.classes.enumerated() {
      #expect(own.convergence.isConverged)
      for (feature, term) in own.terms.enumerated() {
        guard case .quantity(let standardization, let coefficient) = term.form else {
          Issue.record("an unexpected term: \(term)")
          continue
        }
        if example.l2 > 0 {
          #expect(isNear(coefficient.value, example.coefficients[index][feature]))
        } else if index == 0 {
          #expect(coefficient.value == 0)
        } else {
          let natural = coefficient.value / standardization.scale
          #expect(isNear(natural, example.coefficients[index - 1][feature + 1]))
          let error = try #require(coefficient.standardError) / standardization.scale
          // Of sums that are rounded to whole numbers, see CurvatureSums.
          let expected = try #require(example.standardErrors)[index - 1][feature + 1]
          #expect((error / expected - 1).magnitude < 1e-6)
        }
      }
      if let intercepts = example.intercepts {
        #expect(isNear(own.intercept.value, intercepts[index]))
      }
    }
    let probabilities = model.probabilities(of: golden.matrix, threads: 1)
    for (row, expected) in zip(example.sampleRows, example.sampleProbabilities) {
      for (value, expected) in zip(probabilities[row], expected) {
        #expect(isNear(value, expected))
      }
    }
    #expect(probabilities.allSatisfy { ($0.reduce(0, +) - 1).magnitude < 1e-14 })
  }

  @Test func `two classes are a logistic regression of half the penalty`() throws {
    // With scores +s and -s of the two classes, 2 s is the log odds, and the squares count twice.
    let set = try SeededTables.mixed(rowCount: 2000, seed: 5)
    let classes = set.labels.map { $0 ? 1 : 0 }
    var learner = MultinomialLogisticLearner()
    learner.l2 = 2
    let model = try learner.fitted(
      to: set.matrix, classOfRow: classes, classCount: 2, threads: 2)
    var plain = LogisticRegressionLearner()
    plain.l2 = 1
    let scores = try plain.fitted(to: set, threads: 2).scores(of: set.matrix, threads: 1)
    let probabilities = model.probabilities(of: set.matrix, threads: 1)
    for row in scores.indices {
      #expect((probabilities[row][1] - LogLoss.probability(scores[row])).magnitude < 1e-9)
    }
  }

  @Test func `the bits do not depend on the number of threads`() throws {
    let set = try SeededTables.mixed(rowCount: 9000, seed: 6)
    let classes = set.labels.indices.map { ($0 * 7 + (set.labels[$0] ? 1 : 0)) % 3 }
    let learner = MultinomialLogisticLearner()
    let models = try [1, 2, 3, 8].map {
      try learner.fitted(to: set.matrix, classOfRow: classes, classCount: 3, threads: $0)
    }
    #expect(models.allSatisfy { $0 == models[0] })
  }

  @Test func `an outcome without rows is named`() throws {
    let set = try SeededTables.mixed(rowCount: 100, seed: 7)
    let error = #expect(throws: Diagnostic.self) {
      try MultinomialLogisticLearner().fitted(
        to: set.matrix, classOfRow: set.labels.map { $0 ? 1 : 0 }, classCount: 3, threads: 1)
    }
    #expect(error?.kind == .dataOneClass)
    #expect(error?.message.contains("outcome 3 of 3") == true)
  }
}
