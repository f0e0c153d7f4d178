import Evaluation
import Scoring

/// A comparison as `retain compare --json` prints it.
public struct ComparisonJSON: Encodable {
  private let modelA: String
  private let modelB: String
  private let rows: Int
  private let rowsRead: Int
  private let rowsRejected: Int
  private let judgedRows: Int
  private let positives: Int
  private let metrics: [DifferenceJSON]
  private let verdict: String
  private let sentence: String
  private let swapSet: SwapJSON
  private let ranking: RankingJSON
  private let psi: Double?
  private let reasons: ReasonsJSON
  private let segments: [SegmentJSON]
  private let segmentsWorse: Int
  private let isTrainingTableOfA: Bool
  private let isTrainingTableOfB: Bool
  private let output: String?

  /// Takes over a comparison.
  ///
  /// - Parameter output: Where all rows were written, if they were.
  public init(_ comparison: ModelComparison, _ compared: ComparedRows, output: String?) {
    modelA = comparison.ids.first
    modelB = comparison.ids.second
    rows = comparison.rowCount
    rowsRead = compared.rowCounts.read
    rowsRejected = compared.rowCounts.rejected
    let judged = comparison.judged
    judgedRows = judged?.rowCount ?? 0
    positives = judged?.positiveCount ?? 0
    metrics = (judged?.differences ?? []).map(DifferenceJSON.init)
    verdict = comparison.verdict.rawValue
    sentence = comparison.verdictText
    swapSet = SwapJSON(comparison, compared)
    let agreement = comparison.ranking
    ranking = RankingJSON(
      spearman: agreement.spearman, kendall: agreement.kendall, movedShare: agreement.movedShare)
    psi = comparison.stability
    reasons = ReasonsJSON(
      rows: comparison.reasons.rowCount, changedShare: comparison.reasons.changedShare,
      features: comparison.reasons.features.map {
        ReasonsJSON.FeatureJSON(feature: $0.feature, a: $0.first, b: $0.second)
      })
    segments = (judged?.segments ?? []).map(SegmentJSON.init)
    segmentsWorse = comparison.segmentLosses.count
    isTrainingTableOfA = judged?.wasTrainedOn.first ?? false
    isTrainingTableOfB = judged?.wasTrainedOn.second ?? false
    self.output = output
  }

  /// The names as the encoder turns them into words; a letter alone is no word to it.
  private enum CodingKeys: String, CodingKey {
    case modelA = "model_a"
    case modelB = "model_b"
    case rows, rowsRead, rowsRejected, judgedRows, positives, metrics, verdict, sentence, swapSet
    case ranking, psi, reasons, segments, segmentsWorse
    case isTrainingTableOfA = "is_training_table_of_a"
    case isTrainingTableOfB = "is_training_table_of_b"
    case output
  }

  /// A figure of both.
  struct DifferenceJSON: Encodable {
    let name: String
    let a: Double
    let b: Double
    let difference: Double
    let interval: [Double]?
    let direction: String

    init(_ difference: PairedEvaluation.Difference) {
      name = difference.metric.rawValue
      a = difference.first
      b = difference.second
      self.difference = difference.difference
      interval = difference.low.flatMap { low in difference.high.map { [low, $0] } }
      direction = difference.direction.rawValue
    }
  }

  private struct SwapJSON: Encodable {
    let top: Double
    let flagged: Int
    let both: PartJSON
    let onlyB: PartJSON
    let onlyA: PartJSON

    init(_ comparison: ModelComparison, _ rows: ComparedRows) {
      top = comparison.topShare
      flagged = comparison.swapSet.flaggedCount
      both = PartJSON(comparison.swapSet.kept, rows.first)
      onlyB = PartJSON(comparison.swapSet.added, rows.second)
      onlyA = PartJSON(comparison.swapSet.dropped, rows.first)
    }

    private enum CodingKeys: String, CodingKey {
      case top, flagged, both
      case onlyB = "only_b"
      case onlyA = "only_a"
    }
  }

  private struct PartJSON: Encodable {
    let rows: Int
    let judgedRows: Int
    let positives: Int
    let accounts: [String]

    init(_ part: ModelComparison.SwapSet.Part, _ table: EncodedTable) {
      rows = part.rows.count
      judgedRows = part.judgedCount
      positives = part.positiveCount
      accounts = part.rows.prefix(10).map { table.id(ofRow: $0) }
    }
  }

  private struct RankingJSON: Encodable {
    let spearman: Double?
    let kendall: Double?
    let movedShare: Double
  }

  private struct ReasonsJSON: Encodable {
    let rows: Int
    let changedShare: Double
    let features: [FeatureJSON]

    struct FeatureJSON: Encodable {
      let feature: String
      let a: Int
      let b: Int
    }
  }

  private struct SegmentJSON: Encodable {
    let column: String
    let level: String
    let rows: Int
    let positives: Int
    let worse: Bool
    let metrics: [DifferenceJSON]

    init(_ segment: ModelComparison.Segment) {
      column = segment.column
      level = segment.level
      rows = segment.rowCount
      positives = segment.positiveCount
      worse = segment.isWorse
      metrics = segment.differences.map(DifferenceJSON.init)
    }
  }
}
