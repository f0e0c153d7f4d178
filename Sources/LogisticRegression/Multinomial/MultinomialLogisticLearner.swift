import Diagnostics
import Learning
import LinearAlgebra

/// Multinomial logistic regression with an L2 penalty, fitted by Newton's method: coherent
/// probabilities of outcomes of which a row has one, for instance none, churn, contraction, expansion.
///
/// Minimises `-sum of weight * log(probability of the row's class) + l2 / 2 * sum of squared
/// coefficients of all classes`, intercepts free: the objective of scikit-learn's
/// `LogisticRegression` with `C = 1 / l2`. Columns enter as in ``LogisticRegressionLearner``.
public struct MultinomialLogisticLearner: Sendable, Equatable {
  /// Strength of the penalty on the standardised coefficients; 0 for none, where the first class is
  /// the one that the others are measured from.
  public var l2: Double = 1
  /// How many Newton steps are allowed; a dozen is usual.
  public var iterationLimit = 100

  /// The most coefficients of all classes together, whose Hessian is held as a whole.
  public static let parameterLimit = 2000

  /// A learner with default parameters.
  public init() {}

  /// Fits.
  ///
  /// - Parameters:
  ///   - matrix: The features.
  ///   - classOfRow: Which outcome each row had, from 0; shape `[rowCount]`.
  ///   - classCount: How many outcomes there are, at least 2.
  ///   - weights: Shape `[rowCount]`, finite and not negative; `nil` for 1 each.
  /// - Throws: `usage` for a penalty out of range or too many coefficients; `data.one_class` for an
  ///   outcome without rows; `data.no_rows`, `data.weights`.
  public func fitted(
    to matrix: FeatureMatrix, classOfRow: [Int], classCount: Int, weights: [Double]? = nil,
    threads: Int
  ) throws(Diagnostic) -> MultinomialLogisticModel {
    precondition(classCount >= 2, "\(classCount) classes")
    precondition(classOfRow.allSatisfy((0..<classCount).contains), "a class out of range")
    var learner = LogisticRegressionLearner()
    learner.l2 = l2
    try learner.checkRanges()
    let set = try TrainingSet(
      matrix: matrix, labels: classOfRow.map { $0 > 0 }, weights: weights)
    for index in 0..<classCount
    where !classOfRow.indices.contains(where: { classOfRow[$0] == index && set.weight($0) > 0 }) {
      throw Diagnostic(
        .dataOneClass, "no row has outcome \(index + 1) of \(classCount), expected some of each")
    }
    let problem = try LogisticProblem(learner, set, threads: threads)
    let width = problem.layout.parameterCount
    guard width * classCount <= Self.parameterLimit else {
      throw Diagnostic(
        .usage,
        "\(classCount) outcomes and \(width) columns have \(width * classCount) coefficients, "
          + "expected at most \(Self.parameterLimit)",
        hint: "leave out categories of many levels")
    }
    let objective = MultinomialObjective(
      rows: problem.objective(l2: l2), classOfRow: classOfRow, classCount: classCount,
      free: (l2 > 0 ? 0 : 1)..<classCount)
    let fit = minimum(of: objective, width: width, tolerance: problem.tolerance)
    let inverse = fit.factor.inverse()
    let order = fit.factor.order
    return MultinomialLogisticModel(
      classes: (0..<classCount).map { index in
        guard objective.free.contains(index) else {
          return learner.model(
            problem, parameters: [Double](repeating: 0, count: width), fit.convergence
          ) { _, _ in 0 }
        }
        let start = (index - objective.free.lowerBound) * width
        return learner.model(
          problem, parameters: Array(fit.parameters[start..<start + width]), fit.convergence
        ) { inverse[(start + $0) * order + start + $1] }
      })
  }

  /// Newton's method with step halving, as the objective is convex.
  private func minimum(of objective: MultinomialObjective, width: Int, tolerance: Double) -> (
    parameters: [Double], factor: CholeskyFactor, convergence: Convergence
  ) {
    let order = objective.free.count * width
    var parameters = [Double](repeating: 0, count: order)
    var point = objective.point(at: parameters)
    var (factor, ridge) = CholeskyFactor.mended(lower: point.hessian, order: order)
    var iterationCount = 0
    search: while iterationCount < iterationLimit {
      let step = factor.solve(point.gradient)
      let decrement = zip(point.gradient, step).reduce(0) { $0 + $1.0 * $1.1 }
      guard decrement > tolerance else { break }
      iterationCount += 1
      var share = 1.0
      while true {
        let next = zip(parameters, step).map { $0 - share * $1 }
        let there = objective.point(at: next)
        // At the minimum the objective's last bits are noise, which must not stop the last steps.
        if there.value <= point.value + 1e-13 * (1 + point.value.magnitude) {
          (parameters, point) = (next, there)
          break
        }
        share /= 2
        guard share > 1e-10 else { break search }
      }
      (factor, ridge) = CholeskyFactor.mended(lower: point.hessian, order: order)
    }
    let norm = point.gradient.reduce(0) { max($0, $1.magnitude) } / objective.rows.totalWeight
    return (
      parameters, factor,
      Convergence(
        iterationCount: iterationCount, gradientNorm: norm, isConverged: norm <= 1e-8,
        addedRidge: ridge)
    )
  }
}
