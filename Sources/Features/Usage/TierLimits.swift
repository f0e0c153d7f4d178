import CivilCalendar
import Configuration
import UsageHistory

/// How near the account is to the limits of its plan.
///
/// The billing period is the one that holds the last day before the as-of day, so that on the first
/// day of a period the whole period before is looked at.
struct TierLimits: BuiltFamily {
  static let farthest = 365.0

  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.events), .table(.subscriptions), .meters]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "limit_util_max", unit: "ratio", family: .usage,
        sentence: "use of the nearest plan limit, projected to the end of the billing period",
        phrase: .fact(
          "on course for # of the nearest plan limit", .share, peers: true,
          companion: .init(
            feature: "days_to_limit", before: ", ", after: " to go", form: .days, low: 1,
            high: farthest - 1))),
      FeatureDefinition(
        "days_to_limit", unit: "days", family: .usage,
        sentence: "days until a plan limit is reached at the present pace",
        phrase: .fact(
          "# to the nearest plan limit at the present pace", .daysToAYear,
          zero: "a plan limit is reached",
          peers: true)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let limitsOfPlan: [[Double]]
  private let metersOfName: [UInt64]
  private let isSummed: [Bool]

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    let events = inputs.dictionaries.events
    // Copies: threads that count the references to one array wait for each other.
    limitsOfPlan = inputs.dictionaries.plans.map { $0.limits.map { $0 } }
    metersOfName = events.metersOfName.map { $0 }
    // A name counts towards a meter by a bit of 64.
    isSummed = events.meters.prefix(64).map { $0.measure == .value }
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = .nan
    row[1] = .nan
    guard let spell = view.mainSpell, limitsOfPlan.indices.contains(Int(spell.plan)) else { return }
    let limits = limitsOfPlan[Int(spell.plan)]
    guard limits.contains(where: { $0 > 0 }) else { return }
    let period = Self.billingPeriod(of: spell, asOf: view.asOf)
    let elapsed = period.start.days(until: view.asOf)
    let length = period.start.days(until: period.end)
    let used = usage(view, days: elapsed)
    for (meter, limit) in limits.prefix(isSummed.count).enumerated() where limit > 0 {
      let usage = isSummed[meter] ? Double(used[meter]) / 1_000_000 : Double(used[meter])
      let projected = usage * Double(length) / Double(elapsed) / limit
      // `max` and `min` of a missing value are missing: the first meter replaces it.
      row[0] = row[0].isNaN ? projected : max(row[0], projected)
      let pace = usage / Double(elapsed)
      let days =
        usage >= limit
        ? 0 : pace > 0 ? min((limit - usage) / pace, Self.farthest) : Self.farthest
      row[1] = row[1].isNaN ? days : min(row[1], days)
    }
  }

  /// The use of each meter in the last days: events, or millionths of their values.
  private func usage(_ view: HistoryView, days: Int) -> InlineArray<64, Int> {
    var used = InlineArray<64, Int>(repeating: 0)
    let first = view.asOf.number - Int32(days)
    for cell in view.activity.reversed() {
      if cell.day < first { break }
      var meters = metersOfName[Int(cell.name)]
      while meters != 0 {
        let meter = meters.trailingZeroBitCount
        meters &= meters - 1
        let amount = isSummed[meter] ? Int(cell.amount.millionths) : Int(cell.count)
        used[meter] = ExactAmount.sum(used[meter], amount)
      }
    }
    return used
  }

  /// The billing period that holds the day before the as-of day; a month where its length is
  /// unknown.
  static func billingPeriod(
    of spell: SubscriptionSpell, asOf: CalendarDay
  ) -> (start: CalendarDay, end: CalendarDay) {
    let known = spell.billingPeriodMonths
    let months = known >= 1 && known <= 120 ? Int(known) : 1
    let anchor = spell.renewal ?? spell.start
    let from = anchor.components
    let to = asOf.components
    let elapsed = (to.year - from.year) * 12 + to.month - from.month
    var step = Int((Double(elapsed) / Double(months)).rounded(.down)) + 1
    while anchor.adding(months: step * months) >= asOf { step -= 1 }
    return (anchor.adding(months: step * months), anchor.adding(months: (step + 1) * months))
  }
}

extension ExactAmount {
  /// The sum of two quantities in millionths, or the largest where it is beyond.
  static func sum(_ left: Int, _ right: Int) -> Int {
    Int((ExactAmount(millionths: Int64(left)) + ExactAmount(millionths: Int64(right))).millionths)
  }
}
