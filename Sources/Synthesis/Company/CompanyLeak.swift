import Learning

/// Something planted that gives the outcome away: it is known, or written, only once the outcome is.
public struct CompanyLeak: Encodable, Sendable {
  /// The table's file name without its ending.
  public let table: String
  /// The column.
  public let column: String
  /// The cell that tells, where the column tells by one of its values alone.
  public let value: String?
  /// Why it would not have been known, in a sentence.
  public let why: String

  private init(_ table: String, _ column: String, value: String? = nil, why: String) {
    self.table = table
    self.column = column
    self.value = value
    self.why = why
  }

  /// Every leak.
  public static let all: [CompanyLeak] = [
    CompanyLeak(
      "accounts", "health_status", why: "Set to 'lost' after an account has left."),
    CompanyLeak(
      "accounts", "lifetime_revenue", why: "A total as of the export: it stops growing on leaving."),
    CompanyLeak(
      "accounts", "account_status",
      why: "As of the export: 'closed' says that the account has left."),
    CompanyLeak(
      "accounts", "current_plan", why: "As of the export: 'none' says that the account has left."),
    CompanyLeak(
      "subscriptions", "cancel_reason", why: "Asked for in the last days of a subscription."),
    CompanyLeak(
      "subscriptions", "renewal_date",
      why:
        "Overwritten on each renewal in all rows of the account: a date beyond the end of the row "
        + "says that the account has renewed."),
    CompanyLeak(
      "events", "event", value: "account_cancelled",
      why: "The notice itself, some days before the subscription ends; only leavers have it."),
    CompanyLeak(
      "users", "role", value: "deactivated",
      why: "As of the export: everybody's role once an account has left."
    ),
    CompanyLeak(
      "payments", "status", value: "final_invoice",
      why: "The bill that closes an account, sent after the notice."),
    CompanyLeak(
      "tickets", "severity", value: "cancellation",
      why: "Opened after the notice, to ask how to leave."),
  ]
}

/// What the leaks of one account say; drawn apart from its story, which is the same without leaks.
struct AccountLeaks {
  let healthStatus: StaticString
  let cancelReason: StaticString
  let finalInvoice: Billing.Payment?
  let cancellationTicket: Support.Ticket?

  init(_ account: Account, plan: CompanyPlan, calendar: CompanyCalendar) {
    var generator = SeededGenerator(seed: plan.seed, stream: 3 * UInt64(account.index) + 2)
    let health: StaticString = generator.nextChoice([("green", 70), ("amber", 25), ("red", 5)])
    let reason: StaticString = generator.nextChoice([
      ("too_expensive", 30), ("missing_features", 25), ("no_longer_needed", 25), ("competitor", 20),
    ])
    guard let noticeDay = account.noticeDay, account.hasLeft(calendar) else {
      healthStatus = health
      cancelReason = ""
      finalInvoice = nil
      cancellationTicket = nil
      return
    }
    healthStatus = "lost"
    cancelReason = reason
    finalInvoice = Billing.Payment(
      day: Int32(account.endDay - 1), second: 18 * 3600,
      amount: account.agreement.terms.revenue / 4, status: .finalInvoice)
    let openedDay = noticeDay + 1 + generator.nextIndex(below: 5)
    cancellationTicket = Support.Ticket(
      openedDay: Int32(openedDay), openedSecond: 10 * 3600, hoursOpen: 20, severity: .cancellation,
      sentiment: -40, text: Support.cancellationText)
  }
}

extension Account {
  /// Whether the last subscription has ended within the export.
  func hasLeft(_ calendar: CompanyCalendar) -> Bool { endDay < calendar.dayCount }

  /// The planted notice of a leaver.
  func notice(on day: Int, _ calendar: CompanyCalendar) -> EventRecord? {
    guard day == noticeDay, hasLeft(calendar) else { return nil }
    return EventRecord(
      second: 15 * 3600, account: Int32(index), person: EventRecord.noPerson,
      event: .accountCancelled, status: .none, value: EventRecord.noValue)
  }
}
