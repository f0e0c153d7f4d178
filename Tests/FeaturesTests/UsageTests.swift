import CivilCalendar
import Configuration
import Features
import Testing
import UsageHistory

@Suite struct UsageTests {
  @Test func `a window of 7 days holds the ages 1 to 7 and not the as-of day`() throws {
    let account = Sample.account([
      events(100, "view", 1000), events(99, "view", 1), events(93, "view", 2),
      events(92, "view", 4), events(72, "view", 8), events(71, "view", 16),
    ])
    let raw = features(of: account, asOf: 100, settings: Sample.rawSettings)
    #expect(raw["events_7"] == 3)
    #expect(raw["events_28"] == 15)
    #expect(raw["events_84"] == 31)
    #expect(raw["active_days_7"] == 2)
    #expect(raw["days_since_last_event"] == 1)
    #expect(raw["ratio_28_prev"] == 16.0 / 17)
    let rates = features(of: account, asOf: 100)
    #expect(rates["events_7"] == 12)
    #expect(rates["events_84"] == 31.0 * 28 / 84)
  }

  @Test func `all events count plainly, however long ago, and none of the as-of day`() {
    let account = Sample.account([
      events(1, "view", 3, amount: 0.5), events(399, "view", 2, amount: 2),
      events(400, "view", 100, amount: 50),
    ])
    for settings in [FeatureSettings(), Sample.rawSettings] {
      let all = features(of: account, asOf: 400, settings: settings)
      #expect(all["events_all"] == 5)
      #expect(all["amount_all"] == 2.5)
    }
  }

  @Test func `counts of a young account are scaled to the days that were to be seen`() throws {
    let account = Sample.account([events(95, "view", 10)], created: 80)
    // 20 days old.
    #expect(try value("events_28", of: account, asOf: 100) == 14)
    #expect(try value("events_7", of: account, asOf: 100) == 40)
    #expect(try value("events_28", of: account, asOf: 100, settings: Sample.rawSettings) == 10)
  }

  @Test(arguments: [(94, 20.0), (93, Double.nan)])
  func `a rate needs 14 days`(_ asOf: Int, _ expected: Double) throws {
    let account = Sample.account([events(90, "view", 10)], created: 80)
    #expect(try value("events_28", of: account, asOf: asOf).bitPattern == expected.bitPattern)
  }

  @Test func `an account without events has counts of 0 and no last event`() {
    let all = features(of: Sample.account(), asOf: 100, settings: Sample.rawSettings)
    for name in [
      "events_28", "active_days_28", "users_28", "event_types_28", "amount_28", "events_all",
    ] {
      #expect(all[name] == 0)
    }
    #expect(all["days_since_last_event"]!.isNaN)
    #expect(all["ratio_28_prev"] == 1)
    #expect(all["slope_12w"] == 0)
    #expect(all["drop_from_peak"]!.isNaN)
    #expect(all["feature_entropy_28"]!.isNaN)
    #expect(all["top_user_share"]!.isNaN)
  }

  @Test func `a table that is missing gives absent features`() {
    var dictionaries = Sample.dictionaries
    dictionaries.tables = [.accounts, .subscriptions]
    let all = features(of: Sample.account(), asOf: 100, dictionaries: dictionaries)
    #expect(all["events_28"] == nil)
    #expect(all["tickets_84"] == nil)
    #expect(all["mrr"] != nil)
  }

  @Test func `amounts and key events are summed by window`() {
    var settings = Sample.rawSettings
    settings.keyEvents = ["re*", "run"]
    let account = Sample.account([
      events(99, "report", 3, amount: 1.25), events(80, "run", 2, amount: 0.5),
      events(60, "report", 7, amount: 4),
    ])
    let all = features(of: account, asOf: 100, settings: settings)
    #expect(all["amount_7"] == 1.25)
    #expect(all["amount_28"] == 1.75)
    #expect(all["amount_56"] == 5.75)
    #expect(all["amount_all"] == 5.75)
    #expect(all["events_28_of_re*"] == 3)
    #expect(all["events_28_of_run"] == 2)
    #expect(all["event_types_28"] == 2)
    #expect(all["value_events_28"] == 3)
  }

