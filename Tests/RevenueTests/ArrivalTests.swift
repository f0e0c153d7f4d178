import CivilCalendar
import Configuration
import Learning
import Revenue
import Testing
import UsageHistory

@Suite struct ArrivalTests {
  private func days(_ rule: OutcomeRule, _ spells: SubscriptionSpell...) -> [Int] {
    rule.arrivals(of: account(spells)).map { Int($0.day.number) }
  }

  @Test func `churn comes on the first day without a subscription, with what was paid before`() {
    let churn = rule(.churn)
    #expect(
      churn.arrivals(of: account([spell(0, 150, mrr: 70)]))
        == [OutcomeRule.Arrival(day: day(150), revenue: money(70))])
    // A break within the gap is none, a longer one is, and so is the end after it.
    #expect(days(churn, spell(0, 150), spell(157)) == [])
    #expect(days(churn, spell(0, 150), spell(158, 300)) == [150, 300])
    #expect(days(churn, spell(0, 150), spell(0, 160, sub: 2)) == [160])
  }

  @Test func `an end that the data cannot tell from a break is not told`() {
    #expect(days(rule(.churn, lastDay: 157), spell(0, 150)) == [150])
    #expect(days(rule(.churn, lastDay: 156), spell(0, 150)) == [])
  }

  @Test func `a label is positive exactly where the stay ends in the window`() {
    for seed in 0..<40 {
      var generator = SeededGenerator(seed: UInt64(seed))
      for lead in [0, 20] {
        let churn = rule(.churn) {
          $0.leadDays = lead
          $0.horizonDays = 60
        }
        let history = account(generator.spells().filter { $0.knownOn <= $0.start })
        let arrivals = churn.arrivals(of: history).map(\.day)
        for asOf in stride(from: 10, to: 300, by: 7) {
          let verdict = churn.verdict(of: history, asOf: day(asOf))
          guard verdict == .positive || verdict == .negative else { continue }
          // The first end from the as-of day on is that of the stay that holds it.
          let next = arrivals.first { $0 >= day(asOf) }
          let isIn = next.map { day(asOf + lead) <= $0 && $0 < day(asOf + lead + 60) } ?? false
          #expect((verdict == .positive) == isIn, "seed \(seed), as of \(asOf)")
        }
      }
    }
  }

  @Test func `contraction and expansion come on the day of the change, with the change`() {
    let history = account([spell(0, 50, mrr: 100), spell(50, 90, mrr: 80), spell(90, mrr: 130)])
    #expect(
      rule(.contraction).arrivals(of: history)
        == [OutcomeRule.Arrival(day: day(50), revenue: money(20))])
    #expect(
      rule(.expansion).arrivals(of: history)
        == [OutcomeRule.Arrival(day: day(90), revenue: money(50))])
    // The end of all is churn, not contraction.
    #expect(days(rule(.contraction), spell(0, 50)) == [])
  }

  @Test func `a silence begins on the day after the last event, once it is as long as the horizon`()
  {
    let silence = rule(.churn, tables: [.accounts, .events], lastDay: 250) {
      $0.source = .inactivity
      $0.horizonDays = 30
    }
    let arrivals = { (events: [Int]) in
      silence.arrivals(of: account([], created: 0, events: events)).map { Int($0.day.number) }
    }
    #expect(arrivals([10, 40, 80]) == [41, 81])
    #expect(arrivals([10, 40, 70, 220]) == [71, 221])
    #expect(arrivals([10, 40, 70, 222]) == [71])
  }

  @Test func `the verdict by a day counts that day and not the next`() {
    let churn = rule(.churn)
    let left = account([spell(0, 365)])
    #expect(churn.verdict(of: left, asOf: day(270), through: day(365)) == .positive)
    #expect(churn.verdict(of: left, asOf: day(270), through: day(364)) == .negative)
    #expect(churn.stays(of: left).map(\.start) == [day(0)])
  }
}
