import CivilCalendar
import Features
import Testing
import UsageHistory

@Suite struct PeopleTests {
  @Test func `users are humans with an id, counted once`() {
    let account = Sample.account([
      events(99, user: 1), events(98, user: 1), events(80, user: 2), events(70, user: 3),
      events(97, user: 4, agent: true), events(96, user: 0),
    ])
    let all = features(of: account, asOf: 100)
    #expect(all["users_7"] == 1)
    #expect(all["users_28"] == 2)
    #expect(all["users_56"] == 3)
    #expect(all["new_users_28"] == 2)
    #expect(all["lost_users_28"] == 1)
    #expect(all["top_user_share"] == 0.5)
  }

  @Test func `seats in use are compared with the 28 days before`() {
    let spell = SubscriptionSpell(mrr: ExactAmount(50)!, seats: 4, start: day(0))
    let account = Sample.account(
      [events(99, user: 1), events(60, user: 1), events(60, user: 2)], subscriptions: [spell])
    let all = features(of: account, asOf: 100)
    #expect(all["seat_utilisation"] == 0.25)
    #expect(all["seat_util_delta"] == -25)
    let without = features(of: Sample.account([events(99, user: 1)]), asOf: 100)
    #expect(without["seat_utilisation"]!.isNaN)
  }

  @Test func `a champion who is silent or has left is lost`() {
    let cells = [events(60, "view", 8, user: 1), events(65, "view", 2, user: 2)]
    let silent = features(of: Sample.account(cells), asOf: 100)
    #expect(silent["champion_lost"] == 1)
    #expect(silent["champion_days_silent"] == 40)
    #expect(silent["champion_share"] == 0.8)
    let back = Sample.account(cells + [events(99, user: 1)])
    #expect(features(of: back, asOf: 100)["champion_lost"] == 0)
    let left = Sample.account(
      cells + [events(98, user: 1)],
      members: [MemberRecord(user: 1, from: day(0), left: day(99), department: 0)])
    #expect(features(of: left, asOf: 100)["champion_lost"] == 1)
    // On the day itself it is not known yet that the user leaves.
    #expect(features(of: left, asOf: 99)["champion_lost"] == 0)
    let young = features(of: Sample.account([events(99, user: 1)]), asOf: 100)
    #expect(young["champion_lost"]!.isNaN)
  }

  @Test func `a department counts with two active users`() {
    let members = (1...4).map {
      MemberRecord(user: UInt32($0), from: day(0), department: $0 <= 2 ? 0 : Int32($0 - 2))
    }
    let account = Sample.account((1...4).map { events(90, user: UInt32($0)) }, members: members)
    let all = features(of: account, asOf: 100)
    #expect(all["departments_28"] == 1)
    // Shares of a half and two quarters.
    #expect(abs(all["dept_entropy"]! - 1.0397207708399179) < 1e-12)
  }

  @Test func `admins are users of the admin console`() {
    let account = Sample.account([
      events(99, "admin", 3, user: 1), events(90, "admin", 1, user: 2),
      events(60, "admin", 1, user: 3), events(99, "view", 1, user: 4),
    ])
    let all = features(of: account, asOf: 100)
    #expect(all["admin_visits_28"] == 4)
    #expect(all["admins_28"] == 2)
  }

  @Test func `actions per user are the median of four full weeks`() {
    // Day 98 is a Monday: the full weeks begin on days 91, 84, 77 and 70.
    let account = Sample.account([
      events(99, "view", 100, user: 1), events(91, "view", 6, user: 1),
      events(84, "view", 4, user: 1), events(85, "view", 4, user: 2),
      events(77, "view", 2, user: 1),
    ])
    #expect(features(of: account, asOf: 101)["actions_per_user_week"] == 4)
  }
}

@Suite struct AgentTests {
  @Test func `agents' runs have a share and a rate of success`() {
    let account = Sample.account([
      events(99, "run", 18, agent: true, outcome: .succeeded),
      events(99, "run", 2, agent: true, outcome: .failed), events(98, "view", 20),
      events(60, "run", 20, agent: true, outcome: .succeeded),
    ])
    let all = features(of: account, asOf: 100)
    #expect(all["agent_runs_28"] == 20)
    #expect(all["agent_share"] == 0.5)
    #expect(all["agent_success_28"] == 0.9)
    #expect(abs(all["agent_success_low_28"]! - 0.6989663547715127) < 1e-9)
    #expect(abs(all["agent_success_delta"]! + 10) < 1e-12)
    #expect(abs(all["agent_error_28"]! - 10) < 1e-12)
  }

  @Test func `19 runs are too few for a rate`() {
    let account = Sample.account([events(99, "run", 19, agent: true, outcome: .succeeded)])
    #expect(features(of: account, asOf: 100)["agent_success_28"]!.isNaN)
  }

  @Test func `runs whose output nobody used within a week are silent`() {
    let account = Sample.account([
      events(90, "run", 10, agent: true, outcome: .succeeded), events(92, "report"),
      events(80, "run", 30, agent: true, outcome: .succeeded),
    ])
    #expect(features(of: account, asOf: 100)["silent_error_28"] == 75)
  }
}
