import Diagnostics
import Dispatch
import Files
import Synchronization

extension CachedEvents {
  /// Reads a cache file; `nil` where there is none.
  ///
  /// - Throws: ``CacheFault`` where the file is not a cache of this version, is damaged, or says what
  ///   cannot be.
  /// - Complexity: O(bytes of the file).
  init?(contentsOf path: String, threads: Int) throws(CacheFault) {
    let sections: SectionReader
    do throws(Diagnostic) {
      sections = try SectionReader(path)
    } catch {
      if error.kind == .inputMissing { return nil }
      throw CacheFault(error.message)
    }
    try sections.readHead()
    var content = CacheByteReader(try sections.next(.logs), part: "list of files")
    reading = try content.readHash()
    logs = try content.readList(
      limit: CacheFormat.logLimit, smallest: 89,
      { (bytes) throws(CacheFault) in try Self.log(&bytes) })
    try content.finish()
    accounts = try Self.texts(
      try sections.next(.accounts), limit: CacheFormat.accountLimit, part: "accounts")
    content = CacheByteReader(try sections.next(.subscriptions), part: "subscriptions")
    let accountCount = accounts.count
    subscriptions = try content.readList(
      limit: Int(Int32.max), smallest: 8,
      { (bytes) throws(CacheFault) in
        let subscription = Subscription(
          id: try bytes.readText(), account: try bytes.read(Int32.self))
        guard 0..<accountCount ~= Int(subscription.account) else {
          throw bytes.fault("name an account that there is not")
        }
        return subscription
      })
    try content.finish()
    names = try Self.texts(
      try sections.next(.names), limit: ActivityKey.nameLimit, part: "event names")
    var parts: [[UInt8]] = []
    for _ in 0..<ActivityStore.shelfCount { parts.append(try sections.next(.shelf)) }
    try sections.finish()
    shelves = []
    let tallies = Self.tallies(
      of: parts, accountCount: accounts.count, nameCount: names.count, threads: threads)
    var eventCount: Int? = 0
    var days = EventLogCount().days
    for result in tallies {
      let tally = try result.get()
      shelves.append(tally.shelf)
      eventCount = eventCount.flatMap { sum in tally.eventCount.map { sum + $0 } }
      days = (min(days.first, tally.days.first), max(days.last, tally.days.last))
    }
    let count = count
    guard eventCount == nil || eventCount == count.rowCount - count.orphanRowCount else {
      throw CacheFault("its events are not as many as the rows of its files")
    }
    guard days == count.days else {
      throw CacheFault("its events are not of the days of its files")
    }
  }

  private static func log(_ bytes: inout CacheByteReader) throws(CacheFault) -> Log {
    let path = try bytes.readString()
    let stamp = FileStamp(
      inode: try bytes.read(UInt64.self), byteCount: try bytes.read(UInt64.self),
      modified: try time(&bytes), changed: try time(&bytes),
      isSettled: try bytes.read(UInt8.self) == 1)
    let hash = try bytes.readHash()
    var count = EventLogCount()
    count.rowCount = try bytes.readCount()
    count.orphanRowCount = try bytes.readCount()
    let days = (Int(try bytes.read(Int32.self)), Int(try bytes.read(Int32.self)))
    guard count.orphanRowCount <= count.rowCount,
      days == (1, 0) || 0 <= days.0 && days.0 <= days.1 && days.1 < ActivityKey.dayLimit
    else { throw bytes.fault("count rows that cannot be") }
    if days != (1, 0) { count.days = days }
    let columns = try bytes.readList(
      limit: 64, smallest: 4, { (bytes) throws(CacheFault) in try bytes.readString() })
    guard columns.allSatisfy(EventLogFile.optionalColumns.contains) else {
      throw bytes.fault("name a column that there is not")
    }
    return Log(path: path, stamp: stamp, hash: hash, count: count, columns: columns)
  }

  private static func time(_ bytes: inout CacheByteReader) throws(CacheFault) -> FileStamp.Time {
    FileStamp.Time(
      seconds: try bytes.read(Int64.self), nanoseconds: try bytes.read(UInt32.self))
  }

