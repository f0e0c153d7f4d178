import CivilCalendar
import Configuration
import Learning
import UsageHistory

/// What the account pays per month, and how that has changed.
struct RecurringRevenue: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.subscriptions)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "mrr", unit: "currency/month", family: .money, sentence: "monthly recurring revenue",
        isActionable: false, phrase: .fact("MRR #", .money, peers: true).beside(28)),
      FeatureDefinition(
        "log_mrr", unit: "log", family: .money,
        sentence: "logarithm of the monthly recurring revenue", isActionable: false,
        phrase: .fact("MRR #", .logMoney, peers: true).beside(28)),
      FeatureDefinition(
        "mrr_change_84", unit: "ratio", family: .money, windowDays: 84,
        sentence: "recurring revenue against 84 days ago",
        phrase: .fact("MRR at # that of 84 days ago", .multiple)),
      FeatureDefinition(
        "mrr_change_365", unit: "ratio", family: .money, windowDays: 365,
        sentence: "recurring revenue against a year ago",
        phrase: .fact("MRR at # that of a year ago", .multiple)),
      FeatureDefinition(
        "expansions_365", unit: "count", family: .money, windowDays: 365, emptyValue: .zero,
        sentence: "rises of the recurring revenue in the last year",
        phrase: .count("rises of MRR", "rise of MRR", in: 365)),
      FeatureDefinition(
        "contractions_365", unit: "count", family: .money, windowDays: 365, emptyValue: .zero,
        sentence: "falls of the recurring revenue in the last year",
        phrase: .count("falls of MRR", "fall of MRR", in: 365)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    guard let mrr = view.mrr else {
      for index in 0..<6 { row[index] = .nan }
      return
    }
    row[0] = mrr.value
    row[1] = PortableMath.log(1 + max(0, mrr.value))
    row[2] = change(view, days: 84, now: mrr)
    row[3] = change(view, days: 365, now: mrr)
    let movements = Self.movements(view)
    row[4] = Double(movements.rises)
    row[5] = Double(movements.falls)
  }

  private func change(_ view: HistoryView, days: Int, now: ExactAmount) -> Double {
    quotient(now.value, view.mrr(on: view.asOf - days)?.value ?? .nan)
  }

  /// How often recurring revenue rose and fell in the last year, from above 0 to above 0.
  static func movements(_ view: HistoryView) -> (rises: Int, falls: Int) {
    let subscriptions = view.subscriptions
    var movements = (rises: 0, falls: 0)
    // A lone spell on unchanged terms, which is the common case, has nothing to count.
    guard subscriptions.count > 1 else { return movements }
    let first = view.asOf - 365
    var changeDays: [CalendarDay] = []
    for spell in subscriptions {
      if spell.start >= first { changeDays.append(spell.start) }
      if let end = spell.end, end >= first { changeDays.append(end) }
    }
    changeDays.sort()
    var previous: CalendarDay?
    for day in changeDays where day != previous {
      previous = day
      // `mrr(on:)` is what ran before the day's first moment.
      guard let before = view.mrr(on: day), let after = view.mrr(on: day + 1) else { continue }
      guard before > .zero, after > .zero else { continue }
      if after > before { movements.rises += 1 }
      if after < before { movements.falls += 1 }
    }
    return movements
  }
}

/// The discount of the largest subscription.
struct Discount: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .column("subscriptions.discount")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "discount_pct", unit: "%", family: .money, sentence: "discount in percent",
        phrase: .fact("discount of #", .percent, zero: "no discount", peers: true).beside(28)),
      FeatureDefinition(
        "discount_expires_in", unit: "days", family: .money,
        sentence: "days until the renewal at which the discount may end",
        phrase: .fact(
          "discount may end in #", .days, zero: "discount may end today",
          missing: "no discount that ends",
          companion: .init(
            feature: "discount_pct", before: ", now ", after: "", form: .percent, low: 0.5,
            high: 100))),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let discount = view.mainSpell?.discount ?? .nan
    row[0] = discount
    row[1] = discount > 0 ? view.daysToRenewal.map(Double.init) ?? .nan : .nan
  }
}

/// The price that is felt: per active user, per value event, and against what it was.
struct UnitPrice: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .table(.events), .column("events.user_id")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "mrr_per_active_user", unit: "currency", family: .money, windowDays: 28,
        sentence: "recurring revenue per active user",
        phrase: .level("MRR per active user #", .money, in: 28))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = quotient(view.mrr?.value ?? .nan, Double(view.activeUserCount28))
  }
}

/// Recurring revenue per value event.
struct ValuePrice: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .table(.events), .meaning(.value, "value")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "mrr_per_value_event", unit: "currency", family: .money, windowDays: 28,
        sentence: "recurring revenue per value event of the last 28 days",
        phrase: .level("MRR per value event #", .money, in: 28))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    row[0] = quotient(view.mrr?.value ?? .nan, Double(view.valueEventCount28))
  }
}
