import CivilCalendar
import Configuration
import Diagnostics
import Features
import Learning
import UsageHistory

/// Computes features again after the future was taken away, altered and added to: a feature that
/// changes has looked at it.
struct ReplayAudit {
  /// How the future is changed.
  enum Change: String, CaseIterable, Sendable {
    case removed, altered, appended
  }

  /// How many rows were looked at, three times each.
  let rowCount: Int
  /// The features that changed, and in how many of the computations.
  let changed: [(feature: String, change: Change, count: Int)]

  /// Replays a sample of rows.
  init(
    _ rows: [PanelRow], of history: CustomerHistory, recipe: FeatureRecipe, seed: UInt64,
    threads: Int
  ) throws(Diagnostic) {
    rowCount = rows.count
    var accounts: [AccountHistory] = []
    for row in rows { accounts.append(try history.account(row.account)) }
    let places = rows.enumerated().map { PanelRow(account: $0, asOf: $1.asOf) }
    func panel(_ accounts: [AccountHistory]) throws(Diagnostic) -> FeatureMatrix {
      try FeaturePanel.rows(
        places, of: AccountList(accounts), recipe: recipe, dictionaries: history.dictionaries,
        threads: threads
      ).matrix
    }
    let original = try panel(accounts)
    var changed: [(String, Change, Int)] = []
    for change in Change.allCases {
      let other = try panel(
        accounts.enumerated().map { index, account in
          var replay = Replay(
            asOf: rows[index].asOf, nameCount: history.dictionaries.events.names.count,
            generator: SeededGenerator(seed: seed, stream: UInt64(index)))
          return replay.account(account, change)
        })
      for (feature, definition) in recipe.definitions.enumerated() {
        let count = Self.differences(original.columns[feature], other.columns[feature])
        if count > 0 { changed.append((definition.name, change, count)) }
      }
    }
    self.changed = changed
  }

  /// Rows whose values differ in any bit.
  private static func differences(_ left: FeatureColumn, _ right: FeatureColumn) -> Int {
    switch (left, right) {
    case (.number(let left), .number(let right)):
      zip(left, right).count { $0.bitPattern != $1.bitPattern && !($0.isNaN && $1.isNaN) }
    case (.category(let left), .category(let right)): zip(left, right).count { $0 != $1 }
    default: left.count
    }
  }

  /// What changed, as findings, one for each feature.
  var findings: [LeakFinding] {
    var features: [String] = []
    for change in changed where !features.contains(change.feature) {
      features.append(change.feature)
    }
    return features.map { feature in
      let changes = changed.filter { $0.feature == feature }
      let most = changes.map(\.count).max() ?? 0
      return LeakFinding(
        kind: .replay, target: nil, table: nil, column: feature, words: [], reachesFeatures: true,
        evidence:
          "changed in \(most) of \(rowCount) rows when what was recorded from the as-of day "
          + "on was \(changes.map(\.change.rawValue).joined(separator: ", "))",
        figures: ["changed": Double(most), "rows": Double(rowCount)],
        advice: "a fault of this program: please report it; until then "
          + "features: {exclude: [\(feature)]}")
    }
  }
}

/// Changes what was recorded of one account from a day on.
private struct Replay {
  let asOf: CalendarDay
  let nameCount: Int
  var generator: SeededGenerator

  mutating func account(
    _ account: AccountHistory, _ change: ReplayAudit.Change
  ) -> AccountHistory {
    var account = account
    if let created = account.profile.created, created >= asOf {
      account.profile.created = change == .removed ? nil : created + generator.nextIndex(below: 99)
    }
    // The parts that no as-of day may see; the rest of each list stays as it is.
    changeActivity(&account, change)
    changeSpells(&account, change)
    changeTickets(&account, change)
    changeTheRest(&account, change)
    return account
  }

  private mutating func laterDay() -> CalendarDay { asOf + generator.nextIndex(below: 120) }

  private mutating func changeActivity(
    _ account: inout AccountHistory, _ change: ReplayAudit.Change
  ) {
    var cells: [ActivityCell] = []
    for var cell in account.activity {
      guard Int(cell.day) + Int(cell.lag) >= Int(asOf.number) else {
        cells.append(cell)
        continue
      }
      if change == .removed { continue }
      if change == .altered {
        cell.name = UInt16(generator.nextIndex(below: max(1, nameCount)))
        cell.count = UInt32(1 + generator.nextIndex(below: 1000))
        cell.isAgent.toggle()
        if cell.day >= asOf.number { cell.day = laterDay().number }
      }
      cells.append(cell)
    }
    if change == .appended, nameCount > 0 {
      for index in 0..<40 {
        var cell = ActivityCell(
          day: index == 0 ? asOf.number : laterDay().number,
          name: UInt16(generator.nextIndex(below: nameCount)))
        cell.user = UInt32(generator.nextIndex(below: 5))
        cell.count = UInt32(1 + generator.nextIndex(below: 1000))
        cell.isAgent = index.isMultiple(of: 3)
        cell.outcome = cell.isAgent ? .failed : .none
        cells.append(cell)
      }
    }
    account.activity = ArraySlice(cells.sortedByKey { $0.day })
  }

