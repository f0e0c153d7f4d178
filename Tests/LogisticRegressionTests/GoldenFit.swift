import Foundation
import Learning
import LogisticRegression
import TestSupport

/// A stored fit by scikit-learn and statsmodels to rows that are stored with it.
struct GoldenFit: Decodable {
  /// The quantities, shape `[featureCount][rowCount]`; missing is `nil`.
  var columns: [[Double?]]
  var labels: [Int]
  var weights: [Double]?
  var cases: [Case]

  /// One fit; coefficients are those of the standardised columns.
  struct Case: Decodable {
    var standardisation: String?
    var l2: Double
    var means: [Double]
    var deviations: [Double]
    var intercept: Double
    var coefficients: [String: Double]
    var penalisedObjective: Double
    var sampleRows: [Int]
    var sampleProbabilities: [Double]

    enum CodingKeys: String, CodingKey {
      case standardisation, l2, means, deviations, intercept, coefficients
      case penalisedObjective = "penalised_objective"
      case sampleRows = "sample_rows"
      case sampleProbabilities = "sample_probabilities"
    }
  }

  /// The stored rows, as a learner reads them.
  var trainingSet: TrainingSet {
    get throws { try Self.trainingSet(columns: columns, labels: labels, weights: weights) }
  }

  static func trainingSet(columns: [[Double?]], labels: [Int], weights: [Double]?) throws
    -> TrainingSet
  {
    let matrix = FeatureMatrix(
      features: columns.indices.map { Feature(name: "x\($0)", kind: .number) },
      columns: columns.map { .number($0.map { $0 ?? .nan }) }, rowCount: labels.count)
    return try TrainingSet(matrix: matrix, labels: labels.map { $0 == 1 }, weights: weights)
  }
}

extension LogisticModel {
  /// The coefficients by the names that stored fits use: `x`, `x missing` and `x=level`.
  func coefficients(of features: [Feature]) -> [String: Double] {
    var values: [String: Double] = [:]
    for (feature, term) in zip(features, terms) {
      switch term.form {
      case .constant, .grouped, .mapped, .curve, .encoded: break
      case .quantity(_, let coefficient): values[feature.name] = coefficient.value
      case .category(let coefficients):
        for (code, coefficient) in coefficients.enumerated() {
          values["\(feature.name)=\(feature.levelName(Int32(code)))"] = coefficient?.value
        }
      }
      values["\(feature.name) missing"] = term.missing?.value
    }
    return values
  }

  /// What the learner minimises, from the definition.
  func objective(on set: TrainingSet, l2: Double) -> Double {
    let scores = scores(of: set.matrix, threads: 1)
    let loss = scores.indices.reduce(0) {
      $0 + set.weight($1) * LogLoss.value(score: scores[$1], label: set.labels[$1])
    }
    let squares = coefficients(of: set.matrix.features).values.reduce(0) { $0 + $1 * $1 }
    return loss + l2 / 2 * squares
  }
}
