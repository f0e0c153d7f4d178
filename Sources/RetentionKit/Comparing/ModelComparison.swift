import Diagnostics
import Evaluation
import Learning
import ModelFormat
import Scoring

/// A challenger beside the model that it would replace, on the same rows.
///
/// `Docs/Methods/Comparing.md` says what each part means.
public struct ModelComparison: Sendable {
  /// How models are compared.
  public struct Options: Sendable {
    /// The share of the rows that are flagged, the riskiest first.
    public var topShare = 0.1
    /// How intervals are drawn.
    public var bootstrap = Bootstrap()
    /// How many threads may work; no figure depends on it.
    public var threads = 1

    /// The defaults.
    public init() {}
  }

  /// The rows that are flagged by the one, by the other, or by both.
  public struct SwapSet: Sendable, Equatable {
    /// Rows of one kind.
    public struct Part: Sendable, Equatable {
      /// The rows, the riskiest first.
      public var rows: [Int]
      /// How many of them have an outcome that is known.
      public var judgedCount: Int
      /// How many of these had it come.
      public var positiveCount: Int
    }
    /// How many rows each model flags.
    public var flaggedCount: Int
    /// Flagged by both.
    public var kept: Part
    /// Flagged by B alone, by B's order.
    public var added: Part
    /// Flagged by A alone, by A's order.
    public var dropped: Part
  }

  /// How the first reasons of flagged rows differ.
  public struct ReasonChanges: Sendable, Equatable {
    /// How often a feature is the strongest reason.
    public struct FeatureCount: Sendable, Equatable {
      /// The feature.
      public var feature: String
      /// For A.
      public var first: Int
      /// For B.
      public var second: Int
    }

    /// How many rows were asked for, flagged by either model.
    public var rowCount: Int
    /// The share of them whose strongest reason is another feature.
    public var changedShare: Double
    /// The features that are the strongest reason of any row; the largest change first.
    public var features: [FeatureCount]
  }

  /// A part of the rows, judged by itself.
  public struct Segment: Sendable, Equatable {
    /// The column.
    public var column: String
    /// Its word.
    public var level: String
    /// How many rows have it and an outcome.
    public var rowCount: Int
    /// How many of these had it come.
    public var positiveCount: Int
    /// Log loss and ROC AUC.
    public var differences: [PairedEvaluation.Difference]

    /// Whether B is worse by log loss or by ROC AUC, the interval of the difference excluding 0.
    public var isWorse: Bool { differences.contains { $0.direction == .worse } }
  }

  /// What rows without a model say: nothing was learned from them.
  public struct Judged: Sendable {
    /// How many rows have an outcome.
    public var rowCount: Int
    /// How many of these had it come.
    public var positiveCount: Int
    /// The figures of both and their differences.
    public var differences: [PairedEvaluation.Difference]
    /// The segments that are large enough.
    public var segments: [Segment]
    /// Whether A, or B, was trained on exactly these rows.
    public var wasTrainedOn: (first: Bool, second: Bool)
  }

  /// The model at hand, A, and the challenger, B.
  public let ids: (first: String, second: String)
  /// How many rows were compared.
  public let rowCount: Int
  /// The share of the rows that are flagged.
  public let topShare: Double
  /// The probabilities of each row.
  public let probabilities: (first: [Double], second: [Double])
  /// The place of each row from 1, the riskiest first; ties in probability go by raw score, then by
  /// the order of the rows.
  public let ranks: (first: [Int], second: [Int])
  /// What the outcomes say; `nil` where none is known.
  public let judged: Judged?
  /// Who is flagged anew, and who no more.
  public let swapSet: SwapSet
  /// How far the orders agree.
  public let ranking: RankAgreement
  /// How far B's probabilities are distributed otherwise than A's.
  public let stability: Double?
  /// How the reasons differ.
  public let reasons: ReasonChanges
  /// The segments need so many rows.
  public static let leastSegmentRowCount = 100
  /// The segments need so many rows of each outcome.
  public static let leastSegmentOutcomeCount = 10
  /// Reasons are asked for at most so many rows.
  static let reasonRowLimit = 10_000

  /// Compares two models.
  public init(
    _ first: ModelFile, _ second: ModelFile, on rows: ComparedRows, options: Options = Options()
  ) {
    let threads = options.threads
    ids = (first.id, second.id)
    rowCount = rows.count
    topShare = options.topShare
    let (a, b) = (
      Scored(first.model, rows.first, threads), Scored(second.model, rows.second, threads)
    )
    probabilities = (a.probabilities, b.probabilities)
    ranks = (a.ranks, b.ranks)
    ranking = RankAgreement(a.probabilities, b.probabilities)
    stability = PopulationStability.index(from: a.probabilities, to: b.probabilities)
    swapSet = Self.swapSet(a, b, rows.outcomes, share: options.topShare)
    reasons = Self.reasonChanges(
      (first.model, rows.first), (second.model, rows.second),
      of: Set(swapSet.kept.rows + swapSet.added.rows + swapSet.dropped.rows).sorted(),
      seed: options.bootstrap.seed, threads: threads)
    judged = Self.judged(first.model, second.model, a, b, rows, options)
  }

  /// What one model says of all rows.
  private struct Scored {
    let probabilities: [Double]
    let order: [Int]
    let ranks: [Int]

    init(_ model: RetentionModel, _ table: EncodedTable, _ threads: Int) {
      let raw = model.learner.scores(of: table.matrix, threads: threads)
      let probabilities = raw.map(model.calibrator.probability)
      self.probabilities = probabilities
      order = raw.indices.sorted {
        (probabilities[$1], raw[$1], $0) < (probabilities[$0], raw[$0], $1)
      }
      var ranks = [Int](repeating: 0, count: raw.count)
      for (place, row) in order.enumerated() { ranks[row] = place + 1 }
      self.ranks = ranks
    }
  }

