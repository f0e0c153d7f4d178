import CivilCalendar
import Configuration
import Diagnostics
import Explanation
import Features
import Learning
import Revenue
import Scoring
import UsageHistory

/// Accounts whose outcomes are known, ready to be compared with.
package struct KnownCases: Sendable {
  /// Whose, when, and what came of it.
  struct Case: Sendable {
    var accountID: String
    var asOf: CalendarDay?
    var hasOutcome: Bool
    var daysUntil: Int?
  }

  /// The most cases that are compared; where there are more, some are drawn.
  static let most = 10_000
  /// How many neighbours are shown.
  static let shownCount = 5
  /// Of how many neighbours the share is told.
  static let nearestCount = 50

  let cases: [Case]
  let matrix: FeatureMatrix
  let probabilities: [Double]
  /// Shape `[cases.count, featureCount]`, in log odds.
  let contributions: [Double]

  init(cases: [Case], matrix: FeatureMatrix, model: RetentionModel, threads: Int) {
    self.cases = cases
    self.matrix = matrix
    probabilities = model.probabilities(of: matrix, threads: threads)
    contributions = model.learner.attribution(of: matrix, threads: threads).values
  }

  /// The cases nearest to an account, one per other account.
  ///
  /// - Parameters:
  ///   - own: The account's contributions, shape `[featureCount]`, in log odds.
  ///   - drivers: Its strongest features, and what they read.
  ///   - text: A value of a feature in words, by the feature's column.
  /// - Returns: `nil` where there is no other account.
  func nearest(
    to own: [Double], accountID: String, drivers: [(column: Int, value: String)],
    text: (Int, Double) -> String
  ) -> SimilarAccounts? {
    let featureCount = own.count
    var distanceSum = 0.0
    var compared: [(distance: Double, index: Int)] = []
    for index in cases.indices where cases[index].accountID != accountID {
      var sum = 0.0
      for feature in 0..<featureCount {
        let difference = contributions[index * featureCount + feature] - own[feature]
        sum += difference * difference
      }
      compared.append((sum.squareRoot(), index))
      distanceSum += sum.squareRoot()
    }
    guard !compared.isEmpty else { return nil }
    compared.sort { ($0.distance, $0.index) < ($1.distance, $1.index) }
    // Neighbouring days of one account are no second account.
    var seen: Set<String> = []
    var nearest: [(distance: Double, index: Int)] = []
    for candidate in compared where nearest.count < Self.nearestCount {
      if seen.insert(cases[candidate.index].accountID).inserted { nearest.append(candidate) }
    }
    let outcomes = compared.count { cases[$0.index].hasOutcome }
    return SimilarAccounts(
      neighbours: nearest.prefix(Self.shownCount).map { distance, index in
        SimilarAccounts.Neighbour(
          accountID: cases[index].accountID, asOf: cases[index].asOf,
          probability: probabilities[index], distance: distance,
          hasOutcome: cases[index].hasOutcome, daysUntil: cases[index].daysUntil,
          values: drivers.map { text($0.column, matrix.columns[$0.column].value(at: index)) })
      },
      features: drivers.map { matrix.features[$0.column] }, values: drivers.map(\.value),
      nearestCount: nearest.count,
      share: Double(nearest.count { cases[$0.index].hasOutcome }) / Double(nearest.count),
      shareOfAll: Double(outcomes) / Double(compared.count), comparedCount: compared.count,
      meanDistance: distanceSum / Double(compared.count))
  }
}

extension KnownCases {
  /// The rows of a plain table whose outcome is known; `nil` where there are none.
  init?(_ input: ScoringInput, model: RetentionModel, threads: Int) {
    guard let outcomes = input.outcomes else { return nil }
    let known = Self.drawn(outcomes.indices.filter { outcomes[$0] != nil })
    guard !known.isEmpty else { return nil }
    self.init(
      cases: known.map {
        Case(accountID: input.table.id(ofRow: $0), hasOutcome: outcomes[$0]!)
      }, matrix: input.table.matrix.selecting(known), model: model, threads: threads)
  }

