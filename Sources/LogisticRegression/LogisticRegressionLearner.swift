import CDesignBlock
import Diagnostics
import Learning
import LinearAlgebra

/// Logistic regression with a squared (L2) penalty, a penalty on magnitudes (L1), or both.
///
/// Quantities are standardised inside and missing ones set to the mean beside an indicator of their
/// own; categories become 0/1 columns, one per level. Minimises
/// `sum of weight * log loss + sum of factor * (l1 * |coefficient| + l2 / 2 * coefficient^2)`,
/// intercept free: the objective of scikit-learn's `LogisticRegression` with `C = 1 / l2`, and of
/// glmnet with `lambda * (sum of weights) = l1 + l2` and `alpha = l1 / (l1 + l2)`.
public struct LogisticRegressionLearner: Learner, Equatable {
  /// Strength of the penalty on the squares of the standardised coefficients; 0 for none.
  public var l2: Double = 1
  /// How columns enter: by default lines in quantities, and a coefficient for each level.
  public var columns = ColumnTreatment.plain
  /// Strength of the penalty on their magnitudes, which makes some of them exactly 0; 0 for none.
  public var l1: Double = 0
  /// Whether the strengths are those above, or found on the folds of the set's scheme.
  public var penalty = PenaltyChoice.fixed
  /// The share of `l1` in the penalties of a path: 1 for the lasso, 0 for the ridge (`alpha` in
  /// glmnet).
  public var l1Ratio: Double = 1
  /// The weakest penalty of a path as a share of the strongest (`lambda.min.ratio` in glmnet); `nil`
  /// for 1e-4, or 1e-2 where there are fewer rows than coefficients.
  public var pathRatio: Double?
  /// By feature: what the penalty of its coefficients is multiplied with, 1 where nothing is said; 0
  /// leaves them free (`penalty.factor` in glmnet, but not scaled).
  public var penaltyFactors: [Int: Double] = [:]
  /// By feature: +1 where its coefficient may not be negative, -1 where it may not be positive. Only
  /// for quantities.
  public var signs: [Int: Int] = [:]
  /// The feature that enters as it is, with the coefficient 1, and is not fitted.
  public var offset: Int?
  /// How many steps are allowed; a dozen is usual.
  public var iterationLimit = 100
  /// Whether Firth's penalty takes the place of `l2`, which must be 0 then: estimates have less bias,
  /// and are finite where columns tell the outcomes apart. For up to 200 coefficients and 100,000
  /// rows.
  public var isFirth = false
  /// What the model says of how sure its coefficients are. The coefficients do not depend on it.
  public var inference = Inference.standardErrors

  /// What a model says of how sure its coefficients are.
  public enum Inference: String, Sendable, CaseIterable {
    /// Nothing: what folds and searches need, and the fastest.
    case none
    /// A standard error for each coefficient, at the cost of one more sum of the Hessian.
    case standardErrors = "errors"
    /// ``LogisticModel/inference`` as well, at the cost of some fits more; above 1,500 coefficients,
    /// whose Hessian is not held as a whole, there is none.
    case tests
  }

  /// A learner with default parameters.
  public init() {}

  /// - Throws: `usage` for parameters out of range or that the features do not allow;
  ///   `data.too_few_rows` where no penalty can be chosen; `data.weights` for an offset with gaps.
  public func fitted(to set: TrainingSet, threads: Int) throws(Diagnostic) -> LogisticModel {
    try fittedWithPath(to: set, threads: threads).model
  }

  /// Fits, and says what the penalties of a path did; `nil` where the penalty is fixed.
  ///
  /// - Throws: As ``fitted(to:threads:)``.
  public func fittedWithPath(to set: TrainingSet, threads: Int) throws(Diagnostic)
    -> (model: LogisticModel, path: PenaltyPath?)
  {
    try check(set.matrix.features)
    if case .path(let count, let rule) = penalty {
      let search = PenaltySearch(learner: self, count: count, rule: rule)
      let solution = try search.solution(on: set, threads: threads)
      return (
        model(
          solution.problem, parameters: solution.solver.point.parameters, solution.convergence,
          covariance: covariance(solution.solver, solution.strength)),
        solution.path
      )
    }
    let isPlain = l1 == 0 && signs.isEmpty
    guard !isFirth || isPlain && l2 == 0 && penaltyFactors.isEmpty else {
      throw Diagnostic(
        .usage, "--firth has a penalty of its own, but another or a sign is asked for as well")
    }
    let problem = try LogisticProblem(self, set, threads: threads)
    if isFirth { return (try firthModel(problem), nil) }
    return (isPlain ? newton(problem) : coordinateDescent(problem), nil)
  }

