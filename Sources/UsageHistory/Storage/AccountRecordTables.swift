import CivilCalendar

/// Everything but activity that the tables say of accounts.
struct AccountRecordTables: Sendable {
  /// Shape `[accountCount]`.
  var profiles: [AccountProfile]
  var subscriptions: RecordsByAccount<SubscriptionSpell>
  var tickets: RecordsByAccount<SupportTicket>
  var payments: RecordsByAccount<Payment>
  var users: RecordsByAccount<UserRow>
  var outcomes: RecordsByAccount<OutcomeRecord>

  /// A row of the table of users.
  struct UserRow: Sendable {
    /// See ``Fingerprint64``.
    var fingerprint: UInt64
    var record: MemberRecord
  }

  /// The members of an account; `codes` gives the code of a fingerprint.
  func members(of account: Int, codes: (UInt64) -> UInt32) -> [MemberRecord] {
    let members = users[account].map { row in
      var record = row.record
      record.user = codes(row.fingerprint)
      return record
    }
    // Codes rise with fingerprints, but for users without events, whose code is 0: these come first,
    // since views look for a user by halving.
    return members.filter { $0.user == 0 } + members.filter { $0.user != 0 }
  }
}

/// Records side by side, those of one account together.
struct RecordsByAccount<Record: Sendable>: Sendable {
  private let records: [Record]
  private let starts: [Int]

  /// Whether no account has any.
  var isEmpty: Bool { records.isEmpty }

  /// Groups records by account; those of one account are sorted by `areInOrder`, ties by their
  /// place in the files.
  init(
    _ rows: [(account: Int, record: Record)], accountCount: Int,
    by areInOrder: (Record, Record) -> Bool
  ) {
    var starts = [Int](repeating: 0, count: accountCount + 1)
    for row in rows { starts[row.account + 1] += 1 }
    for account in 0..<accountCount { starts[account + 1] += starts[account] }
    var next = starts
    var order = [Int](repeating: 0, count: rows.count)
    for (index, row) in rows.enumerated() {
      order[next[row.account]] = index
      next[row.account] += 1
    }
    var records = order.map { rows[$0].record }
    for account in 0..<accountCount where starts[account + 1] - starts[account] > 1 {
      // The standard library's sort keeps equal elements in their order.
      records[starts[account]..<starts[account + 1]].sort(by: areInOrder)
    }
    self.records = records
    self.starts = starts
  }

  /// The records of an account.
  subscript(account: Int) -> ArraySlice<Record> { records[starts[account]..<starts[account + 1]] }
}
