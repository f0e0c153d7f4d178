import CivilCalendar
import Configuration
import Learning
import Revenue
import Testing
import UsageHistory

/// As of day 100; the window is 100..<190 where nothing else is said.
@Suite struct ChurnTests {
  @Test func `an end counts from the first day of the window to its last`() {
    for lead in [0, 14] {
      let churn = rule(.churn) { $0.leadDays = lead }
      #expect(churn.verdict(spell(0, 100 + lead)) == .positive)
      #expect(churn.verdict(spell(0, 100 + lead + 89)) == .positive)
      #expect(churn.verdict(spell(0, 100 + lead + 90)) == .negative)
      #expect(churn.verdict(spell(0)) == .negative)
    }
  }

  @Test func `who leaves before the window opens takes no part`() {
    let churn = rule(.churn) { $0.leadDays = 14 }
    #expect(churn.verdict(spell(0, 113)) == .excluded(.alreadyInLead))
    #expect(churn.verdict(spell(0, 100)) == .excluded(.alreadyInLead))
    #expect(churn.verdict(spell(0, 99)) == .excluded(.noSubscription))
    // Coming back in the window does not undo it.
    #expect(churn.verdict(spell(0, 105), spell(113)) == .excluded(.alreadyInLead))
    #expect(churn.verdict(spell(0, 105), spell(112)) == .negative)
  }

  @Test func `windows of the horizon's length side by side see every end once`() {
    let churn = rule(.churn) { $0.horizonDays = 10 }
    for end in 101..<160 {
      let positives = stride(from: 100, to: 160, by: 10).filter {
        churn.verdict(spell(0, end), asOf: $0) == .positive
      }
      #expect(positives == [end / 10 * 10])
    }
  }

  @Test func `a break of the gap at most is no churn`() {
    let churn = rule(.churn)
    #expect(churn.verdict(spell(0, 150), spell(157)) == .negative)
    #expect(churn.verdict(spell(0, 150), spell(158)) == .positive)
    #expect(churn.verdict(spell(0, 150), spell(157, sub: 2)) == .negative)
    #expect(churn.verdict(spell(0, 150), spell(158, sub: 2)) == .positive)
    // It may reach beyond the window.
    #expect(churn.verdict(spell(0, 189), spell(196)) == .negative)
    #expect(churn.verdict(spell(0, 189), spell(197)) == .positive)
    let strict = rule(.churn) { $0.gapDays = 0 }
    #expect(strict.verdict(spell(0, 150), spell(150)) == .negative)
    #expect(strict.verdict(spell(0, 150), spell(151)) == .positive)
  }

  @Test func `cancelling one of several subscriptions is no churn`() {
    let churn = rule(.churn)
    #expect(churn.verdict(spell(0, 150), spell(0, mrr: 1, sub: 2)) == .negative)
    #expect(churn.verdict(spell(0, 150), spell(0, 160, sub: 2)) == .positive)
  }

  @Test func `moving to a plan that costs nothing is churn of those who pay`() {
    let spells = account([spell(0, 150), spell(150, mrr: 0)])
    #expect(rule(.churn).verdict(of: spells, asOf: day(100)) == .positive)
    let all = rule(.churn) { $0.paying = false }
    #expect(all.verdict(of: spells, asOf: day(100)) == .negative)
  }

  @Test func `who does not pay takes no part, unless asked for`() {
    #expect(rule(.churn).verdict(spell(0, 150, mrr: 0)) == .excluded(.notPaying))
    #expect(rule(.churn) { $0.paying = false }.verdict(spell(0, 150, mrr: 0)) == .positive)
  }

  @Test func `a subscription that starts on the as-of day is not yet known`() {
    #expect(rule(.churn).verdict(spell(99)) == .negative)
    #expect(rule(.churn).verdict(spell(100)) == .excluded(.noSubscription))
    #expect(rule(.churn).verdict(spell(50, knownOn: 99)) == .negative)
    #expect(rule(.churn).verdict(spell(50, knownOn: 100)) == .excluded(.noSubscription))
  }

  @Test func `a row that came late can say that the account had left`() {
    let late = spell(60, 80, knownOn: 120)
    #expect(rule(.churn).verdict(spell(0), late) == .excluded(.alreadyInLead))
  }

