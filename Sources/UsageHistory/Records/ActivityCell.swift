/// The events of one account that are alike in day, name, user and outcome: how many there were,
/// and the sum of their values.
///
/// A history keeps cells in place of events, so that its size is bounded by what can differ on a
/// day and not by how often it happened.
public struct ActivityCell: Equatable, Sendable {
  /// How an agent's run ended.
  public enum Outcome: UInt8, Sendable {
    case none = 0
    case succeeded, failed, timedOut
  }

  /// The UTC day, as ``CalendarDay/number``.
  public var day: Int32
  /// Days from the event until it was known; 0 where tables do not say.
  public var lag: UInt16
  /// The event's name, a code of the ``EventCatalog``.
  public var name: UInt16
  /// The user, a code that is unique among the users of the account; 0 where the row names none.
  public var user: UInt32
  /// Whether an agent did it, not a human.
  public var isAgent: Bool
  /// How the run ended, where rows say so.
  public var outcome: Outcome
  /// Whether it happened before 9:00 or from 17:00 on, in UTC.
  public var isOffHours: Bool
  /// How many events these are, at least 1.
  public var count: UInt32
  /// The sum of their values; 0 where rows have none.
  public var amount: ExactAmount

  /// Describes a cell.
  public init(
    day: Int32, name: UInt16, user: UInt32 = 0, isAgent: Bool = false,
    outcome: Outcome = .none, isOffHours: Bool = false, count: UInt32 = 1,
    amount: ExactAmount = .zero, lag: UInt16 = 0
  ) {
    self.day = day
    self.name = name
    self.user = user
    self.isAgent = isAgent
    self.outcome = outcome
    self.isOffHours = isOffHours
    self.count = count
    self.amount = amount
    self.lag = lag
  }
}