  @Test func `the raw slope of a count that grows by 2 a week is 2`() throws {
    let cells = (0..<12).map { events(99 - 7 * $0, "view", 30 - 2 * $0) }
    let account = Sample.account(cells)
    let raw = features(of: account, asOf: 100, settings: Sample.rawSettings)
    #expect(raw["slope_12w"] == 2)
    #expect(raw["slope_4w_minus_12w"] == 0)
    #expect(raw["zero_weeks_12"] == 0)
    #expect(raw["active_streak"] == 12)
  }

  @Test func `trends are missing while twelve weeks are not to be seen`() throws {
    let account = Sample.account([events(90)], created: 17)
    #expect(try value("slope_12w", of: account, asOf: 100).isNaN)
    #expect(try !value("slope_12w", of: account, asOf: 101).isNaN)
    // The earlier 84 days began with 0 days to be seen.
    #expect(try value("ratio_84_prev", of: account, asOf: 101).isNaN)
  }

  @Test func `the drop is measured from the busiest 28 days of half a year`() throws {
    let account = Sample.account([
      events(99, "view", 10), events(40, "view", 30), events(13, "view", 10), events(12, "view", 5),
    ])
    // Days 13 to 40 are 28 days; day 12 is outside.
    #expect(try value("drop_from_peak", of: account, asOf: 100) == 0.25)
  }

  @Test func `gaps are measured between days with events`() throws {
    let account = Sample.account([events(50), events(60), events(80), events(90)])
    let all = features(of: account, asOf: 100)
    #expect(all["longest_gap_84"] == 20)
    // Gaps of 10, 20 and 10 days; 10 days since the last event.
    #expect(all["gap_vs_own"] == 1)
    #expect(all["inactive_streak"] == 1)
    #expect(all["active_streak"] == 0)
  }

  @Test func `weekends are told from the calendar`() throws {
    // Day 0 is a Monday, so 96 is a Saturday and 97 a Sunday.
    let account = Sample.account([
      events(95, "view", 3), events(96, "view", 1), events(97, "view", 2, offHours: true),
    ])
    #expect(try value("weekend_share", of: account, asOf: 100) == 0.5)
    #expect(try value("offhours_share", of: account, asOf: 100) == 2.0 / 6)
  }

  @Test func `depth counts entitled capabilities`() throws {
    // The plan start entitles to analytics and automation; sharing does not count.
    let start = SubscriptionSpell(plan: 1, mrr: ExactAmount(50)!, start: day(0))
    let cells = [events(98, "report"), events(97, "view"), events(96, "share")]
    let account = Sample.account(cells, subscriptions: [start])
    #expect(try value("feature_depth_30", of: account, asOf: 100) == 0.5)
    // Of a plan that says nothing the whole catalogue counts.
    var unknown = start
    unknown.plan = 2
    let other = Sample.account(cells, subscriptions: [unknown])
    #expect(try value("feature_depth_30", of: other, asOf: 100) == 0.5)
  }

  @Test func `a streak of depth ends with the first snapshot below the threshold`() throws {
    let start = SubscriptionSpell(plan: 1, mrr: ExactAmount(50)!, start: day(0))
    // Automation was used on day 60 and again on 95: snapshots from 91 to 95 lack it.
    let cells =
      (0..<60).map { events(40 + $0, "view") } + [events(60, "run"), events(95, "run")]
    let account = Sample.account(cells, subscriptions: [start])
    #expect(try value("depth70_streak", of: account, asOf: 100) == 5)
    #expect(try value("depth70_streak", of: account, asOf: 91) == 0)
    #expect(try value("depth70_streak", of: account, asOf: 90) == 30)
  }

  @Test func `the first value event is counted from the first subscription`() throws {
    let spell = SubscriptionSpell(mrr: ExactAmount(50)!, start: day(80))
    let account = Sample.account([events(90, "report")], subscriptions: [spell])
    #expect(try value("ttfv_days", of: account, asOf: 100) == 10)
    #expect(try value("activated_9d", of: account, asOf: 100) == 0)
    #expect(try value("activated_30d", of: account, asOf: 100) == 1)
    // Before it came, nobody can tell whether it comes within 30 days.
    #expect(try value("ttfv_days", of: account, asOf: 90).isNaN)
    #expect(try value("activated_9d", of: account, asOf: 90) == 0)
    #expect(try value("activated_9d", of: account, asOf: 88).isNaN)
    #expect(try value("activated_30d", of: account, asOf: 90).isNaN)
  }

