import CivilCalendar
import Learning
import Revenue

/// How long before an outcome came it was flagged: of the money and of the accounts that left, which
/// share was among the flagged so many days before.
///
/// Accounts are scored on days a week apart. "30 days before" is the last of these days that is 30
/// days or more before the day of the outcome, so what is flagged was flagged in time.
public struct LeadTime: Sendable, Equatable {
  /// An account on one of the days.
  package struct Look: Sendable {
    package var account: Int
    package var probability: Double
    /// Monthly recurring revenue on the eve; 0 where nothing is paid or known.
    package var mrr: Double

    package init(account: Int, probability: Double, mrr: Double) {
      self.account = account
      self.probability = probability
      self.mrr = mrr
    }
  }

  /// An outcome that came.
  package struct Departure: Sendable {
    package var account: Int
    package var day: CalendarDay
    /// The monthly recurring revenue that it moved.
    package var mrr: Double
    /// The account's level in each segment column; `nil` where unknown.
    package var levels: [String?]

    package init(account: Int, day: CalendarDay, mrr: Double, levels: [String?] = []) {
      self.account = account
      self.day = day
      self.mrr = mrr
      self.levels = levels
    }
  }

  /// A share with its 95 % interval; the interval is `nil` below 10 outcomes.
  public struct Share: Sendable, Equatable {
    /// The share, in `0...1`.
    public var value: Double
    /// The ends of the interval.
    public var low: Double?
    /// See ``low``.
    public var high: Double?
  }

  /// What was flagged so many days before.
  public struct Row: Sendable, Equatable {
    /// The least number of days between the look and the outcome.
    public var days: Int
    /// Outcomes whose account was scored on the day.
    public var scoredCount = 0
    /// Outcomes whose account was not yet a customer, or not eligible, on the day: they are in no
    /// share.
    public var unscoredCount = 0
    /// The revenue of the scored.
    public var scoredMRR = 0.0
    /// The revenue of those not scored.
    public var unscoredMRR = 0.0
    /// How many of the scored were flagged; ties at the end of a top share count in part.
    public var flaggedCount = 0.0
    /// The revenue of the flagged.
    public var flaggedMRR = 0.0
    /// The flagged share of the scored outcomes; `nil` without any.
    public var shareOfAccounts: Share?
    /// The flagged share of their revenue; `nil` where there is none.
    public var shareOfMRR: Share?
    /// The share of their revenue that was flagged on this day, or on one of the weeks before it up to
    /// the longest lead; `nil` where there is none.
    public var everShareOfMRR: Double?
    /// The flagged share of all accounts of these days, whatever became of them: what chance has.
    public var shareOfAllAccounts: Double?
    /// The flagged share of the revenue of all accounts of these days.
    public var shareOfAllMRR: Double?
  }

  /// The outcomes of one level of a column.
  public struct Segment: Sendable, Equatable {
    /// The column.
    public var column: String
    /// The level; `nil` for accounts of which it is not known.
    public var level: String?
    /// How many outcomes there are.
    public var outcomeCount: Int
    /// Their revenue.
    public var mrr: Double
    /// What was flagged, one row per milestone; empty below ``minimumOutcomes``.
    public var rows: [Row]
  }

  /// Who is flagged.
  public let rule: FlagRule
  /// The days on which all accounts were scored, in order.
  public let days: [CalendarDay]
  /// Outcomes that are judged: those that came at least the longest lead after the first day.
  public let outcomeCount: Int
  /// Their revenue.
  public let mrr: Double
  /// Outcomes that came too early to be judged: nobody could score that long before.
  public let tooEarlyCount: Int
  /// The milestones: 90, 60, 30, 14 and 7 days before.
  public let milestones: [Row]
  /// 13 weeks before to one week before.
  public let weeks: [Row]
  /// The levels of the segment columns, in the order of columns, the most revenue first.
  public let segments: [Segment]

