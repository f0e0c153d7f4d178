import CivilCalendar
import Configuration
import Features
import Learning
import Reporting
import Scoring
import Testing
import UsageHistory

@Suite struct ReasonPhraseTests {
  /// Every feature that there can be, by counts per 28 days and by plain counts.
  private static let definitions: [FeatureDefinition] = {
    var dictionaries = HistoryDictionaries()
    dictionaries.attributes = [
      .init(name: "coun#try", levels: ["AT", "#"]), .init(name: "employees", levels: nil),
    ]
    var settings = FeatureSettings()
    settings.keyEvents = ["report #1"]
    settings.calendarMonth = true
    var raw = settings
    raw.counts = .raw
    return [settings, raw].flatMap { settings in
      FeatureFamilies.dictionary(settings: settings, dictionaries: dictionaries)
        .map(\.definition)
    }
  }()

  private static func feature(_ definition: FeatureDefinition) -> Feature {
    switch definition.kind {
    case .number: Feature(name: definition.name, kind: .number)
    case .boolean: Feature(name: definition.name, kind: .boolean)
    case .category: Feature(name: definition.name, kind: .category(levels: ["basic", "pro"]))
    }
  }

  private static func definition(_ name: String) throws -> FeatureDefinition {
    try #require(definitions.first { $0.name == name })
  }

  private static func text(
    _ name: String, now: Double, then: Double = .nan, peers: Double = .nan, companion: Double = .nan
  ) throws -> String {
    let definition = try definition(name)
    return definition.reasonText(
      now: now, then: then,
      peers: peers.isNaN
        ? nil : PeerProfile.Typical(lower: peers, median: peers, upper: peers, mean: peers),
      companion: companion, feature: feature(definition))
  }

