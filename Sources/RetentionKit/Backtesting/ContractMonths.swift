import CivilCalendar
import Evaluation
import Features
import Revenue
import UsageHistory

/// How much can be seen so many months into the first year of a contract of what comes by its end.
///
/// Accounts are looked at 6, 9 and 11 months after their stay began. The outcome is whether the target
/// comes by the day on which the twelfth month is over, that day included, on which a yearly contract
/// ends.
public struct ContractMonths: Sendable, Equatable {
  /// The accounts at one age.
  public struct Row: Sendable, Equatable {
    /// Whole months since the stay began.
    public var month: Int
    /// Accounts that were scored, and whose outcome is known.
    public var count = 0
    /// Those whose outcome came.
    public var positiveCount = 0
    /// Accounts that reached the age before the first models were there.
    public var tooEarlyCount = 0
    /// Accounts whose twelfth month was not over when the data end.
    public var censoredCount = 0
    /// Accounts that take no part, for instance because they had left by then.
    public var excludedCount = 0
    /// The figures; `nil` below 10 of either outcome.
    public var summary: EvaluationSummary?
  }

  /// 6, 9 and 11 months.
  public let rows: [Row]
  /// The days that the model looks ahead.
  public let horizonDays: Int

  /// The ages at which accounts are looked at.
  public static let months = [6, 9, 11]
  /// The age by which the outcome is to come.
  public static let lastMonth = 12
  /// Fewer of either outcome are too few to tell.
  public static let minimumCount = 10

  /// An account at an age, and what became of it.
  struct Look: Sendable {
    var month: Int
    var place: PanelRow
    var verdict: OutcomeVerdict
  }

  /// Every stay of an account at each of the ages that it began.
  ///
  /// - Parameter rule: The rule of the labels, whose window is stretched to the end of the year.
  static func looks(of account: AccountHistory, rule: OutcomeRule) -> [Look] {
    rule.stays(of: account).flatMap { stay in
      months.compactMap { month -> Look? in
        let asOf = stay.start.adding(months: month)
        guard asOf <= rule.lastDay,
          rule.windowStart(asOf: asOf) <= stay.start.adding(months: lastMonth)
        else { return nil }
        let end = stay.start.adding(months: lastMonth)
        let verdict = rule.verdict(of: account, asOf: asOf, through: end)
        return Look(
          month: month, place: PanelRow(account: account.account, asOf: asOf), verdict: verdict)
      }
    }
  }

  /// Judges scores.
  ///
  /// - Parameter probabilities: Of each look; NaN for one before the first models.
  init(
    of looks: [Look], probabilities: [Double], horizonDays: Int, bootstrap: Bootstrap,
    threads: Int
  ) {
    self.horizonDays = horizonDays
    rows = Self.months.map { month in
      var row = Row(month: month)
      var judged: [(probability: Double, label: Bool, account: Int)] = []
      for (look, probability) in zip(looks, probabilities) where look.month == month {
        switch look.verdict {
        case .excluded: row.excludedCount += 1
        case .censored: row.censoredCount += 1
        case .positive, .negative:
          guard !probability.isNaN else {
            row.tooEarlyCount += 1
            continue
          }
          judged.append((probability, look.verdict == .positive, look.place.account))
        }
      }
      row.count = judged.count
      row.positiveCount = judged.count(where: \.label)
      if min(row.positiveCount, row.count - row.positiveCount) >= Self.minimumCount {
        row.summary = EvaluationSummary(
          probabilities: judged.map(\.probability), labels: judged.map(\.label),
          groups: judged.map(\.account), bootstrap: bootstrap, threads: threads)
      }
      return row
    }
  }
}
