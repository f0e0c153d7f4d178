import Evaluation

/// An evaluation as `retain evaluate --json` prints it.
public struct EvaluationJSON: Encodable {
  private let rows: Int
  private let positives: Int
  private let base_rate: Nullable
  private let roc_auc: Nullable
  private let average_precision: Nullable
  private let log_loss: Nullable
  private let brier: Nullable
  private let ece: Nullable
  private let lift_at_10: Nullable
  private let intervals: [String: [Double]]
  private let baseline: BaselineJSON?
  private let gains: [GainsJSON]
  private let reliability: [ReliabilityJSON]
  private let is_training_table: Bool

  /// Takes over the figures.
  ///
  /// - Parameter isTrainingTable: Whether the model was trained on the very rows it is judged on.
  public init(_ summary: EvaluationSummary, isTrainingTable: Bool) {
    is_training_table = isTrainingTable
    rows = summary.rows
    positives = summary.positives
    base_rate = Nullable(summary.baseRate)
    roc_auc = Nullable(summary.rocAUC)
    average_precision = Nullable(summary.averagePrecision)
    log_loss = Nullable(summary.logLoss)
    brier = Nullable(summary.brier)
    ece = Nullable(summary.ece)
    lift_at_10 = Nullable(summary.liftAt10)
    var intervals: [String: [Double]] = [:]
    for interval in summary.intervals {
      intervals[interval.metric.rawValue] = [interval.low, interval.high]
    }
    self.intervals = intervals
    baseline = summary.baseline.map(BaselineJSON.init)
    gains = summary.gains.map(GainsJSON.init)
    reliability = summary.reliability.map(ReliabilityJSON.init)
  }

  private struct BaselineJSON: Encodable {
    let log_loss: Double
    let brier: Double
    let roc_auc: Nullable
    let average_precision: Nullable
    let all_negative_accuracy: Double

    init(_ baseline: Baseline) {
      log_loss = baseline.logLoss
      brier = baseline.brierScore
      roc_auc = Nullable(baseline.rocAUC)
      average_precision = Nullable(baseline.averagePrecision)
      all_negative_accuracy = baseline.allNegativeAccuracy
    }
  }

  private struct GainsJSON: Encodable {
    let share: Double
    let rows: Double
    let positives: Double
    let mean_probability: Nullable
    let capture: Nullable
    let lift: Nullable

    init(_ row: GainsRow) {
      share = row.share
      rows = row.rows
      positives = row.positives
      mean_probability = Nullable(row.meanProbability)
      capture = Nullable(row.capture)
      lift = Nullable(row.lift)
    }
  }

  private struct ReliabilityJSON: Encodable {
    let rows: Double
    let mean_probability: Double
    let observed_rate: Double

    init(_ bin: ReliabilityBin) {
      rows = bin.rows
      mean_probability = bin.meanProbability
      observed_rate = bin.observedRate
    }
  }
}
