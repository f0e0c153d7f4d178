import CivilCalendar

/// A period of one subscription on unchanged terms.
public struct SubscriptionSpell: Equatable, Sendable {
  /// Tells an account's subscriptions apart; spells of one subscription share it.
  public var subscription: UInt32
  /// A code of ``HistoryDictionaries/plans``; -1 where unknown.
  public var plan: Int32
  /// Monthly recurring revenue in currency units.
  public var mrr: ExactAmount
  /// Paid seats; NaN where unknown.
  public var seats: Double
  /// The discount in percent; NaN where unknown.
  public var discount: Double
  /// The first day.
  public var start: CalendarDay
  /// The first day on which it no longer runs; `nil` while it does.
  public var end: CalendarDay?
  /// The day on which the row was known: ``start`` where tables do not say.
  public var knownOn: CalendarDay
  /// Months between two bills; NaN where unknown.
  public var billingPeriodMonths: Double
  /// Whether it renews by itself; `nil` where unknown.
  public var autoRenews: Bool?
  /// A day on which it renews, or once renewed: exports overwrite it, see
  /// ``HistoryView/daysToRenewal``.
  public var renewal: CalendarDay?

  /// A spell whose other terms are unknown.
  public init(
    subscription: UInt32 = 0, plan: Int32 = -1, mrr: ExactAmount = .zero, seats: Double = .nan,
    discount: Double = .nan, start: CalendarDay, end: CalendarDay? = nil,
    knownOn: CalendarDay? = nil, billingPeriodMonths: Double = .nan, autoRenews: Bool? = nil,
    renewal: CalendarDay? = nil
  ) {
    self.subscription = subscription
    self.plan = plan
    self.mrr = mrr
    self.seats = seats
    self.discount = discount
    self.start = start
    self.end = end
    self.knownOn = knownOn ?? start
    self.billingPeriodMonths = billingPeriodMonths
    self.autoRenews = autoRenews
    self.renewal = renewal
  }
}

/// A support ticket.
public struct SupportTicket: Equatable, Sendable {
  /// The day on which it was opened.
  public var opened: CalendarDay
  /// `nil` while it is open.
  public var closed: CalendarDay?
  /// The day on which the row was known.
  public var knownOn: CalendarDay
  /// Whether its severity is one of the highest two words that support uses: high, urgent,
  /// critical, p1, p2, sev1, sev2, ...
  public var isSevere: Bool
  /// From -1 to 1, given or read off the text; NaN where there is neither.
  public var sentiment: Double
  /// Hours until the first reply; NaN where unknown. Known only once the ticket was answered.
  public var firstReplyHours: Double
  /// Hours until it was resolved; NaN where unknown.
  public var resolutionHours: Double
  /// Whether it was opened again after it was closed.
  public var wasReopened: Bool

  /// A ticket of which nothing else is known.
  public init(
    opened: CalendarDay, closed: CalendarDay? = nil, knownOn: CalendarDay? = nil,
    isSevere: Bool = false, sentiment: Double = .nan, firstReplyHours: Double = .nan,
    resolutionHours: Double = .nan, wasReopened: Bool = false
  ) {
    self.opened = opened
    self.closed = closed
    self.knownOn = knownOn ?? opened
    self.isSevere = isSevere
    self.sentiment = sentiment
    self.firstReplyHours = firstReplyHours
    self.resolutionHours = resolutionHours
    self.wasReopened = wasReopened
  }
}

/// A payment, or the attempt at one.
public struct Payment: Equatable, Sendable {
  /// What became of it.
  public enum Status: UInt8, Sendable { case paid, failed, refunded, disputed, other }

  /// The day of the payment.
  public var day: CalendarDay
  /// The day on which the row was known.
  public var knownOn: CalendarDay
  /// In currency units.
  public var amount: ExactAmount
  /// What became of it.
  public var status: Status

  /// A payment.
  public init(
    day: CalendarDay, knownOn: CalendarDay? = nil, amount: ExactAmount, status: Status = .paid
  ) {
    self.day = day
    self.knownOn = knownOn ?? day
    self.amount = amount
    self.status = status
  }
}

/// What is known of a user from some day on.
public struct MemberRecord: Equatable, Sendable {
  /// The user's code in the account's ``ActivityCell/user``; 0 for one without events.
  public var user: UInt32
  /// The first day on which this row holds.
  public var from: CalendarDay
  /// The day on which the user left.
  public var left: CalendarDay?
  /// A code of ``HistoryDictionaries/departments``; -1 where unknown.
  public var department: Int32
  /// A code of ``HistoryDictionaries/roles``; -1 where unknown, and where the table does not say
  /// from when on the role holds: a role as of today would tell the future.
  public var role: Int32

  /// A member of whom nothing else is known.
  public init(
    user: UInt32, from: CalendarDay, left: CalendarDay? = nil, department: Int32 = -1,
    role: Int32 = -1
  ) {
    self.user = user
    self.from = from
    self.left = left
    self.department = department
    self.role = role
  }
}

/// What an account was at its sign-up, and never changes.
public struct AccountProfile: Equatable, Sendable {
  /// The day of sign-up, where tables say so.
  public var created: CalendarDay?
  /// A code of ``HistoryDictionaries/segments``; -1 where unknown.
  public var segment: Int32
  /// The configured attributes, in the order of ``HistoryDictionaries/attributes``: a number, or the
  /// code of a level; NaN where missing.
  public var attributes: [Double]
  /// The day on which the row was known, where the table says so: segment and attributes are missing
  /// until then.
  public var knownOn: CalendarDay?
  /// The date that an as-of schedule counts from, where it does so by account. No feature sees it.
  package var scheduleDate: CalendarDay?

  /// A profile.
  public init(created: CalendarDay? = nil, segment: Int32 = -1, attributes: [Double] = []) {
    self.created = created
    self.segment = segment
    self.attributes = attributes
  }
}

/// A row of the table of outcomes.
public struct OutcomeRecord: Equatable, Sendable {
  /// The day on which it came.
  public var day: CalendarDay
  /// A code of ``HistoryDictionaries/outcomes``; -1 where the table has no such column.
  public var outcome: Int32

  /// A row.
  public init(day: CalendarDay, outcome: Int32 = -1) {
    self.day = day
    self.outcome = outcome
  }
}
