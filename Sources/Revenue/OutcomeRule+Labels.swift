import CivilCalendar
import Configuration
import UsageHistory

extension OutcomeRule {
  /// The outcome in the subscriptions of an eligible account.
  func revenueOutcome(of timeline: RevenueTimeline, asOf: CalendarDay) -> OutcomeVerdict {
    let eve = asOf - 1
    let windowStart = windowStart(asOf: asOf)
    let windowEnd = windowEnd(asOf: asOf)
    // A row that came late may say that the account had left before the as-of day.
    guard let stay = timeline.period(on: eve, paid: asksForPayment) else {
      return .excluded(.alreadyInLead)
    }
    if let end = stay.end, end < windowEnd {
      if end < windowStart { return .excluded(.alreadyInLead) }
      // Who leaves and comes back on other terms has left: of the three outcomes one at most.
      return target == .churn ? .positive : .negative
    }
    if target == .churn { return .negative }
    let before = timeline.standingRuns(on: eve)
    let hasChanged = { (day: CalendarDay) in
      isTarget(TermsChange(from: before, to: timeline.standingRuns(on: day)))
    }
    if hasChanged(windowStart - 1) { return .excluded(.alreadyInLead) }
    return hasChanged(windowEnd - 1) ? .positive : .negative
  }

  /// Whether a change of terms is the contraction or the expansion that is sought.
  func isTarget(_ change: TermsChange) -> Bool {
    let share = definition.minimumChange
    switch target {
    case .churn: return false
    case .contraction:
      return change.after > .zero && change.fall.isChange(of: share, from: change.before)
    case .expansion:
      return change.riseWithoutPrice.isChange(of: share, from: change.before)
        || change.hasRankRise && change.after >= change.before
    }
  }

  /// The outcome in the table of outcomes.
  func recordedOutcome(of account: AccountHistory, asOf: CalendarDay) -> OutcomeVerdict {
    let days = account.outcomes.lazy.filter(isTarget).map(\.day)
    let windowStart = windowStart(asOf: asOf)
    let windowEnd = windowEnd(asOf: asOf)
    if days.contains(where: { asOf <= $0 && $0 < windowStart }) {
      return .excluded(.alreadyInLead)
    }
    return days.contains { windowStart <= $0 && $0 < windowEnd } ? .positive : .negative
  }

  /// Whether a record means the target.
  func isTarget(_ record: OutcomeRecord) -> Bool {
    guard let isTargetWord else { return true }
    return isTargetWord.indices.contains(Int(record.outcome))
      && isTargetWord[Int(record.outcome)]
  }

  /// Churn as a label window without an event.
  func inactivity(of account: AccountHistory, asOf: CalendarDay) -> OutcomeVerdict {
    let cells = account.activity.cells(
      from: windowStart(asOf: asOf), before: windowEnd(asOf: asOf))
    return cells.contains(where: isCounted) ? .negative : .positive
  }
}
