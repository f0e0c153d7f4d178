import CivilCalendar
import Configuration
import Foundation
import Learning
import TestSupport
import Testing
import UsageHistory

/// A small company whose events come in a file a day, and its history with and without a cache.
struct CacheSample {
  /// Who says which accounts there are.
  enum Keys: CaseIterable {
    case accounts, subscriptions, events
  }

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func configuration(_ keys: Keys) -> RetentionConfiguration {
    var configuration = RetentionConfiguration(path: folder.path("retain.yaml"))
    var events = TableSource(files: ["events-*.csv"])
    switch keys {
    case .accounts: configuration.sources[.accounts] = TableSource(files: ["accounts.csv"])
    case .subscriptions:
      configuration.sources[.subscriptions] = TableSource(files: ["subscriptions.csv"])
      events.columns = ["sub_id": "account_id"]
    case .events: break
    }
    configuration.sources[.events] = events
    return configuration
  }

  /// Writes accounts and subscriptions; events name the same words for both.
  ///
  /// - Parameter shift: By how many places subscriptions move to other accounts.
  func writeTables(accountCount: Int, reversed: Bool = false, shiftedBy shift: Int = 0) throws {
    let order = reversed ? Array((0..<accountCount).reversed()) : Array(0..<accountCount)
    _ = try folder.write(
      (["account_id,created_at"] + order.map { "a\($0),2023-01-01" }).joined(separator: "\n"),
      to: "accounts.csv")
    _ = try folder.write(
      (["account_id,sub_id,start"]
        + order.map { "owner\(($0 + shift) % accountCount),a\($0),2023-01-01" })
        .joined(separator: "\n"), to: "subscriptions.csv")
  }

  /// Writes the events of a day, most of them of the first 700 accounts.
  func writeDay(_ day: Int, rowCount: Int) throws {
    var generator = SeededGenerator(seed: UInt64(day))
    let names = ["login", "report", "api_call", "only on day \(day)", ""]
    var lines = ["account_id,user_id,ts,event,value,actor,status"]
    for _ in 0..<rowCount {
      let account = generator.nextIndex(below: 700)
      let user = generator.nextIndex(below: 8)
      let name = names[generator.nextIndex(below: names.count)]
      let value = ["", "1", "12.25", "-3.5"][generator.nextIndex(below: 4)]
      let actor = ["human", "agent", ""][generator.nextIndex(below: 3)]
      let hour = 10 + generator.nextIndex(below: 14)
      lines.append(
        "a\(account),\(user == 0 ? "" : "u\(user)"),2024-01-0\(day)T\(hour):00:00Z,\(name),\(value),\(actor),"
      )
    }
    _ = try folder.write(lines.joined(separator: "\n") + "\n", to: "events-\(day).csv")
  }

  func read(_ configuration: RetentionConfiguration, threads: Int, cache: String?) throws
    -> CustomerHistory
  {
    try read(configuration, threads: threads, path: cache.map(folder.path))
  }

  func read(_ configuration: RetentionConfiguration, threads: Int, path: String?) throws
    -> CustomerHistory
  {
    var reader = HistoryReader(configuration, threads: threads)
    reader.cachePath = path
    return try reader.read()
  }

  /// Everything that a history tells of its accounts; users by their rank in the account.
  func contents(_ history: CustomerHistory) throws -> [[ActivityCell]] {
    try history.map(threads: 2) { account in
      let users = Set(account.activity.map(\.user)).subtracting([0]).sorted()
      let rank = Dictionary(uniqueKeysWithValues: users.enumerated().map { ($1, UInt32($0 + 1)) })
      return account.activity.map { cell in
        var cell = cell
        cell.user = rank[cell.user] ?? 0
        return cell
      }
    }
  }

  func expectSame(_ history: CustomerHistory, _ expected: CustomerHistory, _ name: String) throws {
    #expect(history.accountIDs == expected.accountIDs, "\(name)")
    #expect(history.coverage == expected.coverage, "\(name)")
    #expect(history.dictionaries == expected.dictionaries, "\(name)")
    #expect(history.report.tables == expected.report.tables, "\(name)")
    #expect(history.report.warnings == expected.report.warnings, "\(name)")
    let isSame = try contents(history) == contents(expected)
    #expect(isSame, "\(name): other cells")
  }
}
