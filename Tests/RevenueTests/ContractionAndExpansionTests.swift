import CivilCalendar
import Configuration
import Learning
import Revenue
import Testing
import UsageHistory

/// As of day 100; the window is 100..<190 where nothing else is said.
@Suite struct ContractionAndExpansionTests {
  /// A subscription whose terms change on a day.
  private func change(
    on number: Int = 150, mrr: (Int, Int), plan: (Int32, Int32) = (0, 0),
    seats: (Double, Double) = (.nan, .nan)
  ) -> AccountHistory {
    account([
      spell(0, number, mrr: mrr.0, plan: plan.0, seats: seats.0),
      spell(number, mrr: mrr.1, plan: plan.1, seats: seats.1),
    ])
  }

  private func verdicts(_ account: AccountHistory) -> [OutcomeVerdict] {
    [TargetName.churn, .contraction, .expansion].map {
      rule($0).verdict(of: account, asOf: day(100))
    }
  }

  @Test func `a fall of the least change is contraction`() {
    #expect(verdicts(change(mrr: (100, 99))) == [.negative, .positive, .negative])
    #expect(verdicts(change(mrr: (1000, 991))) == [.negative, .negative, .negative])
  }

  @Test func `the change must be there on the window's last day`() {
    let contraction = rule(.contraction)
    let verdicts = [99, 100, 189, 190].map {
      contraction.verdict(of: change(on: $0, mrr: (100, 50)), asOf: day(100))
    }
    #expect(verdicts == [.negative, .positive, .positive, .negative])
    // A discount that comes and goes within the window is none.
    #expect(
      contraction.verdict(spell(0, 120), spell(120, 150, mrr: 50), spell(150)) == .negative)
  }

  @Test func `a change that is there before the window opens is excluded`() {
    let contraction = rule(.contraction) { $0.leadDays = 14 }
    let expansion = rule(.expansion) { $0.leadDays = 14 }
    for (number, expected) in [
      (113, OutcomeVerdict.excluded(.alreadyInLead)), (114, .positive), (203, .positive),
      (204, .negative),
    ] {
      let fall = change(on: number, mrr: (100, 50))
      #expect(contraction.verdict(of: fall, asOf: day(100)) == expected)
      let rise = change(on: number, mrr: (100, 150), plan: (0, 1))
      #expect(expansion.verdict(of: rise, asOf: day(100)) == expected)
    }
    #expect(contraction.verdict(spell(0, 105)) == .excluded(.alreadyInLead))
  }

  @Test func `cancelling one of several subscriptions is contraction`() {
    #expect(
      verdicts(account([spell(0, 150), spell(0, sub: 2)])) == [.negative, .positive, .negative])
  }

  @Test func `churn is neither contraction nor expansion`() {
    #expect(verdicts(account([spell(0, 150)])) == [.positive, .negative, .negative])
    let back = account([spell(0, 150), spell(160, mrr: 50)])
    #expect(verdicts(back) == [.positive, .negative, .negative])
  }

  @Test func `a short break at the window's end is no contraction`() {
    let other = spell(0, sub: 2)
    let contraction = rule(.contraction)
    #expect(contraction.verdict(spell(0, 188), spell(195), other) == .negative)
    #expect(contraction.verdict(spell(0, 188), spell(196), other) == .positive)
    // Nor is one at the as-of day expansion.
    let expansion = rule(.expansion)
    #expect(expansion.verdict(spell(0, 98), spell(102), other) == .negative)
  }

  @Test func `seats, a higher plan or a further subscription are expansion`() {
    let positive: [OutcomeVerdict] = [.negative, .negative, .positive]
    #expect(verdicts(change(mrr: (100, 110), seats: (10, 11))) == positive)
    #expect(verdicts(change(mrr: (100, 110), plan: (0, 1))) == positive)
    #expect(verdicts(account([spell(0), spell(150, mrr: 10, sub: 2)])) == positive)
    // Less than 5 % is not.
    #expect(verdicts(change(mrr: (100, 104), seats: (10, 11)))[2] == .negative)
    #expect(verdicts(change(mrr: (100, 105), seats: (10, 11)))[2] == .positive)
  }

  @Test func `a higher rank is expansion unless revenue falls`() {
    #expect(verdicts(change(mrr: (100, 100), plan: (0, 1)))[2] == .positive)
    #expect(verdicts(change(mrr: (100, 90), plan: (0, 1))) == [.negative, .positive, .negative])
    #expect(verdicts(change(mrr: (100, 100), plan: (1, 0)))[2] == .negative)
  }

  @Test func `a price rise or a discount that runs out is no expansion`() {
    #expect(verdicts(change(mrr: (100, 150)))[2] == .negative)
    #expect(verdicts(change(mrr: (100, 150), seats: (10, 10)))[2] == .negative)
    #expect(verdicts(change(mrr: (100, 150), plan: (-1, -1), seats: (10, 10)))[2] == .negative)
    // With neither plan nor seats, nothing says that it was the price.
    #expect(verdicts(change(mrr: (100, 150), plan: (-1, -1)))[2] == .positive)
  }

  @Test func `a price rise of one subscription does not hide another's growth`() {
    let both = account([
      spell(0, 150, plan: 0, seats: 10), spell(150, mrr: 150, plan: 0, seats: 10),
      spell(0, 150, sub: 2, plan: 0, seats: 10), spell(150, mrr: 120, sub: 2, plan: 0, seats: 12),
    ])
    #expect(verdicts(both)[2] == .positive)
  }

  @Test func `a renewal under another name at a higher price is no expansion`() {
    let renewed = account([
      spell(0, 150, plan: 0, seats: 10), spell(150, mrr: 120, sub: 2, plan: 0, seats: 10),
    ])
    #expect(verdicts(renewed)[2] == .negative)
    let grown = account([
      spell(0, 150, plan: 0, seats: 10), spell(150, mrr: 120, sub: 2, plan: 0, seats: 12),
    ])
    #expect(verdicts(grown)[2] == .positive)
  }

  @Test func `accounts at the highest tier take no part unless seats can grow`() {
    let expansion = rule(.expansion)
    #expect(expansion.verdict(spell(0, plan: 2)) == .excluded(.highestTier))
    #expect(expansion.verdict(spell(0, plan: 2, seats: 5)) == .negative)
    #expect(expansion.verdict(spell(0, plan: 1)) == .negative)
    #expect(expansion.verdict(spell(0, plan: 2), spell(0, sub: 2, plan: 1)) == .negative)
    #expect(rule(.contraction).verdict(spell(0, plan: 2)) == .negative)
  }

  @Test func `the free can expand where they are asked for, and never contract`() {
    let converted = change(mrr: (0, 10), plan: (0, 1))
    let free = { (target: TargetName) in rule(target) { $0.paying = false } }
    #expect(free(.expansion).verdict(of: converted, asOf: day(100)) == .positive)
    #expect(free(.contraction).verdict(of: converted, asOf: day(100)) == .excluded(.notPaying))
    #expect(rule(.expansion).verdict(of: converted, asOf: day(100)) == .excluded(.notPaying))
  }

  @Test(arguments: 0..<300)
  func `of the three outcomes one at most comes true`(_ seed: Int) {
    var generator = SeededGenerator(seed: UInt64(seed))
    let spells = account(generator.spells())
    for asOf in stride(from: 10, to: 300, by: 11) {
      let positives = TargetName.allCases.filter { target in
        rule(target) { $0.leadDays = 5 }.verdict(of: spells, asOf: day(asOf)) == .positive
      }
      #expect(positives.count <= 1)
    }
  }
}
