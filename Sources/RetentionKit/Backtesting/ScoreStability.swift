import CivilCalendar
import Evaluation
import Features
import Learning

/// Whether a model does as well on one day as on another, and says the same of an account.
public struct ScoreStability: Sendable, Equatable {
  /// The accounts of one as-of day, or of the as-of days of one month.
  public struct Day: Sendable, Equatable {
    /// The as-of day, or the first of the month.
    public var asOf: CalendarDay
    /// Accounts with a score and a known outcome.
    public var count: Int
    /// Those whose outcome came.
    public var positiveCount: Int
    /// The mean probability.
    public var meanProbability: Double
    /// `nil` below 10 of either outcome, where it would say little.
    public var rocAUC: Double?
    /// Likewise.
    public var liftAt10: Double?
    /// The rank correlation of the probabilities of accounts that are there on the day before, too;
    /// `nil` for the first, and where fewer than 10 are.
    public var correlationWithPrevious: Double?

    /// Whether these are the first scores of new models, which agree less with those before.
    public var isFirstOfModels = false

    /// The share whose outcome came.
    public var observedRate: Double { Double(positiveCount) / Double(count) }
  }

  /// A feature's place among all by how far ROC AUC falls when it is shuffled.
  public struct FeatureRanks: Sendable, Equatable {
    /// The feature.
    public var feature: String
    /// The mean fall over the cutoffs.
    public var meanFall: Double
    /// The mean fall on the days after each cutoff.
    public var falls: [Double]
    /// The rank of that fall, 1 for the largest.
    public var ranks: [Int]
  }

  /// The as-of days, in order.
  public let days: [Day]
  /// Whether ``days`` are months, because there are too many days for a line each.
  public let isByMonth: Bool
  /// The cutoffs whose models have importances.
  public let cutoffs: [CalendarDay]
  /// The rank correlation of the falls of all features from each of ``cutoffs`` to the next.
  public let importanceCorrelations: [Double?]
  /// Of the ten features with the largest falls, how many are so again after the next cutoff.
  public let keptOfTopTen: [Int]
  /// The features with the largest mean falls.
  public let features: [FeatureRanks]

  /// A row that was judged.
  package struct Row: Sendable {
    package var place: PanelRow
    package var probability: Double
    package var label: Bool

    package init(place: PanelRow, probability: Double, label: Bool) {
      self.place = place
      self.probability = probability
      self.label = label
    }
  }

  /// More days than this are told by months.
  private static let dayLimit = 36
  /// Fewer of either outcome, or accounts, are too few to tell.
  private static let minimumCount = 10

  /// Tells days apart.
  ///
  /// - Parameters:
  ///   - rows: What was judged, in any order.
  ///   - refits: The days on which models were fitted.
  ///   - cutoffs: Those of them that falls are of.
  ///   - falls: The mean fall in ROC AUC of each feature, shape `[cutoffs.count][names.count]`.
  package init(
    of rows: [Row], refits: [CalendarDay] = [], cutoffs: [CalendarDay], falls: [[Double]],
    names: [String]
  ) {
    let isByMonth = Set(rows.map(\.place.asOf)).count > Self.dayLimit
    let byDay = Dictionary(grouping: rows) { row in
      isByMonth ? row.place.asOf.firstOfMonth : row.place.asOf
    }
    var days: [Day] = []
    var previous: [Int: Double] = [:]
    for day in byDay.keys.sorted() {
      // Accounts in order, so that no sum follows the order of the rows; of a month the last day.
      let rows = byDay[day]!.sorted {
        ($0.place.asOf, $0.place.account) < ($1.place.asOf, $1.place.account)
      }
      let probabilities = rows.map(\.probability)
      let labels = rows.map(\.label)
      var result = Day(
        asOf: day, count: rows.count, positiveCount: labels.count(where: \.self),
        meanProbability: probabilities.reduce(0, +) / Double(rows.count))
      if min(result.positiveCount, result.count - result.positiveCount) >= Self.minimumCount {
        result.rocAUC = Metrics.rocAUC(scores: probabilities, labels: labels)
        result.liftAt10 = Metrics.lift(at: 0.1, scores: probabilities, labels: labels)
      }
      let present = Dictionary(
        zip(rows.map(\.place.account), probabilities), uniquingKeysWith: { $1 })
      let both = present.keys.filter { previous[$0] != nil }.sorted()
      if both.count >= Self.minimumCount {
        result.correlationWithPrevious = RankCorrelation.spearman(
          both.map { previous[$0]! }, both.map { present[$0]! })
      }
      previous = present
      if let last = days.last {
        result.isFirstOfModels = refits.contains { last.asOf < $0 && $0 <= day }
      }
      days.append(result)
    }
    self.days = days
    self.isByMonth = isByMonth
    self.cutoffs = cutoffs
    let orders = falls.map { falls in
      names.indices.sorted { (-falls[$0], names[$0]) < (-falls[$1], names[$1]) }
    }
    importanceCorrelations = zip(falls, falls.dropFirst()).map { RankCorrelation.spearman($0, $1) }
    keptOfTopTen = zip(orders, orders.dropFirst()).map {
      Set($0.prefix(10)).intersection($1.prefix(10)).count
    }
    var rankOf = falls.map { [Int](repeating: 0, count: $0.count) }
    for (cutoff, order) in orders.enumerated() {
      for (rank, feature) in order.enumerated() { rankOf[cutoff][feature] = rank + 1 }
    }
    let means = names.indices.map { feature in
      falls.isEmpty ? 0 : falls.reduce(0) { $0 + $1[feature] } / Double(falls.count)
    }
    features = names.indices.sorted { (-means[$0], names[$0]) < (-means[$1], names[$1]) }
      .prefix(falls.isEmpty ? 0 : 10).map { feature in
        FeatureRanks(
          feature: names[feature], meanFall: means[feature], falls: falls.map { $0[feature] },
          ranks: rankOf.map { $0[feature] })
      }
  }
}

extension CalendarDay {
  /// The first day of its month.
  fileprivate var firstOfMonth: CalendarDay { self - (components.day - 1) }
}