  @Test func `tenure is that of the present stay`() {
    let old = rule(.churn) { $0.minimumTenureDays = 30 }
    #expect(old.verdict(spell(70)) == .negative)
    #expect(old.verdict(spell(71)) == .excluded(.tooYoung))
    #expect(old.verdict(spell(0, 71), spell(78)) == .negative)
    #expect(old.verdict(spell(0, 71), spell(79)) == .excluded(.tooYoung))
  }

  @Test func `the inactive take no part where activity is asked for`() {
    let active = rule(.churn) { $0.activeWithinDays = 28 }
    let verdicts = [71, 72, 99, 100].map {
      active.verdict(of: account([spell(0)], events: [$0]), asOf: day(100))
    }
    #expect(verdicts == [.excluded(.inactive), .negative, .negative, .excluded(.inactive)])
    var ignored = account([spell(0)], events: [90])
    ignored.activity[0].name = 0
    #expect(active.verdict(of: ignored, asOf: day(100)) == .excluded(.inactive))
    var late = account([spell(0)], events: [90])
    late.activity[0].lag = 10
    #expect(active.verdict(of: late, asOf: day(100)) == .excluded(.inactive))
    late.activity[0].lag = 9
    #expect(active.verdict(of: late, asOf: day(100)) == .negative)
  }

  @Test func `an outcome is known when the window is over and the gap after it`() {
    #expect(rule(.churn, lastDay: 196).verdict(spell(0)) == .negative)
    #expect(rule(.churn, lastDay: 195).verdict(spell(0)) == .censored)
    // Keeping the positives of a day that is censored would leave out its negatives alone.
    #expect(rule(.churn, lastDay: 195).verdict(spell(0, 120)) == .censored)
    #expect(rule(.churn, lastDay: 195).verdict(spell(0, 90)) == .excluded(.noSubscription))
    let lead = rule(.churn, lastDay: 196) { $0.leadDays = 1 }
    #expect(lead.verdict(spell(0)) == .censored)
  }

  @Test(arguments: 0..<300)
  func `a day-by-day reading of the rule agrees`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let spells = generator.spells().map { spell in
      var spell = spell
      spell.knownOn = spell.start
      return spell
    }
    let lead = generator.nextIndex(below: 3) * 5
    let gap = generator.nextIndex(below: 10)
    let churn = rule(.churn) {
      $0.leadDays = lead
      $0.gapDays = gap
      $0.horizonDays = 30
    }
    let timeline = RevenueTimeline(spells)
    let pays = { (number: Int) in timeline.mrr(on: day(number)) > .zero }
    for asOf in stride(from: 20, to: 300, by: 7) where pays(asOf - 1) {
      // The first day that is followed by more than `gap` days, itself included, without payment.
      let end = (asOf..<asOf + lead + 30).first { day in (day...day + gap).allSatisfy { !pays($0) }
      }
      let expected: OutcomeVerdict =
        switch end {
        case nil: .negative
        case let end? where end < asOf + lead: .excluded(.alreadyInLead)
        default: .positive
        }
      #expect(churn.verdict(of: account(spells), asOf: day(asOf)) == expected)
    }
  }

  @Test(arguments: 0..<300)
  func `who takes part is known on the as-of day, and the past says no more`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let spells = generator.spells()
    let asOf = 60 + generator.nextIndex(below: 200)
    for target in TargetName.allCases {
      let rule = rule(target)
      let exclusion = rule.exclusion(of: account(spells), asOf: day(asOf))
      // What is stamped with the day or later is taken away, or stirred.
      let past = spells.filter { $0.start < day(asOf) && $0.knownOn < day(asOf) }.map { spell in
        var spell = spell
        if let end = spell.end, end >= day(asOf) { spell.end = nil }
        return spell
      }
      #expect(rule.exclusion(of: account(past), asOf: day(asOf)) == exclusion)
      // A stay that was over long before changes nothing.
      let verdict = rule.verdict(of: account(spells), asOf: day(asOf))
      let earlier = spell(-100, -50, mrr: 999, sub: 7, plan: 2, seats: 5)
      #expect(rule.verdict(of: account([earlier] + spells), asOf: day(asOf)) == verdict)
      var shuffled = spells
      generator.shuffle(&shuffled)
      #expect(rule.verdict(of: account(shuffled), asOf: day(asOf)) == verdict)
    }
  }
}