  /// The fit by Newton's method, or where categories have many levels by a quasi-Newton one.
  private func newton(_ problem: LogisticProblem) -> LogisticModel {
    let objective = problem.objective(l2: l2)
    let layout = problem.layout
    var (parameters, convergence) = (problem.start, Convergence?.none)
    if layout.sparseCount > Self.sparseCountOfNewton {
      let solution = QuasiNewtonSolver(
        objective: objective, iterationLimit: 10 * iterationLimit, tolerance: problem.tolerance
      ).solve(from: parameters)
      parameters = solution.point.parameters
      convergence = solution.convergence
      guard inference != .none else {
        return model(problem, parameters: parameters, solution.convergence, covariance: nil)
      }
      guard layout.parameterCount <= Self.parameterCountOfHessian else {
        let variances = solution.preconditioner.inverseDiagonal()
        let dense = solution.preconditioner.inverseOfDense()
        let count = layout.denseCount
        return model(problem, parameters: parameters, solution.convergence) {
          $0 == $1 ? variances[$0] : $0 < count && $1 < count ? dense[$0 * count + $1] : 0
        }
      }
    }
    let solver = NewtonSolver(
      objective: objective, iterationLimit: iterationLimit, tolerance: problem.tolerance,
      needsHessian: inference != .none)
    // At the minimum that the other solver found, what is left is the Hessian.
    let solution =
      convergence == nil ? solver.solve(from: parameters) : solver.solution(at: parameters)
    let inverse = solution.factor?.inverse()
    let order = layout.parameterCount
    var model = model(
      problem, parameters: solution.point.parameters, convergence ?? solution.convergence,
      covariance: inverse.map { inverse in { inverse[$0 * order + $1] } })
    if inference == .tests, layout.isPlain {
      model.inference = InferenceFitting(solution, of: objective).inference()
    }
    return model
  }

