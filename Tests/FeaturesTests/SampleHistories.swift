import CivilCalendar
import Configuration
import Features
import Learning
import UsageHistory

/// Day 0 of the tests' calendar is a Monday: 2024-01-01.
func day(_ number: Int) -> CalendarDay { CalendarDay(number: Int32(19_723 + number)) }

/// Histories small enough to check by hand.
enum Sample {
  /// The names by code: 0 admin, 1 export, 2 gate, 3 invite, 4 accepted, 5 limit, 6 report,
  /// 7 run, 8 share, 9 slack, 10 touch, 11 view.
  static let names = [
    "admin", "export", "gate", "invite", "invite_ok", "limit", "report", "run", "share", "slack",
    "touch", "view",
  ]

  static let meanings: EventMeanings = {
    var meanings = EventMeanings()
    meanings.value = ["report"]
    meanings.admin = ["admin"]
    meanings.gates = ["gate"]
    meanings.limitHits = ["limit"]
    meanings.exports = ["export"]
    meanings.invites = ["invite"]
    meanings.invitesAccepted = ["invite_ok"]
    meanings.integrations = ["slack", "run"]
    meanings.onboarding = ["invite", "report"]
    meanings.touches = ["touch"]
    meanings.capabilities = [
      NamedPatterns(name: "analytics", events: ["report", "view"]),
      NamedPatterns(name: "automation", events: ["run"]),
      NamedPatterns(name: "exports", events: ["export"]),
      NamedPatterns(name: "sharing", events: ["share"]),
    ]
    var runs = Meter(name: "amount", events: ["run"])
    runs.measure = .value
    meanings.meters = [Meter(name: "reports", events: ["report"]), runs]
    return meanings
  }()

  /// All tables and columns.
  static let dictionaries: HistoryDictionaries = {
    var dictionaries = HistoryDictionaries()
    dictionaries.tables = Set(SourceName.allCases)
    dictionaries.columns = [
      "events.user_id", "events.value", "events.actor", "events.status", "subscriptions.plan",
      "subscriptions.seats", "subscriptions.discount", "subscriptions.billing_period_months",
      "subscriptions.auto_renew", "subscriptions.renewal_date", "tickets.closed",
      "tickets.severity", "tickets.sentiment", "tickets.reopened", "tickets.first_reply_hours",
      "tickets.resolution_hours", "payments.status", "users.department", "users.role",
    ]
    dictionaries.events = EventCatalog(names: names, meanings: meanings)
    dictionaries.plans = [
      HistoryDictionaries.Plan(
        name: "pro", rank: 1, price: 200, limits: [100, .nan],
        entitled: [true, true, true, true]),
      HistoryDictionaries.Plan(
        name: "start", rank: 0, price: 50, limits: [10, 500], entitled: [true, true, false, false]),
      HistoryDictionaries.Plan(name: "trial"),
    ]
    dictionaries.segments = ["large", "small"]
    dictionaries.departments = ["it", "legal", "sales"]
    dictionaries.roles = ["admin", "member"]
    dictionaries.attributes = [
      HistoryDictionaries.Attribute(name: "employees", levels: nil),
      HistoryDictionaries.Attribute(name: "industry", levels: ["bank", "shop"]),
    ]
    return dictionaries
  }()

  static func code(_ name: String) -> UInt16 { UInt16(names.firstIndex(of: name)!) }

  /// An account that signed up long ago, with these cells.
  static func account(
    _ cells: [ActivityCell] = [], created: Int? = -1000,
    subscriptions: [SubscriptionSpell] = [], tickets: [SupportTicket] = [],
    payments: [Payment] = [], members: [MemberRecord] = []
  ) -> AccountHistory {
    AccountHistory(
      profile: AccountProfile(created: created.map(day)),
      activity: ArraySlice(cells.sorted { $0.day < $1.day }),
      subscriptions: ArraySlice(subscriptions.sorted { $0.start < $1.start }),
      tickets: ArraySlice(tickets.sorted { $0.opened < $1.opened }),
      payments: ArraySlice(payments.sorted { $0.day < $1.day }),
      members: ArraySlice(members.sorted { ($0.user, $0.from) < ($1.user, $1.from) }))
  }

  static let rawSettings: FeatureSettings = {
    var settings = FeatureSettings()
    settings.counts = .raw
    return settings
  }()
}

/// Events of one day.
func events(
  _ dayNumber: Int, _ name: String = "view", _ count: Int = 1, user: UInt32 = 0,
  agent: Bool = false, outcome: ActivityCell.Outcome = .none, amount: Double = 0, lag: Int = 0,
  offHours: Bool = false
) -> ActivityCell {
  ActivityCell(
    day: day(dayNumber).number, name: Sample.code(name), user: user, isAgent: agent,
    outcome: outcome, isOffHours: offHours, count: UInt32(count), amount: ExactAmount(amount)!,
    lag: UInt16(lag))
}

/// The features of one account as of a day, by name, without comparisons.
func features(
  of account: AccountHistory, asOf: Int, settings: FeatureSettings = FeatureSettings(),
  dictionaries: HistoryDictionaries = Sample.dictionaries
) -> [String: Double] {
  let recipe = FeatureRecipe.fitted(
    to: [], settings: settings, dictionaries: dictionaries, threads: 1
  ) { _ in account }
  let values = recipe.values(of: account, asOf: day(asOf), dictionaries: dictionaries)
  return Dictionary(uniqueKeysWithValues: zip(recipe.definitions.map(\.name), values))
}

/// One feature of one account as of a day.
func value(
  _ name: String, of account: AccountHistory, asOf: Int,
  settings: FeatureSettings = FeatureSettings(),
  dictionaries: HistoryDictionaries = Sample.dictionaries
) throws -> Double {
  let all = features(of: account, asOf: asOf, settings: settings, dictionaries: dictionaries)
  guard let value = all[name] else { throw MissingFeature(name: name) }
  return value
}

struct MissingFeature: Error { var name: String }
