import Learning
import Synchronization

/// Some accounts that live through the same days on one thread at a time.
final class AccountBlock: Sendable {
  /// How many accounts a block has, whatever the number of threads.
  static let accountCount = 64

  private struct State {
    var accounts: [Account]
    /// The events of the days that were lived through last, by day, in the order of the accounts.
    var records: [[EventRecord]] = []
  }

  private let state: Mutex<State>
  private let plan: CompanyPlan
  private let calendar: CompanyCalendar

  init(index: Int, plan: CompanyPlan, calendar: CompanyCalendar) {
    let first = index * Self.accountCount
    let last = min(first + Self.accountCount, plan.accountCount)
    let accounts = (first..<last).map { Account(index: $0, plan: plan, calendar: calendar) }
    state = Mutex(State(accounts: accounts))
    self.plan = plan
    self.calendar = calendar
  }

  /// How many blocks hold a plan's accounts.
  static func count(_ plan: CompanyPlan) -> Int {
    (plan.accountCount + accountCount - 1) / accountCount
  }

  /// The accounts as they are.
  var accounts: [Account] { state.withLock { $0.accounts } }

  /// Lives through days and keeps their events, in place of those kept before.
  func live(through days: Range<Int>, scale: Double) {
    state.withLock { state in
      for position in 0..<max(state.records.count, days.count) {
        if position < state.records.count {
          state.records[position].removeAll(keepingCapacity: true)
        } else {
          state.records.append([])
        }
      }
      for position in state.accounts.indices {
        for day in days {
          guard let lived = state.accounts[position].live(day, calendar) else { continue }
          let place = day - days.lowerBound
          state.accounts[position].draw(lived, scale: scale, into: &state.records[place])
          if plan.hasLeaks, let notice = state.accounts[position].notice(on: day, calendar) {
            state.records[place].append(notice)
          }
        }
      }
    }
  }

  /// The events kept of one of the days, in the order of the accounts.
  func records(ofDay position: Int) -> [EventRecord] { state.withLock { $0.records[position] } }

  /// Lives through everything without keeping an event: how many there would be, those that the
  /// scale multiplies apart from the rest.
  func expectedEventCount() -> (scaled: Double, fixed: Double) {
    state.withLock { state in
      var scaled = 0.0
      var fixed = 0.0
      for position in state.accounts.indices {
        for day in 0..<calendar.dayCount {
          guard let lived = state.accounts[position].live(day, calendar) else { continue }
          scaled += lived.humanMean + lived.agentMean
          fixed +=
            Double(2 * lived.gateHitCount + 2 * lived.joined.count) + (lived.callCount > 0 ? 1 : 0)
        }
      }
      return (scaled, fixed)
    }
  }
}
