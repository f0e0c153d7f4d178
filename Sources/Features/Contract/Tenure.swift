import CivilCalendar
import Configuration
import UsageHistory

/// How long the account has been a customer.
struct Tenure: BuiltFamily {
  /// Days of a month, on average.
  static let monthDays = 30.4375

  static func requirements(_: FeatureSettings) -> [Requirement] { [] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "tenure_days", unit: "days", family: .contract,
        sentence: "days as a customer without a break", isActionable: false,
        phrase: .fact("a customer for #", .days, peers: true)),
      FeatureDefinition(
        "lifetime_days", unit: "days", family: .contract,
        sentence: "days since the account's first start", isActionable: false,
        phrase: .fact("first start # ago", .days, peers: true)),
      FeatureDefinition(
        "contract_month", unit: "months", family: .contract,
        sentence: "month of the contract, counted from 1", isActionable: false,
        phrase: .fact("in month # of the contract", .count, peers: true)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let gapDays: Int

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    gapDays = inputs.settings.thresholds.gapDays
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let tenure = view.periodStart(gapDays: gapDays)?.days(until: view.asOf)
    row[0] = tenure.map(Double.init) ?? .nan
    row[1] = view.lifetimeDays.map(Double.init) ?? .nan
    row[2] = tenure.map { Double(Self.contractMonth($0)) } ?? .nan
  }

  static func contractMonth(_ days: Int) -> Int { Int(Double(days) / monthDays) + 1 }
}

/// Churn that was survived.
struct PastChurn: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.subscriptions)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "past_churns", unit: "count", family: .contract, emptyValue: .zero,
        sentence: "times the account left before", isActionable: false,
        phrase: .fact("times the account left before: #", .count, zero: "never left before")),
      FeatureDefinition(
        "days_since_reactivation", unit: "days", family: .contract,
        sentence: "days since the account came back", isActionable: false,
        phrase: .fact("came back # ago", .days, missing: "never left and came back")),
      FeatureDefinition(
        "last_k_renewed", unit: "count", family: .contract,
        sentence: "renewals in a row", isActionable: false,
        phrase: .fact("renewals in a row: #", .count, zero: "no renewal yet", peers: true)),
    ]
  }

  let definitions: [FeatureDefinition]
  private let gapDays: Int

  init(_ inputs: FeatureInputs) {
    definitions = Self.definitions(inputs)
    gapDays = inputs.settings.thresholds.gapDays
  }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var churns = 0
    var start: CalendarDay?
    var end: CalendarDay?
    for spell in view.subscriptions {
      let spellEnd = spell.end ?? view.asOf
      if let known = end, known.days(until: spell.start) <= gapDays {
        end = max(known, spellEnd)
      } else {
        if end != nil { churns += 1 }
        start = spell.start
        end = spellEnd
      }
    }
    let runs = end.map { $0.days(until: view.asOf) <= gapDays } ?? false
    if end != nil && !runs { churns += 1 }
    row[0] = Double(churns)
    let days = runs ? start!.days(until: view.asOf) : nil
    row[1] = churns > 0 ? days.map(Double.init) ?? .nan : .nan
    row[2] = renewals(view, since: runs ? start : nil)
  }

  /// How many whole billing periods of the largest subscription the present period as a customer
  /// holds.
  private func renewals(_ view: HistoryView, since start: CalendarDay?) -> Double {
    guard let start, let spell = view.mainSpell else { return .nan }
    let period = spell.billingPeriodMonths
    guard period >= 1, period <= 120 else { return .nan }
    let (from, to) = (start.components, view.asOf.components)
    var months = (to.year - from.year) * 12 + to.month - from.month
    while months > 0 && start.adding(months: months) > view.asOf { months -= 1 }
    return Double(max(0, months) / Int(period))
  }
}
