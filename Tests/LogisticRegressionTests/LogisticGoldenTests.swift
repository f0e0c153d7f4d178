import Foundation
import Learning
import LogisticRegression
import Tabular
import TestSupport
import Testing

/// Comparisons with scikit-learn 1.9.1 and statsmodels 0.15.0; `Scripts/make-golden-logistic.py`
/// makes the stored fits.
@Suite struct LogisticGoldenTests {
  private static let tolerance = 1e-6

  private func fit(_ set: TrainingSet, l2: Double) throws -> LogisticModel {
    var learner = LogisticRegressionLearner()
    learner.l2 = l2
    return try learner.fitted(to: set, threads: 2)
  }

  private func expectSame(_ found: [String: Double], _ stored: [String: Double]) {
    #expect(Set(found.keys) == Set(stored.keys))
    for (name, value) in stored {
      let coefficient = found[name] ?? .nan
      #expect(
        coefficient.isWithin(Self.tolerance, of: value), "\(name): \(coefficient), not \(value)")
    }
  }

  private func expectSame(_ model: LogisticModel, _ stored: GoldenFit.Case, on set: TrainingSet) {
    #expect(model.convergence.isConverged)
    #expect(model.convergence.addedRidge == 0)
    #expect(model.intercept.value.isWithin(Self.tolerance, of: stored.intercept))
    expectSame(model.coefficients(of: set.matrix.features), stored.coefficients)
    for (feature, term) in model.terms.enumerated() {
      guard case .quantity(let standardization, _) = term.form else {
        Issue.record("x\(feature) is no quantity")
        continue
      }
      #expect(
        abs(standardization.center - stored.means[feature]) <= 1e-12 * stored.deviations[feature])
      #expect(standardization.scale.isWithin(1e-12, of: stored.deviations[feature]))
    }
    #expect(
      model.objective(on: set, l2: stored.l2).isWithin(1e-12, of: stored.penalisedObjective))
    let scores = model.scores(of: set.matrix, threads: 1)
    for (row, probability) in zip(stored.sampleRows, stored.sampleProbabilities) {
      #expect(LogLoss.probability(scores[row]).isWithin(Self.tolerance, of: probability))
    }
  }

  @Test(arguments: ["ill-conditioned", "separated"])
  func `a hard fit is the reference's`(name: String) throws {
    let golden = try ReferenceFiles.golden(GoldenFit.self, "\(name).json")
    let set = try golden.trainingSet
    #expect(!golden.cases.isEmpty)
    for stored in golden.cases { expectSame(try fit(set, l2: stored.l2), stored, on: set) }
  }

  @Test func `weights count in the fit and in the standardisation`() throws {
    let golden = try ReferenceFiles.golden(GoldenFit.self, "weights.json")
    let stored = try #require(golden.cases.first { $0.standardisation == "weighted" })
    let set = try golden.trainingSet
    expectSame(try fit(set, l2: stored.l2), stored, on: set)
  }

  // MARK: Standard errors

  /// A fit on the scale of the columns themselves.
  private struct GoldenErrors: Decodable {
    var columns: [[Double?]]
    var labels: [Int]
    var cases: [Case]

    struct Case: Decodable {
      var penalised: String
      var l2: Double
      var intercept: Double
      var coefficients: [Double]
      /// First the intercept's.
      var errors: [Double]

      enum CodingKeys: String, CodingKey {
        case penalised, l2, intercept, coefficients
        case errors = "standard_errors"
      }
    }
  }

  @Test(arguments: ["nothing", "coefficients of the standardised columns"])
  func `standard errors are the reference's`(penalised: String) throws {
    let golden = try ReferenceFiles.golden(GoldenErrors.self, "standard-errors.json")
    let stored = try #require(golden.cases.first { $0.penalised == penalised })
    let set = try GoldenFit.trainingSet(
      columns: golden.columns, labels: golden.labels, weights: nil)
    let model = try fit(set, l2: stored.l2)
    #expect(model.convergence.isConverged)
    #expect(model.terms.count == stored.coefficients.count)
    var intercept = model.intercept.value
    for (feature, term) in model.terms.enumerated() {
      guard case .quantity(let standardization, let coefficient) = term.form else {
        Issue.record("x\(feature) is no quantity")
        continue
      }
      let slope = coefficient.value / standardization.scale
      let error = try #require(coefficient.standardError) / standardization.scale
      #expect(slope.isWithin(Self.tolerance, of: stored.coefficients[feature]))
      #expect(error.isWithin(Self.tolerance, of: stored.errors[feature + 1]))
      intercept -= slope * standardization.center
    }
    #expect(intercept.isWithin(Self.tolerance, of: stored.intercept))
  }

  // MARK: Public data

  private struct GoldenTelco: Decodable {
    var l2: Double
    var rows: Int
    var numbers: [String]
    var booleans: [String]
    var means: [String: Double]
    var deviations: [String: Double]
    var intercept: Double
    var coefficients: [String: Double]
    var objective: Double
    var sampleRows: [Int]
    var sampleProbabilities: [Double]

    enum CodingKeys: String, CodingKey {
      case l2, rows, numbers, booleans, means, deviations, intercept, coefficients
      case objective = "penalised_objective"
      case sampleRows = "sample_rows"
      case sampleProbabilities = "sample_probabilities"
    }
  }

  /// The public Telco set: numbers, yes/no columns, and categories with all their levels.
  private func telco(_ file: URL) throws -> TrainingSet {
    let table = try TableReader.read(path: file.path)
    var features: [Feature] = []
    var columns: [FeatureColumn] = []
    for column in table.columns where column.name != "Churn" {
      switch column.values {
      case .number(let values):
        features.append(Feature(name: column.name, kind: .number))
        columns.append(.number(values))
      case .boolean(let values):
        features.append(Feature(name: column.name, kind: .boolean))
        columns.append(.number(values))
      case .category(let values) where column.name != "customerID":
        features.append(Feature(name: column.name, kind: .category(levels: values.levels)))
        columns.append(.category(values.codes))
      default: break
      }
    }
    guard case .boolean(let labels)? = table["Churn"]?.values else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return try TrainingSet(
      matrix: FeatureMatrix(features: features, columns: columns, rowCount: table.rowCount),
      labels: labels.map { $0 == 1 })
  }

  @Test(.enabled(if: ReferenceFiles.publicData != nil, "\(ReferenceFiles.publicDataIsMissing)"))
  func `the fit to the public Telco set is scikit-learn's`() throws {
    let folder = try #require(ReferenceFiles.publicData)
    let set = try telco(folder.appending(path: "telco/WA_Fn-UseC_-Telco-Customer-Churn.csv"))
    let golden = try ReferenceFiles.golden(GoldenTelco.self, "telco.json")
    let features = set.matrix.features
    #expect(set.rowCount == golden.rows)
    #expect(
      Set(features.filter { $0.kind == .number }.map(\.name)) == Set(golden.numbers))
    #expect(
      Set(features.filter { $0.kind == .boolean }.map(\.name)) == Set(golden.booleans))
    let model = try fit(set, l2: golden.l2)
    #expect(model.convergence.isConverged)
    #expect(model.intercept.value.isWithin(Self.tolerance, of: golden.intercept))
    expectSame(model.coefficients(of: features), golden.coefficients)
    for (feature, term) in zip(features, model.terms) {
      guard case .quantity(let standardization, _) = term.form else { continue }
      #expect(standardization.center.isWithin(1e-12, of: golden.means[feature.name] ?? .nan))
      #expect(standardization.scale.isWithin(1e-12, of: golden.deviations[feature.name] ?? .nan))
    }
    #expect(model.objective(on: set, l2: golden.l2).isWithin(1e-12, of: golden.objective))
    let scores = model.scores(of: set.matrix, threads: 1)
    for (row, probability) in zip(golden.sampleRows, golden.sampleProbabilities) {
      #expect(LogLoss.probability(scores[row]).isWithin(Self.tolerance, of: probability))
    }
  }
}
