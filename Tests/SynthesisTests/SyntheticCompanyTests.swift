import Diagnostics
import Foundation
import Synthesis
import TestSupport
import Testing

@Suite struct SyntheticCompanyTests {
  private static let tables = Result { try CompanyTables(CompanyTables.plan()) }
  private var tables: CompanyTables { get throws { try Self.tables.get() } }

  @Test func `the bytes never change`() throws {
    let tables = try CompanyTables(CompanyTables.plan(accounts: 40, months: 6, seed: 2026))
    let digests = SyntheticCompany.tableNames.map { digest(tables[bytesOf: $0]) }
    #expect(
      digests == [
        473_914_365_265_918_023, 7_834_436_694_078_755_957, 4_831_543_287_771_692_267,
        13_727_993_456_965_733_714, 9_654_773_790_902_144_140, 17_821_181_815_327_535_287,
        6_580_934_710_178_155_141,
      ])
  }

  @Test(arguments: [1, 3])
  func `the number of threads changes no byte`(threads: Int) throws {
    let others = try CompanyTables(CompanyTables.plan(), threads: threads)
    for table in SyntheticCompany.tableNames {
      #expect(try others[bytesOf: table] == tables[bytesOf: table], "\(table)")
    }
  }

  @Test func `another seed gives another company`() throws {
    let others = try CompanyTables(CompanyTables.plan(seed: 4))
    for table in ["accounts", "subscriptions", "events", "users"] {
      #expect(try others[bytesOf: table] != tables[bytesOf: table], "\(table)")
    }
  }

  @Test func `more accounts leave the story of the first as it is`() throws {
    let more = try CompanyTables(CompanyTables.plan(accounts: 200))
    for table in ["accounts", "subscriptions", "tickets", "payments", "users"] {
      #expect(try more[bytesOf: table].starts(with: tables[bytesOf: table]), "\(table)")
    }
  }

  @Test func `the number of events is about what was asked for, and changes no story`() throws {
    var plan = CompanyTables.plan()
    plan.eventCount = 500_000
    let more = try CompanyTables(plan)
    let count = more["events"].rows.count
    #expect((490_000...510_000).contains(count))
    for table in ["accounts", "subscriptions", "tickets", "payments", "users"] {
      #expect(try more[bytesOf: table] == tables[bytesOf: table], "\(table)")
    }
  }

  @Test func `every line has as many cells as the header, and none needs quotes`() throws {
    for table in SyntheticCompany.tableNames {
      let content = try tables[table]
      #expect(!content.rows.isEmpty)
      #expect(content.rows.allSatisfy { $0.count == content.header.count }, "\(table)")
      #expect(try !tables[bytesOf: table].contains(UInt8(ascii: "\"")), "\(table)")
    }
  }

  @Test func `the rows counted are the rows written`() throws {
    for (table, rowCount) in try tables.summary.rowCounts {
      #expect(try rowCount == tables[table].rows.count, "\(table)")
    }
  }

  @Test func `the headers are those that the other stages expect`() throws {
    let headers = try SyntheticCompany.tableNames.map {
      try tables[$0].header.joined(separator: ",")
    }
    #expect(
      headers == [
        "account_id,created_at,segment,country,industry",
        "account_id,sub_id,plan,mrr,seats,discount,start,end,billing_period_months,auto_renew,"
          + "renewal_date",
        "account_id,user_id,ts,event,value,actor,status",
        "ticket_id,account_id,opened,closed,severity,sentiment,text",
        "account_id,ts,amount,status",
        "user_id,account_id,role,department,created_at,left_at",
        "tier,rank,price_per_seat,limit_api_calls,limit_agent_runs,limit_storage_gb,features",
      ])
  }

  @Test func `events are sorted by time, then by account`() throws {
    let events = try tables["events"]
    let times = events.texts("ts")
    let accounts = events.texts("account_id")
    for row in times.indices.dropFirst() {
      #expect(times[row - 1] <= times[row])
      if times[row - 1] == times[row] { #expect(accounts[row - 1] <= accounts[row]) }
    }
    #expect(times.allSatisfy { $0.count == 20 && $0.last == "Z" })
    #expect(times.first! >= "2024-01-01T00:00:00Z" && times.last! < "2025-01-01T00:00:00Z")
  }

  @Test func `agents run, with a status; people act, without one`() throws {
    let events = try tables["events"]
    let actors = events.texts("actor")
    let statuses = events.texts("status")
    let users = events.texts("user_id")
    for row in actors.indices {
      #expect((actors[row] == "agent") == !statuses[row].isEmpty)
      #expect((actors[row] == "agent") == users[row].isEmpty)
    }
    #expect(Set(actors) == ["human", "agent"])
    #expect(Set(statuses) == ["", "succeeded", "failed", "timed_out"])
    #expect(Set(events.texts("event")).count >= 30)
  }

  @Test func `every id leads to a row of its table`() throws {
    let accounts = Set(try tables["accounts"].texts("account_id"))
    #expect(accounts.count == 150)
    let users = try tables["users"]
    let accountOfUser = Dictionary(
      uniqueKeysWithValues: zip(users.texts("user_id"), users.texts("account_id")))
    for table in ["subscriptions", "events", "tickets", "payments", "users"] {
      #expect(try accounts.isSuperset(of: tables[table].texts("account_id")), "\(table)")
    }
    let events = try tables["events"]
    for (user, account) in zip(events.texts("user_id"), events.texts("account_id"))
    where !user.isEmpty {
      #expect(accountOfUser[user] == account)
    }
    for (table, id) in [("subscriptions", "sub_id"), ("tickets", "ticket_id")] {
      let ids = try tables[table].texts(id)
      #expect(Set(ids).count == ids.count)
    }
    let tiers = Set(try tables["tiers"].texts("tier"))
    #expect(try tiers.isSuperset(of: tables["subscriptions"].texts("plan")))
  }

  @Test func `subscriptions follow one another without a gap or an overlap`() throws {
    let accounts = try tables["accounts"]
    let created = Dictionary(
      uniqueKeysWithValues: zip(accounts.texts("account_id"), accounts.texts("created_at")))
    for (account, spells) in try tables.rows(of: "subscriptions") {
      #expect(spells[0]["start"] == created[account]?.prefix(10).description)
      for (spell, next) in zip(spells, spells.dropFirst()) {
        #expect(spell["end"] == next["start"])
        #expect(spell["start"]! < next["start"]!)
      }
      let end = spells.last!["end"]!
      #expect(end.isEmpty || end > spells.last!["start"]!)
      for spell in spells {
        // A yearly contract knows the day of its renewal and no later one.
        #expect((spell["billing_period_months"] == "12") == !spell["renewal_date"]!.isEmpty)
        if !spell["renewal_date"]!.isEmpty, !spell["end"]!.isEmpty {
          #expect(spell["end"]! <= spell["renewal_date"]!)
        }
      }
    }
  }

  @Test func `nothing happens before an account is there or after it has left`() throws {
    let accounts = try tables["accounts"]
    let created = Dictionary(
      uniqueKeysWithValues: zip(accounts.texts("account_id"), accounts.texts("created_at")))
    let end = try tables.rows(of: "subscriptions").mapValues { $0.last!["end"]! }
    #expect(end.values.contains { !$0.isEmpty })
    let columns = [
      ("events", "ts"), ("tickets", "opened"), ("tickets", "closed"), ("payments", "ts"),
      ("users", "created_at"), ("users", "left_at"),
    ]
    for (table, column) in columns {
      let content = try tables[table]
      for (account, time) in zip(content.texts("account_id"), content.texts(column))
      where !time.isEmpty {
        #expect(time >= created[account]!, "\(table).\(column)")
        if let end = end[account], !end.isEmpty { #expect(time < end, "\(table).\(column)") }
      }
    }
  }

  @Test func `people act only while they are there`() throws {
    let users = try tables["users"]
    let created = Dictionary(
      uniqueKeysWithValues: zip(users.texts("user_id"), users.texts("created_at")))
    let left = Dictionary(
      uniqueKeysWithValues: zip(users.texts("user_id"), users.texts("left_at")))
    let events = try tables["events"]
    for (user, time) in zip(events.texts("user_id"), events.texts("ts")) where !user.isEmpty {
      #expect(time >= created[user]!)
      if left[user] != "" { #expect(time < left[user]!) }
    }
  }

  @Test func `revenue is seats times the price of a seat, less the discount`() throws {
    let tiers = try tables["tiers"]
    let prices = Dictionary(
      uniqueKeysWithValues: zip(tiers.texts("tier"), tiers.complete("price_per_seat")))
    let content = try tables["subscriptions"]
    for (row, plan) in content.texts("plan").enumerated() {
      let list =
        content.complete("seats")[row] * prices[plan]! * (1 - content.complete("discount")[row])
      // List prices rise by a few per cent a year.
      let ratio = content.complete("mrr")[row] / list
      #expect((0.999...1.1).contains(ratio))
    }
  }

  @Test func `a start on the last day of January has anniversaries in February`() throws {
    var plan = CompanyTables.plan(accounts: 60, months: 3)
    plan.start = CompanyDate("2024-01-31")!
    let tables = try CompanyTables(plan)
    let times = tables["events"].texts("ts")
    #expect(times.first!.hasPrefix("2024-01-31"))
    #expect(times.last! < "2024-04-30")
  }

  @Test(arguments: ["2024-02-30", "2023-02-29", "2024-13-01", "2024-1-01", "24-01-01", "", "x"])
  func `a day that no calendar has is refused`(text: String) {
    #expect(CompanyDate(text) == nil)
  }

  @Test func `a plan says what is wrong with it`() {
    #expect(CompanyPlan().fault == nil)
    #expect(CompanyTables.plan(accounts: 0).fault == "0 accounts, expected 1 to 1000000")
    #expect(CompanyTables.plan(months: 121).fault == "121 months, expected 1 to 120")
  }

  @Test func `one account for one month is a company`() throws {
    let tables = try CompanyTables(CompanyTables.plan(accounts: 1, months: 1), threads: 3)
    #expect(tables["accounts"].rows.count == 1)
    #expect(tables["tiers"].rows.count == 4)
  }
}