  @Test func `every feature has a phrase`() {
    #expect(Self.definitions.count > 240)
    for definition in Self.definitions { #expect(definition.phrase != nil, "\(definition.name)") }
  }

  @Test func `a reason is a whole sentence for any value`() throws {
    let odd: [Double] = [
      .nan, 0, -0.0, 1, -1, 0.5, 2, 0.004, -0.004, 28, 365, 1e9, 1e18, -1e18, 1e300, .infinity,
      -.infinity, .leastNonzeroMagnitude,
    ]
    for definition in Self.definitions {
      let feature = Self.feature(definition)
      let isWord = if case .category = definition.kind { true } else { false }
      for now in isWord ? [.nan, -1, -2, 0, 1] : odd {
        for then in isWord ? [.nan, 0, 1] : odd {
          let peers = PeerProfile.Typical(lower: then, median: then, upper: then, mean: 0.25)
          let text = definition.reasonText(
            now: now, then: then, peers: peers, companion: then, feature: feature)
          let own = text.replacing("coun#try", with: "").replacing("report #1", with: "")
          #expect(!own.contains("#") && !own.contains("nan") && !own.contains("inf "), "\(text)")
          #expect(!text.contains("  ") && !text.contains("-0 ") && text.count >= 5, "\(text)")
          #expect(text.first != " " && text.last != " " && !text.hasSuffix(" of"), "\(text)")
        }
      }
    }
  }

  @Test func `a change is told only where there is one, in its direction`() throws {
    var generator = SeededGenerator(seed: 3)
    for definition in Self.definitions where definition.kind == .number {
      let feature = Self.feature(definition)
      for _ in 0..<40 {
        let scale = [1, 10, 1000, 1e6][generator.nextIndex(below: 4)]
        let now = (generator.nextUnit() * scale).rounded()
        let then = generator.nextIndex(below: 4) == 0 ? now : (generator.nextUnit() * scale)
        let text = definition.reasonText(now: now, then: then, feature: feature)
        guard let arrow = text.firstRange(of: " -> ") else { continue }
        #expect(definition.phrase?.pastDays != nil && now != then, "\(text)")
        let left = try #require(number(text[..<arrow.lowerBound].split(separator: " ").reversed()))
        let right = try #require(number(text[arrow.upperBound...].split(separator: " ")[...]))
        // Of units that change with the size, days and hours, the words need not have the order.
        guard definition.phrase?.form != .hours else { continue }
        #expect((left < right) == (then < now) || left == right, "\(text)")
      }
    }
  }

  /// The first word that is a number.
  private func number(_ words: some Sequence<Substring>) -> Double? {
    words.lazy.compactMap { Double($0.replacing(",", with: "")) }.first
  }

  @Test func `a change towards the peers is no part of a reason`() {
    func leads(_ then: Double, _ now: Double, peers: Double?) -> Bool {
      ReasonWords.leadsAway(
        now, from: peers.map { PeerProfile.Typical(lower: $0, median: $0, upper: $0, mean: $0) },
        since: then)
    }
    #expect(leads(14, 5, peers: 16))
    #expect(leads(14, 16, peers: 16))
    #expect(leads(14, 26, peers: 2))
    #expect(!leads(146, 26, peers: 2))
    #expect(!leads(0.28, 0.3, peers: 0.61))
    // Without peers nothing says where the change led to.
    #expect(leads(146, 26, peers: nil))
    #expect(leads(146, 26, peers: .nan))
    #expect(leads(.nan, 26, peers: 2))
  }

  @Test func `no phrase claims a direction of its own`() {
    for definition in Self.definitions {
      guard let phrase = definition.phrase else { continue }
      let words = [phrase.before, phrase.after, phrase.one, phrase.zero, phrase.missing]
        .compactMap(\.self).joined(separator: " ").split(separator: " ")
      for word in ["fell", "rose", "grew", "dropped", "more,", "down", "up"] {
        #expect(!words.contains(Substring(word)), "\(definition.name)")
      }
    }
  }

  @Test(
    arguments: [
      ("users_28", 5, 14, 16, .nan, "active users 14 -> 5 in 28 days, peers 16"),
      ("users_28", 14, 14, .nan, .nan, "14 active users in 28 days"),
      ("users_28", 1, .nan, 1, .nan, "1 active user in 28 days, like its peers"),
      ("users_28", 0, 3, .nan, .nan, "active users 3 -> 0 in 28 days"),
      ("users_28", 0, .nan, 4, .nan, "no active users in 28 days, peers 4"),
      ("events_84", 1240.4, 2480, .nan, .nan, "events 2,480 -> 1,240 per 28 days, over 84 days"),
      ("days_to_renewal", 41, 69, 12, .nan, "renewal in 41 days"),
      ("days_to_renewal", 0, .nan, .nan, .nan, "renewal today"),
      ("agent_success_28", 0.88, 0.97, .nan, .nan, "agent success 97 % -> 88 % in 28 days"),
      ("agent_success_28", 0.881, 0.884, .nan, .nan, "agent success 88 % in 28 days"),
      (
        "limit_util_max", 0.92, .nan, .nan, 12,
        "on course for 92 % of the nearest plan limit, 12 days to go"
      ),
      ("limit_util_max", 0.92, .nan, .nan, 365, "on course for 92 % of the nearest plan limit"),
      ("days_since_last_event", 23, .nan, 1, .nan, "last event 23 days ago, peers 1 day"),
      ("days_since_last_event", .nan, .nan, 1, .nan, "no event ever"),
      ("seat_utilisation", 0.35, .nan, 0.71, .nan, "paid seats in use 35 % in 28 days, peers 71 %"),
      ("discount_expires_in", 12, .nan, .nan, 20, "discount may end in 12 days, now 20 %"),
      ("failed_payments_84", 3, .nan, .nan, .nan, "3 failed payments in 84 days"),
      ("auto_renew", 0, .nan, 0.72, .nan, "renews by itself: no, like 28 % of peers"),
      ("auto_renew", 0, 1, .nan, .nan, "renews by itself: yes -> no in 28 days"),
      ("renewal_le_90", 0, .nan, .nan, .nan, "no renewal within 90 days"),
      ("plan", 0, 1, .nan, .nan, "plan pro -> basic in 28 days"),
      ("plan", 0, .nan, .nan, .nan, "plan basic"),
      ("log_mrr", 9.4259, .nan, .nan, .nan, "MRR 12,405"),
      ("mrr", 12_400, 10_000, .nan, .nan, "MRR 10,000 -> 12,400 in 28 days"),
      ("slope_12w", -0.05, .nan, .nan, .nan, "course of events per week -5 % a week over 12 weeks"),
      (
        "ratio_28_prev", 0.62, .nan, .nan, .nan,
        "events in 28 days at 62 % of those in the 28 days before"
      ),
      (
        "ratio_28_prev", 3.14, .nan, .nan, .nan,
        "events in 28 days at 3.1 times those in the 28 days before"
      ),
      (
        "ratio_28_prev", .nan, .nan, .nan, .nan,
        "events in the last 28 days against the 28 days before: unknown"
      ),
      (
        "seat_util_delta", 12.34, .nan, .nan, .nan,
        "use of seats +12 points against the 28 days before"
      ),
      (
        "days_to_limit", 365, .nan, .nan, .nan,
        "a year or more to the nearest plan limit at the present pace"
      ),
    ] as [(String, Double, Double, Double, Double, String)])
  func `phrases read well`(
    name: String, now: Double, then: Double, peers: Double, companion: Double, expected: String
  ) throws {
    #expect(
      try Self.text(name, now: now, then: then, peers: peers, companion: companion) == expected)
  }

