import CivilCalendar
import Configuration
import Diagnostics
import Revenue
import UsageHistory

/// When outcomes came, account by account, over the whole of the data.
struct OutcomeDays: Sendable {
  /// One account.
  struct Account: Sendable {
    /// The first day of which its rows tell.
    var first: CalendarDay
    /// The day on which it was gone for good; `nil` for one that is still there.
    var left: CalendarDay?
    /// Whether it ended so close to the end of the data that it may yet resume.
    var isUnclear = false
    /// Every day of an outcome, sorted.
    var days: [TargetName: [CalendarDay]]
    /// What its rows add up to by the end of the data, in the order of ``totalNames``.
    var totals: [Double]
    /// What was known of it on its first day: the day, and the first recurring revenue and seats.
    var beginnings: [Double]
  }

  /// What ``Account/totals`` add up.
  static let totalNames = [
    "all payments", "all recurring revenue", "the days as a customer", "the last active day",
    "all events", "all tickets",
  ]

  let accounts: [Account]
  let lastDay: CalendarDay

  /// Finds the outcomes of every account.
  init(
    _ history: CustomerHistory, _ configuration: RetentionConfiguration, threads: Int
  ) throws(Diagnostic) {
    let lastDay = history.coverage.upperBound
    let finder = OutcomeFinder(configuration, history.dictionaries, lastDay: lastDay)
    self.lastDay = lastDay
    accounts = try history.map(threads: threads) { finder.account($0) }
  }

  /// Accounts that are gone.
  var leftCount: Int { accounts.count { $0.left != nil } }

  /// The share of the accounts' days of which it is known that an outcome follows within so many
  /// days.
  func baseRate(of target: TargetName, within days: Int) -> Double {
    var (hits, all) = (0, 0)
    let last = lastDay.number - Int32(days)
    for account in accounts {
      let end = min(last, account.left?.number ?? last)
      guard end >= account.first.number else { continue }
      all += Int(end - account.first.number) + 1
      var counted = account.first.number - 1
      for day in account.days[target] ?? [] {
        let from = max(day.number - Int32(days), counted + 1)
        let to = min(day.number, end)
        if to >= from {
          hits += Int(to - from) + 1
          counted = to
        }
      }
    }
    return all == 0 ? 0 : Double(hits) / Double(all)
  }
}

/// Finds the outcomes of one account.
private struct OutcomeFinder: Sendable {
  let lastDay: CalendarDay
  let churn: TargetDefinition
  let contraction: TargetDefinition
  let expansion: TargetDefinition
  let isChurnWord: [Bool]?
  let ignored: [Bool]

  init(
    _ configuration: RetentionConfiguration, _ dictionaries: HistoryDictionaries,
    lastDay: CalendarDay
  ) {
    self.lastDay = lastDay
    churn = configuration.targets[.churn] ?? TargetDefinition(.churn)
    contraction = configuration.targets[.contraction] ?? TargetDefinition(.contraction)
    expansion = configuration.targets[.expansion] ?? TargetDefinition(.expansion)
    let words = Set(churn.outcomeWords)
    isChurnWord = words.isEmpty ? nil : dictionaries.outcomes.map(words.contains)
    ignored = dictionaries.events.traits.map { $0.contains(.ignored) }
  }

  func account(_ account: AccountHistory) -> OutcomeDays.Account {
    var ends: [CalendarDay] = []
    var isGone = false
    var isUnclear = false
    switch churn.source {
    case .subscriptions: (ends, isGone, isUnclear) = subscriptionEnds(account)
    case .outcomes:
      ends = account.outcomes.filter { record in
        isChurnWord.map { record.outcome >= 0 && $0[Int(record.outcome)] } ?? true
      }.map(\.day)
      isGone = !ends.isEmpty
    case .inactivity:
      let last = account.activity.last { !ignored[Int($0.name)] }
      if let last, Int(lastDay.number - last.day) >= churn.horizonDays {
        ends = [CalendarDay(number: last.day + 1)]
        isGone = true
      }
    }
    let (shrunk, grown) = changes(account)
    let first =
      account.profile.created ?? account.subscriptions.first?.start
      ?? account.activity.first.map { CalendarDay(number: $0.day) } ?? lastDay
    let left = isGone ? ends.last : nil
    let spell = account.subscriptions.first
    return OutcomeDays.Account(
      first: first, left: left, isUnclear: isUnclear,
      days: [.churn: ends, .contraction: shrunk, .expansion: grown],
      totals: totals(account, first: first, left: left),
      beginnings: [
        Double(first.number), spell?.mrr.value ?? 0,
        spell.map { $0.seats.isNaN ? 0 : $0.seats } ?? 0,
      ])
  }

  /// The ends of the stretches in which a subscription ran, short gaps bridged; and whether the last
  /// of them is final, or cannot be told to be.
  private func subscriptionEnds(
    _ account: AccountHistory
  ) -> ([CalendarDay], isGone: Bool, isUnclear: Bool) {
    var ends: [CalendarDay] = []
    // The first day on which nothing runs any more; `nil` before the first spell.
    var end: CalendarDay?
    for spell in account.subscriptions {
      if let last = end, spell.start > last + churn.gapDays { ends.append(last) }
      let spellEnd = spell.end ?? CalendarDay(number: .max / 2)
      end = max(end ?? spellEnd, spellEnd)
    }
    guard let end, end <= lastDay + 1 else { return (ends, false, false) }
    guard end + churn.gapDays <= lastDay else { return (ends, false, true) }
    return (ends + [end], true, false)
  }

  /// The days on which the recurring revenue fell, and rose, without the account coming or going.
  private func changes(_ account: AccountHistory) -> (shrunk: [CalendarDay], grown: [CalendarDay]) {
    var steps: [CalendarDay: Double] = [:]
    for spell in account.subscriptions {
      steps[spell.start, default: 0] += spell.mrr.value
      if let end = spell.end { steps[end, default: 0] -= spell.mrr.value }
    }
    var revenue = 0.0
    var (shrunk, grown): ([CalendarDay], [CalendarDay]) = ([], [])
    for day in steps.keys.sorted() where day <= lastDay {
      let next = revenue + steps[day]!
      if revenue > 0.005, next > 0.005 {
        if next < revenue * (1 - contraction.minimumChange) { shrunk.append(day) }
        if next > revenue * (1 + expansion.minimumChange) { grown.append(day) }
      }
      revenue = next
    }
    return (shrunk, grown)
  }

  private func totals(
    _ account: AccountHistory, first: CalendarDay, left: CalendarDay?
  ) -> [Double] {
    let revenue = account.subscriptions.reduce(0.0) { sum, spell in
      let end = min(spell.end ?? lastDay, lastDay)
      return sum + spell.mrr.value * Double(max(0, spell.start.days(until: end))) / 30.4375
    }
    let active = account.activity.last { !ignored[Int($0.name)] }?.day ?? first.number
    return [
      account.payments.reduce(0) { $1.status == .paid ? $0 + $1.amount.value : $0 }, revenue,
      Double(first.days(until: left ?? lastDay)), Double(active),
      Double(account.activity.reduce(0) { $0 + Int($1.count) }), Double(account.tickets.count),
    ]
  }
}