  private mutating func changeSpells(_ account: inout AccountHistory, _ change: ReplayAudit.Change)
  {
    var spells: [SubscriptionSpell] = []
    for var spell in account.subscriptions {
      if spell.start >= asOf || spell.knownOn >= asOf {
        if change == .removed { continue }
        if change == .altered {
          if spell.start >= asOf { spell.start = laterDay() }
          spell.knownOn = laterDay()
          spell.mrr = spell.mrr + spell.mrr
          spell.plan = -1
          spell.end = nil
        }
      } else if let end = spell.end, end >= asOf {
        if change == .removed { spell.end = nil }
        if change == .altered { spell.end = laterDay() }
      }
      spells.append(spell)
    }
    if change == .appended {
      let mrr = ExactAmount(millionths: 77_000_000)
      spells.append(SubscriptionSpell(subscription: 99_999, mrr: mrr, start: asOf))
      spells.append(SubscriptionSpell(subscription: 99_998, mrr: mrr, start: laterDay()))
    }
    account.subscriptions = ArraySlice(spells.sortedByKey { $0.start.number })
  }

  private mutating func changeTickets(
    _ account: inout AccountHistory, _ change: ReplayAudit.Change
  ) {
    var tickets: [SupportTicket] = []
    for var ticket in account.tickets {
      if ticket.opened >= asOf || ticket.knownOn >= asOf {
        if change == .removed { continue }
        if change == .altered {
          if ticket.opened >= asOf { ticket.opened = laterDay() }
          ticket.knownOn = laterDay()
          ticket.sentiment = -1
          ticket.isSevere.toggle()
        }
      } else if ticket.closed.map({ $0 >= asOf }) ?? false {
        if change == .removed {
          ticket.closed = nil
          ticket.resolutionHours = .nan
        }
        if change == .altered {
          ticket.closed = laterDay()
          ticket.resolutionHours = 5000
          ticket.wasReopened.toggle()
        }
      }
      tickets.append(ticket)
    }
    if change == .appended {
      for _ in 0..<5 {
        tickets.append(SupportTicket(opened: laterDay(), isSevere: true, sentiment: -1))
      }
      tickets.append(SupportTicket(opened: asOf, isSevere: true, sentiment: -1))
    }
    account.tickets = ArraySlice(tickets.sortedByKey { $0.opened.number })
  }

  private mutating func changeTheRest(
    _ account: inout AccountHistory, _ change: ReplayAudit.Change
  ) {
    var payments = account.payments.filter { $0.day < asOf && $0.knownOn < asOf }
    var members = account.members.filter { $0.from < asOf }
    for index in members.indices {
      guard let left = members[index].left, left >= asOf else { continue }
      members[index].left = change == .removed ? nil : laterDay()
    }
    var outcomes = account.outcomes.filter { $0.day < asOf }
    if change != .removed {
      for payment in account.payments where payment.day >= asOf {
        payments.append(
          Payment(
            day: laterDay(), amount: payment.amount,
            status: change == .altered ? .failed : payment.status))
      }
      for var member in account.members where member.from >= asOf {
        member.from = laterDay()
        members.append(member)
      }
      payments.append(Payment(day: asOf, amount: .zero, status: .failed))
      members.append(MemberRecord(user: 1, from: asOf, department: 0))
      outcomes.append(OutcomeRecord(day: asOf, outcome: 0))
    }
    account.payments = ArraySlice(payments.sortedByKey { $0.day.number })
    account.members = ArraySlice(
      members.sortedByKey { Int64($0.user) << 32 | Int64($0.from.number) })
    account.outcomes = ArraySlice(outcomes.sortedByKey { $0.day.number })
  }
}

extension Sequence {
  /// Sorted by a key; elements of one key keep their order.
  fileprivate func sortedByKey(_ key: (Element) -> some Comparable) -> [Element] {
    enumerated().sorted { left, right in
      let (first, second) = (key(left.element), key(right.element))
      return first == second ? left.offset < right.offset : first < second
    }.map(\.element)
  }
}
