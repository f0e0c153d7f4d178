import Diagnostics
import Files

/// The base of a cache, which holds all events in packed cells.
struct CacheBase {
  var words: CachedEvents.Words
  /// Packed each; shape `[ActivityStore.shelfCount]`.
  var cells: [PackedCells]

  /// Writes a cache of this base alone; only the owner may read it, since it holds the ids of
  /// accounts.
  ///
  /// - Throws: `output.*`; an older file of this name is then still there.
  func write(to path: String, threads: Int) throws(Diagnostic) {
    var sections = words.sections
    var entries = zip(CacheFormat.common, sections).map { section, bytes in
      CachePart.Entry(section: section, byteCount: bytes.count, hash: ContentHash(of: bytes))
    }
    // Cells are written from where they are: there need not be room for them twice.
    let shelves = CacheTasks.run(cells.count, threads: threads) {
      (shelf) throws(CacheFault) in
      let users = Self.users(of: cells[shelf])
      return (
        users: users, usersHash: ContentHash(of: users),
        cellsHash: ContentHash(of: cells[shelf].bytes)
      )
    }
    for (shelf, packed) in zip(shelves, cells) {
      guard case .success(let (users, usersHash, cellsHash)) = shelf else { continue }
      entries.append(
        CachePart.Entry(section: .users, byteCount: users.count, hash: usersHash))
      entries.append(
        CachePart.Entry(section: .cells, byteCount: packed.bytes.count, hash: cellsHash))
      sections.append(users)
      sections.append(packed.bytes)
    }
    let head = CachePart.head(entries)
    let writer = try OutputFile(path: path, isPrivate: true).begin()
    try writer.write(CacheFormat.head)
    try writer.write(head)
    for section in sections { try writer.write(section) }
    var digest = CacheBytes()
    digest.append(CachePart.digest(ofHead: head, after: CacheFormat.root))
    try writer.write(digest.bytes)
    try writer.commit()
  }

  private static func users(of cells: PackedCells) -> [UInt8] {
    var bytes = CacheBytes()
    bytes.reserve(4 + cells.fingerprints.count * 8)
    bytes.append(UInt32(cells.count))
    for fingerprint in cells.fingerprints { bytes.append(fingerprint) }
    return bytes.bytes
  }
}
