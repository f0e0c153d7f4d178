import CivilCalendar
import Configuration
import Features
import Testing
import UsageHistory

@Suite struct ContractTests {
  private func spell(
    _ start: Int, _ end: Int? = nil, mrr: Double = 100, plan: Int32 = 0, seats: Double = 10,
    discount: Double = .nan, months: Double = 12, autoRenews: Bool? = nil, subscription: UInt32 = 0
  ) -> SubscriptionSpell {
    SubscriptionSpell(
      subscription: subscription, plan: plan, mrr: ExactAmount(mrr)!, seats: seats,
      discount: discount, start: day(start), end: end.map(day), billingPeriodMonths: months,
      autoRenews: autoRenews)
  }

  @Test func `revenue is compared with what ran 84 days and a year ago`() {
    let account = Sample.account(subscriptions: [
      spell(0, 300, mrr: 100), spell(300, 350, mrr: 50), spell(350, mrr: 150),
    ])
    let all = features(of: account, asOf: 400)
    #expect(all["mrr"] == 150)
    #expect(all["mrr_change_84"] == 3)
    #expect(all["mrr_change_365"] == 1.5)
    #expect(all["expansions_365"] == 1)
    #expect(all["contractions_365"] == 1)
    #expect(features(of: Sample.account(), asOf: 400)["mrr"]!.isNaN)
  }

  @Test func `an end in the future is not known`() {
    let account = Sample.account(subscriptions: [spell(0, 100)])
    #expect(features(of: account, asOf: 100)["mrr"] == 100)
    #expect(features(of: account, asOf: 101)["mrr"] == 0)
  }

  @Test func `prices are felt per user and per value event`() {
    let account = Sample.account(
      [events(99, "report", 5, user: 1), events(98, "view", 1, user: 2)],
      subscriptions: [spell(0)])
    let all = features(of: account, asOf: 100)
    #expect(all["mrr_per_active_user"] == 50)
    #expect(all["mrr_per_value_event"] == 20)
    #expect(all["outputs_per_seat_28"] == 2.5)
    let idle = features(of: Sample.account(subscriptions: [spell(0)]), asOf: 100)
    #expect(idle["mrr_per_active_user"]!.isNaN)
  }

  @Test func `seats, discounts and prices have a past`() {
    let account = Sample.account(subscriptions: [
      spell(0, 350, mrr: 100, seats: 10), spell(350, mrr: 270, seats: 20, discount: 10),
    ])
    let all = features(of: account, asOf: 400)
    #expect(all["seats"] == 20)
    #expect(all["seats_added_84"] == 10)
    #expect(abs(all["price_increase_180"]! - 50) < 1e-9)
    #expect(all["discount_pct"] == 10)
    // The year that began on day 350 ends 365 days later.
    #expect(all["discount_expires_in"] == 315)
    #expect(all["products_owned"] == 1)
  }

  @Test func `a category is missing where nothing runs`() {
    let all = features(of: Sample.account(subscriptions: [spell(0, 50, plan: 1)]), asOf: 100)
    #expect(all["plan"]!.isNaN)
    #expect(all["plan_rank"]!.isNaN)
    let running = features(of: Sample.account(subscriptions: [spell(0, plan: 1)]), asOf: 100)
    #expect(running["plan"] == 1)
    #expect(running["plan_rank"] == 0)
    #expect(running["billing_period_months"] == 12)
    #expect(running["days_to_renewal"] == 266)
    #expect(running["renewal_le_90"] == 0)
  }

  @Test func `tenure bridges short gaps and starts anew after long ones`() {
    let short = Sample.account(subscriptions: [spell(0, 50), spell(57)])
    #expect(features(of: short, asOf: 100)["tenure_days"] == 100)
    #expect(features(of: short, asOf: 100)["contract_month"] == 4)
    #expect(features(of: short, asOf: 100)["past_churns"] == 0)
    let long = features(of: Sample.account(subscriptions: [spell(0, 50), spell(58)]), asOf: 100)
    #expect(long["tenure_days"] == 42)
    #expect(long["lifetime_days"] == 100)
    #expect(long["past_churns"] == 1)
    #expect(long["days_since_reactivation"] == 42)
    let ended = features(of: Sample.account(subscriptions: [spell(0, 50)]), asOf: 100)
    #expect(ended["tenure_days"]!.isNaN)
    #expect(ended["past_churns"] == 1)
  }

  @Test func `renewals are whole billing periods`() {
    let monthly = Sample.account(subscriptions: [spell(0, months: 1)])
    #expect(features(of: monthly, asOf: 30)["last_k_renewed"] == 0)
    #expect(features(of: monthly, asOf: 31)["last_k_renewed"] == 1)
    #expect(features(of: monthly, asOf: 91)["last_k_renewed"] == 3)
  }

  @Test func `turning automatic renewal off shows for 90 days`() {
    let account = Sample.account(subscriptions: [
      spell(0, 100, autoRenews: true), spell(100, autoRenews: false),
    ])
    #expect(features(of: account, asOf: 100)["auto_renew"] == 1)
    #expect(features(of: account, asOf: 101)["auto_renew"] == 0)
    #expect(features(of: account, asOf: 101)["auto_renew_turned_off_90"] == 1)
    #expect(features(of: account, asOf: 190)["auto_renew_turned_off_90"] == 1)
    #expect(features(of: account, asOf: 191)["auto_renew_turned_off_90"] == 0)
    let unknown = features(of: Sample.account(subscriptions: [spell(0)]), asOf: 100)
    #expect(unknown["auto_renew"]!.isNaN)
  }

  @Test func `a failed payment is due until one is made`() {
    func pay(_ number: Int, _ status: Payment.Status) -> Payment {
      Payment(day: day(number), amount: ExactAmount(10)!, status: status)
    }
    let due = Sample.account(payments: [pay(50, .paid), pay(80, .failed), pay(83, .failed)])
    #expect(features(of: due, asOf: 100)["failed_payments_84"] == 2)
    #expect(features(of: due, asOf: 100)["days_past_due"] == 20)
    let made = Sample.account(payments: [pay(80, .failed), pay(80, .paid), pay(90, .refunded)])
    #expect(features(of: made, asOf: 100)["days_past_due"] == 0)
    #expect(features(of: made, asOf: 100)["refunds_180"] == 1)
  }

  @Test func `columns of accounts are features by their own name`() {
    var account = Sample.account()
    account.profile.segment = 1
    account.profile.attributes = [250, 0]
    let all = features(of: account, asOf: 100)
    #expect(all["segment"] == 1)
    #expect(all["employees"] == 250)
    #expect(all["industry"] == 0)
    var dictionaries = Sample.dictionaries
    dictionaries.attributes[0].name = "seats"
    let renamed = features(of: account, asOf: 100, dictionaries: dictionaries)
    #expect(renamed["account_seats"] == 250)
    #expect(renamed["seats"]!.isNaN)
  }
}
