import CivilCalendar

/// What was known of one account at the start of a day.
///
/// It holds nothing of the future: rows of the as-of day and later are not in it, nor rows that
/// arrived later, nor the end of a subscription that still runs, nor the closing of a ticket that is
/// open. A feature is computed from a view and from nothing else.
public struct HistoryView: Sendable {
  /// The day at whose first moment the account is looked at.
  public let asOf: CalendarDay
  /// What the account was at its sign-up; the day of it is left out where it is not before ``asOf``.
  public let profile: AccountProfile
  /// Sorted by day, all before ``asOf``.
  public let activity: ArraySlice<ActivityCell>
  /// Sorted by start, all begun before ``asOf``; an end is before ``asOf`` or `nil`.
  public let subscriptions: [SubscriptionSpell]
  /// Sorted by opening, all opened before ``asOf``; a closing is before ``asOf`` or `nil`.
  public let tickets: [SupportTicket]
  /// Sorted by day, all before ``asOf``.
  public let payments: [Payment]
  /// One record per user: the newest that was known; a leaving is before ``asOf`` or `nil`.
  public let members: [MemberRecord]
  /// The activity, counted once for all features.
  public private(set) var digest: ActivityDigest

  /// Looks at an account as of a day.
  ///
  /// - Parameter traits: What event names mean; events that are to be ignored are left out.
  /// - Complexity: O(rows of the account before `asOf`).
  public init(
    of account: borrowing AccountHistory, asOf: CalendarDay, events: borrowing EventCatalog
  ) {
    self.init(of: account, asOf: asOf, events: events, reusing: ActivityDigest())
  }

  /// Looks at an account with the storage of a digest that is no longer needed.
  package init(
    of account: borrowing AccountHistory, asOf: CalendarDay, events: borrowing EventCatalog,
    reusing digest: consuming ActivityDigest
  ) {
    self.asOf = asOf
    var profile = account.profile
    if let created = profile.created, created >= asOf { profile.created = nil }
    if let known = profile.knownOn, known >= asOf {
      profile.segment = -1
      profile.attributes = profile.attributes.map { _ in .nan }
    }
    profile.knownOn = nil
    profile.scheduleDate = nil
    self.profile = profile
    let activity = Self.known(account.activity, asOf, events)
    self.activity = activity
    subscriptions = account.subscriptions.compactMap { spell in
      guard spell.start < asOf, spell.knownOn < asOf else { return nil }
      var spell = spell
      if let end = spell.end, end >= asOf { spell.end = nil }
      return spell
    }
    tickets = account.tickets.compactMap { ticket in
      guard ticket.opened < asOf, ticket.knownOn < asOf else { return nil }
      var ticket = ticket
      if ticket.closed.map({ $0 >= asOf }) ?? true {
        ticket.closed = nil
        ticket.resolutionHours = .nan
        ticket.wasReopened = false
        // A reply is known from the day on that it was given; hours are counted from an unknown
        // hour of the opening day, so a day more is asked for.
        let replyDay = (ticket.firstReplyHours / 24).rounded(.up) + 1
        if !(Double(ticket.opened.days(until: asOf)) > replyDay) { ticket.firstReplyHours = .nan }
      }
      return ticket
    }
    payments = account.payments.filter { $0.day < asOf && $0.knownOn < asOf }
    members = Self.newest(account.members, asOf)
    var counted = digest
    counted.count(activity, asOf: asOf, events: events)
    self.digest = counted
  }

  /// Takes the digest out of a view that is no longer needed, for the next: a copy of it would have
  /// to be counted anew.
  package mutating func takeDigest() -> ActivityDigest {
    var taken = ActivityDigest()
    swap(&taken, &digest)
    return taken
  }

  private static func known(
    _ activity: ArraySlice<ActivityCell>, _ asOf: CalendarDay, _ events: borrowing EventCatalog
  ) -> ArraySlice<ActivityCell> {
    // Days are sorted: the first cell that is not past is found by halving.
    var low = activity.startIndex
    var high = activity.endIndex
    while low < high {
      let middle = low + (high - low) / 2
      if activity[middle].day < asOf.number { low = middle + 1 } else { high = middle }
    }
    let past = activity[..<low]
    guard isAnyHidden(past.span, asOf, events.traits.span) else { return past }
    let traits = events.traits
    return ArraySlice(past.filter { !$0.isHidden(asOf, traits[Int($0.name)]) })
  }

  private static func isAnyHidden(
    _ cells: Span<ActivityCell>, _ asOf: CalendarDay, _ traits: Span<EventCatalog.Traits>
  ) -> Bool {
    for index in cells.indices {
      let cell = cells[index]
      if cell.isHidden(asOf, traits[Int(cell.name)]) { return true }
    }
    return false
  }

  private static func newest(_ members: ArraySlice<MemberRecord>, _ asOf: CalendarDay)
    -> [MemberRecord]
  {
    var newest: [MemberRecord] = []
    for var member in members where member.from < asOf {
      if let left = member.left, left >= asOf { member.left = nil }
      if let last = newest.last, last.user == member.user, member.user != 0 { newest.removeLast() }
      newest.append(member)
    }
    return newest
  }
}

extension ActivityCell {
  /// Whether a past event was not known yet at the start of a day, or is never to be used.
  @inline(__always)
  fileprivate func isHidden(_ asOf: CalendarDay, _ traits: EventCatalog.Traits) -> Bool {
    lag > 0 && Int(day) + Int(lag) >= Int(asOf.number) || traits.contains(.ignored)
  }
}
