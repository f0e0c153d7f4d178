import Learning

/// A fitted coefficient, in log odds per unit of its column.
public struct Coefficient: Sendable, Equatable {
  /// The estimate.
  public var value: Double
  /// Its standard error: the square root of the diagonal of the inverse of the penalised
  /// information. For `l2 = 0` it is the maximum-likelihood standard error. `nil` where it was not
  /// asked for.
  public var standardError: Double?

  /// Puts estimate and error together.
  public init(value: Double, standardError: Double?) {
    self.value = value
    self.standardError = standardError
  }
}

/// What one feature adds to the log odds.
public struct LogisticTerm: Sendable, Equatable {
  /// How the feature's value enters.
  public enum Form: Sendable, Equatable {
    /// Nothing: the feature did not vary in training.
    case constant
    /// A quantity: a coefficient per standard deviation, none for one whose values were all equal
    /// where not missing.
    case quantity(Standardization, Coefficient)
    /// A category: a coefficient for each level's code; `nil` for one without rows in training, and
    /// in a fit without a ridge 0 for the most frequent one, from which the others are measured.
    case category([Coefficient?])
    /// A category whose rare levels share a coefficient, which also holds for a level that is unseen
    /// or `nil`: one that training had no rows of.
    case grouped([Coefficient?], rare: Coefficient)
    /// A quantity whose values are mapped before they are standardised.
    case mapped(QuantityTransform, Standardization, Coefficient)
    /// A quantity along a curve.
    case curve(SplineCurve)
    /// A category by the outcomes of its levels: a value for each level's code, which is standardised
    /// as a quantity's. An unseen level has the value 0, that of all rows.
    case encoded([Double], Standardization, Coefficient)
  }

  /// How the feature's value enters.
  public var form: Form
  /// What a missing cell adds; `nil` where training had none, so that it adds nothing.
  public var missing: Coefficient?
  /// The mean of the term over the training rows: what a reason is measured from.
  public var mean: Double

  /// Puts a term together.
  public init(form: Form, missing: Coefficient?, mean: Double) {
    self.form = form
    self.missing = missing
    self.mean = mean
  }

  /// What a quantity adds to the log odds.
  package func contribution(ofNumber value: Double) -> Double {
    if value.isNaN { return missing?.value ?? 0 }
    switch form {
    case .quantity(let standardization, let coefficient):
      return coefficient.value * standardization.standardized(value)
    case .mapped(let transform, let standardization, let coefficient):
      return coefficient.value * standardization.standardized(transform.value(of: value))
    case .curve(let curve): return curve.contribution(of: value)
    case .constant, .category, .grouped, .encoded: return 0
    }
  }

  /// What a category adds to the log odds; an unseen level adds nothing, or what rare ones do.
  func contribution(ofCode code: Int32) -> Double {
    if code == CategoryCode.missing { return missing?.value ?? 0 }
    switch form {
    case .category(let levels): return code >= 0 ? levels[Int(code)]?.value ?? 0 : 0
    case .grouped(let levels, let rare):
      return (code >= 0 ? levels[Int(code)] ?? rare : rare).value
    case .encoded(let values, let standardization, let coefficient):
      return coefficient.value * standardization.standardized(code >= 0 ? values[Int(code)] : 0)
    case .constant, .quantity, .mapped, .curve: return 0
    }
  }
}

/// A fitted logistic regression: the log odds are the intercept plus one term per feature.
public struct LogisticModel: FittedLearner, Equatable {
  /// The log odds where every term is 0.
  public var intercept: Coefficient
  /// One term per feature, in the matrix's order.
  public var terms: [LogisticTerm]
  /// How the fit ended.
  public var convergence: Convergence
  /// How sure the coefficients are; `nil` where it was not asked for.
  public var inference: LogisticInference?

  /// Puts a model together.
  public init(
    intercept: Coefficient, terms: [LogisticTerm], convergence: Convergence,
    inference: LogisticInference? = nil
  ) {
    self.intercept = intercept
    self.terms = terms
    self.convergence = convergence
    self.inference = inference
  }

  /// The mean raw score over the training rows: the point that contributions start from.
  public var meanScore: Double { terms.reduce(intercept.value) { $0 + $1.mean } }

  /// The raw score of every row, shape `[rowCount]`; finite whatever the row holds.
  public func scores(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    precondition(
      matrix.columns.count == terms.count,
      "the matrix has \(matrix.columns.count) features; the model \(terms.count)")
    var scores = [Double](repeating: intercept.value, count: matrix.rowCount)
    for feature in terms.indices {
      add(feature, of: matrix, to: &scores)
    }
    return scores
  }

  /// How far each feature moves each row from the mean row, in log odds.
  ///
  /// These are the Shapley values of a sum of terms whose features are independent: Lundberg and Lee
  /// 2017, corollary 1, https://arxiv.org/abs/1705.07874.
  ///
  /// - Returns: Shape `[rowCount, featureCount]`; with ``meanScore`` the features of a row add up to
  ///   its raw score, but for rounding.
  public func contributions(of matrix: FeatureMatrix) -> [Double] {
    precondition(
      matrix.columns.count == terms.count,
      "the matrix has \(matrix.columns.count) features; the model \(terms.count)")
    let width = terms.count
    var contributions = [Double](repeating: 0, count: matrix.rowCount * width)
    for (feature, term) in terms.enumerated() {
      switch matrix.columns[feature] {
      case .number(let values):
        for row in values.indices {
          contributions[row * width + feature] =
            term.contribution(ofNumber: values[row]) - term.mean
        }
      case .category(let codes):
        for row in codes.indices {
          contributions[row * width + feature] = term.contribution(ofCode: codes[row]) - term.mean
        }
      }
    }
    return contributions
  }

  /// What one feature adds to each row's score, shape `[rowCount]`.
  package func term(_ feature: Int, of matrix: FeatureMatrix) -> [Double] {
    var column = [Double](repeating: 0, count: matrix.rowCount)
    add(feature, of: matrix, to: &column)
    return column
  }

  private func add(_ feature: Int, of matrix: FeatureMatrix, to sums: inout [Double]) {
    let term = terms[feature]
    switch matrix.columns[feature] {
    case .number(let values):
      for row in values.indices { sums[row] += term.contribution(ofNumber: values[row]) }
    case .category(let codes):
      for row in codes.indices { sums[row] += term.contribution(ofCode: codes[row]) }
    }
  }
}
