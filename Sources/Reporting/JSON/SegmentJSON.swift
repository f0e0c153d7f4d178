import Evaluation

/// The figures of segments as JSON: `column`, `segments`, `others` (or `null`) and `too_small`.
public struct SegmentJSON: Encodable {
  private let column: String
  private let segments: [LevelJSON]
  private let others: LevelJSON?
  private let tooSmall: [SmallJSON]

  /// Takes over the figures.
  public init(_ evaluation: SegmentEvaluation) {
    column = evaluation.column
    segments = evaluation.segments.map { LevelJSON(level: $0.level, $0.summary) }
    others = evaluation.others.map { LevelJSON(level: nil, $0) }
    tooSmall = evaluation.tooSmall.map {
      SmallJSON(level: $0.level, rows: $0.rows, positives: $0.positives)
    }
  }

  private enum CodingKeys: String, CodingKey { case column, segments, others, tooSmall }

  /// Writes `null` where the small levels have no figures.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(column, forKey: .column)
    try container.encode(segments, forKey: .segments)
    try container.encode(others, forKey: .others)
    try container.encode(tooSmall, forKey: .tooSmall)
  }

  private struct SmallJSON: Encodable {
    let level: String?
    let rows: Int
    let positives: Int
  }

  private struct LevelJSON: Encodable {
    let level: String?
    let rows: Int
    let positives: Int
    let baseRate: Nullable
    let meanProbability: Nullable
    let figures: [String: Nullable]
    let intervals: [String: [Double]]

    init(level: String?, _ summary: EvaluationSummary) {
      self.level = level
      rows = summary.rows
      positives = summary.positives
      baseRate = Nullable(summary.baseRate)
      meanProbability = Nullable(summary.meanProbability)
      figures = Dictionary(
        uniqueKeysWithValues: Metric.allCases.map { ($0.rawValue, Nullable(summary[$0])) })
      intervals = Dictionary(
        uniqueKeysWithValues: summary.intervals.map { ($0.metric.rawValue, [$0.low, $0.high]) })
    }
  }
}
