import CDesignBlock
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
  /// How many steps are allowed; a dozen is usual.
  public var iterationLimit = 100
  /// Whether Firth's penalty takes the place of `l2`, which must be 0 then: estimates have less bias,
  /// and are finite where columns tell the outcomes apart. For up to 200 coefficients and 100,000
  /// rows.
  public var isFirth = false
  /// Whether the model gets its ``LogisticModel/inference``, at the cost of some fits more; above
  /// 1,500 coefficients, whose Hessian is not held as a whole, it gets none.
  public var hasInference = false

  /// A learner with default parameters.
  public init() {}

  /// - Throws: `usage` for a penalty that is negative or not finite.
  public func fitted(to set: TrainingSet, threads: Int) throws(Diagnostic) -> LogisticModel {
    guard l2 >= 0, l2.isFinite else {
      throw Diagnostic(.usage, "--l2 is \(l2), expected a finite number, 0 or more")
    }
    guard !isFirth || l2 == 0 else {
      throw Diagnostic(.usage, "--firth has a penalty of its own, but --l2 is \(l2)")
    }
    // Without a penalty a column for each level would be collinear with the intercept.
    let layout = DesignLayout(
      of: set.matrix, weights: set.weights, leavesOutReferences: l2 == 0, threads: threads)
    var ridge = [Double](repeating: l2, count: layout.parameterCount)
    ridge[layout.interceptIndex] = 0
    let objective = LogisticObjective(set: set, layout: layout, ridge: ridge, threads: threads)
    let tolerance = max(1e-18, 1e-20 * objective.totalWeight)
    var start = [Double](repeating: 0, count: layout.parameterCount)
    start[layout.interceptIndex] = LogLoss.score(min(max(set.baseRate, 1e-12), 1 - 1e-12))
    if isFirth { return try firthModel(of: objective, from: start) }
    var (parameters, convergence) = (start, Convergence?.none)
    if layout.sparseCount > Self.sparseCountOfNewton {
      let solution = QuasiNewtonSolver(
        objective: objective, iterationLimit: 10 * iterationLimit, tolerance: tolerance
      ).solve(from: start)
      parameters = solution.point.parameters
      convergence = solution.convergence
      guard layout.parameterCount <= Self.parameterCountOfHessian else {
        return Self.model(
          parameters, variances: solution.preconditioner.inverseDiagonal(), solution.convergence,
          layout: layout, set: set)
      }
    }
    // From the minimum that the other solver found, what is left is the Hessian.
    let solution = NewtonSolver(
      objective: objective, iterationLimit: iterationLimit, tolerance: tolerance
    ).solve(from: parameters)
    let inverse = solution.factor.inverse()
    let order = layout.parameterCount
    var model = Self.model(
      solution.point.parameters, variances: (0..<order).map { inverse[$0 * order + $0] },
      convergence ?? solution.convergence, layout: layout, set: set)
    if hasInference { model.inference = InferenceFitting(solution, of: objective).inference() }
    return model
  }

  private func firthModel(of objective: LogisticObjective, from start: [Double])
    throws(Diagnostic) -> LogisticModel
  {
    let count = objective.layout.parameterCount
    guard count <= FirthSolver.parameterLimit, objective.set.rowCount <= FirthSolver.rowLimit else {
      throw Diagnostic(
        .usage,
        "--firth is for up to \(FirthSolver.parameterLimit) coefficients and "
          + "\(FirthSolver.rowLimit) rows, but there are \(count) and \(objective.set.rowCount)",
        hint: "leave out columns with --drop, or use --l2, which also keeps coefficients finite")
    }
    let solver = FirthSolver(objective: objective, iterationLimit: iterationLimit)
    guard let solution = solver.solve(from: start) else {
      let products = ProductSums.products(of: objective, at: nil)
      let names = Collinearity(of: objective.layout, products: products).givenFeatures
        .map { "'\(displayText(objective.set.matrix.features[$0].name))'" }
      let rest = names.count > 8 ? " and \(names.count - 8) more" : ""
      throw Diagnostic(
        .usage,
        "--firth needs columns of which none follows from the others exactly"
          + (names.isEmpty ? "" : ", unlike those of ")
          + names.prefix(8).joined(separator: ", ") + rest,
        hint: "leave out copies and sums of other columns with --drop, or use --l2")
    }
    let inverse = solution.factor.inverse()
    var model = Self.model(
      solution.parameters, variances: (0..<count).map { inverse[$0 * count + $0] },
      solution.convergence, layout: objective.layout, set: objective.set)
    if hasInference { model.inference = InferenceFitting(solution, of: objective).inference() }
    return model
  }

  /// With more sparse columns than this, sums over their pairs take longer than more steps do.
  static let sparseCountOfNewton = 200
  /// With more parameters than this the Hessian is not held as a whole, and standard errors leave out
  /// how categories correlate with each other and with quantities.
  static let parameterCountOfHessian = 1500

  /// Turns the parameter vector into one term per feature.
  private static func model(
    _ parameters: [Double], variances: [Double], _ convergence: Convergence, layout: DesignLayout,
    set: TrainingSet
  ) -> LogisticModel {
    let matrix = set.matrix
    func coefficient(_ index: Int) -> Coefficient {
      Coefficient(value: parameters[index], standardError: variances[index].squareRoot())
    }
    /// The coefficient of a sparse column.
    func sparse(_ column: Int32) -> Coefficient { coefficient(layout.denseCount + Int(column)) }
    var terms = [LogisticTerm](
      repeating: LogisticTerm(form: .constant, missing: nil, mean: 0),
      count: matrix.features.count)
    for (index, quantity) in layout.quantities.enumerated() {
      terms[quantity.feature].form = .quantity(quantity.standardization, coefficient(index))
    }
    for group in layout.groups {
      // Standardised quantities have the mean 0, so that only sparse columns add to a term's.
      for column in group.columnOfLevel + [group.missingColumn] where column >= 0 {
        terms[group.feature].mean += sparse(column).value * layout.sparseShare[Int(column)]
      }
      if group.missingColumn >= 0 {
        terms[group.feature].missing = sparse(group.missingColumn)
      }
      if matrix.features[group.feature].levelCount > 0 {
        var levels = group.columnOfLevel.map { $0 < 0 ? nil : sparse($0) }
        // Where it has no column, the others are measured from it.
        levels[Int(group.reference)] =
          levels[Int(group.reference)] ?? Coefficient(value: 0, standardError: 0)
        terms[group.feature].form = .category(levels)
      }
    }
    return LogisticModel(
      intercept: coefficient(layout.interceptIndex), terms: terms,
      convergence: convergence)
  }
}

extension LogisticRegressionLearner {
  /// Whose matrix products are used, for people; the library is loaded to find out.
  public static var linearAlgebra: String { BLAS.name }

  /// How wide the vectors of its own loops are, for people.
  public static var vectors: String {
    switch DesignBlock.widestVectors {
    case RK_DESIGN_AVX512: "512 bits (AVX-512)"
    case RK_DESIGN_AVX2: "256 bits (AVX2)"
    default: "128 bits"
    }
  }
}
