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
    // Some events are packed, some wait.
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
    newer[8] = 2
    for (bytes, words) in [
      ([], "cut off"), (Array(whole.prefix(5)), "cut off"), (Array(whole.prefix(30)), "cut off"),
      (Array(whole.prefix(whole.count / 2)), "cut off"), (Array(whole.dropLast()), "cut off"),
      (whole + [0], "too many"), (Array("account_id,created_at\n".utf8), "not a cache of retain"),
      (newer, "format version 2, this release reads 1"),
    ] {
      let cache = try read(bytes)
      #expect(cache.warnings.count == 1)
      #expect(cache.warnings.first?.contains(words) == true, "\(cache.warnings)")
      #expect(cache.readFileCount == 2)
      #expect(cache.isWritten)
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

/// The sections of a cache file.
private struct CacheParts {
  private let head: [UInt8]
  private var sections: [(type: [UInt8], content: [UInt8])] = []

  init(_ bytes: [UInt8]) {
    head = Array(bytes[..<12])
    var at = 12
    while at < bytes.count - 16 {
      let count = bytes[at + 4..<at + 12].reversed().reduce(0) { $0 << 8 | Int($1) }
      sections.append((Array(bytes[at..<at + 4]), Array(bytes[at + 12..<at + 12 + count])))
      at += 16 + count
    }
  }

  /// Changes something; `false` where nothing came of it.
  mutating func mutate(using generator: inout SeededGenerator) -> Bool {
    // Half of the shelves hold one account or none: the few sections before them matter more.
    let index =
      generator.nextIndex(below: 2) == 0
      ? generator.nextIndex(below: 4) : 4 + generator.nextIndex(below: 45)
    var content = sections[index].content
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
    defer { sections[index].content = content }
    return content != sections[index].content
  }

  func bytes(repairsDigest: Bool) -> [UInt8] {
    var bytes = head
    for section in sections {
      var framed = section.type
      for shift in stride(from: 0, to: 64, by: 8) {
        framed.append(UInt8(truncatingIfNeeded: section.content.count >> shift))
      }
      framed += section.content
      bytes += framed
      let check = CRC32C.checksum(framed[...])
      for shift in stride(from: 0, to: 32, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: check >> UInt32(shift)))
      }
    }
    let hash = ContentHash(of: bytes)
    for word in [hash.low, hash.high] {
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(
          UInt8(truncatingIfNeeded: word >> UInt64(shift)) ^ (repairsDigest ? 0 : 1))
      }
    }
    return bytes
  }
}
