import Diagnostics
import Learning
import LinearAlgebra

/// Logistic regression with an L2 penalty, fitted by Newton's method.
///
/// Quantities are standardised inside and missing ones set to the mean beside an indicator of their
/// own; categories become 0/1 columns, one per level. Minimises
/// `sum of weight * log loss + l2 / 2 * sum of squared coefficients`, intercept free: the objective
/// of scikit-learn's `LogisticRegression` with `C = 1 / l2`.
public struct LogisticRegressionLearner: Learner, Equatable {
  /// Strength of the penalty on the standardised coefficients; 0 for none.
  public var l2: Double = 1
  /// How many Newton steps are allowed; a dozen is usual.
  public var iterationLimit = 100

  /// A learner with default parameters.
  public init() {}

  /// - Throws: `usage` for a penalty that is negative or not finite.
  public func fitted(to set: TrainingSet, threads: Int) throws(Diagnostic) -> LogisticModel {
    guard l2 >= 0, l2.isFinite else {
      throw Diagnostic(.usage, "--l2 is \(l2), expected a finite number, 0 or more")
    }
    let layout = DesignLayout(of: set.matrix, weights: set.weights)
    let totalWeight = (0..<set.rowCount).reduce(0) { $0 + set.weight($1) }
    let solver = NewtonSolver(
      builder: NewtonSystemBuilder(set: set, layout: layout, l2: l2, threads: threads),
      iterationLimit: iterationLimit, totalWeight: totalWeight)
    var start = [Double](repeating: 0, count: layout.parameterCount)
    start[layout.interceptIndex] = LogLoss.score(min(max(set.baseRate, 1e-12), 1 - 1e-12))
    let solution = solver.solve(from: start)
    return Self.model(solution, layout: layout, set: set, totalWeight: totalWeight)
  }

  /// Turns the parameter vector into one term per feature.
  private static func model(
    _ solution: NewtonSolver.Solution, layout: DesignLayout, set: TrainingSet,
    totalWeight: Double
  ) -> LogisticModel {
    let matrix = set.matrix
    let inverse = solution.factor.inverse()
    let order = layout.parameterCount
    func coefficient(_ index: Int) -> Coefficient {
      Coefficient(
        value: solution.parameters[index],
        standardError: inverse[index * order + index].squareRoot())
    }
    var terms = [LogisticTerm](
      repeating: LogisticTerm(form: .constant, missing: nil, mean: 0),
      count: matrix.features.count)
    for (index, quantity) in layout.quantities.enumerated() {
      terms[quantity.feature].form = .quantity(quantity.standardization, coefficient(index))
    }
    for group in layout.groups {
      if group.missingColumn >= 0 {
        terms[group.feature].missing = coefficient(layout.denseCount + group.missingColumn)
      }
      if matrix.features[group.feature].levelCount > 0 {
        terms[group.feature].form = .category(
          group.columnOfLevel.map { $0 < 0 ? nil : coefficient(layout.denseCount + $0) })
      }
    }
    var model = LogisticModel(
      intercept: coefficient(layout.interceptIndex), terms: terms,
      convergence: solution.convergence)
    let contributions = model.contributions(of: matrix)
    for feature in terms.indices {
      let values = contributions[feature]
      model.terms[feature].mean =
        values.indices.reduce(0) { $0 + set.weight($1) * values[$1] } / totalWeight
    }
    return model
  }
}
