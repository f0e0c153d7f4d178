import Diagnostics
import Files

extension CachedEvents {
  /// Writes the cache; only the owner may read it, since it holds the ids of accounts.
  ///
  /// - Throws: `output.*`; an older file of this name is then still there.
  func write(to path: String) throws(Diagnostic) {
    let writer = SectionWriter(try OutputFile(path: path, isPrivate: true).begin())
    var head = CacheBytes()
    head.append(raw: CacheFormat.magic)
    head.append(CacheFormat.version)
    try writer.write(head.bytes)
    try writer.write(.logs, logBytes)
    try writer.write(.accounts, Self.bytes(of: accounts))
    var pairs = CacheBytes()
    pairs.append(UInt32(subscriptions.count))
    for subscription in subscriptions {
      pairs.append(subscription.id)
      pairs.append(subscription.account)
    }
    try writer.write(.subscriptions, pairs.bytes)
    try writer.write(.names, Self.bytes(of: names))
    for shelf in shelves { try writer.write(.shelf, Self.bytes(of: shelf)) }
    try writer.finish()
  }

  private var logBytes: [UInt8] {
    var bytes = CacheBytes()
    bytes.append(reading)
    bytes.append(UInt32(logs.count))
    for log in logs {
      bytes.append(log.path)
      bytes.append(log.stamp.inode)
      bytes.append(log.stamp.byteCount)
      for time in [log.stamp.modified, log.stamp.changed] {
        bytes.append(time.seconds)
        bytes.append(time.nanoseconds)
      }
      bytes.append(UInt8(log.stamp.isSettled ? 1 : 0))
      bytes.append(log.hash)
      bytes.append(UInt64(log.count.rowCount))
      bytes.append(UInt64(log.count.orphanRowCount))
      let hasDays = log.count.days.first <= log.count.days.last
      bytes.append(Int32(hasDays ? log.count.days.first : 1))
      bytes.append(Int32(hasDays ? log.count.days.last : 0))
      bytes.append(UInt32(log.columns.count))
      for column in log.columns { bytes.append(column) }
    }
    return bytes.bytes
  }

  private static func bytes(of texts: [[UInt8]]) -> [UInt8] {
    var bytes = CacheBytes()
    bytes.append(UInt32(texts.count))
    for text in texts { bytes.append(text) }
    return bytes.bytes
  }

  private static func bytes(of shelf: ActivityStore.Shelf) -> [UInt8] {
    let packed = shelf.packed
    var bytes = CacheBytes()
    bytes.reserve(
      12 + packed.fingerprints.count * 8 + shelf.waitingCount * 24 + packed.bytes.count)
    bytes.append(UInt32(packed.count))
    bytes.append(UInt32(packed.fingerprints.count))
    bytes.append(UInt32(shelf.waitingCount))
    for fingerprint in packed.fingerprints { bytes.append(fingerprint) }
    for chunk in shelf.chunks {
      for event in chunk {
        bytes.append(event.key)
        bytes.append(event.user)
        bytes.append(event.amount)
      }
    }
    bytes.append(raw: packed.bytes)
    return bytes.bytes
  }
}

/// Writes sections one after another, each with its check, and at the end the digest of all.
private final class SectionWriter {
  private let writer: OutputFileWriter
  private var hasher = ContentHasher()

  init(_ writer: OutputFileWriter) { self.writer = writer }

  func write(_ bytes: [UInt8]) throws(Diagnostic) {
    hasher.update(bytes.span)
    try writer.write(bytes)
  }

  func write(_ section: CacheFormat.Section, _ content: [UInt8]) throws(Diagnostic) {
    var head = CacheBytes()
    head.append(section.rawValue)
    head.append(UInt64(content.count))
    var check = CRC32C()
    // SAFETY: any bytes may be looked at as bytes.
    unsafe check.update(head.bytes.span.bytes)
    unsafe check.update(content.span.bytes)
    var tail = CacheBytes()
    tail.append(check.value)
    try write(head.bytes)
    try write(content)
    try write(tail.bytes)
  }

  func finish() throws(Diagnostic) {
    var digest = CacheBytes()
    digest.append(hasher.hash)
    try writer.write(digest.bytes)
    try writer.commit()
  }
}
