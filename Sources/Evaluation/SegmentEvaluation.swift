/// The figures of each level of a column, such as each plan or country.
///
/// A model that is good on the whole may know nothing of some customers. Levels with too few rows for
/// figures of their own are named, and judged together where that makes enough of them.
public struct SegmentEvaluation: Codable, Equatable, Sendable {
  /// How much a level must have.
  public struct Minimum: Codable, Equatable, Sendable {
    /// Rows of weight above 0.
    public var rows: Int
    /// Rows of either outcome.
    public var rowsOfEachOutcome: Int

    /// Chooses; the defaults are enough for an AUC within about 0.1.
    public init(rows: Int = 100, rowsOfEachOutcome: Int = 10) {
      self.rows = rows
      self.rowsOfEachOutcome = rowsOfEachOutcome
    }
  }

  /// One level and its figures.
  public struct Segment: Codable, Equatable, Sendable {
    /// The level; `nil` for rows that have none.
    public var level: String?
    /// Its figures, with intervals.
    public var summary: EvaluationSummary
  }

  /// A level without figures of its own.
  public struct SmallLevel: Codable, Equatable, Sendable {
    /// The level; `nil` for rows that have none.
    public var level: String?
    /// How many rows of weight above 0 it has.
    public var rows: Int
    /// How many of them are positive.
    public var positives: Int
  }

  /// The column's name.
  public var column: String
  /// What was asked of a level.
  public var minimum: Minimum
  /// The levels that have enough: most rows first, then by name.
  public var segments: [Segment]
  /// The levels that have not, in the same order.
  public var tooSmall: [SmallLevel]
  /// The figures of all small levels together; `nil` where even these are too few, and where there is
  /// but one small level, whose figures they would be.
  public var others: EvaluationSummary?

  /// Judges each level.
  ///
  /// - Parameters:
  ///   - levels: The level of each row, shape `[rowCount]`; `nil` where it is missing.
  ///   - weights, groups, bootstrap, threads: As of ``EvaluationSummary``.
  /// - Precondition: All arrays of rows have one length.
  public init(
    column: String, levels: [String?], probabilities: [Double], labels: [Bool],
    weights: [Double]? = nil, groups: [Int]? = nil, minimum: Minimum = Minimum(),
    bootstrap: Bootstrap = Bootstrap(), threads: Int = 1
  ) {
    precondition(
      levels.count == labels.count, "\(levels.count) levels but \(labels.count) labels")
    self.column = column
    self.minimum = minimum
    var rowsOfLevel: [String?: [Int]] = [:]
    for row in levels.indices where (weights?[row] ?? 1) > 0 {
      rowsOfLevel[levels[row], default: []].append(row)
    }
    let ordered = rowsOfLevel.sorted { left, right in
      if left.value.count != right.value.count { return left.value.count > right.value.count }
      // A missing level comes after those that have a name.
      guard let name = left.key, let other = right.key else { return right.key == nil }
      return name < other
    }
    func summary(_ rows: [Int]) -> EvaluationSummary {
      EvaluationSummary(
        probabilities: rows.map { probabilities[$0] }, labels: rows.map { labels[$0] },
        weights: weights.map { weights in rows.map { weights[$0] } },
        groups: groups.map { groups in rows.map { groups[$0] } }, bootstrap: bootstrap,
        threads: threads)
    }
    func suffices(_ rows: [Int]) -> Bool {
      let positives = rows.count { labels[$0] }
      return rows.count >= minimum.rows
        && min(positives, rows.count - positives) >= minimum.rowsOfEachOutcome
    }
    let small = ordered.filter { !suffices($0.value) }
    segments = ordered.filter { suffices($0.value) }
      .map { Segment(level: $0.key, summary: summary($0.value)) }
    tooSmall = small.map { level, rows in
      SmallLevel(level: level, rows: rows.count, positives: rows.count { labels[$0] })
    }
    let pooled = small.flatMap(\.value)
    others = small.count > 1 && suffices(pooled) ? summary(pooled) : nil
  }
}
