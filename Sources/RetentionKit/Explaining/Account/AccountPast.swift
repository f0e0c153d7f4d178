import CivilCalendar
import Diagnostics
import Features
import Learning
import Reporting
import Revenue
import Scoring
import UsageHistory

/// What an account's history tells beside the features of the day.
struct AccountPast {
  /// How many weeks the courses show.
  static let weekCount = 26
  /// Days between the account's earlier scores, and how many there are at most.
  static let scoreStep = 28
  static let scoreCount = 12

  let asOf: CalendarDay
  let facts: AccountStory.Facts
  let courses: [AccountStory.Course]
  let pastScores: [AccountStory.PastScore]
  /// The value of each of the model's features so many days before as its phrase says; NaN where it
  /// is not known.
  let then: [Double]

  init(
    _ scoring: HistoryScoring, row: Int, model: RetentionModel, recipe: HistoryRecipe,
    rule: OutcomeRule, words: ReasonWords
  ) throws(Diagnostic) {
    let session = scoring.session
    let asOf = scoring.asOf
    let dictionaries = session.history.dictionaries
    let account = try session.history.account(scoring.accounts[row])
    let view = HistoryView(of: account, asOf: asOf, events: dictionaries.events)
    let since = scoring.knownSince[row]
    self.asOf = asOf
    facts = Self.facts(view, since: since, dictionaries)
    courses = Self.courses(view, since: since, dictionaries)

    let lags = model.schema.features.indices.map { feature -> Int? in
      guard let definition = words.definition(ofFeature: feature),
        definition.hasPast(since: since, asOf: asOf)
      else { return nil }
      return definition.phrase?.pastDays
    }
    let scoreDays = (1...Self.scoreCount).reversed().map { asOf - Self.scoreStep * $0 }
      .filter { day in since.map { $0 < day } ?? false }
    let isScored = scoreDays.map { rule.exclusion(of: account, asOf: $0) == nil }
    let days = Set(lags.compactMap { $0 }.map { asOf - $0 } + scoreDays).sorted()
    let panel = try FeaturePanel.rows(
      days.map { PanelRow(account: 0, asOf: $0) }, of: AccountList([account]),
      recipe: recipe.features, dictionaries: dictionaries, threads: 1)
    let matrix = model.schema.encoded(
      FeatureTable.table(of: panel, accountIDs: [session.history.accountIDs[account.account]])
    ).matrix
    let rowOfDay = Dictionary(uniqueKeysWithValues: days.enumerated().map { ($1, $0) })
    then = lags.enumerated().map { feature, lag in
      lag.map { matrix.columns[feature].value(at: rowOfDay[asOf - $0]!) } ?? .nan
    }
    let probabilities = model.probabilities(of: matrix, threads: 1)
    pastScores = zip(scoreDays, isScored).map { day, isScored in
      AccountStory.PastScore(
        day: day, probability: isScored ? probabilities[rowOfDay[day]!] : nil)
    }
  }

  private static func facts(
    _ view: HistoryView, since: CalendarDay?, _ dictionaries: HistoryDictionaries
  ) -> AccountStory.Facts {
    var facts = AccountStory.Facts()
    if let plan = view.mainSpell?.plan, dictionaries.plans.indices.contains(Int(plan)) {
      facts.plan = dictionaries.plans[Int(plan)].name
    }
    if dictionaries.segments.indices.contains(Int(view.profile.segment)) {
      facts.segment = dictionaries.segments[Int(view.profile.segment)]
    }
    facts.mrr = view.mrr?.value
    facts.renewal = view.daysToRenewal.map { view.asOf + $0 }
    facts.since = since
    return facts
  }

  /// The figures of the last weeks; the last week ends on the day before the as-of day.
  private static func courses(
    _ view: HistoryView, since: CalendarDay?, _ dictionaries: HistoryDictionaries
  ) -> [AccountStory.Course] {
    let firstDay = view.asOf - 7 * weekCount
    var isThere = [Bool](repeating: true, count: weekCount)
    if let since {
      for week in 0..<weekCount { isThere[week] = firstDay + 7 * (week + 1) > since }
    }
    var courses: [AccountStory.Course] = []
    func add(_ name: String, _ values: [Double]) {
      courses.append(
        AccountStory.Course(
          name: name, values: zip(values, isThere).map { $1 ? $0 : .nan }, firstDay: firstDay))
    }
    func week(_ day: Int32) -> Int? {
      let days = Int(day) - Int(firstDay.number)
      return days < 0 || days >= 7 * weekCount ? nil : days / 7
    }
    if dictionaries.tables.contains(.events) {
      var events = [Double](repeating: 0, count: weekCount)
      var agents = events
      var users = [Set<UInt32>](repeating: [], count: weekCount)
      for cell in view.activity {
        guard let week = week(cell.day) else { continue }
        events[week] += Double(cell.count)
        if cell.isAgent {
          agents[week] += Double(cell.count)
        } else if cell.user != 0 {
          users[week].insert(cell.user)
        }
      }
      add("events", events)
      if dictionaries.columns.contains("events.user_id") {
        add("active users", users.map { Double($0.count) })
      }
      if agents.contains(where: { $0 > 0 }) { add("events of agents", agents) }
    }
    if dictionaries.tables.contains(.tickets) {
      var tickets = [Double](repeating: 0, count: weekCount)
      for ticket in view.tickets {
        if let week = week(ticket.opened.number) { tickets[week] += 1 }
      }
      add("support tickets", tickets)
    }
    if dictionaries.tables.contains(.subscriptions) {
      // As it ran after the last day of each week.
      add(
        "MRR",
        (1...weekCount).map { view.mrr(on: firstDay + 7 * $0)?.value ?? .nan })
    }
    return courses
  }
}
