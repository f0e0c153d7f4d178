import CivilCalendar
import Configuration
import UsageHistory

/// Payments that failed or came back.
struct PaymentTrouble: BuiltFamily {
  static func requirements(_: FeatureSettings) -> [Requirement] {
    [.table(.payments), .column("payments.status")]
  }

  static func definitions(_: FeatureInputs) -> [FeatureDefinition] {
    [
      FeatureDefinition(
        "failed_payments_84", unit: "count", family: .money, windowDays: 84, emptyValue: .zero,
        sentence: "failed payments in the last 84 days",
        phrase: .count("failed payments", "failed payment", in: 84)),
      FeatureDefinition(
        "days_past_due", unit: "days", family: .money, emptyValue: .zero,
        sentence: "days since a payment failed that was not made up for",
        phrase: .fact("a payment is # overdue", .days, zero: "no payment overdue", peers: true)),
      FeatureDefinition(
        "refunds_180", unit: "count", family: .money, windowDays: 180, emptyValue: .zero,
        sentence: "refunds in the last 180 days", phrase: .count("refunds", "refund", in: 180)),
      FeatureDefinition(
        "disputes_180", unit: "count", family: .money, windowDays: 180, emptyValue: .zero,
        sentence: "disputed payments in the last 180 days",
        phrase: .count("disputed payments", "disputed payment", in: 180)),
    ]
  }

  let definitions: [FeatureDefinition]

  init(_ inputs: FeatureInputs) { definitions = Self.definitions(inputs) }

  func write(_ view: HistoryView, to row: inout FeatureRow) {
    var (failed, refunds, disputes) = (0, 0, 0)
    var lastPaid: CalendarDay?
    for payment in view.payments {
      let age = payment.day.days(until: view.asOf)
      switch payment.status {
      case .paid: lastPaid = payment.day
      case .failed: failed += age <= 84 ? 1 : 0
      case .refunded: refunds += age <= 180 ? 1 : 0
      case .disputed: disputes += age <= 180 ? 1 : 0
      case .other: break
      }
    }
    // A payment makes up for the failures of its own day too: days have no order within.
    let due = view.payments.first { payment in
      payment.status == .failed && lastPaid.map { payment.day > $0 } ?? true
    }
    row[0] = Double(failed)
    row[1] = due.map { Double($0.day.days(until: view.asOf)) } ?? 0
    row[2] = Double(refunds)
    row[3] = Double(disputes)
  }
}
