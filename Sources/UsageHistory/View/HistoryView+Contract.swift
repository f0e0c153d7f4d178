import CivilCalendar

extension HistoryView {
  /// The spells that run at ``asOf``.
  public var runningSpells: [SubscriptionSpell] { subscriptions.filter { $0.end == nil } }

  /// The running spell with the most recurring revenue, of equals the newest; `nil` where none runs.
  public var mainSpell: SubscriptionSpell? {
    var main: SubscriptionSpell?
    for spell in subscriptions where spell.end == nil {
      guard let best = main else {
        main = spell
        continue
      }
      // All of them, so that it does not depend on the order of rows that begin on one day; the
      // subscription last, because its code follows the order of the files.
      let isLess =
        (best.mrr, best.start, best.plan, best.subscription)
        < (spell.mrr, spell.start, spell.plan, spell.subscription)
      if isLess { main = spell }
    }
    return main
  }

  /// Monthly recurring revenue at ``asOf``; `nil` for an account that never had a subscription.
  public var mrr: ExactAmount? {
    guard !subscriptions.isEmpty else { return nil }
    return subscriptions.reduce(.zero) { $1.end == nil ? $0 + $1.mrr : $0 }
  }

  /// Monthly recurring revenue as it ran at the start of an earlier day; `nil` before the first.
  public func mrr(on day: CalendarDay) -> ExactAmount? {
    guard let first = subscriptions.first, first.start < day else { return nil }
    return subscriptions.reduce(.zero) { sum, spell in
      spell.start < day && spell.end.map { $0 >= day } ?? true ? sum + spell.mrr : sum
    }
  }

  /// The start of the present period as a customer, gaps of at most `gapDays` bridged; `nil` where
  /// no subscription runs. Without a subscription table it is the sign-up, or the first event.
  public func periodStart(gapDays: Int) -> CalendarDay? {
    guard !subscriptions.isEmpty else {
      return profile.created ?? activity.first.map { CalendarDay(number: $0.day) }
    }
    var start: CalendarDay?
    var end: CalendarDay?
    for spell in subscriptions {
      let spellEnd = spell.end ?? asOf
      if let known = end, known.days(until: spell.start) <= gapDays {
        end = max(known, spellEnd)
      } else {
        start = spell.start
        end = spellEnd
      }
    }
    guard let end, end.days(until: asOf) <= gapDays else { return nil }
    return start
  }

  /// Days from ``asOf`` to the next renewal of the largest running spell; `nil` where unknown.
  ///
  /// Exports overwrite the renewal date when a contract renews, so only its phase is used: the date
  /// is moved by whole billing periods to the first one at or after ``asOf``. The date before the
  /// renewal and the date after it then tell the same.
  public var daysToRenewal: Int? {
    guard let spell = mainSpell else { return nil }
    let months = spell.billingPeriodMonths
    guard months >= 1, months <= 120, let anchor = spell.renewal ?? Optional(spell.start) else {
      return nil
    }
    let period = Int(months)
    let from = anchor.components
    let to = asOf.components
    let elapsed = (to.year - from.year) * 12 + to.month - from.month
    var steps = Int((Double(elapsed) / Double(period)).rounded(.down))
    while anchor.adding(months: steps * period) < asOf { steps += 1 }
    while anchor.adding(months: (steps - 1) * period) >= asOf { steps -= 1 }
    return asOf.days(until: anchor.adding(months: steps * period))
  }
}
