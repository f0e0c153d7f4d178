import CivilCalendar
import Configuration
import Diagnostics
import Features
import Learning
import Reporting
import Revenue
import Scoring
import Tabular
import UsageHistory

/// The stories of accounts that were scored together; what they share is worked out once.
///
/// ```swift
/// let scoring = try HistoryScoring(model, configuration: configuration, asOf: day, threads: 8)
/// let stories = try AccountStories(model, scoring: scoring, threads: 8)
/// print(try stories.story(of: "acct_00042").text)
/// ```
public struct AccountStories: Sendable {
  /// The scores of all accounts, in the order of the rows.
  public let scores: [AccountScore]
  private let model: RetentionModel
  private let input: ScoringInput
  private let words: ReasonWords
  private let cases: KnownCases?
  private let past: Past?
  private let path: String

  /// Where the past of accounts is found.
  private struct Past: Sendable {
    let scoring: HistoryScoring
    let recipe: HistoryRecipe
    let rule: OutcomeRule
  }

  /// Prepares the stories of the rows of a plain table.
  ///
  /// Where the table has outcomes, its rows are what accounts are compared with.
  ///
  /// - Parameter path: The table's file, for errors.
  public init(_ model: RetentionModel, input: ScoringInput, path: String, threads: Int) {
    self.init(
      model, input: input, path: path,
      cases: KnownCases(input, model: model, threads: threads), past: nil, threads: threads)
  }

  /// Prepares the stories of the accounts of raw tables.
  ///
  /// - Throws: what getting at an account may throw.
  public init(_ model: RetentionModel, scoring: HistoryScoring, threads: Int) throws(Diagnostic) {
    let recipe = try model.recipeOfHistories
    let session = scoring.session
    self.init(
      model, input: scoring.input, path: session.configuration.path,
      cases: try KnownCases(scoring, model: model, recipe: recipe, threads: threads),
      past: Past(scoring: scoring, recipe: recipe, rule: session.rule(of: recipe.target)),
      threads: threads)
  }

  private init(
    _ model: RetentionModel, input: ScoringInput, path: String, cases: KnownCases?, past: Past?,
    threads: Int
  ) {
    self.model = model
    self.input = input
    self.path = path
    self.cases = cases
    self.past = past
    scores = model.scores(of: input.table, reasonLimit: 0, threads: threads)
    words = ReasonWords(model, matrix: input.table.matrix, threads: threads)
  }

  /// The story of one account.
  ///
  /// - Throws: `data.no_rows` for an account that is not there, `data.no_eligible_rows` for one that
  ///   is not scored on the day.
  public func story(of accountID: String) throws(Diagnostic) -> AccountStory {
    guard let row = row(of: accountID) else { throw absence(of: accountID) }
    let explanation = AccountExplanation(scores[row], row: row, in: input, by: model)
    let history = try past.map { (past) throws(Diagnostic) in
      try AccountPast(
        past.scoring, row: row, model: model, recipe: past.recipe, rule: past.rule, words: words)
    }
    let drivers = drivers(of: explanation, row: row, history)
    let group = words.peers?.group(ofRow: row)
    return AccountStory(
      explanation: explanation, target: past?.recipe.target, asOf: past?.scoring.asOf,
      facts: history?.facts ?? .init(),
      drivers: drivers, familySums: Self.familySums(drivers),
      actionableSums: Self.actionableSums(drivers), peers: group.map { ($0.label, $0.count) },
      courses: history?.courses ?? [],
      pastScores: history.map {
        $0.pastScores
          + [AccountStory.PastScore(day: $0.asOf, probability: explanation.score.probability)]
      } ?? [], similar: similar(to: explanation, drivers: drivers))
  }

  private func row(of accountID: String) -> Int? {
    (0..<input.table.matrix.rowCount).first { input.table.id(ofRow: $0) == accountID }
  }

