import CivilCalendar
import UsageHistory

/// What one account pays for on every day, past and future: its subscriptions put in order.
///
/// A subscription runs on a day if it has started by then and has not ended: `start <= day` and
/// `end > day`, or no end. On any day each subscription has one run at most.
public struct RevenueTimeline: Sendable {
  /// Days of one subscription on unchanged terms.
  public struct Run: Sendable {
    /// Tells an account's subscriptions apart.
    public var subscription: UInt32
    /// A code of the history's plans; -1 where unknown.
    public var plan: Int32
    /// The plan's place among the plans, 0 for the smallest; NaN where unknown.
    public var planRank: Double
    /// Monthly recurring revenue in currency units.
    public var mrr: ExactAmount
    /// Paid seats; NaN where unknown.
    public var seats: Double
    /// The first day.
    public var start: CalendarDay
    /// The first day on which it no longer runs; `nil` where none is recorded.
    public var end: CalendarDay?
    /// As ``end``, but where the subscription resumes within the gap, the day on which it does.
    var standsUntil: CalendarDay?
  }

  /// Days without a break, or with breaks of `gapDays` at most.
  public struct Period: Equatable, Sendable {
    /// The first day.
    public var start: CalendarDay
    /// The first day after the last run; `nil` where none is recorded.
    public var end: CalendarDay?

    func contains(_ day: CalendarDay) -> Bool { start <= day && end.map { $0 > day } ?? true }
  }

  /// The longest break, in days, after which a subscription is still the same stay.
  public let gapDays: Int
  /// Sorted by start, then by subscription.
  public let runs: [Run]
  /// The stays as a customer, paying or not, in order.
  public let periods: [Period]
  /// The stays as a customer who pays, in order.
  public let paidPeriods: [Period]
  /// How many spells were cut short, or left out, because a later one of the same subscription
  /// starts before they end.
  public private(set) var overlapCount = 0
  /// How many spells were left out because they end before they start.
  public private(set) var reversedCount = 0
  /// How many spells were left out because they end on the day on which they start.
  public private(set) var neverStartedCount = 0

  /// Puts an account's spells in order.
  ///
  /// Where spells of one subscription overlap, the later one holds from its start on, and the
  /// earlier one does not come back when it ends. Of two that start on one day, the one holds that
  /// was known later, then the one that ends later, then the one that costs more. The order of the
  /// rows has no say.
  ///
  /// - Parameter plans: The history's plans, for their ranks.
  /// - Complexity: O(n log n) in the number of spells.
  public init(
    _ spells: some Sequence<SubscriptionSpell>, plans: [HistoryDictionaries.Plan] = [],
    gapDays: Int = 0
  ) {
    precondition(gapDays >= 0, "gapDays is \(gapDays); expected at least 0")
    self.gapDays = gapDays
    var kept: [SubscriptionSpell] = []
    for spell in spells {
      if let end = spell.end, end <= spell.start {
        if end < spell.start { reversedCount += 1 } else { neverStartedCount += 1 }
      } else {
        kept.append(spell)
      }
    }
    kept.sort(by: Self.isHeldBefore)
    var merged: [Run] = []
    for (index, spell) in kept.enumerated() {
      let plan = plans.indices.contains(Int(spell.plan)) ? plans[Int(spell.plan)] : nil
      var run = Run(
        subscription: spell.subscription, plan: spell.plan, planRank: plan?.rank ?? .nan,
        mrr: spell.mrr, seats: spell.seats, start: spell.start, end: spell.end,
        standsUntil: spell.end)
      if index + 1 < kept.count, kept[index + 1].subscription == spell.subscription {
        let next = kept[index + 1]
        if run.end.map({ $0 > next.start }) ?? true {
          overlapCount += 1
          run.end = next.start
          run.standsUntil = next.start
        } else if let end = run.end, end.days(until: next.start) <= gapDays,
          (spell.mrr > .zero) == (next.mrr > .zero)
        {
          run.standsUntil = next.start
        }
      }
      if run.end.map({ $0 > run.start }) ?? true { merged.append(run) }
    }
    merged.sort { ($0.start, $0.subscription) < ($1.start, $1.subscription) }
    runs = merged
    periods = Self.periods(of: merged, gapDays: gapDays)
    paidPeriods = Self.periods(of: merged.filter { $0.mrr > .zero }, gapDays: gapDays)
  }

  /// Whether, of two spells, the second holds where they overlap: by subscription, then start, then
  /// everything else that a run is made of, so that rows in any order give the same runs.
  private static func isHeldBefore(_ a: SubscriptionSpell, _ b: SubscriptionSpell) -> Bool {
    if a.subscription != b.subscription { return a.subscription < b.subscription }
    if a.start != b.start { return a.start < b.start }
    if a.knownOn != b.knownOn { return a.knownOn < b.knownOn }
    if a.end != b.end { return (a.end?.number ?? .max) < (b.end?.number ?? .max) }
    if a.mrr != b.mrr { return a.mrr < b.mrr }
    if a.plan != b.plan { return a.plan < b.plan }
    return (a.seats.isNaN ? -1 : a.seats) < (b.seats.isNaN ? -1 : b.seats)
  }

  /// - Precondition: The runs are sorted by start.
  private static func periods(of runs: [Run], gapDays: Int) -> [Period] {
    var periods: [Period] = []
    for run in runs {
      guard let last = periods.last, last.end.map({ $0.days(until: run.start) <= gapDays }) ?? true
      else {
        periods.append(Period(start: run.start, end: run.end))
        continue
      }
      if let lastEnd = last.end {
        periods[periods.count - 1].end = run.end.map { max($0, lastEnd) }
      }
    }
    return periods
  }
}
