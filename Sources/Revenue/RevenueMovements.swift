import CivilCalendar
import UsageHistory

/// How recurring revenue moved between two days, account by account.
///
/// `start + new + expansion + reactivation - contraction - churn == end`, exactly. An account is in
/// one movement at most; what it did and undid between the two days is not seen. Revenue is that
/// which stands (``RevenueTimeline/standingMRR(on:)``), so a break within the gap moves nothing.
public struct RevenueMovements: Sendable, Equatable {
  /// An amount, and how many accounts it is the sum of.
  public struct Movement: Sendable, Equatable {
    /// The sum, in currency units per month.
    public private(set) var amount = ExactAmount.zero
    /// How many accounts it is the sum of.
    public private(set) var accountCount = 0

    mutating func add(_ change: ExactAmount) {
      amount += change
      accountCount += 1
    }
  }

  /// Revenue on the first day, of the cohort: the accounts that pay then.
  public private(set) var start = Movement()
  /// Revenue on the second day of accounts that had never paid by the first.
  public private(set) var new = Movement()
  /// What the cohort pays more.
  public private(set) var expansion = Movement()
  /// What those of the cohort who still pay pay less.
  public private(set) var contraction = Movement()
  /// What those of the cohort paid who pay nothing any more.
  public private(set) var churn = Movement()
  /// Revenue on the second day of accounts that had paid before the first, but not on it.
  public private(set) var reactivation = Movement()
  /// Revenue on the second day.
  public private(set) var end = Movement()

  /// Compares two days; an account's revenue is counted as it stands on each.
  ///
  /// - Precondition: `first <= last`. For a break at `last` to be told from churn, the timelines
  ///   must cover their gap after it.
  public init(
    of timelines: some Sequence<RevenueTimeline>, from first: CalendarDay, to last: CalendarDay
  ) {
    precondition(first <= last, "a period from \(first) to \(last)")
    for timeline in timelines {
      let before = timeline.standingMRR(on: first)
      let after = timeline.standingMRR(on: last)
      if after > .zero { end.add(after) }
      if before > .zero {
        start.add(before)
        if after == .zero {
          churn.add(before)
        } else if after > before {
          expansion.add(after - before)
        } else if after < before {
          contraction.add(before - after)
        }
      } else if after > .zero {
        let hasPaid = timeline.paidPeriods.contains { $0.start <= first }
        if hasPaid { reactivation.add(after) } else { new.add(after) }
      }
    }
  }

  /// Net and gross retention of the cohort's revenue; `nil` where nobody paid on the first day.
  public var rates: RetentionRates? {
    guard start.amount > .zero else { return nil }
    let kept = start.amount - contraction.amount - churn.amount
    return RetentionRates(
      net: (kept + expansion.amount).value / start.amount.value,
      gross: kept.value / start.amount.value)
  }

  /// The share of the cohort's accounts that still pay; `nil` where nobody paid on the first day.
  public var logoRetention: Double? {
    guard start.accountCount > 0 else { return nil }
    return Double(start.accountCount - churn.accountCount) / Double(start.accountCount)
  }
}

/// Net and gross retention of one cohort's revenue, as fractions.
public struct RetentionRates: Sendable, Equatable {
  /// (start + expansion - contraction - churn) / start.
  public let net: Double
  /// (start - contraction - churn) / start.
  public let gross: Double

  /// `nil` for figures that no one cohort has: gross retention is net retention without expansion,
  /// so it is never above it, nor above 1, nor below 0.
  public init?(net: Double, gross: Double) {
    guard gross <= net, 0...1 ~= gross, net.isFinite else { return nil }
    self.net = net
    self.gross = gross
  }
}
