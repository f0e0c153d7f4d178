import CivilCalendar
import Configuration
import UsageHistory

extension OutcomeRule {
  /// - Parameter timeline: That of all the account's spells.
  func exclusion(
    of account: AccountHistory, _ timeline: RevenueTimeline, asOf: CalendarDay
  ) -> Exclusion? {
    // The state at the as-of instant, the first moment of its day, is that of the day before.
    let eve = asOf - 1
    let known = knownTimeline(of: account, timeline, asOf: asOf)
    let running = known.runs(on: eve)
    var customerSince = customerSince(account, asOf: asOf)
    if asksForSubscription {
      if running.isEmpty { return .noSubscription }
      if asksForPayment && running.mrr <= .zero { return .notPaying }
      customerSince = known.period(on: eve, paid: false)?.start
    }
    guard let customerSince else { return .noSubscription }
    if customerSince.days(until: asOf) < definition.minimumTenureDays { return .tooYoung }
    if let days = activeWithinDays, !wasActive(account, in: days, asOf: asOf) { return .inactive }
    if target == .expansion && isAtHighestTier(running) { return .highestTier }
    return nil
  }

  /// Whether eligible accounts pay: what is nothing cannot contract.
  var asksForPayment: Bool {
    definition.paying || target == .contraction && definition.source == .subscriptions
  }

  /// The spells that were known before the as-of day. Those that start later change nothing of the
  /// day before it, so the account's own timeline serves where no row came late.
  private func knownTimeline(
    of account: AccountHistory, _ timeline: RevenueTimeline, asOf: CalendarDay
  ) -> RevenueTimeline {
    guard account.subscriptions.contains(where: { $0.knownOn > $0.start }) else { return timeline }
    return RevenueTimeline(
      account.subscriptions.lazy.filter { $0.start < asOf && $0.knownOn < asOf }, plans: plans,
      gapDays: definition.gapDays)
  }

  /// The day of sign-up, or of the first event; `nil` where neither is before the as-of day, or
  /// where the table of outcomes says that the account had left.
  private func customerSince(_ account: AccountHistory, asOf: CalendarDay) -> CalendarDay? {
    if target == .churn && definition.source == .outcomes,
      account.outcomes.contains(where: { $0.day < asOf && isTarget($0) })
    {
      return nil
    }
    let firstEvent = account.activity.first.map { CalendarDay(number: $0.day) }
    return [account.profile.created, firstEvent].compactMap { $0 }.first { $0 < asOf }
  }

  /// The days before the as-of day in which eligible accounts have an event. Inactivity is an
  /// outcome only for the active: by default, those active in as many days as are looked at after.
  private var activeWithinDays: Int? {
    definition.activeWithinDays
      ?? (definition.source == .inactivity ? definition.horizonDays : nil)
  }

  private func wasActive(_ account: AccountHistory, in days: Int, asOf: CalendarDay) -> Bool {
    account.activity.cells(from: asOf - days, before: asOf).contains {
      isCounted($0) && ($0.lag == 0 || Int($0.day) + Int($0.lag) < Int(asOf.number))
    }
  }

  /// Whether an event counts as activity.
  func isCounted(_ cell: ActivityCell) -> Bool {
    !events.traits[Int(cell.name)].contains(.ignored)
  }

  /// Whether every subscription is on a plan of the highest rank and none is counted in seats.
  private func isAtHighestTier(_ running: [RevenueTimeline.Run]) -> Bool {
    guard let highestRank, !running.isEmpty else { return false }
    return running.allSatisfy { $0.planRank == highestRank && $0.seats.isNaN }
  }
}

extension ArraySlice<ActivityCell> {
  /// The cells of some days, found by bisection.
  ///
  /// - Precondition: The cells are sorted by day.
  func cells(from first: CalendarDay, before end: CalendarDay) -> ArraySlice<ActivityCell> {
    let start = position(of: first)
    return self[start..<Swift.max(start, position(of: end))]
  }

  /// The position of the first cell of a day or later.
  private func position(of day: CalendarDay) -> Index {
    var low = startIndex
    var high = endIndex
    while low < high {
      let middle = (low + high) / 2
      if self[middle].day < day.number { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
