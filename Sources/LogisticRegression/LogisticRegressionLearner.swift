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
  /// How columns enter: by default lines in quantities, and a coefficient for each level.
  public var columns = ColumnTreatment.plain
  /// How many steps are allowed; a dozen is usual.
  public var iterationLimit = 100

  /// A learner with default parameters.
  public init() {}

  /// - Throws: `usage` for a penalty that is negative or not finite.
  public func fitted(to set: TrainingSet, threads: Int) throws(Diagnostic) -> LogisticModel {
    guard l2 >= 0, l2.isFinite else {
      throw Diagnostic(.usage, "--l2 is \(l2), expected a finite number, 0 or more")
    }
    let layout = DesignLayout(
      of: set, columns: columns.decided(by: set, l2: l2, threads: threads), threads: threads)
    let objective = LogisticObjective(
      set: set, layout: layout, ridge: layout.ridge(l2), threads: threads)
    let tolerance = max(1e-18, 1e-20 * objective.totalWeight)
    var (parameters, convergence) = (layout.start(for: set), Convergence?.none)
    if layout.sparseCount > Self.sparseCountOfNewton {
      let solution = QuasiNewtonSolver(
        objective: objective, iterationLimit: 10 * iterationLimit, tolerance: tolerance
      ).solve(from: parameters)
      parameters = solution.point.parameters
      convergence = solution.convergence
      guard layout.parameterCount <= Self.parameterCountOfHessian else {
        let variances = solution.preconditioner.inverseDiagonal()
        let dense = solution.preconditioner.inverseOfDense()
        let count = layout.denseCount
        return Self.model(parameters, solution.convergence, layout: layout, set: set) {
          $0 == $1 ? variances[$0] : $0 < count && $1 < count ? dense[$0 * count + $1] : 0
        }
      }
    }
    // From the minimum that the other solver found, what is left is the Hessian.
    let solution = NewtonSolver(
      objective: objective, iterationLimit: iterationLimit, tolerance: tolerance
    ).solve(from: parameters)
    let inverse = solution.factor.inverse()
    let order = layout.parameterCount
    return Self.model(
      solution.point.parameters, convergence ?? solution.convergence, layout: layout, set: set
    ) { inverse[$0 * order + $1] }
  }

  /// With more sparse columns than this, sums over their pairs take longer than more steps do.
  static let sparseCountOfNewton = 200
  /// With more parameters than this the Hessian is not held as a whole, and standard errors leave out
  /// how categories correlate with each other and with quantities.
  static let parameterCountOfHessian = 1500

  /// Turns the parameter vector into one term per feature.
  ///
  /// - Parameter covariance: Of two parameters.
  private static func model(
    _ parameters: [Double], _ convergence: Convergence, layout: DesignLayout, set: TrainingSet,
    covariance: (Int, Int) -> Double
  ) -> LogisticModel {
    let matrix = set.matrix
    func coefficient(_ index: Int) -> Coefficient {
      Coefficient(value: parameters[index], standardError: covariance(index, index).squareRoot())
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
          standardization, coefficient(index), of: matrix.columns[feature], set: set)
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
      let levels = group.columnOfLevel.map { $0 < 0 ? nil : sparse($0) }
      terms[group.feature].form =
        group.rareColumn < 0
        ? .category(levels) : .grouped(levels, rare: sparse(group.rareColumn))
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
