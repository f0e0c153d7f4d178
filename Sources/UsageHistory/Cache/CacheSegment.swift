import Files

/// What one run added to a cache: the logs that came, the words that they brought, and their events
/// as they came.
///
/// A day's events are few beside a history's: they are kept as they came, so that a run that adds a
/// day neither sorts nor writes what was there before.
struct CacheSegment {
  let words: CachedEvents.Words
  private let eventBytes: [UInt8]
  /// Where the events of each shelf begin in the bytes, and where the last end.
  private let starts: [Int]

  /// Takes a segment apart.
  ///
  /// - Parameter sections: As ``CacheFormat/segment`` lists them.
  init(_ sections: [[UInt8]]) throws(CacheFault) {
    words = try CachedEvents.Words(sections)
    eventBytes = sections[CacheFormat.common.count]
    var reader = CacheByteReader(eventBytes, part: "events")
    var starts = [4 * ActivityStore.shelfCount]
    for _ in 0..<ActivityStore.shelfCount {
      // Below 2³² each, so that the sum is far from the greatest number.
      let count = Int(try reader.read(UInt32.self))
      starts.append(starts[starts.count - 1] + count * CacheFormat.eventByteCount)
    }
    guard starts.last == eventBytes.count else {
      throw reader.fault("are not as many as they announce")
    }
    self.starts = starts
  }

  /// The events of a shelf as they stand in the file.
  func events(of shelf: Int) -> ArraySlice<UInt8> { eventBytes[starts[shelf]..<starts[shelf + 1]] }

  /// The segments behind the base, up to the first that is not as it was written.
  ///
  /// - Returns: Each with its sections.
  static func parts(of file: CacheFile, after base: CachePart, threads: Int)
    -> [(part: CachePart, sections: [[UInt8]])]
  {
    var parts: [CachePart] = []
    var last = base
    while last.end < file.byteCount {
      guard let part = try? CachePart(file, at: last.end, after: last.digest),
        part.entries.map(\.section) == CacheFormat.segment
      else { break }
      parts.append(part)
      last = part
    }
    let found = parts
    let contents = CacheTasks.run(found.count, threads: threads) {
      (index) throws(CacheFault) in
      var sections: [[UInt8]] = []
      for section in CacheFormat.segment.indices {
        sections.append(try found[index].content(section, of: file))
      }
      return sections
    }
    var whole: [(CachePart, [[UInt8]])] = []
    for (part, content) in zip(found, contents) {
      guard case .success(let sections) = content else { break }
      whole.append((part, sections))
    }
    return whole
  }

  /// A segment as it stands in the file.
  ///
  /// - Parameter events: Those of each shelf, chunk by chunk.
  static func bytes(
    _ words: CachedEvents.Words, events: [[EventChunk]], after previous: ContentHash
  ) -> [UInt8] {
    var content = CacheBytes()
    let counts = events.map { $0.reduce(0) { $0 + $1.count } }
    content.reserve(4 * counts.count + counts.reduce(0, +) * CacheFormat.eventByteCount)
    for count in counts { content.append(UInt32(count)) }
    for event in events.joined().joined() {
      content.append(event.key)
      content.append(event.user)
      content.append(event.amount)
    }
    let sections = words.sections + [content.bytes]
    let head = CachePart.head(
      zip(CacheFormat.segment, sections).map { section, bytes in
        CachePart.Entry(
          section: section, byteCount: bytes.count, hash: ContentHash(of: bytes))
      })
    var bytes = CacheBytes()
    bytes.append(raw: head)
    for section in sections { bytes.append(raw: section) }
    bytes.append(CachePart.digest(ofHead: head, after: previous))
    return bytes.bytes
  }
}
