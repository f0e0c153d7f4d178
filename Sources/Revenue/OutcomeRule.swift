import CivilCalendar
import Configuration
import UsageHistory

/// Why an account takes no part on an as-of day. Of several reasons the first in this order counts.
public enum Exclusion: UInt8, Sendable, CaseIterable, Hashable {
  /// The schedule has no day for the account.
  case noAsOfDay
  /// No subscription ran; without a table of subscriptions, the account was not yet there, or had
  /// left by the table of outcomes.
  case noSubscription
  /// A subscription ran, but nothing was paid.
  case notPaying
  /// The account had been a customer for too few days.
  case tooYoung
  /// The account had no event in the days before.
  case inactive
  /// Expansion: there is no higher plan to move to, and there are no seats to add.
  case highestTier
  /// The outcome came before the label window opened, or the account left before.
  case alreadyInLead
}

/// What became of one account after one as-of day.
public enum OutcomeVerdict: Sendable, Hashable {
  case positive, negative
  /// Eligible, but the label window is not over by the last day of the data.
  case censored
  case excluded(Exclusion)
}

/// How the outcome of an account is found.
///
/// `Docs/Methods/Outcomes.md` has the rules, and a drawing of the windows.
public struct OutcomeRule: Sendable {
  /// The outcome that is sought.
  public let target: TargetName
  /// How it is recognised.
  public internal(set) var definition: TargetDefinition
  /// The last day that the data cover in full.
  public let lastDay: CalendarDay
  let plans: [HistoryDictionaries.Plan]
  let events: EventCatalog
  /// Whether eligibility looks at subscriptions.
  let asksForSubscription: Bool
  /// The highest rank of a plan; `nil` where ranks do not tell plans apart.
  let highestRank: Double?
  /// Whether each outcome word means the target; `nil` where any record does.
  let isTargetWord: [Bool]?

  /// The rule for one target.
  ///
  /// - Precondition: The horizon is at least one day, no count of days is negative, and only churn
  ///   is sought in inactivity.
  public init(
    _ target: TargetName, _ definition: TargetDefinition, dictionaries: HistoryDictionaries,
    lastDay: CalendarDay
  ) {
    precondition(definition.horizonDays >= 1, "a horizon of \(definition.horizonDays) days")
    precondition(definition.leadDays >= 0, "a lead of \(definition.leadDays) days")
    precondition(definition.gapDays >= 0, "a gap of \(definition.gapDays) days")
    precondition(
      definition.source != .inactivity || target == .churn, "\(target) is not seen in inactivity")
    self.target = target
    self.definition = definition
    self.lastDay = lastDay
    plans = dictionaries.plans
    events = dictionaries.events
    asksForSubscription =
      definition.source == .subscriptions || dictionaries.tables.contains(.subscriptions)
    let ranks = Set(dictionaries.plans.map(\.rank).filter { !$0.isNaN })
    highestRank = ranks.count > 1 ? ranks.max() : nil
    let words = Set(definition.outcomeWords)
    isTargetWord =
      words.isEmpty || dictionaries.outcomes.isEmpty
      ? nil : dictionaries.outcomes.map(words.contains)
  }

  /// The first day of the label window.
  public func windowStart(asOf: CalendarDay) -> CalendarDay { asOf + definition.leadDays }

  /// The first day after the label window.
  public func windowEnd(asOf: CalendarDay) -> CalendarDay {
    windowStart(asOf: asOf) + definition.horizonDays
  }

  /// The last day that must be covered before outcomes of an as-of day are known.
  ///
  /// An end on the last day of the window is told from a break only after the gap.
  public func lastDayNeeded(asOf: CalendarDay) -> CalendarDay {
    windowEnd(asOf: asOf) - 1 + (definition.source == .subscriptions ? definition.gapDays : 0)
  }

  /// What became of an account after an as-of day.
  public func verdict(of account: AccountHistory, asOf: CalendarDay) -> OutcomeVerdict {
    verdict(of: account, timeline(of: account), asOf: asOf)
  }

  /// Why an account takes no part on an as-of day; `nil` for one that does.
  ///
  /// This sees only what was known before the day, so that accounts are chosen for scoring as they
  /// were for training; ``Exclusion/alreadyInLead`` is not among the answers.
  public func exclusion(of account: AccountHistory, asOf: CalendarDay) -> Exclusion? {
    exclusion(of: account, timeline(of: account), asOf: asOf)
  }

  func timeline(of account: AccountHistory) -> RevenueTimeline {
    RevenueTimeline(account.subscriptions, plans: plans, gapDays: definition.gapDays)
  }

  func verdict(
    of account: AccountHistory, _ timeline: RevenueTimeline, asOf: CalendarDay
  ) -> OutcomeVerdict {
    if let exclusion = exclusion(of: account, timeline, asOf: asOf) { return .excluded(exclusion) }
    if lastDayNeeded(asOf: asOf) > lastDay { return .censored }
    switch definition.source {
    case .subscriptions: return revenueOutcome(of: timeline, asOf: asOf)
    case .outcomes: return recordedOutcome(of: account, asOf: asOf)
    case .inactivity: return inactivity(of: account, asOf: asOf)
    }
  }
}
