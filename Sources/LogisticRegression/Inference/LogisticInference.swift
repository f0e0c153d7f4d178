import Learning

/// What a fit says of the population its rows come from: how sure each coefficient is, and what the
/// model would lose without each feature.
///
/// Nothing here depends on how the design was coded: a quantity's effect is per natural unit, a
/// level's is against the feature's most frequent level. With a ridge, errors are those of the
/// penalised information: the spread of the penalised estimate around a value drawn towards 0, so
/// that intervals and p-values are approximate, and too narrow where the penalty is strong.
public struct LogisticInference: Sendable, Equatable {
  /// What was added to the log loss of the fit.
  public enum Penalty: UInt8, Sendable, CaseIterable {
    /// Nothing: maximum likelihood.
    case none = 0
    /// Squares of coefficients.
    case ridge = 1
    /// Firth's: half the log determinant of the information, which takes the first-order bias away.
    case firth = 2
  }

  /// What a line of the table is about.
  public enum Subject: Sendable, Equatable, Hashable {
    /// The log odds of a row whose quantities are at their means and whose categories are at their
    /// references.
    case intercept
    /// A quantity, per unit.
    case quantity
    /// A level of a category, by its code, against the reference.
    case level(Int32)
    /// A missing cell: of a quantity against its mean, of a category against the reference.
    case missing
  }

  /// A line of the table.
  public struct Effect: Sendable, Equatable {
    /// What it is about.
    public var subject: Subject
    /// Log odds per natural unit, or against the reference.
    public var estimate: Double
    /// By the information; infinite where the rows cannot tell the effect from others.
    public var standardError: Double
    /// By the scores of whole groups, the sandwich; `nil` where no groups are known.
    public var clusteredError: Double?
    /// A quantity's standard deviation in its natural unit; `nil` for others.
    public var deviation: Double?

    /// Puts an effect together.
    public init(
      subject: Subject, estimate: Double, standardError: Double, clusteredError: Double? = nil,
      deviation: Double? = nil
    ) {
      self.subject = subject
      self.estimate = estimate
      self.standardError = standardError
      self.clusteredError = clusteredError
      self.deviation = deviation
    }

    /// Whether the rows can tell the effect from others.
    public var isEstimable: Bool { standardError.isFinite }
    /// The error to judge by: the clustered one where there is one.
    public var error: Double { clusteredError ?? standardError }
    /// The estimate in errors.
    public var z: Double { estimate / error }
    /// The two-sided p of Wald's test.
    public var p: Double { PortableMath.normalTail(z) }
    /// The odds ratio per natural unit, or against the reference.
    public var oddsRatio: Ratio { Ratio(estimate: estimate, error: error) }
    /// The odds ratio per standard deviation; `nil` for what is no quantity.
    public var oddsRatioPerDeviation: Ratio? {
      deviation.map { Ratio(estimate: estimate * $0, error: error * $0) }
    }
  }

  /// A ratio of odds and its 95% interval.
  public struct Ratio: Sendable, Equatable {
    /// The estimate.
    public let value: Double
    /// The interval's lower end.
    public let low: Double
    /// The interval's upper end.
    public let high: Double

    /// From log odds.
    public init(estimate: Double, error: Double) {
      let margin = PortableMath.normal95 * error
      value = PortableMath.exp(estimate)
      low = PortableMath.exp(estimate - margin)
      high = PortableMath.exp(estimate + margin)
    }
  }

  /// A likelihood-ratio test.
  public struct Test: Sendable, Equatable {
    /// Twice what the objective loses.
    public var statistic: Double
    /// How many coefficients it is about; 1 or more.
    public var degreesOfFreedom: Int

    /// Puts a test together.
    public init(statistic: Double, degreesOfFreedom: Int) {
      self.statistic = statistic
      self.degreesOfFreedom = degreesOfFreedom
    }

    /// The tail of the chi-squared distribution.
    public var p: Double {
      PortableMath.chiSquaredTail(statistic, degreesOfFreedom: degreesOfFreedom)
    }
  }

