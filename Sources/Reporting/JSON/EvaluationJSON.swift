import Evaluation

/// An evaluation as `retain evaluate --json` prints it.
public struct EvaluationJSON: Encodable {
  private let rows: Int
  private let positives: Int
  private let baseRate: Nullable
  private let rocAUC: Nullable
  private let averagePrecision: Nullable
  private let logLoss: Nullable
  private let brier: Nullable
  private let ece: Nullable
  private let liftAt10: Nullable
  private let intervals: [String: [Double]]
  private let intervalMethods: [String: String]
  private let ks: Nullable
  private let meanProbability: Nullable
  private let brierParts: BrierPartsJSON
  private let calibrationSlope: Nullable
  private let calibrationSlopeError: Nullable
  private let calibrationIntercept: Nullable
  private let calibrationInterceptError: Nullable
  private let calibrationInTheLarge: Nullable
  private let calibrationInTheLargeError: Nullable
  private let baseline: BaselineJSON?
  private let gains: [GainsJSON]
  private let reliability: [ReliabilityJSON]
  private let isTrainingTable: Bool
  private let rowsRead: Int?
  private let rowsAccepted: Int?
  private let rowsRejected: Int?

  /// Takes over the figures.
  ///
  /// - Parameters:
  ///   - isTrainingTable: Whether the model was trained on the very rows it is judged on.
  ///   - rowsRead: How many rows the table has, where it was read for this.
  ///   - rowsRejected: How many of them were left out as bad.
  public init(
    _ summary: EvaluationSummary, isTrainingTable: Bool, rowsRead: Int? = nil,
    rowsRejected: Int = 0
  ) {
    self.rowsRead = rowsRead
    rowsAccepted = rowsRead.map { $0 - rowsRejected }
    self.rowsRejected = rowsRead == nil ? nil : rowsRejected
    self.isTrainingTable = isTrainingTable
    rows = summary.rows
    positives = summary.positives
    baseRate = Nullable(summary.baseRate)
    rocAUC = Nullable(summary.rocAUC)
    averagePrecision = Nullable(summary.averagePrecision)
    logLoss = Nullable(summary.logLoss)
    brier = Nullable(summary.brier)
    ece = Nullable(summary.ece)
    liftAt10 = Nullable(summary.liftAt10)
    var intervals: [String: [Double]] = [:]
    for interval in summary.intervals {
      intervals[interval.metric.rawValue] = [interval.low, interval.high]
    }
    self.intervals = intervals
    intervalMethods = Dictionary(
      uniqueKeysWithValues: summary.intervals.map { ($0.metric.rawValue, $0.method.rawValue) })
    ks = Nullable(summary.kolmogorovSmirnov)
    meanProbability = Nullable(summary.meanProbability)
    brierParts = BrierPartsJSON(summary.brierParts)
    let line = summary.calibrationLine
    calibrationSlope = Nullable(line?.slope?.value)
    calibrationSlopeError = Nullable(line?.slope?.standardError)
    calibrationIntercept = Nullable(line?.intercept?.value)
    calibrationInterceptError = Nullable(line?.intercept?.standardError)
    calibrationInTheLarge = Nullable(line?.interceptInTheLarge.value)
    calibrationInTheLargeError = Nullable(line?.interceptInTheLarge.standardError)
    baseline = summary.baseline.map(BaselineJSON.init)
    gains = summary.gains.map(GainsJSON.init)
    reliability = summary.reliability.map(ReliabilityJSON.init)
  }

  /// The names as the encoder turns them into words; a number is no word to it.
  private enum CodingKeys: String, CodingKey {
    case rows, positives, baseRate, rocAUC, averagePrecision, logLoss, brier, ece
    case liftAt10 = "lift_at_10"
    case intervalMethods, ks, meanProbability, brierParts
    case calibrationSlope, calibrationSlopeError
    case calibrationIntercept, calibrationInterceptError
    case calibrationInTheLarge, calibrationInTheLargeError
    case intervals, baseline, gains, reliability, isTrainingTable
    case rowsRead, rowsAccepted, rowsRejected
  }

  private struct BaselineJSON: Encodable {
    let logLoss: Double
    let brier: Double
    let rocAUC: Nullable
    let averagePrecision: Nullable
    let allNegativeAccuracy: Double

    init(_ baseline: Baseline) {
      logLoss = baseline.logLoss
      brier = baseline.brierScore
      rocAUC = Nullable(baseline.rocAUC)
      averagePrecision = Nullable(baseline.averagePrecision)
      allNegativeAccuracy = baseline.allNegativeAccuracy
    }
  }

  private struct BrierPartsJSON: Encodable {
    let reliability: Nullable
    let resolution: Nullable
    let uncertainty: Nullable
    let withinBinVariance: Nullable
    let withinBinCovariance: Nullable

    init(_ parts: BrierParts?) {
      reliability = Nullable(parts?.reliability)
      resolution = Nullable(parts?.resolution)
      uncertainty = Nullable(parts?.uncertainty)
      withinBinVariance = Nullable(parts?.withinBinVariance)
      withinBinCovariance = Nullable(parts?.withinBinCovariance)
    }
  }

  private struct GainsJSON: Encodable {
    let share: Double
    let rows: Double
    let positives: Double
    let meanProbability: Nullable
    let capture: Nullable
    let lift: Nullable

    init(_ row: GainsRow) {
      share = row.share
      rows = row.rows
      positives = row.positives
      meanProbability = Nullable(row.meanProbability)
      capture = Nullable(row.capture)
      lift = Nullable(row.lift)
    }
  }

  private struct ReliabilityJSON: Encodable {
    let rows: Double
    let meanProbability: Double
    let observedRate: Double

    init(_ bin: ReliabilityBin) {
      rows = bin.rows
      meanProbability = bin.meanProbability
      observedRate = bin.observedRate
    }
  }
}