  /// Days before at which segments are told as well.
  public static let milestoneDays = [90, 60, 30, 14, 7]
  /// Weeks before, the longest first.
  public static let weekDays = (1...13).reversed().map { 7 * $0 }
  /// A level with fewer outcomes is only counted.
  public static let minimumOutcomes = 10

  /// Judges outcomes by what was scored before them.
  ///
  /// - Parameters:
  ///   - days: The days on which accounts were scored, in order.
  ///   - looks: The accounts that were scored on each day, shape `[days.count]`.
  ///   - segmentColumns: The names of the columns that departures have levels of.
  ///   - seed: What the resamples of the intervals depend on.
  package init(
    of departures: [Departure], days: [CalendarDay], looks: [[Look]], rule: FlagRule,
    segmentColumns: [String] = [], seed: UInt64 = 0
  ) {
    precondition(days.count == looks.count, "\(days.count) days but \(looks.count) looks")
    let sheets = looks.map { Sheet($0, rule) }
    let longest = Self.weekDays[0]
    let judged = departures.filter { departure in
      days.first.map { $0 + longest <= departure.day } ?? false
    }.sorted { ($0.day, $0.account) < ($1.day, $1.account) }
    self.rule = rule
    self.days = days
    outcomeCount = judged.count
    mrr = judged.reduce(0) { $0 + $1.mrr }
    tooEarlyCount = departures.count - judged.count
    func row(_ lead: Int, _ departures: [Departure]) -> Row {
      Self.row(lead, departures, days, sheets, seed: seed)
    }
    milestones = Self.milestoneDays.map { row($0, judged) }
    weeks = Self.weekDays.map { row($0, judged) }
    segments = segmentColumns.indices.flatMap { column in
      let byLevel = Dictionary(grouping: judged) { $0.levels[column] }
      return byLevel.map { level, departures in
        Segment(
          column: segmentColumns[column], level: level, outcomeCount: departures.count,
          mrr: departures.reduce(0) { $0 + $1.mrr },
          rows: departures.count < Self.minimumOutcomes
            ? [] : Self.milestoneDays.map { row($0, departures) })
      }.sorted {
        (-$0.mrr, -$0.outcomeCount, $0.level ?? "") < (-$1.mrr, -$1.outcomeCount, $1.level ?? "")
      }
    }
  }

  // MARK: - One row

  /// One day's accounts with what was flagged.
  private struct Sheet {
    var flagOfAccount: [Int: Double] = [:]
    var shareOfAccounts: Double?
    var shareOfMRR: Double?

    init(_ looks: [Look], _ rule: FlagRule) {
      let flags = rule.flags(looks.map(\.probability))
      for (look, flag) in zip(looks, flags) { flagOfAccount[look.account] = flag }
      guard !looks.isEmpty else { return }
      shareOfAccounts = flags.reduce(0, +) / Double(flags.count)
      let mrr = looks.reduce(0) { $0 + $1.mrr }
      guard mrr > 0 else { return }
      shareOfMRR = zip(looks, flags).reduce(0) { $0 + $1.0.mrr * $1.1 } / mrr
    }
  }

  /// The last day that is at least so many days before another.
  private static func look(_ lead: Int, before day: CalendarDay, _ days: [CalendarDay]) -> Int? {
    days.lastIndex { $0 + lead <= day }
  }

