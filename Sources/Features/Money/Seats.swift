import CivilCalendar
import Configuration
import UsageHistory

/// Paid seats, and what one costs.
struct Seats: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.subscriptions), .column("subscriptions.seats")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "seats", unit: "count", family: .money, sentence: "paid seats", isActionable: false,
        phrase: .count("paid seats", "paid seat")),
      FeatureDefinition(
        "seats_added_84", unit: "count", family: .money, windowDays: 84,
        sentence: "paid seats added in the last 84 days",
        phrase: .fact("paid seats # in 84 days", .change, zero: "paid seats as 84 days ago")),
      FeatureDefinition(
        "price_increase_180", unit: "%", family: .money, windowDays: 180,
        sentence: "rise of the price per seat in the last 180 days, in percent",
        phrase: .fact(
          "price per seat # in 180 days", .percentChange, zero: "price per seat as 180 days ago")),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    let seats = view.seats ?? .nan
    row[0] = seats
    row[1] = seats - (view.seats(on: view.asOf - 84) ?? .nan)
    row[2] = priceIncrease(view)
  }

  /// The price per seat before discounts against that of the same subscription and plan 180 days
  /// ago; a subscription younger than that is compared with its beginning.
  private func priceIncrease(_ view: HistoryView) -> Double {
    guard let now = view.mainSpell else { return .nan }
    let day = view.asOf - 180
    var then: SubscriptionSpell?
    for spell in view.subscriptions
    where spell.subscription == now.subscription && spell.plan == now.plan {
      if spell.start < day {
        if spell.end.map({ $0 >= day }) ?? true { then = spell }
      } else if then == nil {
        then = spell
      }
    }
    guard let then else { return .nan }
    return (quotient(Self.listPrice(now), Self.listPrice(then)) - 1) * 100
  }

  private static func listPrice(_ spell: SubscriptionSpell) -> Double {
    let discount = spell.discount.isNaN ? 0 : spell.discount
    return quotient(quotient(spell.mrr.value, 1 - discount / 100), spell.seats)
  }
}

/// How many subscriptions run.
struct Products: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] { [.table(.subscriptions)] }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "products_owned", unit: "count", family: .money, emptyValue: .zero,
        sentence: "running subscriptions",
        phrase: .count("running subscriptions", "running subscription"))
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    // Few enough that a set would cost more.
    var seen: [UInt32] = []
    for spell in view.subscriptions where spell.end == nil && !seen.contains(spell.subscription) {
      seen.append(spell.subscription)
    }
    row[0] = Double(seen.count)
  }
}
