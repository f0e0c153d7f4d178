import CivilCalendar
import Configuration
import Diagnostics
import Learning
import UsageHistory

/// The labels of all accounts on all as-of days, and what became of those without one.
public struct OutcomePanel: Sendable, Equatable {
  /// An account on an as-of day, and whether the outcome came.
  public struct Row: Sendable, Equatable {
    /// The account's position in the history.
    public var account: Int
    /// The day at whose first moment the account is looked at.
    public var asOf: CalendarDay
    /// Whether the outcome came in the label window.
    public var isPositive: Bool
  }

  /// The accounts of one as-of day, counted; each is in one of the counts.
  public struct DayCounts: Sendable, Equatable {
    /// `nil` for accounts that the schedule has no day for.
    public var asOf: CalendarDay?
    /// Rows whose outcome came.
    public var positiveCount = 0
    /// Rows whose outcome did not come.
    public var negativeCount = 0
    /// Accounts that were eligible, but whose label window is not over by the last day.
    public var censoredCount = 0
    /// Accounts that take no part, by reason; a reason without accounts is not there.
    public var excludedCounts: [Exclusion: Int] = [:]

    /// Rows with a label.
    public var eligibleCount: Int { positiveCount + negativeCount }
    /// Accounts that take no part.
    public var excludedCount: Int { excludedCounts.values.reduce(0, +) }
  }

  /// What the labels say.
  public let target: TargetName
  /// The last day that the data cover.
  public let lastDay: CalendarDay
  /// How many accounts were judged.
  public let accountCount: Int
  /// Sorted by as-of day, then by account.
  public private(set) var rows: [Row] = []
  /// The counts of every as-of day, in order; those without a day come first.
  public private(set) var days: [DayCounts] = []
  /// Spells of all accounts, as in ``RevenueTimeline/overlapCount``.
  public private(set) var overlapCount = 0
  /// Spells of all accounts, as in ``RevenueTimeline/reversedCount``.
  public private(set) var reversedCount = 0
  /// Spells of all accounts, as in ``RevenueTimeline/neverStartedCount``.
  public private(set) var neverStartedCount = 0

  /// Judges every account on its as-of days.
  ///
  /// - Parameters:
  ///   - threads: How many threads work; the result is the same for any number.
  /// - Throws: `data.no_rows_before_as_of` where all data are of the last as-of day or later;
  ///   `data.no_eligible_rows` where no account has a label on any day.
  /// - Precondition: Days of accounts are as many as accounts.
  /// - Complexity: O(accounts * days * spells of an account).
  public init(
    _ rule: OutcomeRule, of accounts: some AccountSource, asOf: AsOfDays, threads: Int = 1
  ) throws(Diagnostic) {
    let accountCount = accounts.accountCount
    if case .perAccount(let days) = asOf {
      precondition(days.count == accountCount, "\(days.count) days but \(accountCount) accounts")
    }
    target = rule.target
    lastDay = rule.lastDay
    self.accountCount = accountCount
    let judged = try accounts.map(threads: threads) { account in
      JudgedAccount(account, days: asOf.days(of: account.account), rule: rule)
    }
    for account in judged {
      overlapCount += account.overlapCount
      reversedCount += account.reversedCount
      neverStartedCount += account.neverStartedCount
    }
    switch asOf {
    case .shared(let days):
      for (index, day) in days.enumerated() {
        add(day, judged.indices.lazy.map { ($0, judged[$0].verdicts[index]) })
      }
    case .perAccount(let days):
      let accountsOfDay = Dictionary(grouping: days.indices) { days[$0] }
      if let accounts = accountsOfDay[nil] {
        add(nil, accounts.lazy.map { ($0, .excluded(.noAsOfDay)) })
      }
      for day in accountsOfDay.keys.compactMap({ $0 }).sorted() {
        add(day, accountsOfDay[day]!.lazy.map { ($0, judged[$0].verdicts[0]) })
      }
    }
    try check(firstDay: judged.compactMap(\.firstDay).min())
  }

  /// The counts of all as-of days together.
  public var total: DayCounts {
    days.reduce(into: DayCounts()) { total, day in
      total.positiveCount += day.positiveCount
      total.negativeCount += day.negativeCount
      total.censoredCount += day.censoredCount
      total.excludedCounts.merge(day.excludedCounts, uniquingKeysWith: +)
    }
  }

  /// Adds the accounts of a day, in their order.
  private mutating func add(
    _ day: CalendarDay?, _ verdicts: some Sequence<(account: Int, verdict: OutcomeVerdict)>
  ) {
    var counts = DayCounts(asOf: day)
    for (account, verdict) in verdicts {
      switch verdict {
      case .positive: counts.positiveCount += 1
      case .negative: counts.negativeCount += 1
      case .censored: counts.censoredCount += 1
      case .excluded(let reason): counts.excludedCounts[reason, default: 0] += 1
      }
      if let day, verdict == .positive || verdict == .negative {
        rows.append(Row(account: account, asOf: day, isPositive: verdict == .positive))
      }
    }
    days.append(counts)
  }

  private func check(firstDay: CalendarDay?) throws(Diagnostic) {
    if let lastAsOf = days.last?.asOf, firstDay.map({ $0 >= lastAsOf }) ?? true {
      throw Diagnostic(
        .dataNoRowsBeforeAsOf,
        firstDay.map { "the first row is of \($0); the last as-of day is \(lastAsOf)" }
          ?? "there is no row before the last as-of day, \(lastAsOf)",
        hint: "choose later as-of days, or export older rows")
    }
    guard rows.isEmpty else { return }
    throw Diagnostic(
      .dataNoEligibleRows, "\(target.rawValue): no account has a label on any as-of day",
      hint: total.reasonsText.isEmpty ? "name as-of days" : "left out: \(total.reasonsText)")
  }
}

/// One account on all its as-of days.
private struct JudgedAccount: Sendable {
  /// One for each day.
  var verdicts: [OutcomeVerdict]
  /// The first day on which there is a row of the account.
  var firstDay: CalendarDay?
  var overlapCount: Int
  var reversedCount: Int
  var neverStartedCount: Int

  init(_ account: AccountHistory, days: [CalendarDay], rule: OutcomeRule) {
    let timeline = rule.timeline(of: account)
    verdicts = days.map { rule.verdict(of: account, timeline, asOf: $0) }
    firstDay = account.firstDay
    overlapCount = timeline.overlapCount
    reversedCount = timeline.reversedCount
    neverStartedCount = timeline.neverStartedCount
  }
}

extension AsOfDays {
  fileprivate func days(of account: Int) -> [CalendarDay] {
    switch self {
    case .shared(let days): days
    case .perAccount(let days): days[account].map { [$0] } ?? []
    }
  }
}

extension AccountHistory {
  /// The first day of any row.
  fileprivate var firstDay: CalendarDay? {
    [
      profile.created, activity.first.map { CalendarDay(number: $0.day) },
      subscriptions.first?.start, tickets.first?.opened, payments.first?.day, outcomes.first?.day,
    ].compactMap { $0 }.min()
  }
}
