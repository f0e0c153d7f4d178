import Configuration
import Diagnostics
import Files
import Foundation
import Learning
import TestSupport
import Testing
import UsageHistory

/// Cache files that are not what they were: the history is the same, or an error is told.
struct CacheDamageTests {
  private let sample: CacheSample
  private let configuration: RetentionConfiguration
  private let whole: [UInt8]
  private let plain: CustomerHistory

  init() throws {
    sample = try CacheSample()
    try sample.writeTables(accountCount: 40)
    try sample.writeDay(1, rowCount: 600)
    configuration = sample.configuration(.accounts)
    plain = try sample.read(configuration, threads: 1, cache: nil)
    _ = try sample.read(configuration, threads: 1, cache: "c.hist")
    try sample.writeDay(2, rowCount: 9)
    // The first day is the base, the second a segment.
    _ = try sample.read(configuration, threads: 1, cache: "c.hist")
    try FileManager.default.removeItem(atPath: sample.folder.path("events-2.csv"))
    try sample.writeDay(2, rowCount: 9)
    whole = Array(try Data(contentsOf: URL(filePath: sample.folder.path("c.hist"))))
  }

  /// Puts bytes in place of the cache and reads; the result is what the cache was good for.
  private func read(_ bytes: [UInt8]) throws -> HistoryReport.Cache {
    _ = try sample.folder.write(Data(bytes), to: "c.hist")
    let history = try sample.read(configuration, threads: 2, cache: "c.hist")
    try sample.expectSame(
      history, try sample.read(configuration, threads: 1, cache: nil), "damaged")
    return try #require(history.report.cache)
  }

  @Test func `an intact file is believed`() throws {
    let cache = try read(whole)
    #expect(cache.warnings == [])
    #expect(cache.keptFileCount == 2)
  }

  @Test func `what is cut off, foreign or of another version is built anew`() throws {
    var newer = whole
    newer[8] = 3
    for (bytes, words) in [
      ([], "cut off"), (Array(whole.prefix(5)), "cut off"), (Array(whole.prefix(30)), "cut off"),
      (Array(whole.prefix(whole.count / 2)), "cut off"),
      (Array("account_id,created_at\n".utf8), "not a cache of retain"),
      (newer, "format version 3, this release reads 2"),
    ] {
      let cache = try read(bytes)
      #expect(cache.warnings.count == 1)
      #expect(cache.warnings.first?.contains(words) == true, "\(cache.warnings)")
      #expect(cache.readFileCount == 2)
      #expect(cache.isWritten)
    }
  }

  @Test func `an end that was not finished is written anew, and all before it is kept`() throws {
    for (bytes, readFileCount) in [
      (Array(whole.dropLast()), 1), (whole + [0], 0), (whole + whole.suffix(700), 0),
    ] {
      let cache = try read(bytes)
      #expect(cache.warnings.count == 1)
      #expect(cache.warnings.first?.contains("the end of the cache") == true)
      #expect(cache.readFileCount == readFileCount)
      #expect(cache.keptFileCount == 2 - readFileCount)
      #expect(cache.isWritten)
      let again = try sample.read(configuration, threads: 1, cache: "c.hist")
      #expect(again.report.cache?.warnings == [])
      #expect(again.report.cache?.keptFileCount == 2)
    }
  }

  @Test func `a flipped bit is noticed`() throws {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<60 {
      var bytes = whole
      bytes[generator.nextIndex(below: bytes.count)] ^= 1 << UInt8(generator.nextIndex(below: 8))
      #expect(try read(bytes).warnings.count == 1)
    }
  }

  @Test func `a mutant whose checksums were repaired is built anew`() throws {
    var generator = SeededGenerator(seed: 2)
    for _ in 0..<150 {
      var parts = CacheParts(whole)
      guard parts.mutate(using: &generator) else { continue }
      #expect(try read(parts.bytes(repairsDigest: false)).warnings.count == 1)
    }
  }

  @Test func `a mutant whose digest was repaired too does no harm`() throws {
    // What was forged with care is believed where it could be true: but it must not crash.
    var generator = SeededGenerator(seed: 3)
    var believed = 0
    for _ in 0..<400 {
      var parts = CacheParts(whole)
      guard parts.mutate(using: &generator) else { continue }
      _ = try sample.folder.write(Data(parts.bytes(repairsDigest: true)), to: "c.hist")
      do {
        let history = try sample.read(configuration, threads: 2, cache: "c.hist")
        _ = try sample.contents(history)
        #expect(history.accountIDs == plain.accountIDs)
        if history.report.cache?.warnings == [] { believed += 1 }
      } catch {
        #expect(error is Diagnostic)
      }
    }
    #expect(believed < 300)
  }
}

/// The parts of a cache file, each a list of sections.
private struct CacheParts {
  private let head: [UInt8]
  private var parts: [[(type: [UInt8], content: [UInt8])]] = []

  init(_ bytes: [UInt8]) {
    head = Array(bytes[..<12])
    func number(_ range: Range<Int>) -> Int {
      bytes[range].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    var at = 12
    while at < bytes.count {
      let count = number(at..<at + 4)
      var content = at + 4 + count * 28
      var part: [(type: [UInt8], content: [UInt8])] = []
      for entry in stride(from: at + 4, to: content, by: 28) {
        let size = number(entry + 4..<entry + 12)
        part.append((Array(bytes[entry..<entry + 4]), Array(bytes[content..<content + size])))
        content += size
      }
      parts.append(part)
      at = content + 16
    }
  }

  /// Changes something; `false` where nothing came of it.
  mutating func mutate(using generator: inout SeededGenerator) -> Bool {
    let part = generator.nextIndex(below: parts.count)
    // Half of the shelves hold one account or none: the few sections before them matter more.
    let index =
      generator.nextIndex(below: 2) == 0
      ? generator.nextIndex(below: 4)
      : 4 + generator.nextIndex(below: min(90, parts[part].count - 4))
    var content = parts[part][index].content
    guard !content.isEmpty else { return false }
    let place = generator.nextIndex(below: content.count)
    switch generator.nextIndex(below: 6) {
    case 0: content[place] ^= 1 << UInt8(generator.nextIndex(below: 8))
    case 1: content[place] = [0, 1, 0x7f, 0x80, 0xff][generator.nextIndex(below: 5)]
    case 2: content.removeLast(content.count - place)
    case 3: content.insert(UInt8(generator.nextIndex(below: 256)), at: place)
    case 4: for at in place..<min(place + 8, content.count) { content[at] = 0xff }
    default: content += content[place...]
    }
    defer { parts[part][index].content = content }
    return content != parts[part][index].content
  }

  func bytes(repairsDigest: Bool) -> [UInt8] {
    var bytes = head
    var digest = Self.bytes(of: ContentHash(of: head))
    for part in parts {
      var table = Self.bytes(of: UInt64(part.count), count: 4)
      for section in part {
        table += section.type + Self.bytes(of: UInt64(section.content.count), count: 8)
        table += Self.bytes(of: ContentHash(of: section.content))
      }
      digest = Self.bytes(of: ContentHash(of: digest + table))
      if !repairsDigest { digest[0] ^= 1 }
      bytes += table + part.flatMap(\.content) + digest
    }
    return bytes
  }

  private static func bytes(of hash: ContentHash) -> [UInt8] {
    bytes(of: hash.low, count: 8) + bytes(of: hash.high, count: 8)
  }

  private static func bytes(of value: UInt64, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }
}
