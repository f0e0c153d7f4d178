import CivilCalendar
import Diagnostics
import Evaluation
import Features
import Learning
import Tabular

/// What somebody would miss who counts humans only: the learner with features of human use beside the
/// learner with those of humans and agents, on the same folds.
///
/// The features of the first are computed anew from histories without a single event of an agent, so
/// that counts of all events hold none either.
public struct StreamComparison: Sendable, Equatable {
  /// An account whose place among all depends on whether agents are seen.
  public struct Move: Sendable, Equatable {
    /// The account.
    public var accountID: String
    /// The day.
    public var asOf: CalendarDay
    /// Its tenth by human use alone, 10 for the riskiest.
    public var humanDecile: Int
    /// Its tenth by both streams.
    public var bothDecile: Int
    /// Whether the outcome came.
    public var label: Bool

    /// How many tenths riskier both streams make it.
    public var steps: Int { bothDecile - humanDecile }
  }

  /// Accounts that moved in one direction.
  public struct Moved: Sendable, Equatable {
    /// How many there are.
    public var count: Int
    /// How many of them had the outcome.
    public var positiveCount: Int
  }

  /// How many features of human use there are.
  public let humanFeatureCount: Int
  /// Humans alone first, both streams second.
  public let differences: [PairedEvaluation.Difference]
  /// Accounts that were judged, each on its last day.
  public let accountCount: Int
  /// Those that both streams put at least ``leastSteps`` tenths higher in risk.
  public let riskier: Moved
  /// Those that both streams put as much lower.
  public let safer: Moved
  /// The accounts that moved furthest, five at most.
  public let examples: [Move]

  /// A move of fewer tenths is none.
  public static let leastSteps = 3

  /// The difference of one metric, where both define it.
  public subscript(metric: Metric) -> PairedEvaluation.Difference? {
    differences.first { $0.metric == metric }
  }

  init(
    _ fitting: LearnerFitting, choice: TrainingOptions.LearnerChoice, splits: [Split],
    prepared: HistoryTraining.Prepared, both: HeldOutProbabilities, bootstrap: Bootstrap
  ) throws(Diagnostic) {
    fitting.progress?(.step("fitting with human use alone"))
    let threads = fitting.options.threads
    let table = try Self.humanTable(fitting, prepared, choice: choice)
    humanFeatureCount = table.schema.features.count
    let human = try HeldOutProbabilities(
      LearnerFitting(fitting.options, table: table), choice: choice, splits: splits)
    differences = human.compared(with: both, bootstrap: bootstrap, threads: threads)
    let all = prepared.panel.rows
    let places = both.rows.map { all[$0] }
    let moves = Self.moves(places, human: human.probabilities, both: both.probabilities)
    // Each account once, as it was seen last.
    var lastOfAccount: [Int: Int] = [:]
    for (row, place) in places.enumerated() {
      if let last = lastOfAccount[place.account], places[last].asOf > place.asOf { continue }
      lastOfAccount[place.account] = row
    }
    let last = lastOfAccount.values.sorted().map { row in
      Move(
        accountID: prepared.session.history.accountIDs[places[row].account],
        asOf: places[row].asOf, humanDecile: moves[row].human, bothDecile: moves[row].both,
        label: both.labels[row])
    }
    accountCount = last.count
    func moved(_ isMoved: (Move) -> Bool) -> Moved {
      let found = last.filter(isMoved)
      return Moved(count: found.count, positiveCount: found.count(where: \.label))
    }
    riskier = moved { $0.steps >= Self.leastSteps }
    safer = moved { $0.steps <= -Self.leastSteps }
    examples = Array(
      last.filter { abs($0.steps) >= Self.leastSteps }
        .sorted { (-abs($0.steps), $0.accountID) < (-abs($1.steps), $1.accountID) }.prefix(5))
  }

  /// The table's rows with the features of human use that the learner has of both streams.
  private static func humanTable(
    _ fitting: LearnerFitting, _ prepared: HistoryTraining.Prepared,
    choice: TrainingOptions.LearnerChoice
  ) throws(Diagnostic) -> TrainingTable {
    let session = prepared.session
    var settings = prepared.recipe.settings
    settings.familiesOff.insert(FeatureDefinition.Family.agents.rawValue)
    let (panel, _) = try FeaturePanel.fitted(
      prepared.panel.rows, of: HumanStream(of: session.history), settings: settings,
      dictionaries: session.history.dictionaries, threads: session.threads)
    var options = fitting.options
    let names = Set(panel.matrix.features.map(\.name))
    options.monotone = options.monotone.filter { names.contains($0.key) }
    options.featureWeights = options.featureWeights.filter { names.contains($0.key) }
    options.unpenalised = options.unpenalised.filter(names.contains)
    options.interactions = options.interactions.map { $0.filter(names.contains) }
    let table = try TrainingTable(
      TableShelf(
        FeatureTable.table(
          of: panel, accountIDs: session.history.accountIDs,
          labels: (options.label, prepared.panel.outcomes.rows.map(\.isPositive)))),
      options: options)
    let known = Set(fitting.table.schema.features.map(\.name))
    return try table.choosing(
      table.schema.features.indices.filter { known.contains(table.schema.features[$0].name) },
      inMemory: choice == .logistic)
  }

  /// The tenths of rows among those of their day, 10 for the riskiest; rows that are tied share one.
  static func moves(_ places: [PanelRow], human: [Double], both: [Double])
    -> [(human: Int, both: Int)]
  {
    var moves = [(human: Int, both: Int)](repeating: (0, 0), count: places.count)
    for rows in Dictionary(grouping: places.indices, by: { places[$0].asOf }).values {
      let humanRanks = RankCorrelation.ranks(rows.map { human[$0] })
      let bothRanks = RankCorrelation.ranks(rows.map { both[$0] })
      func decile(_ rank: Double) -> Int { Int((rank - 0.5) / Double(rows.count) * 10) + 1 }
      for (place, row) in rows.enumerated() {
        moves[row] = (decile(humanRanks[place]), decile(bothRanks[place]))
      }
    }
    return moves
  }
}