  @Test func `a definition without a phrase says its sentence`() throws {
    var definition = try Self.definition("users_28")
    definition.phrase = nil
    #expect(
      definition.reasonText(now: 5, then: 14, feature: Self.feature(definition))
        == "active users in the last 28 days: 5")
  }

  @Test func `a history made by hand is told as it was`() throws {
    let asOf = CalendarDay(number: 20_000)
    // Users 1 to 14 came in the 28 days before the last 28, users 1 to 5 in these.
    var cells: [ActivityCell] = []
    for user in 1...14 as ClosedRange<UInt32> {
      cells.append(ActivityCell(day: asOf.number - 29 - Int32(user), name: 0, user: user))
    }
    for user in 1...5 as ClosedRange<UInt32> {
      cells.append(ActivityCell(day: asOf.number - 3 - Int32(user), name: 0, user: user))
    }
    cells.sort { $0.day < $1.day }
    // A later event, which nobody knows of yet.
    cells.append(ActivityCell(day: asOf.number, name: 0, user: 99))
    let account = AccountHistory(
      activity: cells[...],
      subscriptions: [
        SubscriptionSpell(
          mrr: ExactAmount(millionths: 500_000_000), seats: 20, start: asOf - 324,
          billingPeriodMonths: 12, autoRenews: false)
      ])
    var dictionaries = HistoryDictionaries()
    dictionaries.tables = [.events, .subscriptions]
    dictionaries.columns = [
      "events.user_id", "subscriptions.seats", "subscriptions.auto_renew",
      "subscriptions.billing_period_months",
    ]
    dictionaries.events = EventCatalog(names: ["run"], meanings: EventMeanings())
    let (panel, recipe) = try FeaturePanel.fitted(
      [PanelRow(account: 0, asOf: asOf), PanelRow(account: 0, asOf: asOf - 28)],
      of: AccountList([account]), settings: FeatureSettings(), dictionaries: dictionaries,
      threads: 1)
    func text(_ name: String) throws -> String {
      let column = try #require(recipe.definitions.firstIndex { $0.name == name })
      return recipe.definitions[column].reasonText(
        now: panel.matrix.columns[column].value(at: 0),
        then: panel.matrix.columns[column].value(at: 1), feature: recipe.features[column])
    }
    #expect(try text("users_28") == "active users 14 -> 5 in 28 days")
    #expect(try text("events_28") == "events 14 -> 5 in 28 days")
    #expect(try text("seat_utilisation") == "paid seats in use 70 % -> 25 % in 28 days")
    #expect(try text("days_since_last_event") == "last event 4 days ago")
    #expect(try text("auto_renew") == "renews by itself: no")
    #expect(try text("seats") == "20 paid seats")
    #expect(try text("mrr") == "MRR 500")
  }
}