  private static func texts(_ section: [UInt8], limit: Int, part: String) throws(CacheFault)
    -> [[UInt8]]
  {
    var content = CacheByteReader(section, part: part)
    let texts = try content.readList(
      limit: limit, smallest: 4, { (bytes) throws(CacheFault) in try bytes.readText() })
    try content.finish()
    return texts
  }

  private static func tallies(
    of parts: [[UInt8]], accountCount: Int, nameCount: Int, threads: Int
  ) -> [Result<ShelfTally, CacheFault>] {
    let results = Mutex([Result<ShelfTally, CacheFault>?](repeating: nil, count: parts.count))
    let next = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: max(1, threads)) { _ in
      while true {
        let index = next.withLock { next in
          next += 1
          return next - 1
        }
        guard index < parts.count else { return }
        let result = Result { () throws(CacheFault) in
          try ShelfTally(
            parts[index],
            accountCount: (accountCount - index + parts.count - 1) / parts.count,
            nameCount: nameCount)
        }
        results.withLock { $0[index] = result }
      }
    }
    return results.withLock { $0.map { $0! } }
  }
}

/// Hands out the sections of a cache file one after another, each once its check is right.
private final class SectionReader {
  private let file: InputFile
  private var remaining: Int
  private var hasher = ContentHasher()

  init(_ path: String) throws(Diagnostic) {
    file = try InputFile(path: path)
    guard let byteCount = file.byteCount else {
      throw Diagnostic(.inputUnreadable, "it is not a regular file", file: path)
    }
    remaining = byteCount
  }

  func readHead() throws(CacheFault) {
    let head = try bytes(min(remaining, CacheFormat.magic.count + 4))
    guard head.starts(with: CacheFormat.magic) else {
      throw CacheFault(
        CacheFormat.magic.starts(with: head) ? "it is cut off" : "it is not a cache of retain")
    }
    var reader = CacheByteReader(
      Array(head.dropFirst(CacheFormat.magic.count)), part: "first bytes")
    let version = try reader.read(UInt32.self)
    guard version == CacheFormat.version else {
      throw CacheFault(
        "it has format version \(version), this release reads \(CacheFormat.version)")
    }
  }

  func next(_ section: CacheFormat.Section) throws(CacheFault) -> [UInt8] {
    let head = try bytes(12)
    var reader = CacheByteReader(head, part: "sections")
    let type = try reader.read(UInt32.self)
    let length = try reader.read(UInt64.self)
    guard type == section.rawValue else { throw CacheFault("it is damaged: a section is missing") }
    guard length <= UInt64(max(0, remaining - 4)) else { throw CacheFault("it is cut off") }
    let content = try bytes(Int(length))
    var check = CRC32C()
    // SAFETY: any bytes may be looked at as bytes.
    unsafe check.update(head.span.bytes)
    unsafe check.update(content.span.bytes)
    var tail = CacheByteReader(try bytes(4), part: "sections")
    guard try tail.read(UInt32.self) == check.value else {
      throw CacheFault("it is damaged: a checksum is wrong")
    }
    return content
  }

  func finish() throws(CacheFault) {
    let expected = hasher.hash
    var reader = CacheByteReader(try bytes(CacheFormat.digestByteCount), part: "digest")
    guard try reader.readHash() == expected else {
      throw CacheFault("it is damaged: its bytes do not match its digest")
    }
    guard remaining == 0 else { throw CacheFault("it has \(remaining) bytes too many") }
    do throws(Diagnostic) { try file.checkUnchanged() } catch { throw CacheFault(error.message) }
  }

  private func bytes(_ count: Int) throws(CacheFault) -> [UInt8] {
    // The size of the file bounds what is allocated.
    guard count <= remaining else { throw CacheFault("it is cut off") }
    remaining -= count
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      do throws(Diagnostic) {
        let read = try file.read(into: &bytes, from: filled)
        if read == 0 { throw Diagnostic(.inputChanged, "it is cut off") }
        filled += read
      } catch {
        throw CacheFault(error.message)
      }
    }
    hasher.update(bytes.span)
    return bytes
  }
}
