import CivilCalendar
import Features
import Testing
import UsageHistory

@Suite struct SupportTests {
  @Test func `tickets are counted from the day after they were opened`() {
    let spell = SubscriptionSpell(mrr: ExactAmount(50)!, seats: 4, start: day(0))
    let account = Sample.account(
      subscriptions: [spell],
      tickets: [100, 99, 72, 71, 16, 15].map { SupportTicket(opened: day($0)) })
    let all = features(of: account, asOf: 100)
    #expect(all["tickets_84"] == 4)
    #expect(all["tickets_28_per_seat"] == 0.5)
    #expect(all["open_tickets"] == 5)
    #expect(all["oldest_open_days"] == 85)
  }

  @Test func `a ticket that is closed later is open`() {
    let ticket = SupportTicket(
      opened: day(80), closed: day(100), resolutionHours: 480, wasReopened: true)
    let account = Sample.account(tickets: [ticket])
    let before = features(of: account, asOf: 100)
    #expect(before["open_tickets"] == 1)
    #expect(before["reopened_84"] == 0)
    #expect(before["median_resolution_84"]!.isNaN)
    let after = features(of: account, asOf: 101)
    #expect(after["open_tickets"] == 0)
    #expect(after["reopened_84"] == 1)
    #expect(after["median_resolution_84"] == 480)
  }

  @Test func `the tone has a mean and a slope`() {
    let tickets = [(86, 0.6), (93, 0.2), (100, -0.2), (107, -0.6)].map {
      SupportTicket(opened: day($0.0), sentiment: $0.1)
    }
    let all = features(of: Sample.account(tickets: tickets), asOf: 110)
    #expect(abs(all["sentiment_28"]!) < 1e-12)
    #expect(all["sentiment_min_28"] == -0.6)
    #expect(all["unhappy_share_28"] == 0.25)
    #expect(abs(all["sentiment_slope_84"]! + 0.4) < 1e-12)
    let none = features(of: Sample.account(), asOf: 110)
    #expect(none["sentiment_28"]!.isNaN)
    #expect(none["tickets_84"] == 0)
  }

  @Test func `silence while use falls is a sign`() {
    let tickets = [SupportTicket(opened: day(10))]
    let falling = Sample.account([events(60, "view", 5), events(90, "view", 4)], tickets: tickets)
    let steady = Sample.account([events(60, "view", 5), events(90, "view", 5)], tickets: tickets)
    #expect(features(of: falling, asOf: 100)["ticket_silence"] == 1)
    #expect(features(of: steady, asOf: 100)["ticket_silence"] == 0)
  }
}
