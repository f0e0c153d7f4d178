import Diagnostics
import Dispatch
import Files
import Synchronization

extension CachedEvents {
  /// Reads a cache file; `nil` where there is none.
  ///
  /// A segment at the end that is not as it was written is left out, with all that follow it: see
  /// ``Journal/isTorn``.
  ///
  /// - Throws: ``CacheFault`` where the file is not a cache of this version, its base is damaged, or
  ///   it says what cannot be.
  /// - Complexity: O(bytes of the file).
  init?(contentsOf path: String, threads: Int) throws(CacheFault) {
    let file: CacheFile
    do throws(Diagnostic) {
      file = try CacheFile(path)
    } catch {
      if error.kind == .inputMissing { return nil }
      throw CacheFault(error.message)
    }
    try file.checkHead()
    let base = try CachePart(file, at: CacheFormat.head.count, after: CacheFormat.root)
    guard base.entries.map(\.section) == CacheFormat.base else {
      throw CacheFault("it is damaged: a section is missing")
    }
    journal = Journal(
      digest: base.digest, end: base.end, fileByteCount: file.byteCount, baseByteCount: base.end)
    var sections: [[UInt8]] = []
    for index in CacheFormat.common.indices { sections.append(try base.content(index, of: file)) }
    words = try Words(sections)
    var segments: [CacheSegment] = []
    for (part, sections) in CacheSegment.parts(of: file, after: base, threads: threads) {
      let segment = try CacheSegment(sections)
      try words.add(segment.words)
      segments.append(segment)
      journal.digest = part.digest
      journal.end = part.end
      journal.segmentCount += 1
    }
    try words.checkOwners()
    shelves = []
    added = []
    let (accountCount, nameCount) = (words.accounts.count, words.names.count)
    let found = segments
    let tallies = CacheTasks.run(ActivityStore.shelfCount, threads: threads) {
      (shelf) throws(CacheFault) in
      let users = CacheFormat.common.count + 2 * shelf
      return try ShelfTally(
        users: try base.content(users, of: file), cells: try base.content(users + 1, of: file),
        added: found.map { $0.events(of: shelf) },
        accountCount: (accountCount - shelf + ActivityStore.shelfCount - 1)
          / ActivityStore.shelfCount,
        nameCount: nameCount)
    }
    try take(tallies)
  }

  /// Takes the shelves, if what they hold is what the logs say.
  private mutating func take(_ tallies: [Result<ShelfTally, CacheFault>]) throws(CacheFault) {
    var eventCount: Int? = 0
    var days = EventLogCount().days
    for result in tallies {
      let tally = try result.get()
      shelves.append(tally.shelf)
      added.append(tally.added)
      eventCount = eventCount.flatMap { sum in tally.eventCount.map { sum + $0 } }
      days = (min(days.first, tally.days.first), max(days.last, tally.days.last))
    }
    let count = words.count
    guard eventCount == nil || eventCount == count.rowCount - count.orphanRowCount else {
      throw CacheFault("its events are not as many as the rows of its files")
    }
    guard days == count.days else {
      throw CacheFault("its events are not of the days of its files")
    }
  }
}

/// Work on the parts of a cache file, divided among threads.
enum CacheTasks {
  /// The results of `body` for each index, in order.
  static func run<Value: Sendable>(
    _ count: Int, threads: Int, _ body: @Sendable (Int) throws(CacheFault) -> Value
  ) -> [Result<Value, CacheFault>] {
    let results = Mutex([Result<Value, CacheFault>?](repeating: nil, count: count))
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, count))) { _ in
      while true {
        let index = next.withLock { next in
          next += 1
          return next - 1
        }
        guard index < count else { return }
        let result = Result { () throws(CacheFault) in try body(index) }
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { $0.map { $0! } }
  }
}
