import Diagnostics
import UsageHistory

/// Histories without what agents did, as they would be to somebody who counts humans only.
struct HumanStream<Source: AccountSource>: AccountSource {
  private let source: Source

  init(of source: Source) { self.source = source }

  var accountCount: Int { source.accountCount }

  func forEachAccount<State>(
    threads: Int, makeState: @Sendable () -> State,
    _ body: @Sendable (inout State, AccountHistory) -> Void
  ) throws(Diagnostic) {
    try source.forEachAccount(threads: threads, makeState: makeState) { state, account in
      var account = account
      // Where no agent acts, nothing is copied.
      if account.activity.contains(where: \.isAgent) {
        account.activity = ArraySlice(account.activity.filter { !$0.isAgent })
      }
      body(&state, account)
    }
  }
}