  /// Accounts on days of the past whose outcome was known by the as-of day; `nil` where there are
  /// none.
  ///
  /// Outcomes are read off what was known on the as-of day, with a label window that was over by then:
  /// nothing that came later can change them.
  init?(_ scoring: HistoryScoring, model: RetentionModel, recipe: HistoryRecipe, threads: Int)
    throws(Diagnostic)
  {
    let session = scoring.session
    let rule = session.rule(of: recipe.target, knownBefore: scoring.asOf)
    let days = Self.days(rule, recipe, session, asOf: scoring.asOf)
    guard !days.isEmpty else { return nil }
    let events = session.history.dictionaries.events
    let found = try session.history.map(threads: threads) { account in
      let known = AccountHistory(account, asKnownOn: scoring.asOf, events: events)
      let arrivals = rule.arrivals(of: known).map(\.day)
      return days.compactMap { day -> (row: PanelRow, hasOutcome: Bool, daysUntil: Int?)? in
        let row = PanelRow(account: account.account, asOf: day)
        switch rule.verdict(of: known, asOf: day) {
        case .positive:
          let arrival = arrivals.first { $0 >= day && $0 < rule.windowEnd(asOf: day) }
          return (row, true, arrival.map { day.days(until: $0) })
        case .negative: return (row, false, nil)
        case .censored, .excluded: return nil
        }
      }
    }
    let all = Self.drawn(found.flatMap(\.self))
    guard !all.isEmpty else { return nil }
    self.init(
      cases: all.map {
        Case(
          accountID: session.history.accountIDs[$0.row.account], asOf: $0.row.asOf,
          hasOutcome: $0.hasOutcome, daysUntil: $0.daysUntil)
      }, matrix: try session.matrix(of: all.map(\.row), model: model, recipe: recipe),
      model: model, threads: threads)
  }

  /// The latest days of the model's schedule whose outcomes are known by the as-of day, or days four
  /// weeks apart where it has none.
  private static func days(
    _ rule: OutcomeRule, _ recipe: HistoryRecipe, _ session: HistorySession, asOf: CalendarDay
  ) -> [CalendarDay] {
    func isKnown(_ day: CalendarDay) -> Bool { rule.lastDayNeeded(asOf: day) <= rule.lastDay }
    if case .shared(let days)? = recipe.configuration.asOf?.days(),
      case let known = days.filter(isKnown), !known.isEmpty
    {
      return known.suffix(dayCount)
    }
    return (1...dayCount * 2).reversed().map { asOf - 28 * $0 }
      .filter { isKnown($0) && $0 > session.history.coverage.lowerBound }.suffix(dayCount)
  }

  /// The most days on which accounts are compared.
  private static let dayCount = 24

  /// At most so many as are compared, the same in every run.
  private static func drawn<Element>(_ all: [Element]) -> [Element] {
    guard all.count > most else { return all }
    var generator = SeededGenerator(seed: 0, stream: 1)
    return generator.sample(most, of: all.count).sorted().map { all[$0] }
  }
}

extension HistorySession {
  /// The rule of a target's outcomes as far as they were known at the start of a day.
  func rule(of target: TargetName, knownBefore day: CalendarDay) -> OutcomeRule {
    OutcomeRule(
      target, definition(of: target), dictionaries: history.dictionaries,
      lastDay: min(history.coverage.upperBound, day - 1))
  }
}

extension AccountHistory {
  /// The part of an account's history that was known at the start of a day.
  init(_ account: AccountHistory, asKnownOn asOf: CalendarDay, events: EventCatalog) {
    let view = HistoryView(of: account, asOf: asOf, events: events)
    self.init(
      account: account.account, profile: view.profile, activity: view.activity,
      subscriptions: view.subscriptions[...], tickets: view.tickets[...],
      payments: view.payments[...], members: view.members[...],
      outcomes: account.outcomes.filter { $0.day < asOf }[...])
  }
}