  // MARK: - Who is flagged

  private static func swapSet(_ a: Scored, _ b: Scored, _ outcomes: [Bool?]?, share: Double)
    -> SwapSet
  {
    let count = min(a.order.count, Int((share * Double(a.order.count)).rounded(.up)))
    func part(_ rows: [Int]) -> SwapSet.Part {
      let known = rows.compactMap { outcomes?[$0] }
      return SwapSet.Part(
        rows: rows, judgedCount: known.count, positiveCount: known.count { $0 })
    }
    let (first, second) = (a.order.prefix(count), b.order.prefix(count))
    return SwapSet(
      flaggedCount: count, kept: part(second.filter { a.ranks[$0] <= count }),
      added: part(second.filter { a.ranks[$0] > count }),
      dropped: part(first.filter { b.ranks[$0] > count }))
  }

  // MARK: - Why

  private static func reasonChanges(
    _ first: (model: RetentionModel, table: EncodedTable),
    _ second: (model: RetentionModel, table: EncodedTable), of flagged: [Int], seed: UInt64,
    threads: Int
  ) -> ReasonChanges {
    var rows = flagged
    if rows.count > reasonRowLimit {
      var generator = SeededGenerator(seed: seed, stream: 93)
      rows = generator.sample(reasonRowLimit, of: flagged.count).map { flagged[$0] }
    }
    func strongest(_ model: RetentionModel, _ table: EncodedTable) -> [String?] {
      let matrix = table.matrix.selecting(rows)
      let attribution = model.learner.attribution(of: matrix, threads: threads)
      let scale = model.pointScale(meanScore: attribution.meanScore)
      return rows.indices.map {
        model.reasons(ofRow: $0, in: matrix, attribution: attribution, scale: scale, limit: 1)
          .first?.feature.name
      }
    }
    let (a, b) = (
      strongest(first.model, first.table), strongest(second.model, second.table)
    )
    var counts: [String: (first: Int, second: Int)] = [:]
    for name in a.compactMap(\.self) { counts[name, default: (0, 0)].first += 1 }
    for name in b.compactMap(\.self) { counts[name, default: (0, 0)].second += 1 }
    let features = counts.map {
      ReasonChanges.FeatureCount(feature: $0.key, first: $0.value.first, second: $0.value.second)
    }
    .sorted {
      let (left, right) = (abs($0.second - $0.first), abs($1.second - $1.first))
      return left != right ? left > right : $0.feature < $1.feature
    }
    return ReasonChanges(
      rowCount: rows.count,
      changedShare: rows.isEmpty
        ? 0 : Double(zip(a, b).count { $0 != $1 }) / Double(rows.count),
      features: features)
  }

  // MARK: - By what happened

  private static func judged(
    _ first: RetentionModel, _ second: RetentionModel, _ a: Scored, _ b: Scored,
    _ rows: ComparedRows, _ options: Options
  ) -> Judged? {
    guard let outcomes = rows.outcomes else { return nil }
    let known = outcomes.indices.filter { outcomes[$0] != nil }
    let labels = known.map { outcomes[$0]! }
    func differences(_ rows: [Int]) -> [PairedEvaluation.Difference] {
      PairedEvaluation(
        first: rows.map { a.probabilities[$0] }, second: rows.map { b.probabilities[$0] },
        labels: rows.map { outcomes[$0]! }, bootstrap: options.bootstrap, threads: options.threads)?
        .differences ?? []
    }
    func wasTrained(_ model: RetentionModel, _ table: EncodedTable) -> Bool {
      labels.count == model.summary.rowCount
        && Fingerprint.of(table.matrix.selecting(known), labels: labels)
          == model.summary.fingerprint
    }
    var segments: [Segment] = []
    for segmentation in rows.segmentations {
      var rowsOfLevel: [Int32: [Int]] = [:]
      for row in known { rowsOfLevel[max(-1, segmentation.codes[row]), default: []].append(row) }
      for code in rowsOfLevel.keys.sorted() {
        let rows = rowsOfLevel[code]!
        let positives = rows.count { outcomes[$0]! }
        guard rows.count >= leastSegmentRowCount,
          min(positives, rows.count - positives) >= leastSegmentOutcomeCount
        else { continue }
        segments.append(
          Segment(
            column: segmentation.column,
            level: code < 0 ? "missing" : segmentation.levels[Int(code)], rowCount: rows.count,
            positiveCount: positives,
            differences: differences(rows).filter {
              $0.metric == .logLoss || $0.metric == .rocAUC
            }))
      }
    }
    return Judged(
      rowCount: known.count, positiveCount: labels.count { $0 }, differences: differences(known),
      segments: segments,
      wasTrainedOn: (wasTrained(first, rows.first), wasTrained(second, rows.second)))
  }
}

extension PairedEvaluation.Difference {
  /// Which way the second differs from the first.
  public enum Direction: String, Sendable {
    /// The second is better, the interval excluding 0.
    case better
    /// The second is worse, the interval excluding 0.
    case worse
    /// The interval holds 0, or there is none.
    case unclear
  }

  /// Which way the second differs from the first, at 95 %.
  public var direction: Direction {
    guard let low, let high, low > 0 || high < 0 else { return .unclear }
    return (difference > 0) == metric.isBetterHigher ? .better : .worse
  }
}

extension Metric {
  /// Whether more of it is better.
  var isBetterHigher: Bool {
    switch self {
    case .rocAUC, .averagePrecision, .liftAt10: true
    case .logLoss, .brierScore, .expectedCalibrationError: false
    }
  }
}