  private func firthModel(_ problem: LogisticProblem) throws(Diagnostic) -> LogisticModel {
    let objective = problem.objective(l2: 0)
    let count = objective.layout.parameterCount
    guard count <= FirthSolver.parameterLimit, objective.set.rowCount <= FirthSolver.rowLimit else {
      throw Diagnostic(
        .usage,
        "--firth is for up to \(FirthSolver.parameterLimit) coefficients and "
          + "\(FirthSolver.rowLimit) rows, but there are \(count) and \(objective.set.rowCount)",
        hint: "leave out columns with --drop, or use --l2, which also keeps coefficients finite")
    }
    let solver = FirthSolver(objective: objective, iterationLimit: iterationLimit)
    guard let solution = solver.solve(from: problem.start) else {
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
    var model = model(
      problem, parameters: solution.parameters, solution.convergence,
      covariance: inference == .none ? nil : { inverse[$0 * count + $1] })
    if inference == .tests, problem.layout.isPlain {
      model.inference = InferenceFitting(solution, of: objective).inference()
    }
    return model
  }

  private func coordinateDescent(_ problem: LogisticProblem) -> LogisticModel {
    var solver = CoordinateDescentSolver(
      objective: problem.objective(l2: 0), net: problem.net, iterationLimit: iterationLimit,
      start: problem.start)
    let strength = ElasticNet.Strength(l1: l1, l2: l2)
    let convergence = solver.minimise(strength, tolerance: problem.tolerance / 100)
    if inference != .none { solver.renewHessian() }
    return model(
      problem, parameters: solver.point.parameters, convergence,
      covariance: covariance(solver, strength))
  }

  /// With more sparse columns than this, sums over their pairs take longer than more steps do.
  static let sparseCountOfNewton = 200
  /// With more parameters than this the Hessian is not held as a whole, and standard errors leave out
  /// how categories correlate with each other and with quantities.
  static let parameterCountOfHessian = 1500

  /// Of a selection of columns, of which only the variances are known; `nil` where none are asked for.
  private func covariance(_ solver: CoordinateDescentSolver, _ strength: ElasticNet.Strength)
    -> ((Int, Int) -> Double)?
  {
    guard inference != .none else { return nil }
    let variances = solver.variances(strength)
    return { $0 == $1 ? variances[$0] : 0 }
  }

  /// Turns the parameter vector into one term per feature.
  ///
  /// - Parameter covariance: Of two parameters; `nil` for a model without standard errors.
  func model(
    _ problem: LogisticProblem, parameters: [Double], _ convergence: Convergence,
    covariance: ((Int, Int) -> Double)?
  ) -> LogisticModel {
    let matrix = problem.set.matrix
    let layout = problem.layout
    func coefficient(_ index: Int) -> Coefficient {
      Coefficient(
        value: parameters[index], standardError: covariance?(index, index).squareRoot())
    }
    /// The coefficient of a sparse column.
    func sparse(_ column: Int32) -> Coefficient { coefficient(layout.denseCount + Int(column)) }
    var terms = [LogisticTerm](
      repeating: LogisticTerm(form: .constant, missing: nil, mean: 0),
      count: matrix.features.count)
    for (index, quantity) in layout.quantities.enumerated() {
      let standardization = quantity.standardization
      let feature = quantity.feature
      switch quantity.source {
      case .values: terms[feature].form = .quantity(standardization, coefficient(index))
      case .mapped(let transform):
        terms[feature].form = .mapped(transform, standardization, coefficient(index))
      case .encoded(_, let encoding):
        terms[feature] = encoding.term(
          standardization, coefficient(index), of: matrix.columns[feature], set: problem.set)
      case .bend: break
      }
    }
    for columns in layout.splines {
      terms[columns.feature].form = .curve(
        columns.curve(
          of: layout, parameters: parameters, covariance: covariance))
    }
    for group in layout.groups {
      // Standardised quantities have the mean 0, so that only sparse columns add to a term's.
      for column in group.columns.sorted() {
        terms[group.feature].mean += sparse(column).value * layout.sparseShare[Int(column)]
      }
      if group.missingColumn >= 0 {
        terms[group.feature].missing = sparse(group.missingColumn)
      }
      guard matrix.features[group.feature].levelCount > 0 else { continue }
      var levels = group.columnOfLevel.map { $0 < 0 ? nil : sparse($0) }
      // Where it has no column, the others are measured from it.
      levels[Int(group.reference)] =
        levels[Int(group.reference)]
        ?? Coefficient(value: 0, standardError: covariance == nil ? nil : 0)
      terms[group.feature].form =
        group.rareColumn < 0
        ? .category(levels) : .grouped(levels, rare: sparse(group.rareColumn))
    }
    if let offset, let offsets = problem.offsets {
      terms[offset] = .offset(mean: problem.set.mean(offsets))
    }
    return LogisticModel(
      intercept: coefficient(layout.interceptIndex), terms: terms, convergence: convergence)
  }
}

extension LogisticTerm {
  /// A quantity that enters as it is.
  fileprivate static func offset(mean: Double) -> LogisticTerm {
    LogisticTerm(
      form: .quantity(
        Standardization(center: 0, scale: 1), Coefficient(value: 1, standardError: 0)),
      missing: nil, mean: mean)
  }
}

extension TrainingSet {
  /// The weighted mean of `values`, shape `[rowCount]`.
  fileprivate func mean(_ values: [Double]) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in values.indices {
      sum += weight(row) * values[row]
      total += weight(row)
    }
    return sum / total
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

extension DesignLayout {
  /// `l2` for every parameter but the intercept.
  func ridge(_ l2: Double) -> [Double] {
    var ridge = [Double](repeating: l2, count: parameterCount)
    ridge[interceptIndex] = 0
    return ridge
  }

  /// The parameters that say of every row what is known of all: the base rate.
  func start(for set: TrainingSet) -> [Double] {
    var start = [Double](repeating: 0, count: parameterCount)
    start[interceptIndex] = LogLoss.score(min(max(set.baseRate, 1e-12), 1 - 1e-12))
    return start
  }
}
