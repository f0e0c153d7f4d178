import Files

extension CachedEvents.Words {
  /// Takes apart the sections that every part begins with.
  ///
  /// - Throws: ``CacheFault`` where they say what cannot be.
  init(_ sections: [[UInt8]]) throws(CacheFault) {
    var content = CacheByteReader(sections[0], part: "list of files")
    reading = try content.readHash()
    logs = try content.readList(
      limit: CacheFormat.logLimit, smallest: 89,
      { (bytes) throws(CacheFault) in try Self.log(&bytes) })
    try content.finish()
    accounts = try Self.texts(sections[1], limit: CacheFormat.accountLimit, part: "accounts")
    content = CacheByteReader(sections[2], part: "subscriptions")
    subscriptions = try content.readList(
      limit: Int(Int32.max), smallest: 8,
      { (bytes) throws(CacheFault) in
        CachedEvents.Subscription(id: try bytes.readText(), account: try bytes.read(Int32.self))
      })
    try content.finish()
    names = try Self.texts(sections[3], limit: ActivityKey.nameLimit, part: "event names")
  }

  /// Adds what a segment brings.
  ///
  /// - Throws: ``CacheFault`` where it contradicts what is known.
  mutating func add(_ newer: CachedEvents.Words) throws(CacheFault) {
    guard newer.reading == reading else { throw CacheFault("its parts read events in two ways") }
    for log in newer.logs {
      guard let place = logs.firstIndex(where: { $0.path == log.path }) else {
        logs.append(log)
        continue
      }
      // A log that was looked at again: its stamp is another, and nothing else.
      logs[place].stamp = log.stamp
      guard logs[place] == log else { throw CacheFault("its parts know a file in two ways") }
    }
    accounts += newer.accounts
    subscriptions += newer.subscriptions
    names += newer.names
    guard accounts.count <= CacheFormat.accountLimit, names.count <= ActivityKey.nameLimit else {
      throw CacheFault("its parts have too many accounts or names")
    }
  }

  /// Makes sure that every subscription is of an account that there is.
  func checkOwners() throws(CacheFault) {
    for subscription in subscriptions {
      guard accounts.indices.contains(Int(subscription.account)) else {
        throw CacheFault("its subscriptions name an account that there is not")
      }
    }
  }

  /// The sections as they stand in the file.
  var sections: [[UInt8]] {
    var pairs = CacheBytes()
    pairs.append(UInt32(subscriptions.count))
    for subscription in subscriptions {
      pairs.append(subscription.id)
      pairs.append(subscription.account)
    }
    return [logBytes, Self.bytes(of: accounts), pairs.bytes, Self.bytes(of: names)]
  }

  private static func log(_ bytes: inout CacheByteReader) throws(CacheFault) -> CachedEvents.Log {
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
    return CachedEvents.Log(path: path, stamp: stamp, hash: hash, count: count, columns: columns)
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
}
