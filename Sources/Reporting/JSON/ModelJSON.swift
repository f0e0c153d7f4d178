import Calibration
import Learning
import Scoring

/// What a model file holds, as `retain inspect --json` prints it.
public struct ModelJSON: Encodable {
  private let modelID: String
  private let bytes: Int
  private let release: String
  private let learner: String
  private let trees: Int
  private let target: [String: String]
  private let idColumn: String?
  private let rows: Int
  private let positives: Int
  private let parameters: [String: String]
  private let features: [FeatureJSON]
  private let excludedColumns: [String: String]
  private let validation: ValidationJSON?
  private let contest: [ContestantJSON]
  private let importances: [ImportanceJSON]
  private let bands: [String: Double]
  private let calibration: String
  private let calibrationChoice: CalibrationChoiceJSON?
  private let certainty: CertaintyJSON?
  private let warnings: [String]
  private let inference: InferenceJSON?

  /// Takes over a model and what its file says of it.
  public init(_ model: RetentionModel, id: String, byteCount: Int) {
    let summary = model.summary
    modelID = id
    bytes = byteCount
    release = summary.release
    learner = summary.learner
    trees = model.learner.treeCount
    target = [
      "column": model.schema.target.column, "positive": model.schema.target.positive,
      "negative": model.schema.target.negative,
    ]
    idColumn = model.schema.idColumn
    rows = summary.rowCount
    positives = summary.positiveCount
    // Monotone constraints are several settings of one name.
    parameters = Dictionary(
      summary.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $0 + "," + $1 })
    features = model.schema.features.map(FeatureJSON.init)
    excludedColumns = Dictionary(
      summary.excludedColumns.map { ($0.name, $0.reason) }, uniquingKeysWith: { first, _ in first })
    validation = summary.validation.map(ValidationJSON.init)
    contest = summary.contest.map(ContestantJSON.init)
    importances = ImportanceList(summary.importances).json
    bands = ["elevated": model.bands.elevated, "high": model.bands.high]
    calibration = model.calibrator.text
    calibrationChoice = summary.calibration.map(CalibrationChoiceJSON.init)
    certainty = model.certainty.map(CertaintyJSON.init)
    warnings = summary.warnings
    inference = InferenceJSON(model)
  }

  private struct FeatureJSON: Encodable {
    let name: String
    let kind: String
    let levels: [String]?
    let hasOther: Bool?

    init(_ feature: Feature) {
      name = feature.name
      switch feature.kind {
      case .number: (kind, levels, hasOther) = ("number", nil, nil)
      case .boolean: (kind, levels, hasOther) = ("boolean", nil, nil)
      case .category(let names, let hasOther):
        (kind, levels, self.hasOther) = ("category", names, hasOther)
      }
    }
  }
}

/// How a calibration was chosen, in JSON.
public struct CalibrationChoiceJSON: Encodable {
  private let method: String
  private let logLosses: [String: Double]

  /// Takes over the figures.
  public init(_ choice: CalibrationChoice) {
    method = choice.method.rawValue
    logLosses = Dictionary(
      choice.candidates.map { ($0.method.rawValue, $0.logLoss) },
      uniquingKeysWith: { first, _ in first })
  }
}

/// What a model knows of the certainty of a score, in JSON.
private struct CertaintyJSON: Encodable {
  let level: Double
  let lowestScoreOfPositives: Double?
  let highestScoreOfNegatives: Double?
  let intervalSteps: Int

  init(_ certainty: ScoreCertainty) {
    level = certainty.band.level
    lowestScoreOfPositives = certainty.band.lowestOfPositives
    highestScoreOfNegatives = certainty.band.highestOfNegatives
    intervalSteps = certainty.interval.lower.count + certainty.interval.upper.count
  }
}

/// The outcome of cross-validation in JSON.
public struct ValidationJSON: Encodable {
  private let folds: Int
  private let rule: String
  private let rows: Int
  private let metrics: [String: Double]
  private let intervals: [String: [Double]]
  private let baselineLogLoss: Double

  /// Takes over the figures.
  public init(_ validation: TrainingSummary.Validation) {
    folds = validation.foldCount
    rule = validation.rule
    rows = validation.rowCount
    var metrics: [String: Double] = [:]
    var intervals: [String: [Double]] = [:]
    for estimate in validation.metrics {
      metrics[estimate.metric.rawValue] = estimate.value
      intervals[estimate.metric.rawValue] = [estimate.low, estimate.high]
    }
    self.metrics = metrics
    self.intervals = intervals
    baselineLogLoss = validation.baselineLogLoss
  }
}

/// How one learner did in cross-validation, in JSON.
public struct ContestantJSON: Encodable {
  private let learner: String
  private let logLoss: Double
  private let rocAUC: Double

  /// Takes over the figures.
  public init(_ contestant: TrainingSummary.Contestant) {
    learner = contestant.learner
    logLoss = contestant.logLoss
    rocAUC = contestant.rocAUC
  }
}
