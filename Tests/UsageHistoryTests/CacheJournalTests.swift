import Configuration
import Foundation
import Learning
import Synchronization
import TestSupport
import Testing
import UsageHistory

/// Caches that grow by segments: what is added, what is merged, and what a run leaves that was
/// stopped or met another.
struct CacheJournalTests {
  private let sample: CacheSample
  private let configuration: RetentionConfiguration

  init() throws {
    sample = try CacheSample()
    try sample.writeTables(accountCount: 700)
    configuration = sample.configuration(.accounts)
  }

  private var file: [UInt8] {
    get throws { Array(try Data(contentsOf: URL(filePath: sample.folder.path("c.hist")))) }
  }

  /// Reads with the cache, and compares with what is read without.
  private func read(_ name: String, threads: Int = 2) throws -> HistoryReport.Cache {
    let cached = try sample.read(configuration, threads: threads, cache: "c.hist")
    try sample.expectSame(
      cached, try sample.read(configuration, threads: 1, cache: nil), name)
    return try #require(cached.report.cache)
  }

  @Test func `a day is added behind what is there`() throws {
    try sample.writeDay(1, rowCount: 9000)
    _ = try read("base")
    for day in 2...5 {
      let before = try file
      try sample.writeDay(day, rowCount: 90)
      let cache = try read("day \(day)")
      #expect(cache.isWritten)
      #expect(cache.warnings == [])
      let after = try file
      #expect(after.starts(with: before))
      #expect(after.count - before.count < 90 * 24 + 4096)
    }
  }

  @Test func `days may come in any order`() throws {
    try sample.writeDay(4, rowCount: 5000)
    for day in [4, 2, 5, 1, 3] {
      if day != 4 { try sample.writeDay(day, rowCount: 50) }
      #expect(try read("day \(day)", threads: day).warnings == [])
    }
  }

  @Test func `segments that outgrow the base are merged into it`() throws {
    try sample.writeDay(1, rowCount: 1000)
    _ = try read("base")
    var merged = 0
    for day in 2...9 {
      let before = try file
      try sample.writeDay(day, rowCount: 150)
      _ = try read("day \(day)")
      if try !file.starts(with: before) { merged += 1 }
    }
    #expect(1...4 ~= merged)
  }

  @Test func `more than 64 segments are merged`() throws {
    try sample.writeDay(1, rowCount: 60_000)
    _ = try read("base")
    var merged: [Int] = []
    for turn in 1...66 {
      let before = try file
      // A row of a name that is new, so that names grow too.
      _ = try sample.folder.write(
        "account_id,ts,event\na1,2024-01-02,turn \(turn)\n", to: "events-1\(turn).csv")
      _ = try sample.read(configuration, threads: 2, cache: "c.hist")
      if try !file.starts(with: before) { merged.append(turn) }
    }
    #expect(merged == [65])
    #expect(try read("at the end").warnings == [])
  }

  @Test func `a day larger than all that was is read and kept`() throws {
    try sample.writeDay(1, rowCount: 30)
    _ = try read("base")
    try sample.writeDay(2, rowCount: 5000)
    #expect(try read("a large day").isWritten)
    #expect(try read("again").keptFileCount == 2)
  }

  /// Cut at the end of every part, near it, and anywhere; and with bits flipped.
  @Test func `a file cut or flipped anywhere tells what the tables tell`() throws {
    try sample.writeDay(1, rowCount: 3000)
    _ = try read("base")
    var ends = [try file.count]
    for day in 2...5 {
      try sample.writeDay(day, rowCount: 40)
      _ = try read("day \(day)")
      ends.append(try file.count)
    }
    let whole = try file
    let plain = try sample.read(configuration, threads: 1, cache: nil)
    var generator = SeededGenerator(seed: 5)
    var damaged = ends.flatMap { end in
      [end - 17, end - 16, end - 1, end, end + 3, end + 4, end + 144].map {
        Array(whole.prefix($0))
      }
    }
    for _ in 0..<60 { damaged.append(Array(whole.prefix(generator.nextIndex(below: whole.count)))) }
    for turn in 0..<120 {
      var bytes = whole
      // The segments are few beside the base, and half of the turns go to them.
      let place =
        turn % 2 == 0
        ? generator.nextIndex(below: whole.count)
        : ends[0] + generator.nextIndex(below: whole.count - ends[0])
      bytes[place] ^= 1 << UInt8(generator.nextIndex(below: 8))
      damaged.append(bytes)
    }
    for (turn, bytes) in damaged.enumerated() {
      _ = try sample.folder.write(Data(bytes), to: "c.hist")
      let history = try sample.read(configuration, threads: 1 + turn % 3, cache: "c.hist")
      try sample.expectSame(history, plain, "damage \(turn)")
      let cache = try #require(history.report.cache)
      // Cut between two parts it is a whole cache of fewer days.
      let isWhole = ends.contains(bytes.count) && whole.starts(with: bytes)
      #expect(cache.warnings.count == (isWhole ? 0 : 1), "damage \(turn): \(cache.warnings)")
      let again = try sample.read(configuration, threads: 2, cache: "c.hist")
      #expect(again.report.cache?.warnings == [], "damage \(turn)")
      #expect(again.report.cache?.keptFileCount == 5, "damage \(turn)")
      try sample.expectSame(again, plain, "after damage \(turn)")
    }
  }

  /// Runs that add at once, over and over: each sees the tables as they are, and no file is torn.
  @Test func `runs that race leave a cache that holds`() throws {
    try sample.writeDay(1, rowCount: 2000)
    _ = try read("base")
    for day in 2...6 {
      try sample.writeDay(day, rowCount: day == 4 ? 3000 : 60)
      let plain = try sample.read(configuration, threads: 1, cache: nil)
      let (configuration, path) = (configuration, sample.folder.path("c.hist"))
      let histories = Mutex<[Result<CustomerHistory, any Error>]>([])
      DispatchQueue.concurrentPerform(iterations: 6) { run in
        let result = Result {
          var reader = HistoryReader(configuration, threads: 1 + run % 2)
          reader.cachePath = path
          return try reader.read()
        }
        histories.withLock { $0.append(result) }
      }
      for result in histories.withLock({ $0 }) {
        let history = try result.get()
        try sample.expectSame(history, plain, "day \(day)")
        for warning in history.report.cache?.warnings ?? [] {
          #expect(
            warning.contains("by another run meanwhile") || warning.contains("the end of the cache")
          )
        }
      }
      let after = try read("after day \(day)")
      #expect(after.warnings == [])
      #expect(after.keptFileCount == day)
    }
  }
}