  private static func row(
    _ lead: Int, _ departures: [Departure], _ days: [CalendarDay], _ sheets: [Sheet], seed: UInt64
  ) -> Row {
    var row = Row(days: lead)
    var scored: [(account: Int, mrr: Double, flag: Double)] = []
    var everMRR = 0.0
    var all = (accounts: 0.0, mrr: 0.0, mrrWeight: 0.0)
    for departure in departures {
      guard let look = look(lead, before: departure.day, days),
        let flag = sheets[look].flagOfAccount[departure.account]
      else {
        row.unscoredCount += 1
        row.unscoredMRR += departure.mrr
        continue
      }
      scored.append((departure.account, departure.mrr, flag))
      let earlier = weekDays.filter { $0 > lead }.compactMap {
        Self.look($0, before: departure.day, days).flatMap {
          sheets[$0].flagOfAccount[departure.account]
        }
      }
      everMRR += departure.mrr * max(flag, earlier.max() ?? 0)
      all.accounts += sheets[look].shareOfAccounts ?? 0
      if let share = sheets[look].shareOfMRR {
        all.mrr += departure.mrr * share
        all.mrrWeight += departure.mrr
      }
    }
    row.scoredCount = scored.count
    row.scoredMRR = scored.reduce(0) { $0 + $1.mrr }
    row.flaggedCount = scored.reduce(0) { $0 + $1.flag }
    row.flaggedMRR = scored.reduce(0) { $0 + $1.mrr * $1.flag }
    guard !scored.isEmpty else { return row }
    row.shareOfAllAccounts = all.accounts / Double(scored.count)
    let intervals = intervals(of: scored, seed: seed)
    row.shareOfAccounts = Share(
      value: row.flaggedCount / Double(scored.count), low: intervals.accounts?.lowerBound,
      high: intervals.accounts?.upperBound)
    guard row.scoredMRR > 0 else { return row }
    row.shareOfMRR = Share(
      value: row.flaggedMRR / row.scoredMRR, low: intervals.mrr?.lowerBound,
      high: intervals.mrr?.upperBound)
    row.everShareOfMRR = everMRR / row.scoredMRR
    if all.mrrWeight > 0 { row.shareOfAllMRR = all.mrr / all.mrrWeight }
    return row
  }

  // MARK: - Intervals

  /// How often outcomes are drawn anew.
  private static let resampleCount = 1000

  /// 95 % intervals of both shares.
  ///
  /// Of the accounts by Wilson's formula (Wilson 1927), of the money by drawing as many accounts with
  /// replacement. One flagged and one unflagged outcome of mean size are among those that are drawn
  /// from: without them, a share of 0 or 1 would pass for certain (Agresti and Coull 1998 do the like
  /// for counts).
  private static func intervals(
    of scored: [(account: Int, mrr: Double, flag: Double)], seed: UInt64
  ) -> (accounts: ClosedRange<Double>?, mrr: ClosedRange<Double>?) {
    guard scored.count >= minimumOutcomes else { return (nil, nil) }
    let accounts = wilson(scored.reduce(0) { $0 + $1.flag }, of: Double(scored.count))
    let mean = scored.reduce(0) { $0 + $1.mrr } / Double(scored.count)
    guard mean > 0 else { return (accounts, nil) }
    let byAccount = Dictionary(grouping: scored, by: \.account)
    let units = byAccount.keys.sorted().map { account in
      byAccount[account]!.reduce((mrr: 0.0, flagged: 0.0)) {
        ($0.mrr + $1.mrr, $0.flagged + $1.mrr * $1.flag)
      }
    }
    let urn = units + [(mrr: mean, flagged: mean), (mrr: mean, flagged: 0)]
    var shares: [Double] = []
    for resample in 0..<resampleCount {
      var generator = SeededGenerator(seed: seed, stream: UInt64(resample))
      var (mrr, flagged) = (0.0, 0.0)
      for _ in units.indices {
        let unit = urn[generator.nextIndex(below: urn.count)]
        mrr += unit.mrr
        flagged += unit.flagged
      }
      // Outcomes of accounts that paid nothing may be all that was drawn.
      if mrr > 0 { shares.append(flagged / mrr) }
    }
    guard 20 * shares.count >= 19 * resampleCount else { return (accounts, nil) }
    shares.sort()
    let cut = shares.count / 40
    return (accounts, shares[cut]...shares[shares.count - 1 - cut])
  }

  private static func wilson(_ hits: Double, of count: Double) -> ClosedRange<Double> {
    let z = 1.959963984540054
    let share = hits / count
    let scale = 1 + z * z / count
    let centre = (share + z * z / (2 * count)) / scale
    let half = z / scale * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
    return max(0, centre - half)...min(1, centre + half)
  }
}
