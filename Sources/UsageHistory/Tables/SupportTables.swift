import CivilCalendar
import Tabular

/// The rows of the smaller tables, each with the account's code.
enum SupportTables {
  static let ticketTypes: [String: DeclaredType] = [
    "account_id": .identifier, "opened": .date, "closed": .date, "severity": .category,
    "sentiment": .number, "text": .category, "reopened": .boolean, "first_reply": .number,
    "available_at": .date,
  ]
  static let paymentTypes: [String: DeclaredType] = [
    "account_id": .identifier, "ts": .date, "amount": .number, "status": .category,
    "available_at": .date,
  ]
  static let userTypes: [String: DeclaredType] = [
    "account_id": .identifier, "user_id": .identifier, "role": .category,
    "department": .category, "created_at": .date, "left_at": .date, "available_at": .date,
  ]
  static let outcomeTypes: [String: DeclaredType] = [
    "account_id": .identifier, "ts": .date, "outcome": .category,
  ]

  /// The tickets.
  ///
  /// Severity words of the highest two grades count as severe. A ticket without a sentiment has that
  /// of its text.
  static func tickets(_ table: SourceTable, account: ([UInt8]) -> Int32?) -> (
    rows: [(account: Int32, record: SupportTicket)], orphans: Int
  ) {
    let ids = table.identifiers("account_id") ?? []
    let (opened, closed) = (table.seconds("opened") ?? [], table.seconds("closed"))
    let (severity, known) = (table.words("severity"), table.days("available_at"))
    let (sentiment, text) = (table.numbers("sentiment"), table.words("text"))
    let (reopened, reply) = (table.numbers("reopened"), table.numbers("first_reply"))
    return rows(ids, account) { row in
      guard opened[row].isFinite else { return nil }
      let day = CalendarDay(secondsSince1970: opened[row])
      let end = closed.flatMap { $0[row].isFinite ? $0[row] : nil }
      var feeling = sentiment?[row] ?? .nan
      if feeling.isNaN, let words = text?[row] { feeling = Sentiment.valence(of: words) }
      return SupportTicket(
        opened: day, closed: end.map(CalendarDay.init(secondsSince1970:)),
        knownOn: max(day, known?[row] ?? day + table.source.lagDays),
        isSevere: severity?[row].map { severeWords.contains($0.lowercased()) } ?? false,
        sentiment: feeling, firstReplyHours: reply?[row] ?? .nan,
        resolutionHours: end.map { max(0, $0 - opened[row]) / 3600 } ?? .nan,
        wasReopened: (reopened?[row] ?? 0) > 0.5)
    }
  }

  private static let severeWords: Set<String> = [
    "high", "urgent", "critical", "blocker", "highest", "p0", "p1", "p2", "sev0", "sev1", "sev2",
    "1", "2",
  ]

  /// The payments.
  static func payments(_ table: SourceTable, account: ([UInt8]) -> Int32?) -> (
    rows: [(account: Int32, record: Payment)], orphans: Int
  ) {
    let ids = table.identifiers("account_id") ?? []
    let (day, known) = (table.days("ts") ?? [], table.days("available_at"))
    let (amount, status) = (table.numbers("amount"), table.words("status"))
    return rows(ids, account) { row in
      guard let day = day[row] else { return nil }
      return Payment(
        day: day, knownOn: max(day, known?[row] ?? day + table.source.lagDays),
        amount: amount.flatMap { ExactAmount($0[row]) } ?? .zero,
        status: status.map { paymentStatus($0[row]) } ?? .paid)
    }
  }

  private static func paymentStatus(_ word: String?) -> Payment.Status {
    switch word?.lowercased() {
    case "paid", "succeeded", "success", "ok", "settled": .paid
    case "failed", "declined", "past_due", "unpaid", "error": .failed
    case "refunded", "refund": .refunded
    case "disputed", "dispute", "chargeback": .disputed
    default: .other
    }
  }

  /// The users, and the words of their roles and departments.
  ///
  /// A role is used only where `available_at` says from when on it holds: a role as of the export
  /// would tell the future.
  static func users(_ table: SourceTable, account: ([UInt8]) -> Int32?) -> (
    rows: [(account: Int32, record: AccountRecordTables.UserRow)], orphans: Int,
    departments: [String], roles: [String]
  ) {
    let ids = table.identifiers("account_id") ?? []
    let users = table.identifiers("user_id") ?? []
    let department = table.wordCodes("department") ?? WordCodes(count: ids.count)
    let known = table.days("available_at")
    let role =
      (known == nil ? nil : table.wordCodes("role")) ?? WordCodes(count: ids.count)
    let (created, left) = (table.days("created_at"), table.days("left_at"))
    let read = rows(ids, account) { row in
      let from = known?[row] ?? created?[row] ?? CalendarDay(number: 0)
      return AccountRecordTables.UserRow(
        fingerprint: Fingerprint64.of(users[row]),
        record: MemberRecord(
          user: 0, from: from, left: left?[row], department: department.codes[row],
          role: role.codes[row]))
    }
    return (read.rows, read.orphans, department.words, role.words)
  }

  /// The outcomes, and their words.
  static func outcomes(_ table: SourceTable, account: ([UInt8]) -> Int32?) -> (
    rows: [(account: Int32, record: OutcomeRecord)], orphans: Int, words: [String]
  ) {
    let ids = table.identifiers("account_id") ?? []
    let day = table.days("ts") ?? []
    let words = table.wordCodes("outcome") ?? WordCodes(count: ids.count)
    let read = rows(ids, account) { row in
      day[row].map { OutcomeRecord(day: $0, outcome: words.codes[row]) }
    }
    return (read.rows, read.orphans, words.words)
  }

  private static func rows<Record>(
    _ ids: [[UInt8]], _ account: ([UInt8]) -> Int32?, _ record: (Int) -> Record?
  ) -> (rows: [(account: Int32, record: Record)], orphans: Int) {
    var rows: [(account: Int32, record: Record)] = []
    var orphans = 0
    for row in ids.indices {
      guard let owner = account(ids[row]) else {
        orphans += 1
        continue
      }
      if let record = record(row) { rows.append((owner, record)) }
    }
    return (rows, orphans)
  }
}
