import Evaluation
import Reporting

/// A backtest as `retain evaluate --backtest --json` prints it, under `backtest`.
public struct BacktestJSON: Encodable {
  private let target: String
  private let cutoffs: [Cutoff]
  private let parts: Int
  private let leadTime: LeadTimeJSON
  private let contractMonths: [MonthJSON]?
  private let stability: StabilityJSON
  private let ablation: AblationJSON?

  /// Takes over the figures.
  public init(_ backtest: Backtest) {
    target = backtest.target.rawValue
    cutoffs = zip(backtest.cutoffs, backtest.knownRowCounts).map {
      Cutoff(day: "\($0)", rowsKnown: $1)
    }
    parts = backtest.partCount
    leadTime = LeadTimeJSON(backtest.leadTime)
    contractMonths = backtest.contractMonths?.rows.map(MonthJSON.init)
    stability = StabilityJSON(backtest.stability)
    ablation = backtest.ablation.map(AblationJSON.init)
  }

  private struct Cutoff: Encodable {
    let day: String
    let rowsKnown: Int
  }

  /// `[low, high]`; `null` where there is none.
  private static func ends(_ low: Double?, _ high: Double?) -> [Double]? {
    low.flatMap { low in high.map { [low, $0] } }
  }

  // MARK: - Lead time

  private struct LeadTimeJSON: Encodable {
    let flag: String
    let flagValue: Double
    let outcomes: Int
    let mrr: Double
    let tooEarly: Int
    let milestones: [RowJSON]
    let weeks: [RowJSON]
    let segments: [SegmentJSON]

    init(_ leadTime: LeadTime) {
      switch leadTime.rule {
      case .top(let share): (flag, flagValue) = ("top", share)
      case .probability(let least): (flag, flagValue) = ("probability", least)
      }
      outcomes = leadTime.outcomeCount
      mrr = leadTime.mrr
      tooEarly = leadTime.tooEarlyCount
      milestones = leadTime.milestones.map(RowJSON.init)
      weeks = leadTime.weeks.map(RowJSON.init)
      segments = leadTime.segments.map(SegmentJSON.init)
    }
  }

  private struct RowJSON: Encodable {
    let daysBefore: Int
    let scored: Int
    let notScored: Int
    let scoredMRR: Double
    let notScoredMRR: Double
    let flagged: Double
    let flaggedMRR: Double
    let shareOfMRR: Nullable
    let shareOfMRRInterval: [Double]?
    let shareOfAccounts: Nullable
    let shareOfAccountsInterval: [Double]?
    let everShareOfMRR: Nullable
    let shareOfAllMRR: Nullable
    let shareOfAllAccounts: Nullable

    init(_ row: LeadTime.Row) {
      daysBefore = row.days
      scored = row.scoredCount
      notScored = row.unscoredCount
      scoredMRR = row.scoredMRR
      notScoredMRR = row.unscoredMRR
      flagged = row.flaggedCount
      flaggedMRR = row.flaggedMRR
      shareOfMRR = Nullable(row.shareOfMRR?.value)
      shareOfMRRInterval = BacktestJSON.ends(row.shareOfMRR?.low, row.shareOfMRR?.high)
      shareOfAccounts = Nullable(row.shareOfAccounts?.value)
      shareOfAccountsInterval = BacktestJSON.ends(
        row.shareOfAccounts?.low, row.shareOfAccounts?.high)
      everShareOfMRR = Nullable(row.everShareOfMRR)
      shareOfAllMRR = Nullable(row.shareOfAllMRR)
      shareOfAllAccounts = Nullable(row.shareOfAllAccounts)
    }
  }

  private struct SegmentJSON: Encodable {
    let column: String
    let level: String?
    let outcomes: Int
    let mrr: Double
    let milestones: [RowJSON]

    init(_ segment: LeadTime.Segment) {
      column = segment.column
      level = segment.level
      outcomes = segment.outcomeCount
      mrr = segment.mrr
      milestones = segment.rows.map(RowJSON.init)
    }
  }

  // MARK: - By age

  private struct MonthJSON: Encodable {
    let month: Int
    let rows: Int
    let positives: Int
    let tooEarly: Int
    let censored: Int
    let excluded: Int
    let rocAUC: Nullable
    let liftAt10: Nullable
    let intervals: [String: [Double]]

    enum CodingKeys: String, CodingKey {
      case month, rows, positives, tooEarly, censored, excluded, rocAUC
      case liftAt10 = "lift_at_10"
      case intervals
    }

    init(_ row: ContractMonths.Row) {
      month = row.month
      rows = row.count
      positives = row.positiveCount
      tooEarly = row.tooEarlyCount
      censored = row.censoredCount
      excluded = row.excludedCount
      rocAUC = Nullable(row.summary?.rocAUC)
      liftAt10 = Nullable(row.summary?.liftAt10)
      intervals = Dictionary(
        uniqueKeysWithValues: (row.summary?.intervals ?? []).filter {
          [.rocAUC, .liftAt10].contains($0.metric)
        }.map { ($0.metric.rawValue, [$0.low, $0.high]) })
    }
  }

