import Foundation
import Synthesis
import TestSupport
import Testing

@Suite struct SyntheticCustomersTests {
  private static let customers = SyntheticCustomers(rowCount: 6_000, seed: 7)
  private static let table = CustomerTable(customers.csv())

  @Test func `the bytes never change`() {
    let csv = SyntheticCustomers(rowCount: 1_000, seed: 2026).csv()
    #expect(digest(csv) == 5_650_483_191_138_798_479)
    #expect(csv == SyntheticCustomers(rowCount: 1_000, seed: 2026).csv())
  }

  @Test func `the first line is the header and the second the first customer`() {
    let lines = String(decoding: Self.customers.csv(rows: 0..<1), as: UTF8.self)
    #expect(
      lines == """
        account_id,segment,plan,region,billing,auto_renew,tenure_days,days_to_renewal,seats,\
        active_users_28d,seat_utilisation,active_days_28d,events_28d,usage_change_28d,\
        feature_depth_30d,agent_runs_28d,agent_success_28d,champion_days_silent,\
        tickets_28d_per_seat,failed_payments_84d,limit_utilisation_max,mrr,nps_last,lucky_number,\
        churned
        acct_00001,enterprise,enterprise,benelux,annual,no,270,363,183,192,1.049,26,20293,0.88,\
        0.82,1892,0.906,13,0.098,0,0.83,9907.80,10,617,no

        """)
    #expect(Self.table.header == Self.customers.header)
  }

  @Test(arguments: [
    ("saas-customers.csv", 0..<4_000), ("saas-customers-holdout.csv", 4_000..<6_000),
  ])
  func `the shipped file is what the generator makes`(name: String, rows: Range<Int>) throws {
    let file = ReferenceFiles.packageRoot.appending(path: "Datasets/\(name)")
    #expect(try Data(contentsOf: file) == Data(Self.customers.csv(rows: rows)))
  }

  @Test func `another seed gives another table`() {
    let others = SyntheticCustomers(rowCount: 6_000, seed: 8)
    #expect(others.csv() != Self.customers.csv())
    let common = Set(CustomerTable(others.csv()).texts("mrr"))
      .intersection(Self.table.texts("mrr"))
    #expect(common.count < 1_000)
  }

  @Test(arguments: [0, 1, 37, 5_999])
  func `a smaller table is the beginning of a larger one`(rowCount: Int) {
    let smaller = SyntheticCustomers(rowCount: rowCount, seed: 7)
    #expect(smaller.rowCount == rowCount)
    #expect(smaller.csv() == Self.customers.csv(rows: 0..<rowCount))
    #expect(smaller.trueProbabilities == Array(Self.customers.trueProbabilities[..<rowCount]))
    #expect(smaller.labels == Array(Self.customers.labels[..<rowCount]))
  }

  @Test func `parts of the table add up to the whole`() {
    let header = Self.customers.csv(rows: 0..<0)
    let parts = [0..<4_000, 4_000..<6_000].flatMap {
      Self.customers.csv(rows: $0).dropFirst(header.count)
    }
    #expect(header + parts == Self.customers.csv())
  }

  @Test func `every line has as many cells as the header, and none needs quotes`() {
    #expect(Self.table.rows.count == 6_000)
    #expect(Self.table.rows.allSatisfy { $0.count == Self.table.header.count })
    let csv = Self.customers.csv()
    #expect(!csv.contains(UInt8(ascii: "\"")) && !csv.contains(UInt8(ascii: "\r")))
    #expect(csv.last == UInt8(ascii: "\n"))
  }

  @Test func `every account has an id of its own`() {
    let ids = Self.table.texts("account_id")
    #expect(ids.first == "acct_00001")
    #expect(ids.last == "acct_06000")
    #expect(Set(ids).count == ids.count)
  }

  @Test func `the label column says what the labels say`() {
    #expect(Self.table.texts("churned").map { $0 == "yes" } == Self.customers.labels)
    #expect(Set(Self.table.texts("churned")) == ["yes", "no"])
  }

  @Test func `a number is missing exactly where it means nothing`() {
    let table = Self.table
    let isMonthly = table.texts("billing").map { $0 == "monthly" }
    #expect(table.numbers("days_to_renewal").map { $0 == nil } == isMonthly)
    let isUnjudged = table.complete("agent_runs_28d").map { $0 < 20 }
    #expect(table.numbers("agent_success_28d").map { $0 == nil } == isUnjudged)
    let sometimesMissing: Set = [
      "days_to_renewal", "agent_success_28d", "champion_days_silent", "nps_last",
    ]
    for column in table.header where !sometimesMissing.contains(column) {
      #expect(table.texts(column).allSatisfy { !$0.isEmpty }, "\(column)")
    }
  }

  @Test(arguments: [("nps_last", 0.52...0.58), ("champion_days_silent", 0.10...0.16)])
  func `the survey and the champion are missing for the stated share`(
    column: String, share: ClosedRange<Double>
  ) {
    let missingCount = Self.table.numbers(column).count { $0 == nil }
    #expect(share.contains(Double(missingCount) / 6_000))
  }

  @Test(arguments: [
    ("tenure_days", 30.0...2_200), ("days_to_renewal", 1...365), ("seats", 1...2_500),
    ("seat_utilisation", 0...2), ("active_days_28d", 0...28), ("usage_change_28d", 0...20),
    ("feature_depth_30d", 0...1), ("agent_success_28d", 0...1), ("agent_runs_28d", 0...50_000),
    ("champion_days_silent", 0...2_200), ("failed_payments_84d", 0...6),
    ("limit_utilisation_max", 0...1.5), ("mrr", 1...1e6), ("nps_last", 0...10),
    ("lucky_number", 1...999),
  ])
  func `a column stays within its range`(column: String, range: ClosedRange<Double>) {
    #expect(Self.table.numbers(column).allSatisfy { $0.map(range.contains) ?? true })
  }

  @Test func `the columns of one customer agree`() {
    let table = Self.table
    let users = table.complete("active_users_28d")
    let days = table.complete("active_days_28d")
    let events = table.complete("events_28d")
    let tenure = table.complete("tenure_days")
    let changes = table.complete("usage_change_28d")
    let silences = table.numbers("champion_days_silent")
    let seats = table.complete("seats")
    let utilisation = table.complete("seat_utilisation")
    for row in table.rows.indices {
      #expect(events[row] >= users[row] && events[row] >= days[row])
      #expect((events[row] == 0) == (users[row] == 0))
      #expect((events[row] == 0) == (days[row] == 0))
      #expect((silences[row] ?? 0) <= tenure[row])
      #expect(abs(users[row] / seats[row] - utilisation[row]) <= 0.000_501)
      if events[row] == 0 {
        #expect(changes[row] == 0)
        #expect((silences[row] ?? 28) >= 28)
      }
    }
  }

  @Test func `twelve regions are common, and two have fewer than twenty customers`() {
    let regions = Self.table.texts("region")
    let counts = Set(regions).map { region in regions.count { $0 == region } }.sorted()
    #expect(counts.count == 14)
    #expect(counts.prefix(2).allSatisfy { (1..<20).contains($0) })
    #expect(counts[2] > 100)
  }
}
