import CivilCalendar
import Configuration
import Features
import Learning
import Testing
import UsageHistory

/// The future never changes a feature, nor does the order of rows.
@Suite struct PointInTimeTests {
  private static let settings: [FeatureSettings] = [FeatureSettings(), Sample.rawSettings].map {
    var settings = $0
    settings.keyEvents = ["report", "r*"]
    return settings
  }

  private static func recipe(_ settings: FeatureSettings) -> FeatureRecipe {
    // Comparisons with 60 accounts.
    let peers = (0..<60).map { seed in
      var random = RandomHistories(seed: 10_000 + seed)
      return random.account()
    }
    return fitted(
      PanelRow.every(accountCount: peers.count, days: [day(300), day(400)]), peers,
      settings: settings
    ).recipe
  }

  private static func bits(
    _ recipe: FeatureRecipe, _ account: AccountHistory, _ asOf: Int
  ) -> [UInt64] {
    FeaturesTests.bits(
      recipe.values(of: account, asOf: day(asOf), dictionaries: Sample.dictionaries))
  }

  @Test(arguments: [0, 1])
  func `rows of the as-of day and later change nothing`(_ setting: Int) {
    let recipe = Self.recipe(Self.settings[setting])
    for seed in 0..<1000 {
      var random = RandomHistories(seed: seed)
      let account = random.account()
      let asOf = 300 + random.draw(100)
      let expected = Self.bits(recipe, account, asOf)
      #expect(Self.bits(recipe, account.cut(before: asOf), asOf) == expected, "seed \(seed)")
      #expect(
        Self.bits(recipe, account.adding(random.account(), from: asOf), asOf) == expected,
        "seed \(seed)")
    }
  }

  @Test func `the order of rows of one day changes nothing`() {
    let recipe = Self.recipe(Self.settings[0])
    for seed in 0..<1000 {
      var random = RandomHistories(seed: seed)
      let account = random.account()
      var generator = SeededGenerator(seed: UInt64(seed), stream: 1)
      var shuffled = account
      var cells = Array(account.activity)
      var tickets = Array(account.tickets)
      var payments = Array(account.payments)
      generator.shuffle(&cells)
      generator.shuffle(&tickets)
      generator.shuffle(&payments)
      shuffled.activity = ArraySlice(cells.sorted { $0.day < $1.day })
      shuffled.tickets = ArraySlice(tickets.sorted { $0.opened < $1.opened })
      shuffled.payments = ArraySlice(payments.sorted { $0.day < $1.day })
      #expect(
        Self.bits(recipe, shuffled, 390) == Self.bits(recipe, account, 390), "seed \(seed)")
    }
  }

  @Test func `a row that arrives late is not there before`() {
    let recipe = Self.recipe(Self.settings[0])
    for seed in 0..<1000 {
      var random = RandomHistories(seed: seed)
      let account = random.account()
      var onTime = account
      onTime.activity = ArraySlice(
        account.activity.filter { Int($0.day) + Int($0.lag) < Int(day(390).number) })
      onTime.tickets = ArraySlice(account.tickets.filter { $0.knownOn < day(390) })
      onTime.payments = ArraySlice(account.payments.filter { $0.knownOn < day(390) })
      #expect(Self.bits(recipe, onTime, 390) == Self.bits(recipe, account, 390), "seed \(seed)")
    }
  }
}

extension AccountHistory {
  /// What was recorded before a day, endings after it left out.
  fileprivate func cut(before asOf: Int) -> AccountHistory {
    let end = day(asOf)
    var cut = self
    cut.activity = ArraySlice(activity.filter { $0.day < end.number })
    cut.subscriptions = ArraySlice(
      subscriptions.filter { $0.start < end }.map { spell in
        var spell = spell
        if let last = spell.end, last >= end { spell.end = nil }
        return spell
      })
    cut.tickets = ArraySlice(
      tickets.filter { $0.opened < end }.map { ticket in
        var ticket = ticket
        if let closed = ticket.closed, closed >= end {
          ticket.closed = nil
          ticket.resolutionHours = .nan
          ticket.wasReopened = false
        }
        return ticket
      })
    cut.payments = ArraySlice(payments.filter { $0.day < end })
    cut.members = ArraySlice(
      members.filter { $0.from < end }.map { member in
        var member = member
        if let left = member.left, left >= end { member.left = nil }
        return member
      })
    return cut
  }

  /// The account with another's rows of a day and later.
  fileprivate func adding(_ other: AccountHistory, from asOf: Int) -> AccountHistory {
    let start = day(asOf)
    var all = self
    all.activity = ArraySlice(
      (activity + other.activity.filter { $0.day >= start.number }).sorted { $0.day < $1.day })
    all.subscriptions = ArraySlice(
      (subscriptions + other.subscriptions.filter { $0.start >= start })
        .sorted { $0.start < $1.start })
    all.tickets = ArraySlice(
      (tickets + other.tickets.filter { $0.opened >= start }).sorted { $0.opened < $1.opened })
    all.payments = ArraySlice(
      (payments + other.payments.filter { $0.day >= start }).sorted { $0.day < $1.day })
    return all
  }
}
