import CivilCalendar
import Configuration
import Features
import Learning
import UsageHistory

/// Histories with everything in them, by seed.
struct RandomHistories {
  private var generator: SeededGenerator
  /// The as-of day that the histories reach past.
  let asOf = 400

  init(seed: Int) { generator = SeededGenerator(seed: UInt64(seed)) }

  /// A number in `0..<bound`.
  mutating func draw(_ bound: Int) -> Int { generator.nextIndex(below: bound) }

  mutating func account() -> AccountHistory {
    let start = draw(380)
    let recordCount = draw(4)
    let cellCount = draw(140)
    var cells = (0..<cellCount).map { _ in cell(start) }
    // Cells of one day differ in something, as they do in a history.
    cells = Dictionary(grouping: cells) {
      "\($0.day) \($0.name) \($0.user) \($0.isAgent) \($0.outcome) \($0.isOffHours) \($0.lag)"
    }.values.map { $0[0] }.sorted {
      ($0.day, $0.name, $0.user, $0.isAgent ? 1 : 0, $0.outcome.rawValue)
        < ($1.day, $1.name, $1.user, $1.isAgent ? 1 : 0, $1.outcome.rawValue)
    }
    var account = Sample.account(
      cells, created: start, subscriptions: spells(start),
      tickets: (0..<recordCount * 3).map { _ in ticket(start) },
      payments: (0..<recordCount * 2).map { _ in payment(start) },
      members: (1...6).map {
        MemberRecord(
          user: UInt32($0), from: day(start + draw(60)),
          left: draw(4) == 0 ? day(start + 60 + draw(300)) : nil, department: Int32(draw(4) - 1))
      })
    account.profile.segment = Int32(draw(3) - 1)
    account.profile.attributes = [Double(draw(500)), draw(3) == 0 ? .nan : Double(draw(2))]
    return account
  }

  private mutating func cell(_ start: Int) -> ActivityCell {
    let isAgent = draw(4) == 0
    return events(
      start + draw(450 - start), Sample.names[draw(Sample.names.count)], 1 + draw(9),
      user: UInt32(draw(7)), agent: isAgent,
      outcome: isAgent ? ActivityCell.Outcome(rawValue: UInt8(draw(4)))! : .none,
      amount: Double(draw(1000)) / 10, lag: draw(5) == 0 ? draw(20) : 0, offHours: draw(2) == 0)
  }

  private mutating func spells(_ start: Int) -> [SubscriptionSpell] {
    var spells: [SubscriptionSpell] = []
    var from = start
    for _ in 0..<draw(4) {
      let end = from + 20 + draw(200)
      spells.append(
        SubscriptionSpell(
          subscription: UInt32(draw(2)), plan: Int32(draw(4) - 1),
          mrr: ExactAmount(Double(draw(50) * 10))!, seats: Double(1 + draw(9)),
          discount: Double(draw(3) * 10), start: day(from), end: draw(3) == 0 ? nil : day(end),
          billingPeriodMonths: draw(2) == 0 ? 1 : 12, autoRenews: draw(2) == 0,
          renewal: day(from + 365)))
      from = end + draw(30)
    }
    return spells
  }

  private mutating func ticket(_ start: Int) -> SupportTicket {
    let opened = start + draw(450 - start)
    let isClosed = draw(3) > 0
    return SupportTicket(
      opened: day(opened), closed: isClosed ? day(opened + draw(30)) : nil,
      knownOn: day(opened + draw(5)), isSevere: draw(3) == 0,
      sentiment: Double(draw(21) - 10) / 10, firstReplyHours: Double(draw(50)),
      resolutionHours: isClosed ? Double(draw(500)) : .nan, wasReopened: draw(5) == 0)
  }

  private mutating func payment(_ start: Int) -> Payment {
    let paid = start + draw(450 - start)
    return Payment(
      day: day(paid), knownOn: day(paid + draw(3)), amount: ExactAmount(10)!,
      status: Payment.Status(rawValue: UInt8(draw(5)))!)
  }
}

/// The bits of values, in which a missing value equals itself.
func bits(_ values: [Double]) -> [UInt64] { values.map(\.bitPattern) }
