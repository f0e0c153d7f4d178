import CivilCalendar
import Configuration
import Revenue
import Testing
import UsageHistory

/// As of day 100, lead 10: the window is 110..<200.
@Suite struct RecordedOutcomeTests {
  private func recorded(_ target: TargetName = .churn, words: [String] = ["cancelled"])
    -> OutcomeRule
  {
    rule(target, tables: [.accounts, .outcomes]) {
      $0.source = .outcomes
      $0.leadDays = 10
      $0.outcomeWords = words
    }
  }

  private func verdict(
    _ rule: OutcomeRule, on number: Int, word: Int32 = 0, spells: [SubscriptionSpell] = []
  ) -> OutcomeVerdict {
    rule.verdict(
      of: account(
        spells, created: 0, outcomes: [OutcomeRecord(day: day(number), outcome: word)]),
      asOf: day(100))
  }

  @Test func `a record counts in the window, and excludes in the lead`() {
    let churn = recorded()
    #expect(verdict(churn, on: 100) == .excluded(.alreadyInLead))
    #expect(verdict(churn, on: 109) == .excluded(.alreadyInLead))
    #expect(verdict(churn, on: 110) == .positive)
    #expect(verdict(churn, on: 199) == .positive)
    #expect(verdict(churn, on: 200) == .negative)
  }

  @Test func `only the target's words count; without words or a column, any record`() {
    #expect(verdict(recorded(), on: 150, word: 1) == .negative)
    #expect(verdict(recorded(.expansion, words: ["upgraded"]), on: 150, word: 1) == .positive)
    #expect(verdict(recorded(words: []), on: 150, word: 1) == .positive)
    #expect(verdict(recorded(), on: 150, word: -1) == .negative)
    var noColumn = dictionaries(tables: [.outcomes])
    noColumn.outcomes = []
    let churn = OutcomeRule(
      .churn, recorded().definition, dictionaries: noColumn, lastDay: day(1000))
    #expect(verdict(churn, on: 150, word: -1) == .positive)
  }

  @Test func `without subscriptions, who had left by the record takes no part`() {
    #expect(verdict(recorded(), on: 99) == .excluded(.noSubscription))
    #expect(verdict(recorded(.expansion), on: 99) == .negative)
  }

  @Test func `with subscriptions, one must run`() {
    let churn = rule(.churn, tables: [.subscriptions, .outcomes]) {
      $0.source = .outcomes
      $0.leadDays = 10
      $0.outcomeWords = ["cancelled"]
    }
    #expect(verdict(churn, on: 150) == .excluded(.noSubscription))
    #expect(verdict(churn, on: 150, spells: [spell(0)]) == .positive)
    // It came back after an earlier cancellation.
    #expect(verdict(churn, on: 50, spells: [spell(60)]) == .negative)
  }

  @Test func `an account that has not signed up takes no part`() {
    let churn = recorded()
    let verdicts = [account([]), account([], created: 100), account([], events: [99])].map {
      churn.verdict(of: $0, asOf: day(100))
    }
    #expect(verdicts == [.excluded(.noSubscription), .excluded(.noSubscription), .negative])
  }

  @Test func `inactivity is a window without an event, of those who were active`() {
    let churn = rule(.churn, tables: [.events], lastDay: 139) {
      $0.source = .inactivity
      $0.leadDays = 10
      $0.horizonDays = 30
      $0.activeWithinDays = 14
    }
    let verdicts = [
      [99], [99, 109], [99, 110], [99, 139], [99, 140], [86], [85], [85, 100], [],
    ].map { churn.verdict(of: account([], created: 0, events: $0), asOf: day(100)) }
    #expect(
      verdicts == [
        .positive, .positive, .negative, .negative, .positive, .positive, .excluded(.inactive),
        .excluded(.inactive), .excluded(.inactive),
      ])
    #expect(
      churn.verdict(of: account([], events: [100]), asOf: day(101)) == .censored)
  }
}