  /// Why there is no story.
  private func absence(of accountID: String) -> Diagnostic {
    let name = "'\(displayText(accountID))'"
    if let past, let account = past.scoring.session.history.accountIDs.firstIndex(of: accountID),
      let exclusion = past.scoring.exclusions[account]
    {
      return Diagnostic(
        .dataNoEligibleRows,
        "\(name) is not scored as of \(past.scoring.asOf): \(exclusion.sentence(past.rule))",
        file: path, hint: "choose another day with --as-of")
    }
    let known =
      past?.scoring.session.history.accountIDs
      ?? (0..<input.table.matrix.rowCount).map { input.table.id(ofRow: $0) }
    return Diagnostic(
      .dataNoRows, "has no account \(name)", file: path,
      column: past == nil ? model.schema.idColumn : nil,
      hint: past == nil && model.schema.idColumn == nil
        ? "the model knows no id column: accounts are named row_1, row_2, ..."
        : EventWord.nearest(to: accountID, among: known)
          .map { "did you mean '\(displayText($0))'?" } ?? Self.examples(known))
  }

  /// What ids look like, where none is near.
  private static func examples(_ ids: [String]) -> String? {
    ids.isEmpty
      ? nil
      : "accounts are called " + ids.prefix(3).map { displayText($0) }.joined(separator: ", ")
        + (ids.count > 3 ? ", ..." : "")
  }

  private func drivers(
    of explanation: AccountExplanation, row: Int, _ past: AccountPast?
  ) -> [AccountStory.Driver] {
    let columnOfName = Dictionary(
      input.table.matrix.features.enumerated().map { ($1.name, $0) },
      uniquingKeysWith: { first, _ in first })
    let parts = explanation.parts.filter { $0.logOdds != 0 || $0.reason.points != 0 }
      .sorted { $0.reason.points.magnitude > $1.reason.points.magnitude }
    return parts.map { part in
      let column = columnOfName[part.reason.feature.name]!
      let definition = words.definition(ofFeature: column)
      let then = past?.then[column] ?? .nan
      return AccountStory.Driver(
        reason: part.reason, logOdds: part.logOdds, then: then,
        thenDays: then.isNaN ? nil : definition?.phrase?.pastDays,
        typical: words.peers?.typical(ofFeature: column, row: row),
        text: words.statement(of: part.reason, then: then, row: row),
        shortText: words.statement(of: part.reason, then: then, row: row, hasPeers: false),
        family: definition?.family, isActionable: definition?.isActionable)
    }
  }

  private static func familySums(_ drivers: [AccountStory.Driver]) -> [AccountStory.Sum] {
    FeatureDefinition.Family.allCases.compactMap { family in
      sum(family.rawValue, of: drivers.filter { $0.family == family })
    }.sorted { $0.points.magnitude > $1.points.magnitude }
  }

  private static func actionableSums(_ drivers: [AccountStory.Driver]) -> [AccountStory.Sum] {
    [
      sum("can be changed", of: drivers.filter { $0.isActionable == true }),
      sum("cannot be changed", of: drivers.filter { $0.isActionable == false }),
    ].compactMap(\.self)
  }

  private static func sum(
    _ name: String, of drivers: [AccountStory.Driver]
  ) -> AccountStory.Sum? {
    drivers.isEmpty
      ? nil
      : AccountStory.Sum(
        name: name, points: drivers.reduce(0) { $0 + $1.reason.points }, count: drivers.count)
  }

  /// How many of an account's features its neighbours are set beside it by.
  private static let comparedFeatureCount = 3

  private func similar(
    to explanation: AccountExplanation, drivers: [AccountStory.Driver]
  ) -> SimilarAccounts? {
    guard let cases else { return nil }
    let features = input.table.matrix.features
    func text(_ column: Int, _ value: Double) -> String {
      words.valueText(value, ofFeature: column)
    }
    let shown = drivers.prefix(Self.comparedFeatureCount).map { driver in
      let column = features.firstIndex { $0.name == driver.reason.feature.name }!
      return (column: column, value: text(column, driver.reason.value))
    }
    return cases.nearest(
      to: explanation.contributions, accountID: explanation.score.accountID, drivers: shown,
      text: text)
  }
}

extension Exclusion {
  /// Why one account is not scored.
  func sentence(_ rule: OutcomeRule) -> String {
    switch self {
    case .noAsOfDay: "the schedule has no day for it"
    case .noSubscription: "it is no customer on the day: no subscription runs"
    case .notPaying: "it pays nothing"
    case .tooYoung: "it is a customer for less than \(rule.definition.minimumTenureDays) days"
    case .inactive: "it was not active in the days before"
    case .highestTier: "it is at the highest plan already"
    case .alreadyInLead: "its outcome came before the label window"
    }
  }
}
