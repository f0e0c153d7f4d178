import CivilCalendar
import Configuration
import Diagnostics
import Foundation
import Learning
import TestSupport
import Testing
import UsageHistory

/// Event logs through a cache: what is told must be what is told without one.
struct HistoryCacheTests {
  private let sample: CacheSample

  init() throws { sample = try CacheSample() }

  @Test(arguments: CacheSample.Keys.allCases, 1...3)
  func `a history that grows day by day is the same with a cache`(
    _ keys: CacheSample.Keys, _ threads: Int
  ) throws {
    try sample.writeTables(accountCount: 700)
    var configuration = sample.configuration(keys)
    for day in 1...5 {
      try sample.writeDay(day, rowCount: day == 1 ? 4000 : 300)
      let plain = try sample.read(configuration, threads: 1, cache: nil)
      let cached = try sample.read(configuration, threads: threads, cache: "c.hist")
      try sample.expectSame(cached, plain, "day \(day)")
      #expect(cached.report.cache?.keptFileCount == day - 1)
      #expect(cached.report.cache?.readFileCount == 1)
      #expect(cached.report.cache?.isWritten == true)
      #expect(cached.report.cache?.warnings == [])
      let again = try sample.read(configuration, threads: threads, cache: "c.hist")
      try sample.expectSame(again, plain, "day \(day) again")
      #expect(again.report.cache?.keptFileCount == day)
      #expect(again.report.cache?.readFileCount == 0)
    }
    // Another way of reading: the cache is of no use, and says so.
    configuration.events.agentWords = ["human"]
    let other = try sample.read(configuration, threads: threads, cache: "c.hist")
    #expect(other.report.cache?.warnings.first?.contains("reads events in another way") == true)
    try sample.expectSame(other, try sample.read(configuration, threads: 1, cache: nil), "words")
  }

  @Test func `the file is its owner's alone, and is left alone where nothing is new`() throws {
    try sample.writeTables(accountCount: 20)
    try sample.writeDay(1, rowCount: 200)
    let configuration = sample.configuration(.accounts)
    _ = try sample.read(configuration, threads: 1, cache: "c.hist")
    let path = sample.folder.path("c.hist")
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect(mode as? Int == 0o600)
    // After a while the times of a file can be relied upon, and it need not be looked into.
    Thread.sleep(forTimeInterval: 3.2)
    let settled = try sample.read(configuration, threads: 1, cache: "c.hist")
    #expect(settled.report.cache?.isWritten == true)
    let written = try Data(contentsOf: URL(filePath: path))
    let last = try sample.read(configuration, threads: 2, cache: "c.hist")
    #expect(last.report.cache?.isWritten == false)
    #expect(last.report.cache?.keptFileCount == 1)
    #expect(try Data(contentsOf: URL(filePath: path)) == written)
  }

