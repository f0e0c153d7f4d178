import Synthesis
import Testing

@Suite struct CompanyLeakTests {
  private static let clean = Result { try CompanyTables(plan(leaks: false)) }
  private static let leaky = Result { try CompanyTables(plan(leaks: true)) }
  /// Long enough for yearly contracts to be renewed.
  private static func plan(leaks: Bool) -> CompanyPlan {
    CompanyTables.plan(accounts: 100, months: 18, leaks: leaks)
  }
  private var clean: CompanyTables { get throws { try Self.clean.get() } }
  private var leaky: CompanyTables { get throws { try Self.leaky.get() } }

  @Test func `there are ten leaks, each of a table and a column that exist`() throws {
    #expect(CompanyLeak.all.count == 10)
    for leak in CompanyLeak.all {
      #expect(try leaky[leak.table].header.contains(leak.column), "\(leak.table).\(leak.column)")
      #expect(leak.why.hasSuffix("."))
    }
  }

  @Test(arguments: CompanyLeak.all.indices)
  func `a leak is planted where it is asked for, and nowhere else`(index: Int) throws {
    let leak = CompanyLeak.all[index]
    let table = try clean[leak.table]
    if let value = leak.value {
      #expect(!table.texts(leak.column).contains(value))
      #expect(try leaky[leak.table].texts(leak.column).contains(value))
    } else if table.header.contains(leak.column) {
      #expect(try table.texts(leak.column) != leaky[leak.table].texts(leak.column))
    } else {
      #expect(try leaky[leak.table].texts(leak.column).contains { !$0.isEmpty })
    }
  }

  @Test func `a planted value or word stands for leavers alone, and for each of them`() throws {
    let left = Set(
      try clean.rows(of: "subscriptions").filter { !$0.value.last!["end"]!.isEmpty }.keys)
    #expect(left.count >= 5)
    for leak in CompanyLeak.all where leak.value != nil {
      let table = try leaky[leak.table]
      let accounts = zip(table.texts("account_id"), table.texts(leak.column))
        .filter { $0.1 == leak.value }.map(\.0)
      #expect(Set(accounts) == left, "\(leak.table).\(leak.column)")
    }
    let accounts = try leaky["accounts"]
    for (column, value) in [
      ("health_status", "lost"), ("account_status", "closed"), ("current_plan", "none"),
    ] {
      let lost = zip(accounts.texts("account_id"), accounts.texts(column)).filter { $0.1 == value }
      #expect(Set(lost.map(\.0)) == left, "\(column)")
    }
    let subscriptions = try leaky["subscriptions"]
    let reasons = zip(subscriptions.texts("account_id"), subscriptions.texts("cancel_reason"))
    #expect(Set(reasons.filter { !$0.1.isEmpty }.map(\.0)) == left)
  }

  @Test func `a notice comes before the end and after the last decision`() throws {
    let end = try leaky.rows(of: "subscriptions").mapValues { $0.last!["end"]! }
    let events = try leaky["events"]
    for row in events.rows where row[3] == "account_cancelled" {
      let days = day(end[row[0]]!) - day(row[2])
      #expect((27...31).contains(days))
    }
  }

  @Test func `a renewal date that was overwritten is that of the last subscription`() throws {
    for spells in try leaky.rows(of: "subscriptions").values {
      #expect(Set(spells.map { $0["renewal_date"]! }).count == 1)
    }
  }

  @Test func `leaks leave the story as it is`() throws {
    for table in ["subscriptions", "accounts"] {
      let plain = try clean[table]
      for column in plain.header where column != "renewal_date" {
        #expect(try plain.texts(column) == leaky[table].texts(column), "\(table).\(column)")
      }
    }
    let events = try leaky["events"].rows.filter { $0[3] != "account_cancelled" }
    #expect(try events == clean["events"].rows)
  }
}
