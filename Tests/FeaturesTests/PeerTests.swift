import CivilCalendar
import Configuration
import Features
import Foundation
import Testing
import UsageHistory

@Suite struct PeerTests {
  /// Accounts of one segment: account `n` has `n` human events and, where even, `n` of agents.
  private static let accounts: [AccountHistory] = (0..<20).map { number in
    var cells: [ActivityCell] = []
    if number > 0 { cells.append(events(95, "view", number, user: UInt32(number))) }
    if number > 0 && number % 2 == 0 { cells.append(events(94, "run", number, agent: true)) }
    if number > 0 { cells.append(events(93, "admin", number, user: 1)) }
    var account = Sample.account(
      cells, subscriptions: [SubscriptionSpell(mrr: ExactAmount(1)!, seats: 1, start: day(0))],
      tickets: (0..<number % 3).map { SupportTicket(opened: day(90 + $0)) })
    account.profile.segment = number < 10 ? 0 : 1
    return account
  }

  private static func fitted(_ days: [Int]) -> (panel: FeaturePanel, recipe: FeatureRecipe) {
    FeaturesTests.fitted(
      PanelRow.every(accountCount: accounts.count, days: days.map(day)), accounts, threads: 2)
  }

  private static func value(_ name: String, _ recipe: FeatureRecipe, _ account: Int, _ asOf: Int)
    -> Double
  {
    let values = recipe.values(
      of: accounts[account], asOf: day(asOf), dictionaries: Sample.dictionaries)
    return values[recipe.definitions.firstIndex { $0.name == name }!]
  }

  @Test func `a percentile is a place among the accounts of the segment`() {
    let recipe = Self.fitted([100]).recipe
    // Visits are 0 to 9 in the first segment, 10 to 19 in the second; of equals half are below.
    #expect(Self.value("admin_pctile", recipe, 0, 100) == 0.05)
    #expect(Self.value("admin_pctile", recipe, 9, 100) == 0.95)
    #expect(Self.value("admin_pctile", recipe, 10, 100) == 0.05)
    #expect(Self.value("admin_high", recipe, 7, 100) == 1)
    #expect(Self.value("admin_high", recipe, 6, 100) == 0)
  }

  @Test func `the quadrant tells agents from humans`() {
    let recipe = Self.fitted([100]).recipe
    let quadrants = ["embedded", "integrated", "learner", "disengaging"]
    let levels = recipe.definitions.first { $0.name == "stream_quadrant" }!.kind
    #expect(levels == .category(quadrants))
    #expect(Self.value("human_index", recipe, 0, 100) < 0.1)
    #expect(Self.value("stream_quadrant", recipe, 0, 100) == 3)
  }

  @Test func `tickets are compared with accounts in the same month`() {
    let recipe = Self.fitted([100]).recipe
    // 0, 1 and 2 tickets a seat, 7, 7 and 6 accounts: mean 0.95.
    let mean = 19.0 / 20
    let variance =
      (7 * mean * mean + 7 * (1 - mean) * (1 - mean) + 6 * (2 - mean) * (2 - mean)) / 19
    let expected = (2 - mean) / variance.squareRoot()
    #expect(abs(Self.value("ticket_age_z", recipe, 2, 100) - expected) < 1e-12)
    #expect(Self.value("ticket_activation_failure", recipe, 2, 100) == 1)
    #expect(Self.value("ticket_activation_failure", recipe, 0, 100) == 0)
  }

  @Test func `the newest reference of the day or earlier is used`() {
    let both = Self.fitted([97, 100]).recipe
    let first = Self.fitted([97]).recipe
    let last = Self.fitted([100]).recipe
    #expect(Self.value("admin_pctile", both, 5, 99) == Self.value("admin_pctile", first, 5, 99))
    #expect(Self.value("admin_pctile", both, 5, 130) == Self.value("admin_pctile", last, 5, 130))
    #expect(Self.value("admin_pctile", both, 5, 96).isNaN)
  }

  @Test func `days of few rows share a reference`() {
    let rows = (0..<20).map { PanelRow(account: $0, asOf: day(100 + $0)) }
    let recipe = FeaturesTests.fitted(rows, Self.accounts).recipe
    #expect(Self.value("admin_pctile", recipe, 5, 118).isNaN)
    #expect(!Self.value("admin_pctile", recipe, 5, 119).isNaN)
  }

  @Test func `a training row computed again is the same bits, through a stored recipe`() throws {
    let (panel, recipe) = Self.fitted([97, 100])
    let stored = try JSONEncoder().encode(recipe)
    let read = try JSONDecoder().decode(FeatureRecipe.self, from: stored)
    #expect(read == recipe)
    let again = try FeaturePanel.rows(
      panel.rows, of: AccountList(Self.accounts), recipe: read, dictionaries: Sample.dictionaries,
      threads: 1)
    #expect(again.matrix.hasSameBits(as: panel.matrix))
    for (row, place) in panel.rows.enumerated() {
      let alone = read.values(
        of: Self.accounts[place.account], asOf: place.asOf, dictionaries: Sample.dictionaries)
      #expect(bits(alone) == bits(panel.matrix.row(row)))
    }
  }

  @Test func `every setting is stored`() throws {
    var settings = FeatureSettings()
    settings.familiesOff = ["money", "agents"]
    settings.excluded = ["mrr"]
    settings.windows = [3, 9]
    settings.counts = .raw
    settings.keyEvents = ["report"]
    settings.calendarMonth = true
    settings.thresholds.depth = 0.5
    settings.thresholds.minimumAgentRuns = 7
    settings.thresholds.championSilentDays = 14
    settings.thresholds.gapDays = 30
    settings.thresholds.activationDays = [5]
    let stored = try JSONEncoder().encode(settings)
    #expect(try JSONDecoder().decode(FeatureSettings.self, from: stored) == settings)
    // A field that is added must be stored as well.
    #expect(Mirror(reflecting: settings).children.count == 7)
    #expect(Mirror(reflecting: settings.thresholds).children.count == 5)
  }

  @Test func `words, not codes, tell categories at score time`() {
    let recipe = Self.fitted([100]).recipe
    var later = Sample.dictionaries
    later.segments = ["huge", "large", "small"]
    later.plans.removeAll { $0.name == "pro" }
    var account = Self.accounts[3]
    account.subscriptions = [SubscriptionSpell(plan: 0, mrr: ExactAmount(1)!, start: day(0))]
    func value(_ name: String, segment: Int32) -> Double {
      account.profile.segment = segment
      return recipe.values(of: account, asOf: day(100), dictionaries: later)[
        recipe.definitions.firstIndex { $0.name == name }!]
    }
    #expect(value("segment", segment: 2) == 1)
    #expect(value("segment", segment: -1).isNaN)
    #expect(value("segment", segment: 0) == -2)
    #expect(value("plan", segment: 0) == 1)
  }

  @Test func `features that a later history cannot give are named`() {
    let recipe = Self.fitted([100]).recipe
    #expect(recipe.absentFeatures(in: Sample.dictionaries).isEmpty)
    var later = Sample.dictionaries
    later.tables.remove(.payments)
    later.attributes.removeFirst()
    let absent = recipe.absentFeatures(in: later).map(\.definition.name)
    #expect(
      Set(absent) == [
        "failed_payments_84", "days_past_due", "refunds_180", "disputes_180", "employees",
      ])
  }
}