  @Test func `weeks of novelty that are not over are not counted`() throws {
    // Four days in the first week, two in the second, one in the third.
    let account = Sample.account([0, 1, 2, 3, 7, 8, 14].map { events($0) })
    #expect(try value("novelty_ratio_w2_8", of: account, asOf: 13).isNaN)
    #expect(try value("novelty_ratio_w2_8", of: account, asOf: 14) == 0.5)
    #expect(try value("novelty_ratio_w2_8", of: account, asOf: 21) == 0.375)
    #expect(try value("novelty_collapsed", of: account, asOf: 21).isNaN)
    #expect(try value("novelty_collapsed", of: account, asOf: 56) == 1)
  }

  @Test func `onboarding steps count within the first 14 days`() throws {
    let account = Sample.account([events(13, "invite"), events(14, "report")], created: 0)
    #expect(try value("onboarding_depth_14", of: account, asOf: 13).isNaN)
    #expect(try value("onboarding_depth_14", of: account, asOf: 20) == 0.5)
  }

  @Test func `the nearest limit is projected to the end of the billing period`() throws {
    // Billed from day 31 (1 February) for 29 days, of which 10 are over at day 41.
    let spell = SubscriptionSpell(
      plan: 1, mrr: ExactAmount(50)!, start: day(31), billingPeriodMonths: 1)
    let account = Sample.account(
      [events(30, "report", 50), events(35, "report", 5), events(36, "run", amount: 100)],
      subscriptions: [spell])
    #expect(try value("limit_util_max", of: account, asOf: 41) == 5.0 * 29 / 10 / 10)
    #expect(try value("days_to_limit", of: account, asOf: 41) == 10)
    // On the first day of a period the one before is looked at.
    #expect(try value("limit_util_max", of: account, asOf: 60) == 0.5)
  }

  @Test func `meanings have counts of their own`() throws {
    let account = Sample.account([
      events(99, "gate", 2), events(98, "limit", 3), events(97, "export", 9), events(96, "slack"),
      events(95, "touch"), events(94, "invite", 4), events(93, "invite_ok", 1),
    ])
    let all = features(of: account, asOf: 100)
    #expect(all["gate_hits_28"] == 2)
    #expect(all["limit_hits_28"] == 3)
    #expect(all["exports_z"] == 9)
    #expect(all["integrations_active_28"] == 1)
    #expect(all["csm_touches_84"] == 1)
    #expect(all["days_since_touch"] == 5)
    #expect(all["invite_accept_rate"] == 0.25)
  }

  @Test func `features that are left out change no other`() {
    var settings = FeatureSettings()
    settings.excluded = ["usage_forecast_90", "longest_gap_84", "gap_vs_own"]
    for seed in 0..<40 {
      var random = RandomHistories(seed: seed)
      let account = random.account()
      var expected = features(of: account, asOf: 300)
      for name in settings.excluded { expected[name] = nil }
      let found = features(of: account, asOf: 300, settings: settings)
      #expect(found.mapValues(\.bitPattern) == expected.mapValues(\.bitPattern))
    }
    settings.excluded.removeLast()
    var random = RandomHistories(seed: 5)
    let account = random.account()
    #expect(
      features(of: account, asOf: 300, settings: settings)["gap_vs_own"]?.bitPattern
        == features(of: account, asOf: 300)["gap_vs_own"]?.bitPattern)
  }

  @Test func `families and features can be left out`() {
    var settings = FeatureSettings()
    settings.familiesOff = ["people"]
    settings.excluded = ["events_7", "mrr"]
    settings.windows = [7, 30]
    let all = features(of: Sample.account(), asOf: 100, settings: settings)
    #expect(all["users_7"] == nil)
    #expect(all["events_7"] == nil)
    #expect(all["events_30"] == 0)
    #expect(all["events_28"] == nil)
    #expect(all["mrr"] == nil)
    #expect(all["log_mrr"] != nil)
    #expect(all["calendar_month"] == nil)
    settings.calendarMonth = true
    #expect(features(of: Sample.account(), asOf: 100, settings: settings)["calendar_month"] == 4)
  }
}
