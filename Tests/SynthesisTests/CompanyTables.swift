import Foundation
import Synthesis
import TestSupport

/// The tables of a company as a reader without any of this package sees them.
struct CompanyTables {
  let plan: CompanyPlan
  let summary: SyntheticCompany.Summary
  /// Bytes by table.
  private let bytes: [String: [UInt8]]

  init(_ plan: CompanyPlan, threads: Int = 2) throws {
    let folder = try TemporaryFolder()
    let summary = try SyntheticCompany(plan).write(to: folder.url.path, threads: threads)
    var bytes: [String: [UInt8]] = [:]
    for table in SyntheticCompany.tableNames {
      let path = SyntheticCompany.path(table, in: folder.url.path)
      bytes[table] = Array(try Data(contentsOf: URL(filePath: path)))
    }
    self.plan = plan
    self.summary = summary
    self.bytes = bytes
  }

  /// A small company, as most tests take it.
  static func plan(
    accounts: Int = 150, months: Int = 12, seed: UInt64 = 3, leaks: Bool = false
  ) -> CompanyPlan {
    var plan = CompanyPlan()
    plan.accountCount = accounts
    plan.monthCount = months
    plan.seed = seed
    plan.hasLeaks = leaks
    return plan
  }

  subscript(bytesOf table: String) -> [UInt8] { bytes[table] ?? [] }

  subscript(table: String) -> CustomerTable { CustomerTable(self[bytesOf: table]) }

  /// The rows of a table by the account they are of.
  func rows(of table: String) -> [String: [[String: String]]] {
    let content = self[table]
    let rows = content.rows.map { cells in
      Dictionary(uniqueKeysWithValues: zip(content.header, cells))
    }
    return Dictionary(grouping: rows) { $0["account_id"]! }
  }
}

/// The day of an ISO 8601 text, counted from 2024-01-01.
func day(_ text: String) -> Int {
  let parts = text.prefix(10).split(separator: "-").map { Int($0)! }
  let date = DateComponents(
    calendar: utc, year: parts[0], month: parts[1], day: parts[2]
  ).date!
  return Int((date.timeIntervalSince1970 - 1_704_067_200) / 86_400)
}

private let utc: Calendar = {
  var calendar = Calendar(identifier: .gregorian)
  calendar.timeZone = TimeZone(secondsFromGMT: 0)!
  return calendar
}()
