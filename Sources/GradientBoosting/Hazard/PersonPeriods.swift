import Diagnostics

/// Times to an event as one row for each account and period at risk, with whether the event came in
/// that period:
/// ```
/// account  duration  event        account  period  label
///       0         3    yes   ->         0       1     no
///       1         1     no              0       2     no
///                                       0       3    yes
///                                       1       1     no
/// ```
/// The chance of the event among the rows of a period is the discrete hazard, and a model of the
/// label by log loss has the likelihood of the durations, censored ones included. Source: Tutz and
/// Schmid 2016, "Modeling Discrete Time-to-Event Data", chapter 3.
public struct PersonPeriods: Sendable, Equatable {
  /// How many accounts there are.
  public let accountCount: Int
  /// The account of each row, ascending, shape `[rowCount]`.
  public let accounts: [UInt32]
  /// The period of each row, from 1, shape `[rowCount]`.
  public let periods: [UInt32]
  /// Whether the event came in the row's period, shape `[rowCount]`.
  public let labels: [Bool]

  /// The longest duration there may be.
  public static let periodLimit = 100_000

  /// Lays out accounts.
  ///
  /// - Parameters:
  ///   - durations: How many periods each account was at risk, from 1; the event came in the last,
  ///     or else the account outlived it and was seen no more.
  ///   - events: Whether the event came.
  ///   - entries: The period from which on each account was under observation; an earlier event
  ///     would not have been known. `nil` for the first.
  /// - Precondition: All have one length.
  /// - Throws: `data.outcomes` for a duration out of range or an entry after it, `data.no_rows`,
  ///   `data.one_class` where there is no event or nothing else.
  public init(durations: [Int], events: [Bool], entries: [Int]? = nil) throws(Diagnostic) {
    precondition(durations.count == events.count, "\(durations.count) and \(events.count)")
    precondition(entries.map { $0.count == durations.count } ?? true, "an entry each")
    var accounts: [UInt32] = []
    var periods: [UInt32] = []
    var labels: [Bool] = []
    for (account, duration) in durations.enumerated() {
      let entry = entries?[account] ?? 1
      guard (1...Self.periodLimit).contains(duration) else {
        throw Diagnostic(
          .dataOutcomes,
          "account \(account + 1) has a duration of \(duration), "
            + "expected 1 to \(Self.periodLimit)", hint: "periods are counted from 1")
      }
      guard (1...duration).contains(entry) else {
        throw Diagnostic(
          .dataOutcomes,
          "account \(account + 1) enters in period \(entry), "
            + "expected 1 to its duration, \(duration)")
      }
      guard accounts.count + duration <= UInt32.max else {
        throw Diagnostic(
          .dataOutcomes, "there are more than \(UInt32.max) accounts and periods",
          hint: "count longer periods")
      }
      for period in entry...duration {
        accounts.append(UInt32(account))
        periods.append(UInt32(period))
        labels.append(period == duration && events[account])
      }
    }
    guard !labels.isEmpty else { throw Diagnostic(.dataNoRows, "there are no accounts") }
    guard labels.contains(true), labels.contains(false) else {
      throw Diagnostic(
        .dataOneClass, "the event comes in \(labels[0] ? "every" : "no") period at risk")
    }
    accountCount = durations.count
    self.accounts = accounts
    self.periods = periods
    self.labels = labels
  }

  /// How many rows there are.
  public var rowCount: Int { labels.count }
}
