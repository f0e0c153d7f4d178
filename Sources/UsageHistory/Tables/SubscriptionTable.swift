import CivilCalendar
import Configuration
import Diagnostics
import Tabular

/// The rows of the table of subscriptions, by account.
struct SubscriptionTable {
  /// Each with the account's code.
  private(set) var spells: [(account: Int32, record: SubscriptionSpell)] = []
  /// The plans' names, sorted.
  let plans: [String]
  /// The ids of the subscriptions; a code is a ``SubscriptionSpell/subscription``.
  let subscriptions = IdentifierDirectory()
  /// The account of each subscription.
  private(set) var accountOfSubscription: [Int32] = []
  private(set) var orphanRowCount = 0
  private(set) var reversedCount = 0

  static let types: [String: DeclaredType] = [
    "account_id": .identifier, "sub_id": .identifier, "plan": .category, "mrr": .number,
    "seats": .number, "discount": .number, "start": .date, "end": .date,
    "billing_period_months": .category, "auto_renew": .boolean, "renewal_date": .date,
    "available_at": .date,
  ]
  static let required = ["account_id", "start"]

  /// Reads the rows off the table.
  ///
  /// A row that ends before it starts is left out and counted (a day without length says nothing,
  /// and is left out too).
  ///
  /// - Parameter account: The code of an account; `nil` for one that does not exist.
  init(_ table: SourceTable, account: ([UInt8]) -> Int32?) {
    let ids = table.identifiers("account_id") ?? []
    let keys = table.identifiers("sub_id")
    let planCodes = table.wordCodes("plan") ?? WordCodes(count: ids.count)
    let ended = Set(table.source.endedPlans)
    let plans = planCodes.words.filter { !ended.contains($0) }
    let renamed = planCodes.words.map { word in plans.firstIndex(of: word).map(Int32.init) }
    self.plans = plans
    let (mrr, seats) = (table.numbers("mrr"), table.numbers("seats"))
    let (discount, renews) = (table.numbers("discount"), table.numbers("auto_renew"))
    let (start, end) = (table.days("start") ?? [], table.days("end"))
    let (renewal, known) = (table.days("renewal_date"), table.days("available_at"))
    let period = table.words("billing_period_months")?.map(Self.months)
    var changes: [Int32: [(spell: SubscriptionSpell, isEnd: Bool)]] = [:]
    for row in ids.indices {
      guard let owner = account(ids[row]) else {
        orphanRowCount += 1
        continue
      }
      guard let first = start[row] else { continue }
      var subscription: UInt32 = 0
      if let keys {
        subscription = UInt32(bitPattern: subscriptions.code(of: keys[row]))
        if Int(subscription) == accountOfSubscription.count { accountOfSubscription.append(owner) }
      }
      let word = planCodes.codes[row]
      let spell = SubscriptionSpell(
        subscription: subscription, plan: word < 0 ? -1 : renamed[Int(word)] ?? -1,
        mrr: mrr.flatMap { ExactAmount($0[row]) } ?? .zero, seats: seats?[row] ?? .nan,
        discount: discount?[row] ?? .nan, start: first, end: end?[row],
        knownOn: max(first, known?[row] ?? first + table.source.lagDays),
        billingPeriodMonths: period?[row] ?? .nan,
        autoRenews: renews.flatMap { $0[row].isNaN ? nil : $0[row] > 0.5 }, renewal: renewal?[row])
      if table.source.layout == .changes {
        let isEnd = word >= 0 && renamed[Int(word)] == nil
        changes[owner, default: []].append((spell, isEnd))
      } else if let last = spell.end, last <= first {
        reversedCount += 1
      } else {
        spells.append((owner, spell))
      }
    }
    for owner in changes.keys.sorted() { append(changes[owner]!, owner) }
  }

  /// A change lasts until the account's next one; a change to an ended plan begins nothing.
  private mutating func append(
    _ changes: [(spell: SubscriptionSpell, isEnd: Bool)], _ owner: Int32
  ) {
    let ordered = changes.enumerated().sorted {
      ($0.element.spell.start, $0.offset) < ($1.element.spell.start, $1.offset)
    }.map(\.element)
    for (index, change) in ordered.enumerated() where !change.isEnd {
      var spell = change.spell
      spell.end = index + 1 < ordered.count ? ordered[index + 1].spell.start : nil
      // The later of two changes on one day is the one that holds.
      if spell.end != spell.start { spells.append((owner, spell)) }
    }
  }

  /// The months of a billing period, given as a number or a word.
  static func months(_ word: String?) -> Double {
    guard let word = word?.lowercased() else { return .nan }
    if let number = Double(word) { return number.isFinite && number > 0 ? number : .nan }
    return switch word {
    case "monthly", "month": 1
    case "quarterly", "quarter": 3
    case "semiannual", "semi-annual", "half-yearly": 6
    case "annual", "annually", "yearly", "year": 12
    default: .nan
    }
  }
}
