import Calibration
import Evaluation
import Explanation

/// What is known of a model's training, and nothing about any single row of it.
public struct TrainingSummary: Sendable, Equatable {
  /// The release that trained the model.
  public var release: String
  /// The learner, as `--learner` names it: `gbm` or `logistic`.
  public var learner: String
  /// How many rows had a label.
  public var rowCount: Int
  /// How many of these were positive.
  public var positiveCount: Int
  /// Recognises the training table; see ``Fingerprint``.
  public var fingerprint: UInt64
  /// The parameters that the learner was fitted with, by option name.
  public var parameters: [Setting]
  /// How the model did on rows that it had not learned from; `nil` without cross-validation.
  public var validation: Validation?
  /// How the calibration was chosen; `nil` where it was named, or there was too little to choose by.
  public var calibration: CalibrationChoice?
  /// How each learner did, where more than one was tried; the chosen one first.
  public var contest: [Contestant]
  /// What the model relies on, kind by kind, the most important first.
  public var importances: [Importance]
  /// How far the folds agree on what matters; `nil` without folds, and in older files.
  public var stability: ImportanceStability?
  /// Columns of the training table that the model does not read, and why.
  public var excludedColumns: [ExcludedColumn]
  /// What the one who trained should know.
  public var warnings: [String]

  /// An option and its value.
  public struct Setting: Sendable, Equatable {
    /// The option without its dashes.
    public var name: String
    /// Its value, as it would be typed.
    public var value: String

    /// Puts the two together.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The outcome of cross-validation.
  public struct Validation: Sendable, Equatable {
    /// How many folds there were.
    public var foldCount: Int
    /// How the folds were made: `stratified`, `grouped` or `forward`.
    public var rule: String
    /// How many rows were judged.
    public var rowCount: Int
    /// The figures over all judged rows.
    public var metrics: [MetricEstimate]
    /// The log loss of giving every row the base rate.
    public var baselineLogLoss: Double

    /// Puts an outcome together.
    public init(
      foldCount: Int, rule: String, rowCount: Int, metrics: [MetricEstimate],
      baselineLogLoss: Double
    ) {
      self.foldCount = foldCount
      self.rule = rule
      self.rowCount = rowCount
      self.metrics = metrics
      self.baselineLogLoss = baselineLogLoss
    }
  }

  /// A figure and its 95 % confidence interval.
  public struct MetricEstimate: Sendable, Equatable {
    /// Which figure.
    public var metric: Metric
    /// Its value.
    public var value: Double
    /// The lower end of the interval.
    public var low: Double
    /// The upper end of the interval.
    public var high: Double

    /// Puts a figure together.
    public init(metric: Metric, value: Double, low: Double, high: Double) {
      self.metric = metric
      self.value = value
      self.low = low
      self.high = high
    }
  }

  /// How a learner did in cross-validation, before calibration.
  public struct Contestant: Sendable, Equatable {
    /// The learner, as `--learner` names it.
    public var learner: String
    /// Mean over the folds, to six decimals.
    public var logLoss: Double
    /// Mean over the folds, to six decimals.
    public var rocAUC: Double

    /// Puts a result together.
    public init(learner: String, logLoss: Double, rocAUC: Double) {
      self.learner = learner
      self.logLoss = Self.rounded(logLoss)
      self.rocAUC = Self.rounded(rocAUC)
    }

    /// The last digits of logistic regression depend on the processor. The loser's must not reach
    /// the bytes of a model of trees, which are the same everywhere.
    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }
  }

  /// A column that the model does not read.
  public struct ExcludedColumn: Sendable, Equatable {
    /// The column's name.
    public var name: String
    /// Why, in a few words.
    public var reason: String

    /// Puts the two together.
    public init(name: String, reason: String) {
      self.name = name
      self.reason = reason
    }
  }

  /// Puts a summary together.
  public init(
    release: String, learner: String, rowCount: Int, positiveCount: Int, fingerprint: UInt64,
    parameters: [Setting], validation: Validation?, contest: [Contestant],
    importances: [Importance], excludedColumns: [ExcludedColumn], warnings: [String],
    calibration: CalibrationChoice? = nil, stability: ImportanceStability? = nil
  ) {
    self.release = release
    self.learner = learner
    self.rowCount = rowCount
    self.positiveCount = positiveCount
    self.fingerprint = fingerprint
    self.parameters = parameters
    self.validation = validation
    self.contest = contest
    self.importances = importances
    self.excludedColumns = excludedColumns
    self.warnings = warnings
    self.calibration = calibration
    self.stability = stability
  }

  /// The importances of the kind that says most: groups on held-out rows where there are any.
  public var leadingImportances: [Importance] {
    let kind = Importance.Kind.allCases.first { kind in importances.contains { $0.kind == kind } }
    return importances.filter { $0.kind == kind }
  }

  /// The share of positive rows.
  public var baseRate: Double { Double(positiveCount) / Double(rowCount) }
}