  @Test func `a log that changed or went has the cache built anew, one that was touched has not`()
    throws
  {
    try sample.writeTables(accountCount: 50)
    for day in 1...3 { try sample.writeDay(day, rowCount: 200) }
    let configuration = sample.configuration(.accounts)
    func check(_ warning: String?, keptFileCount: Int) throws {
      let cached = try sample.read(configuration, threads: 2, cache: "c.hist")
      let plain = try sample.read(configuration, threads: 1, cache: nil)
      try sample.expectSame(cached, plain, warning ?? "no warning")
      #expect(cached.report.cache?.keptFileCount == keptFileCount)
      let warnings = cached.report.cache?.warnings ?? []
      #expect(warnings.count == (warning == nil ? 0 : 1))
      if let warning { #expect(warnings.first?.contains(warning) == true, "\(warnings)") }
    }
    try check(nil, keptFileCount: 0)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)],
      ofItemAtPath: sample.folder.path("events-2.csv"))
    try check(nil, keptFileCount: 3)
    let text = try String(contentsOfFile: sample.folder.path("events-2.csv"), encoding: .utf8)
    _ = try sample.folder.write(
      text.replacingOccurrences(of: "login", with: "nigol"), to: "events-2.csv")
    try check("'events-2.csv' has changed", keptFileCount: 0)
    try check(nil, keptFileCount: 3)
    try FileManager.default.removeItem(atPath: sample.folder.path("events-3.csv"))
    try check("'events-3.csv' is no longer there", keptFileCount: 0)
    try sample.writeDay(4, rowCount: 10)
    try check(nil, keptFileCount: 2)
  }

  @Test func `accounts may come and change places; where rows waited for them, all is read`() throws
  {
    let configuration = sample.configuration(.accounts)
    func check(_ warning: String?) throws {
      let cached = try sample.read(configuration, threads: 2, cache: "c.hist")
      let plain = try sample.read(configuration, threads: 1, cache: nil)
      try sample.expectSame(cached, plain, warning ?? "no warning")
      let warnings = cached.report.cache?.warnings ?? []
      if let warning {
        #expect(warnings.first?.contains(warning) == true, "\(warnings)")
      } else {
        #expect(warnings == [])
        #expect(cached.report.cache?.readFileCount == 0)
      }
    }
    try sample.writeTables(accountCount: 700)
    try sample.writeDay(1, rowCount: 3000)
    _ = try sample.read(configuration, threads: 1, cache: "c.hist")
    try sample.writeTables(accountCount: 700, reversed: true)
    try check(nil)
    // No row was left out, so the new accounts have none.
    try sample.writeTables(accountCount: 720)
    try check(nil)
    try sample.writeTables(accountCount: 720, reversed: true)
    try check(nil)
    try sample.writeTables(accountCount: 600)
    try check("no longer known")
    try check(nil)
    try sample.writeTables(accountCount: 601)
    try check("rows that were left out may be theirs")
  }

  @Test func `subscriptions that change hands have all read again`() throws {
    let configuration = sample.configuration(.subscriptions)
    try sample.writeTables(accountCount: 30)
    try sample.writeDay(1, rowCount: 500)
    _ = try sample.read(configuration, threads: 1, cache: "c.hist")
    try sample.writeTables(accountCount: 30, reversed: true)
    let same = try sample.read(configuration, threads: 1, cache: "c.hist")
    #expect(same.report.cache?.warnings == [])
    try sample.expectSame(
      same, try sample.read(configuration, threads: 1, cache: nil), "another order")
    try sample.writeTables(accountCount: 30, shiftedBy: 1)
    let other = try sample.read(configuration, threads: 2, cache: "c.hist")
    #expect(other.report.cache?.warnings.first?.contains("another account's") == true)
    try sample.expectSame(
      other, try sample.read(configuration, threads: 1, cache: nil), "other hands")
  }

  @Test func `accounts that only tickets tell of are there as well`() throws {
    try sample.writeDay(1, rowCount: 300)
    _ = try sample.folder.write(
      "account_id,opened\nonly-a-ticket,2024-02-01\n", to: "tickets.csv")
    var configuration = sample.configuration(.events)
    configuration.sources[.tickets] = TableSource(files: ["tickets.csv"])
    let plain = try sample.read(configuration, threads: 1, cache: nil)
    for _ in 0..<2 {
      let cached = try sample.read(configuration, threads: 2, cache: "c.hist")
      try sample.expectSame(cached, plain, "with a ticket")
      #expect(cached.accountIDs.contains("only-a-ticket"))
    }
    // What the ticket told is not kept: without it the account is gone.
    configuration.sources[.tickets] = nil
    let without = try sample.read(configuration, threads: 2, cache: "c.hist")
    #expect(!without.accountIDs.contains("only-a-ticket"))
    try sample.expectSame(
      without, try sample.read(configuration, threads: 1, cache: nil), "without")
  }

  @Test func `a cache that cannot be written is a warning, and one that is a device is not used`()
    throws
  {
    try sample.writeDay(1, rowCount: 30)
    let configuration = sample.configuration(.events)
    let plain = try sample.read(configuration, threads: 1, cache: nil)
    for (path, words) in [("/no/such/folder/c", "not written"), ("/dev/null", "is not a file")] {
      let cached = try sample.read(configuration, threads: 1, path: path)
      try sample.expectSame(cached, plain, path)
      #expect(cached.report.cache?.warnings.first?.contains(words) == true)
    }
  }
}
