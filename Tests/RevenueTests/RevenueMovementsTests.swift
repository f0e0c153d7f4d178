import CivilCalendar
import Learning
import Revenue
import Testing
import UsageHistory

/// From day 100 to day 130.
@Suite struct RevenueMovementsTests {
  private func movements(_ accounts: [[SubscriptionSpell]], gapDays: Int = 7) -> RevenueMovements {
    RevenueMovements(
      of: accounts.map { RevenueTimeline($0, gapDays: gapDays) }, from: day(100), to: day(130))
  }

  @Test func `each account is in one movement, and the sum is the end`() {
    let moved = movements([
      [spell(0)],
      [spell(0, 120), spell(120, mrr: 150)],
      [spell(0, 120), spell(0, mrr: 70, sub: 2)],
      [spell(0, 130)],
      [spell(0, 50), spell(110, mrr: 30)],
      [spell(110, mrr: 20)],
    ])
    #expect(moved.start.amount == money(470))
    #expect(moved.expansion.amount == money(50))
    #expect(moved.contraction.amount == money(100))
    #expect(moved.churn.amount == money(100))
    #expect(moved.reactivation.amount == money(30))
    #expect(moved.new.amount == money(20))
    #expect(moved.end.amount == money(370))
    #expect(moved.rates?.net == 320.0 / 470)
    #expect(moved.rates?.gross == 270.0 / 470)
    #expect(moved.logoRetention == 0.75)
  }

  @Test func `a break within the gap moves nothing`() {
    let spells = [spell(0, 128), spell(135, sub: 2)]
    #expect(movements([spells]).end.amount == money(100))
    #expect(movements([spells]).churn.accountCount == 0)
    #expect(movements([spells], gapDays: 6).churn.amount == money(100))
  }

  @Test func `nobody at the start is no rate`() {
    #expect(movements([[spell(110)]]).rates == nil)
    #expect(movements([[spell(110)]]).logoRetention == nil)
  }

  @Test func `gross retention above net is refused`() {
    // Net 48 % beside gross 75 % to 80 %, as an article has it, is not of one cohort.
    #expect(RetentionRates(net: 0.48, gross: 0.75) == nil)
    #expect(RetentionRates(net: 1.1, gross: 1.05) == nil)
    #expect(RetentionRates(net: 1.1, gross: 0.9) != nil)
  }

  @Test(arguments: 0..<200)
  func `movements balance to the last millionth, and gross is at most net`(_ seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let moved = movements((0..<30).map { _ in generator.spells() })
    let sum =
      moved.start.amount.millionths + moved.new.amount.millionths
      + moved.expansion.amount.millionths + moved.reactivation.amount.millionths
      - moved.contraction.amount.millionths - moved.churn.amount.millionths
    #expect(sum == moved.end.amount.millionths)
    let rates = try #require(moved.rates)
    #expect(rates.gross <= rates.net && 0...1 ~= rates.gross)
  }
}
