import CivilCalendar
import Diagnostics
import Dispatch
import Synchronization

/// The histories of all accounts: what the raw tables say, sorted by account and by day.
///
/// It holds the future of any as-of day too. Labels are read off it; features are given a
/// ``HistoryView`` of one account.
public final class CustomerHistory: AccountSource {
  /// The ids of the accounts, sorted byte by byte; an account is known by its position here.
  public let accountIDs: [String]
  /// The words behind the codes.
  public let dictionaries: HistoryDictionaries
  /// The first and the last day of which the tables tell.
  public let coverage: ClosedRange<CalendarDay>
  /// What was read, and what was put up with.
  public let report: HistoryReport

  private let store: ActivityStore
  private let rankOfName: [UInt16]
  private let records: AccountRecordTables
  /// The accounts of each shelf by their position in it.
  private let accountsOfShelf: [[Int]]

  init(
    accountIDs: [String], accountOfCode: [Int], dictionaries: HistoryDictionaries,
    coverage: ClosedRange<CalendarDay>, report: HistoryReport, store: ActivityStore,
    rankOfName: [UInt16], records: AccountRecordTables
  ) {
    self.accountIDs = accountIDs
    self.dictionaries = dictionaries
    self.coverage = coverage
    self.report = report
    self.store = store
    self.rankOfName = rankOfName
    self.records = records
    var accountsOfShelf = [[Int]](repeating: [], count: ActivityStore.shelfCount)
    for (code, account) in accountOfCode.enumerated() {
      accountsOfShelf[code % ActivityStore.shelfCount].append(account)
    }
    self.accountsOfShelf = accountsOfShelf
  }

  /// How many accounts there are.
  public var accountCount: Int { accountIDs.count }

  /// The date of each account that an as-of schedule counts from; no events need be sorted for it.
  package var scheduleDates: [CalendarDay?] { records.profiles.bare.map(\.scheduleDate) }

  /// Calls `body` with the history of each account, on at most `threads` threads.
  ///
  /// Accounts come in no particular order, so `body` must write only to what belongs to the account.
  /// `makeState` gives each stretch of work something of its own to reuse.
  ///
  /// - Throws: `limit.history`.
  public func forEachAccount<State>(
    threads: Int, makeState: @Sendable () -> State,
    _ body: @Sendable (inout State, AccountHistory) -> Void
  ) throws(Diagnostic) {
    let filled = accountsOfShelf.indices.filter { !accountsOfShelf[$0].isEmpty }
    let next = Mutex(0)
    let failure = Mutex<Diagnostic?>(nil)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, filled.count))) { _ in
      var state = makeState()
      while true {
        let turn = next.withLock { next in
          next += 1
          return next - 1
        }
        guard turn < filled.count, failure.withLock({ $0 == nil }) else { return }
        do throws(Diagnostic) {
          let accounts = accountsOfShelf[filled[turn]]
          let shelf = try shelf(filled[turn])
          for (position, account) in accounts.enumerated() {
            body(&state, history(account, position, shelf))
          }
        } catch {
          failure.withLock { $0 = $0 ?? error }
        }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  /// The history of one account.
  ///
  /// - Throws: `limit.history`.
  /// - Complexity: O(events of the account's shelf), a 512th of all.
  public func account(_ account: Int) throws(Diagnostic) -> AccountHistory {
    for (index, accounts) in accountsOfShelf.enumerated() {
      if let position = accounts.firstIndex(of: account) {
        return history(account, position, try shelf(index))
      }
    }
    preconditionFailure("account \(account) of \(accountCount)")
  }

  private func shelf(_ index: Int) throws(Diagnostic) -> ActivityShelf {
    let shelf = store.shelves[index].shelf.withLock { $0 }
    let (events, counts) = shelf.events(rankOfName: rankOfName)
    return try ActivityShelf(
      events, counts: counts, accountCount: accountsOfShelf[index].count)
  }

  private func history(_ account: Int, _ position: Int, _ shelf: ActivityShelf) -> AccountHistory {
    AccountHistory(
      account: account, profile: records.profiles[account], activity: shelf.cells(of: position),
      subscriptions: records.subscriptions[account], tickets: records.tickets[account],
      payments: records.payments[account],
      members: records.users.isEmpty
        ? [] : ArraySlice(records.members(of: account, codes: shelf.user)),
      outcomes: records.outcomes[account])
  }
}
