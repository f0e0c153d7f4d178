import CivilCalendar
import Configuration
import UsageHistory

extension OutcomeRule {
  /// An outcome on the day on which it came.
  public struct Arrival: Sendable, Equatable {
    /// The first day on which it is so: of an end, the first day without a subscription.
    public var day: CalendarDay
    /// The monthly recurring revenue that it moved: what was lost, or won; zero where nothing is
    /// known of revenue.
    public var revenue: ExactAmount

    /// Describes an outcome.
    public init(day: CalendarDay, revenue: ExactAmount) {
      self.day = day
      self.revenue = revenue
    }
  }

  /// The days on which the outcome came to an account, in order, as far as the data tell.
  ///
  /// A label says whether the outcome comes in a window; this says when. Churn is the end of each
  /// stay; contraction and expansion are compared from one day to the next, so that a change in
  /// several steps comes on each of them. An end that might still turn out a break, because the data
  /// end within the gap, is not among them, nor is a silence shorter than the horizon.
  public func arrivals(of account: AccountHistory) -> [Arrival] {
    let timeline = timeline(of: account)
    let days: [CalendarDay] =
      switch definition.source {
      case .subscriptions:
        target == .churn ? endDays(of: timeline) : changeDays(of: timeline)
      case .outcomes:
        Set(account.outcomes.lazy.filter(isTarget).map(\.day)).sorted()
      case .inactivity: silenceDays(of: account)
      }
    return days.filter { lastDayNeeded(toTell: $0) <= lastDay }.map { day in
      let before = timeline.standingMRR(on: day - 1)
      guard definition.source == .subscriptions, target != .churn else {
        return Arrival(day: day, revenue: before)
      }
      let after = timeline.standingMRR(on: day)
      return Arrival(day: day, revenue: max(after - before, before - after))
    }
  }

  /// The last day that must be covered for an outcome of a day to be told from a break or a pause.
  private func lastDayNeeded(toTell day: CalendarDay) -> CalendarDay {
    switch definition.source {
    case .subscriptions: day + definition.gapDays
    case .outcomes: day
    case .inactivity: day + (definition.horizonDays - 1)
    }
  }

  private func endDays(of timeline: RevenueTimeline) -> [CalendarDay] {
    (asksForPayment ? timeline.paidPeriods : timeline.periods).compactMap(\.end)
  }

  /// The days on which the terms change so that it counts, without those of a first day or an end.
  private func changeDays(of timeline: RevenueTimeline) -> [CalendarDay] {
    let days = Set(timeline.runs.flatMap { [$0.start, $0.end, $0.standsUntil].compactMap(\.self) })
    return days.sorted().filter { day in
      guard let stay = timeline.period(on: day - 1, paid: asksForPayment), stay.end != day else {
        return false
      }
      return isTarget(
        TermsChange(from: timeline.standingRuns(on: day - 1), to: timeline.standingRuns(on: day)))
    }
  }

  /// The days after the last event before a silence of the horizon or longer.
  private func silenceDays(of account: AccountHistory) -> [CalendarDay] {
    var days: [CalendarDay] = []
    var last: CalendarDay?
    for cell in account.activity where isCounted(cell) {
      let day = CalendarDay(number: cell.day)
      if let last, last.days(until: day) > definition.horizonDays { days.append(last + 1) }
      last = day
    }
    if let last { days.append(last + 1) }
    return days
  }
}

extension OutcomeRule {
  /// The stays of an account as a customer, in order: by its subscriptions, or where eligibility does
  /// not look at these, one that begins with the sign-up or the first event.
  public func stays(of account: AccountHistory) -> [RevenueTimeline.Period] {
    if asksForSubscription {
      let timeline = timeline(of: account)
      return asksForPayment ? timeline.paidPeriods : timeline.periods
    }
    let firstEvent = account.activity.first.map { CalendarDay(number: $0.day) }
    return [account.profile.created, firstEvent].compactMap(\.self).min().map {
      [RevenueTimeline.Period(start: $0, end: nil)]
    } ?? []
  }

  /// What became of an account by a day, that day included, in place of the end of the label window.
  ///
  /// - Precondition: The day is not before the window opens.
  public func verdict(
    of account: AccountHistory, asOf: CalendarDay, through day: CalendarDay
  ) -> OutcomeVerdict {
    precondition(day >= windowStart(asOf: asOf), "the window opens after \(day)")
    var rule = self
    rule.definition.horizonDays = windowStart(asOf: asOf).days(until: day) + 1
    return rule.verdict(of: account, asOf: asOf)
  }
}
