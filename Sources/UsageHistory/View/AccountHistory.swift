import CivilCalendar

/// All that was recorded of one account, the future of any as-of day included.
///
/// Only labels may look here. Features are given a ``HistoryView``.
public struct AccountHistory: Sendable {
  /// The account's position in the history: accounts are sorted by id, byte by byte.
  public var account: Int
  /// What the account was at its sign-up.
  public var profile: AccountProfile
  /// Sorted by day.
  public var activity: ArraySlice<ActivityCell>
  /// Sorted by start.
  public var subscriptions: ArraySlice<SubscriptionSpell>
  /// Sorted by the day of opening.
  public var tickets: ArraySlice<SupportTicket>
  /// Sorted by day.
  public var payments: ArraySlice<Payment>
  /// Sorted by user, then by ``MemberRecord/from``.
  public var members: ArraySlice<MemberRecord>
  /// Sorted by day.
  public var outcomes: ArraySlice<OutcomeRecord>

  /// A history made by hand.
  public init(
    account: Int = 0, profile: AccountProfile = AccountProfile(),
    activity: ArraySlice<ActivityCell> = [], subscriptions: ArraySlice<SubscriptionSpell> = [],
    tickets: ArraySlice<SupportTicket> = [], payments: ArraySlice<Payment> = [],
    members: ArraySlice<MemberRecord> = [],
    outcomes: ArraySlice<OutcomeRecord> = []
  ) {
    self.account = account
    self.profile = profile
    self.activity = activity
    self.subscriptions = subscriptions
    self.tickets = tickets
    self.payments = payments
    self.members = members
    self.outcomes = outcomes
  }
}
