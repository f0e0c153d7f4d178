import Diagnostics
import Files

/// A part of a cache file: a table of contents, the sections that it lists, and a digest that says
/// that the part was written to its end.
///
/// The digest takes in that of the part before, so that a part is believed in its place only.
struct CachePart {
  /// One section: what it is, how long, and the hash of its content.
  struct Entry {
    var section: CacheFormat.Section
    var byteCount: Int
    var hash: ContentHash
  }

  let entries: [Entry]
  /// The last bytes of the part.
  let digest: ContentHash
  /// Where it ends in the file.
  let end: Int
  /// Where each section begins in the file.
  private let starts: [Int]

  /// The table of contents as it stands in the file.
  static func head(_ entries: [Entry]) -> [UInt8] {
    var bytes = CacheBytes()
    bytes.append(UInt32(entries.count))
    for entry in entries {
      bytes.append(entry.section.rawValue)
      bytes.append(UInt64(entry.byteCount))
      bytes.append(entry.hash)
    }
    return bytes.bytes
  }

  /// The digest of a part, which hashes its sections by their hashes.
  static func digest(ofHead head: [UInt8], after previous: ContentHash) -> ContentHash {
    var bytes = CacheBytes()
    bytes.append(previous)
    bytes.append(raw: head)
    return ContentHash(of: bytes.bytes)
  }

  /// Reads the table of contents of the part that begins at a place; its sections are not yet
  /// looked at.
  ///
  /// - Parameter previous: The digest of the part before, or ``CacheFormat/root``.
  /// - Throws: ``CacheFault`` where it is not as it was written.
  init(_ file: CacheFile, at start: Int, after previous: ContentHash) throws(CacheFault) {
    var count = CacheByteReader(try file.bytes(at: start, count: 4), part: "parts")
    let entryCount = Int(try count.read(UInt32.self))
    guard entryCount <= CacheFormat.sectionLimit else {
      throw CacheFault("it is damaged: a part announces \(entryCount) sections")
    }
    let headCount = 4 + entryCount * CacheFormat.entryByteCount
    let head = try file.bytes(at: start, count: headCount)
    var reader = CacheByteReader(head, part: "parts")
    _ = try reader.read(UInt32.self)
    var entries: [Entry] = []
    var starts: [Int] = []
    var at = start + headCount
    for _ in 0..<entryCount {
      let type = try reader.read(UInt32.self)
      let byteCount = try reader.readCount()
      let hash = try reader.readHash()
      guard let section = CacheFormat.Section(rawValue: type) else {
        throw CacheFault("it is damaged: a section is of no known kind")
      }
      guard byteCount <= file.byteCount - at else { throw CacheFault("it is cut off") }
      entries.append(Entry(section: section, byteCount: byteCount, hash: hash))
      starts.append(at)
      at += byteCount
    }
    var tail = CacheByteReader(
      try file.bytes(at: at, count: CacheFormat.digestByteCount), part: "parts")
    digest = try tail.readHash()
    guard digest == Self.digest(ofHead: head, after: previous) else {
      throw CacheFault("it is damaged: its bytes do not match its digest")
    }
    self.entries = entries
    self.starts = starts
    end = at + CacheFormat.digestByteCount
  }

  /// The content of a section, once its hash is right.
  func content(_ index: Int, of file: CacheFile) throws(CacheFault) -> [UInt8] {
    let bytes = try file.bytes(at: starts[index], count: entries[index].byteCount)
    guard ContentHash(of: bytes) == entries[index].hash else {
      throw CacheFault("it is damaged: a section does not match its hash")
    }
    return bytes
  }
}

/// An opened cache file, read at any place and by several threads.
final class CacheFile: Sendable {
  /// Its size when it was opened: what another run adds meanwhile is not looked at.
  let byteCount: Int
  private let file: InputFile

  init(_ path: String) throws(Diagnostic) {
    file = try InputFile(path: path)
    guard let byteCount = file.byteCount else {
      throw Diagnostic(.inputUnreadable, "it is not a regular file", file: path)
    }
    self.byteCount = byteCount
  }

  /// The bytes of a place, which the size of the file bounds.
  func bytes(at offset: Int, count: Int) throws(CacheFault) -> [UInt8] {
    guard count <= byteCount - offset else { throw CacheFault("it is cut off") }
    let bytes: [UInt8]
    do throws(Diagnostic) {
      bytes = try file.bytes(at: offset, count: count)
    } catch {
      throw CacheFault(error.message)
    }
    guard bytes.count == count else { throw CacheFault("it is cut off") }
    return bytes
  }

  /// Makes sure that it is a cache of this version.
  func checkHead() throws(CacheFault) {
    let head = try bytes(at: 0, count: min(byteCount, CacheFormat.head.count))
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
}
