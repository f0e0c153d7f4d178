import CivilCalendar
import Configuration
import Learning
import Revenue
import UsageHistory

/// Day numbers stand for days: `day(0)` is 1970-01-01.
func day(_ number: Int) -> CalendarDay { CalendarDay(number: Int32(number)) }

func money(_ amount: Int) -> ExactAmount { ExactAmount(millionths: Int64(amount) * 1_000_000) }

func spell(
  _ start: Int, _ end: Int? = nil, mrr: Int = 100, sub: UInt32 = 1, plan: Int32 = -1,
  seats: Double = .nan, knownOn: Int? = nil
) -> SubscriptionSpell {
  SubscriptionSpell(
    subscription: sub, plan: plan, mrr: money(mrr), seats: seats, start: day(start),
    end: end.map(day), knownOn: knownOn.map(day))
}

/// Three plans by rank: 0, 1 and 2.
let plans = ["small", "medium", "large"].enumerated().map {
  HistoryDictionaries.Plan(name: $1, rank: Double($0))
}

func dictionaries(tables: Set<SourceName> = [.subscriptions]) -> HistoryDictionaries {
  var dictionaries = HistoryDictionaries()
  dictionaries.tables = tables
  dictionaries.plans = plans
  dictionaries.outcomes = ["cancelled", "upgraded"]
  var meanings = EventMeanings()
  meanings.ignored = ["ignored"]
  dictionaries.events = EventCatalog(names: ["ignored", "used"], meanings: meanings)
  return dictionaries
}

/// A rule whose window is 90 days, gap 7, lead 0, unless changed.
func rule(
  _ target: TargetName, tables: Set<SourceName> = [.subscriptions], lastDay: Int = 10_000,
  change: (inout TargetDefinition) -> Void = { _ in }
) -> OutcomeRule {
  var definition = TargetDefinition(target)
  change(&definition)
  return OutcomeRule(
    target, definition, dictionaries: dictionaries(tables: tables), lastDay: day(lastDay))
}

func account(
  _ spells: [SubscriptionSpell], created: Int? = nil, events: [Int] = [],
  outcomes: [OutcomeRecord] = []
) -> AccountHistory {
  AccountHistory(
    profile: AccountProfile(created: created.map(day)),
    activity: ArraySlice(events.map { ActivityCell(day: Int32($0), name: 1) }),
    subscriptions: ArraySlice(spells), outcomes: ArraySlice(outcomes))
}

extension OutcomeRule {
  /// The verdict on an account with nothing but subscriptions.
  func verdict(_ spells: SubscriptionSpell..., asOf: Int = 100) -> OutcomeVerdict {
    verdict(of: account(spells), asOf: day(asOf))
  }
}

extension SeededGenerator {
  /// One to five spells of up to three subscriptions, with overlaps, breaks and late rows.
  mutating func spells() -> [SubscriptionSpell] {
    (0..<nextIndex(below: 5) + 1).map { _ in
      let start = nextIndex(below: 250)
      let end = nextIndex(below: 4) == 0 ? nil : start - 3 + nextIndex(below: 120)
      return spell(
        start, end, mrr: nextIndex(below: 4) * 50, sub: UInt32(nextIndex(below: 3)),
        plan: Int32(nextIndex(below: 4)) - 1,
        seats: nextIndex(below: 3) == 0 ? .nan : Double(nextIndex(below: 3)),
        knownOn: nextIndex(below: 6) == 0 ? start + nextIndex(below: 20) : nil)
    }.sorted { $0.start < $1.start }
  }
}