  /// All there is to say of one feature.
  public struct Term: Sendable, Equatable {
    /// The feature's position in the matrix.
    public var feature: Int
    /// A quantity or levels, in the order of their codes; then missing cells.
    public var effects: [Effect]
    /// The most frequent level of a category, from which the others are measured.
    public var reference: Int32?
    /// Whether the model is worse without the feature; `nil` where a refit costs too much, or where
    /// other features say all it says.
    public var test: Test?
    /// The generalised variance inflation factor of the feature's columns that others do not give
    /// exactly, for one column the common one; infinite where there is none.
    public var varianceInflation: Double?
    /// How many columns the factor is of.
    public var columnCount: Int
    /// A quantity's value furthest out, in standard deviations.
    public var largestDeviation: Double?
    /// A quantity's fourth standardised moment; 3 for a normal one.
    public var kurtosis: Double?

    /// Puts a term together.
    public init(
      feature: Int, effects: [Effect], reference: Int32? = nil, test: Test? = nil,
      varianceInflation: Double? = nil, columnCount: Int, largestDeviation: Double? = nil,
      kurtosis: Double? = nil
    ) {
      self.feature = feature
      self.effects = effects
      self.reference = reference
      self.test = test
      self.varianceInflation = varianceInflation
      self.columnCount = columnCount
      self.largestDeviation = largestDeviation
      self.kurtosis = kurtosis
    }

    /// The inflation per column, comparable with that of a quantity: the generalised factor's root
    /// of the count of columns, the square of the usual `GVIF^(1 / (2 df))`.
    public var inflationPerColumn: Double? {
      varianceInflation.map {
        columnCount == 1 || !$0.isFinite
          ? $0 : PortableMath.exp(PortableMath.log($0) / Double(columnCount))
      }
    }

    /// Whether single values pull at the coefficient: one beyond ten deviations, or a kurtosis above
    /// 30.
    public var hasFatTails: Bool { (largestDeviation ?? 0) > 10 || (kurtosis ?? 0) > 30 }
  }

  /// A column of the design, as groups of correlated ones name it.
  public struct Column: Sendable, Equatable, Hashable {
    /// The feature's position.
    public var feature: Int
    /// What of the feature it is.
    public var subject: Subject

    /// Names a column.
    public init(feature: Int, subject: Subject) {
      self.feature = feature
      self.subject = subject
    }
  }

  /// What was added to the log loss.
  public var penalty: Penalty
  /// The log odds of the reference row.
  public var intercept: Effect
  /// Features that vary, in the matrix's order.
  public var terms: [Term]
  /// Twice the log loss of all rows, without the penalty.
  public var deviance: Double
  /// The deviance of the intercept alone.
  public var nullDeviance: Double
  /// How many coefficients the rows can tell apart, the intercept one of them.
  public var parameterCount: Int
  /// How many rows were fitted.
  public var rowCount: Int
  /// Of how many groups of rows the clustered errors are; `nil` where no groups are known.
  public var groupCount: Int?
  /// Columns that go together: each correlates with another of its group by more than 0.95, or less
  /// than -0.95.
  public var correlatedColumns: [[Column]]
  /// Features that alone tell the outcomes apart.
  public var separatingFeatures: [Int]

  /// Puts the parts together.
  public init(
    penalty: Penalty, intercept: Effect, terms: [Term], deviance: Double, nullDeviance: Double,
    parameterCount: Int, rowCount: Int, groupCount: Int?, correlatedColumns: [[Column]],
    separatingFeatures: [Int]
  ) {
    self.penalty = penalty
    self.intercept = intercept
    self.terms = terms
    self.deviance = deviance
    self.nullDeviance = nullDeviance
    self.parameterCount = parameterCount
    self.rowCount = rowCount
    self.groupCount = groupCount
    self.correlatedColumns = correlatedColumns
    self.separatingFeatures = separatingFeatures
  }

  /// Whether the features together say anything; `nil` without any.
  public var test: Test? {
    parameterCount < 2
      ? nil
      : Test(statistic: nullDeviance - deviance, degreesOfFreedom: parameterCount - 1)
  }

  /// Akaike's information criterion.
  public var aic: Double { deviance + 2 * Double(parameterCount) }

  /// McFadden's R squared: the share of the null deviance that the model takes away.
  public var mcFaddenR2: Double { nullDeviance > 0 ? 1 - deviance / nullDeviance : 0 }
}
