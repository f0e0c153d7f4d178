import Scoring

/// A model card for programs: what its Markdown says, in full precision.
public struct ModelCardJSON: Encodable {
  private let modelID: String
  private let bytes: Int
  private let release: String
  private let target: TargetJSON
  private let learner: String
  private let trees: Int
  private let data: DataJSON
  private let columns: [ColumnJSON]
  private let splits: String?
  private let validation: ValidationJSON?
  private let contest: [ContestantJSON]
  private let trainingRocAUC: Nullable
  private let calibration: CalibrationJSON
  private let bands: [String: Double]
  private let baselines: [BaselineJSON]
  private let verdict: [String]
  private let drivers: [ImportanceJSON]
  private let strongestColumns: [StrengthJSON]
  private let limits: [String]
  private let parameters: [SettingJSON]
  private let seed: String?
  private let dataFingerprint: String
  private let configurationHash: String?
  private let warnings: [String]

  /// Takes over a card.
  public init(_ card: ModelCard) {
    let (model, training) = (card.model, card.training)
    let summary = model.summary
    modelID = card.id
    bytes = card.byteCount
    release = summary.release
    target = TargetJSON(
      column: model.schema.target.column, positive: model.schema.target.positive,
      negative: model.schema.target.negative, outcome: training?.period?.outcome)
    learner = summary.learner
    trees = model.learner.treeCount
    data = DataJSON(card)
    columns =
      training?.columns.map { ColumnJSON(name: $0.name, use: $0.use, note: $0.note) }
      ?? model.schema.features.map { ColumnJSON(name: $0.name, use: "feature", note: $0.kindText) }
      + summary.excludedColumns.map { ColumnJSON(name: $0.name, use: "excluded", note: $0.reason) }
    splits = training?.splits
    validation = summary.validation.map(ValidationJSON.init)
    contest = summary.contest.map(ContestantJSON.init)
    trainingRocAUC = Nullable(training?.trainingROCAUC)
    calibration = CalibrationJSON(
      method: model.calibrator.text,
      meanProbability: Nullable(training?.calibration?.meanProbability),
      baseRate: Nullable(training?.calibration?.baseRate),
      slope: Nullable(training?.calibration?.slope),
      intercept: Nullable(training?.calibration?.intercept))
    bands = ["elevated": model.bands.elevated, "high": model.bands.high]
    baselines = card.baselines.map {
      BaselineJSON(name: $0.name, logLoss: $0.logLoss, rocAUC: Nullable($0.rocAUC))
    }
    verdict = card.verdict
    drivers = ImportanceList(summary.importances).json
    strongestColumns = (training?.strongestColumns ?? []).map {
      StrengthJSON(column: $0.column, rocAUC: $0.rocAUC, stdError: $0.standardError)
    }
    limits = card.limits
    parameters = summary.parameters.map { SettingJSON(name: $0.name, value: $0.value) }
    seed = card.setting("seed")
    dataFingerprint = card.fingerprint
    configurationHash = training?.configurationHash
    warnings = summary.warnings
  }

  private struct TargetJSON: Encodable {
    let column: String
    let positive: String
    let negative: String
    let outcome: String?
  }

  private struct DataJSON: Encodable {
    let rows: Int
    let positives: Int
    let baseRate: Double
    let rowsRead: Int?
    let rowsRejected: Int?
    let rowsUnlabelled: Int?
    let firstAsOf: String?
    let lastAsOf: String?
    let asOfDays: Int?
    let accounts: Int?
    let lastDay: String?
    let rowsCensored: Int?
    let rowsExcluded: [String: Int]?

    init(_ card: ModelCard) {
      let (summary, training, period) = (
        card.model.summary, card.training, card.training?.period
      )
      rows = summary.rowCount
      positives = summary.positiveCount
      baseRate = summary.baseRate
      rowsRead = training?.readRowCount
      rowsRejected = training?.rejectedRowCount
      rowsUnlabelled = training?.unlabelledRowCount
      firstAsOf = period?.firstDay
      lastAsOf = period?.lastDay
      asOfDays = period?.dayCount
      accounts = period?.accountCount
      lastDay = period?.lastDayOfData
      rowsCensored = period?.censoredRowCount
      rowsExcluded = period.map {
        Dictionary($0.excludedRowCounts.map { ($0.reason, $0.count) }, uniquingKeysWith: +)
      }
    }
  }

  private struct ColumnJSON: Encodable {
    let name: String
    let use: String
    let note: String
  }

  private struct CalibrationJSON: Encodable {
    let method: String
    let meanProbability: Nullable
    let baseRate: Nullable
    let slope: Nullable
    let intercept: Nullable
  }

  private struct BaselineJSON: Encodable {
    let name: String
    let logLoss: Double
    let rocAUC: Nullable
  }

  private struct StrengthJSON: Encodable {
    let column: String
    let rocAUC: Double
    let stdError: Double
  }

  private struct SettingJSON: Encodable {
    let name: String
    let value: String
  }
}
