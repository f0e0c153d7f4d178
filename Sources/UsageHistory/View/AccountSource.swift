import Diagnostics
import Dispatch

/// Histories of accounts, handed out one by one.
public protocol AccountSource: Sendable {
  /// How many accounts there are; each is known by its position in `0..<accountCount`.
  var accountCount: Int { get }

  /// Calls `body` once for every account, on at most `threads` threads, in no particular order.
  ///
  /// `body` must write only to what belongs to the account. `makeState` gives each thread something
  /// of its own to reuse.
  ///
  /// - Throws: what getting at an account may throw.
  func forEachAccount<State>(
    threads: Int, makeState: @Sendable () -> State,
    _ body: @Sendable (inout State, AccountHistory) -> Void
  ) throws(Diagnostic)
}

extension AccountSource {
  /// The results of `body` for every account, in the accounts' order.
  public func map<State, Result: Sendable>(
    threads: Int, makeState: @Sendable () -> State,
    _ body: @Sendable (inout State, AccountHistory) -> Result
  ) throws(Diagnostic) -> [Result] {
    var results = [Result?](repeating: nil, count: accountCount)
    var failure: Diagnostic?
    // SAFETY: each account is visited once, so each place is written by one call; the pointer does
    // not leave the closure.
    unsafe results.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let places = unsafe buffer
      do throws(Diagnostic) {
        try forEachAccount(threads: threads, makeState: makeState) { state, account in
          unsafe places[account.account] = body(&state, account)
        }
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return results.map { $0! }
  }

  /// The results of `body` for every account, in the accounts' order.
  public func map<Result: Sendable>(
    threads: Int, _ body: @Sendable (AccountHistory) -> Result
  ) throws(Diagnostic) -> [Result] {
    try map(threads: threads, makeState: { () }) { _, account in body(account) }
  }
}

/// Histories made by hand.
public struct AccountList: AccountSource {
  private let accounts: [AccountHistory]

  /// Numbers the accounts by their place in the list.
  public init(_ accounts: [AccountHistory]) {
    self.accounts = accounts.enumerated().map { position, account in
      var account = account
      account.account = position
      return account
    }
  }

  /// How many accounts there are.
  public var accountCount: Int { accounts.count }

  /// The account at a position.
  public subscript(account: Int) -> AccountHistory { accounts[account] }

  /// Calls `body` once for every account; see ``AccountSource``.
  public func forEachAccount<State>(
    threads: Int, makeState: @Sendable () -> State,
    _ body: @Sendable (inout State, AccountHistory) -> Void
  ) throws(Diagnostic) {
    let workers = max(1, min(threads, accounts.count))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      var state = makeState()
      for position in stride(from: worker, to: accounts.count, by: workers) {
        body(&state, accounts[position])
      }
    }
  }
}