  // MARK: - Day by day

  private struct StabilityJSON: Encodable {
    let isByMonth: Bool
    let days: [DayJSON]
    let importances: [ImportanceJSON]
    let importanceCutoffs: [String]
    let importanceCorrelations: [Nullable]
    let keptOfTopTen: [Int]

    init(_ stability: ScoreStability) {
      isByMonth = stability.isByMonth
      days = stability.days.map(DayJSON.init)
      importances = stability.features.map {
        ImportanceJSON(
          feature: $0.feature, meanFall: $0.meanFall, falls: $0.falls, ranks: $0.ranks)
      }
      importanceCutoffs = stability.cutoffs.map { "\($0)" }
      importanceCorrelations = stability.importanceCorrelations.map(Nullable.init)
      keptOfTopTen = stability.keptOfTopTen
    }
  }

  private struct DayJSON: Encodable {
    let asOf: String
    let rows: Int
    let positives: Int
    let meanProbability: Double
    let observedRate: Double
    let rocAUC: Nullable
    let liftAt10: Nullable
    let rankCorrelation: Nullable

    enum CodingKeys: String, CodingKey {
      case asOf, rows, positives, meanProbability, observedRate, rocAUC
      case liftAt10 = "lift_at_10"
      case rankCorrelation
    }

    init(_ day: ScoreStability.Day) {
      asOf = "\(day.asOf)"
      rows = day.count
      positives = day.positiveCount
      meanProbability = day.meanProbability
      observedRate = day.observedRate
      rocAUC = Nullable(day.rocAUC)
      liftAt10 = Nullable(day.liftAt10)
      rankCorrelation = Nullable(day.correlationWithPrevious)
    }
  }

  private struct ImportanceJSON: Encodable {
    let feature: String
    let meanFall: Double
    let falls: [Double]
    let ranks: [Int]
  }

  // MARK: - Ablation

  private struct AblationJSON: Encodable {
    let features: Int
    let rows: Int
    let positives: Int
    let without: [TrialJSON]
    let alone: [TrialJSON]
    let humanOnly: StreamJSON?

    init(_ ablation: FamilyAblation) {
      features = ablation.featureCount
      rows = ablation.rowCount
      positives = ablation.positiveCount
      without = ablation.without.map(TrialJSON.init)
      alone = ablation.alone.map(TrialJSON.init)
      humanOnly = ablation.streams.map(StreamJSON.init)
    }
  }

  private struct TrialJSON: Encodable {
    let family: String
    let features: Int
    let differences: [String: DifferenceJSON]

    init(_ trial: FamilyAblation.Trial) {
      family = trial.family.rawValue
      features = trial.featureCount
      differences = DifferenceJSON.byMetric(trial.differences)
    }
  }

  private struct DifferenceJSON: Encodable {
    let first: Double
    let second: Double
    let difference: Double
    let interval: [Double]?

    static func byMetric(_ differences: [PairedEvaluation.Difference]) -> [String: DifferenceJSON] {
      Dictionary(
        uniqueKeysWithValues: differences.map {
          (
            $0.metric.rawValue,
            DifferenceJSON(
              first: $0.first, second: $0.second, difference: $0.difference,
              interval: BacktestJSON.ends($0.low, $0.high))
          )
        })
    }
  }

  private struct StreamJSON: Encodable {
    let humanFeatures: Int
    let differences: [String: DifferenceJSON]
    let accounts: Int
    let leastSteps: Int
    let riskier: Int
    let riskierPositives: Int
    let safer: Int
    let saferPositives: Int
    let movedShare: Nullable
    let examples: [MoveJSON]

    init(_ streams: StreamComparison) {
      humanFeatures = streams.humanFeatureCount
      differences = DifferenceJSON.byMetric(streams.differences)
      accounts = streams.accountCount
      leastSteps = StreamComparison.leastSteps
      riskier = streams.riskier.count
      riskierPositives = streams.riskier.positiveCount
      safer = streams.safer.count
      saferPositives = streams.safer.positiveCount
      movedShare = Nullable(
        accounts > 0 ? Double(riskier + safer) / Double(accounts) : nil)
      examples = streams.examples.map {
        MoveJSON(
          accountID: $0.accountID, asOf: "\($0.asOf)", humanDecile: $0.humanDecile,
          bothDecile: $0.bothDecile, isPositive: $0.label)
      }
    }
  }

  private struct MoveJSON: Encodable {
    let accountID: String
    let asOf: String
    let humanDecile: Int
    let bothDecile: Int
    let isPositive: Bool
  }
}

/// A report in JSON with a look back under `backtest`, where there was one.
public struct BacktestedJSON<Report: Encodable>: Encodable {
  private let report: Report
  private let backtest: BacktestJSON?

  /// Puts the two together.
  public init(_ report: Report, backtest: Backtest?) {
    self.report = report
    self.backtest = backtest.map(BacktestJSON.init)
  }

  private enum CodingKeys: CodingKey { case backtest }

  /// Writes the report's keys, and one more.
  public func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(backtest, forKey: .backtest)
  }
}
