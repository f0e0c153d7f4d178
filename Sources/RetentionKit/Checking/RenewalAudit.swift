import CivilCalendar
import Configuration
import Diagnostics
import Reporting
import UsageHistory

/// Looks for renewal dates that were moved on when contracts were renewed.
///
/// At its start a contract is renewed at the end of its first period. A later date is a contract of
/// several periods, or was overwritten. Contracts whose first period is not over by the end of the
/// data cannot have been overwritten, so they say how often the first is the case.
struct RenewalAudit {
  /// The date beyond the first period, in rows whose first period is over, or is not.
  private struct Counts: Sendable {
    var beyondOver = 0
    var over = 0
    var beyondOpen = 0
    var open = 0
  }

  static func finding(
    _ history: CustomerHistory, _ configuration: RetentionConfiguration, threads: Int
  ) throws(Diagnostic) -> LeakFinding? {
    guard let source = configuration.sources[.subscriptions],
      history.dictionaries.columns.contains("subscriptions.renewal_date")
    else { return nil }
    let lastDay = history.coverage.upperBound
    let counts = try history.map(threads: threads) { account in
      var counts = Counts()
      for spell in account.subscriptions {
        guard let renewal = spell.renewal, spell.billingPeriodMonths >= 1,
          spell.billingPeriodMonths <= 120
        else { continue }
        let periodEnd = spell.start.adding(months: Int(spell.billingPeriodMonths))
        // A week of grace for months of different length and days of billing.
        let isBeyond = renewal > periodEnd + 7
        if periodEnd <= lastDay {
          counts.over += 1
          counts.beyondOver += isBeyond ? 1 : 0
        } else {
          counts.open += 1
          counts.beyondOpen += isBeyond ? 1 : 0
        }
      }
      return counts
    }.reduce(into: Counts()) { sum, counts in
      sum.beyondOver += counts.beyondOver
      sum.over += counts.over
      sum.beyondOpen += counts.beyondOpen
      sum.open += counts.open
    }
    guard counts.over >= LeakThresholds.leastCount, counts.beyondOver * 10 >= counts.over else {
      return nil
    }
    let openRate = TailBounds.highestRate(hits: counts.beyondOpen, of: counts.open)
    let overRate = Double(counts.beyondOver) / Double(counts.over)
    let chance = TailBounds.logChance(
      ofAtLeast: counts.beyondOver, of: counts.over, rate: openRate)
    guard overRate >= 3 * openRate, LeakThresholds(comparisonCount: 1).isBeyondChance(chance) else {
      return nil
    }
    return LeakFinding(
      kind: .overwrittenDate, target: "churn", table: SourceName.subscriptions.rawValue,
      column: source.columns["renewal_date"] ?? "renewal_date", words: [],
      // Features take only its phase from the date, which a renewal leaves as it was.
      reachesFeatures: false,
      evidence: "beyond the first period in \(Numbers.count(counts.beyondOver)) of "
        + "\(Numbers.count(counts.over)) rows whose period is over, in "
        + "\(Numbers.count(counts.beyondOpen)) of \(Numbers.count(counts.open)) rows whose period is "
        + "not: renewals overwrite it; " + TailBounds.text(logChance: chance),
      figures: [
        "beyond_when_over": overRate, "rows_over": Double(counts.over),
        "beyond_when_open": Double(counts.beyondOpen) / Double(max(1, counts.open)),
        "rows_open": Double(counts.open),
      ],
      advice: "features take only its phase (the month and day), which a renewal leaves as it was; "
        + "use the date for nothing else, or export it as it stood at the start of each row")
  }
}
