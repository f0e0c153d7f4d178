/// A shelf as a cache file holds it, gone through from end to end: only what could have been packed
/// is let in.
struct ShelfTally {
  private(set) var shelf = ActivityStore.Shelf()
  /// The events of the segments.
  private(set) var added: [RawEvent] = []
  /// How many events its cells stand for; `nil` where a cell stands for more than it can count.
  private(set) var eventCount: Int? = 0
  /// The first and the last day met.
  private(set) var days: (first: Int, last: Int) = EventLogCount().days

  /// Takes a shelf's sections apart.
  ///
  /// - Parameters:
  ///   - added: The events of each segment.
  ///   - accountCount: How many accounts the shelf has.
  /// - Throws: ``CacheFault`` where a number is not what it may be, or cells are out of order.
  /// - Complexity: O(bytes).
  init(
    users: [UInt8], cells: [UInt8], added segments: [ArraySlice<UInt8>], accountCount: Int,
    nameCount: Int
  ) throws(CacheFault) {
    var reader = CacheByteReader(users, part: "shelves")
    let cellCount = Int(try reader.read(UInt32.self))
    let userCount = (users.count - 4) / 8
    guard cellCount <= cells.count / 5, userCount <= Int(UInt32.max) else {
      throw reader.fault("announce more than they hold")
    }
    var fingerprints: [UInt64] = []
    fingerprints.reserveCapacity(userCount)
    var previous: UInt64 = 0
    for _ in 0..<userCount {
      let fingerprint = try reader.read(UInt64.self)
      guard fingerprint > previous else { throw reader.fault("hold users out of order") }
      fingerprints.append(fingerprint)
      previous = fingerprint
    }
    try reader.finish()
    shelf.packed = PackedCells(count: cellCount, bytes: cells, fingerprints: fingerprints)
    for events in segments {
      try add(Array(events), accountCount: accountCount, nameCount: nameCount)
    }
    eventCount = added.count
    try check(shelf.packed, accountCount: accountCount, nameCount: nameCount)
  }

  /// Adds the events of a segment.
  private mutating func add(_ events: [UInt8], accountCount: Int, nameCount: Int)
    throws(CacheFault)
  {
    var reader = CacheByteReader(events, part: "events")
    for _ in 0..<events.count / CacheFormat.eventByteCount {
      let event = RawEvent(
        key: try reader.read(UInt64.self), user: try reader.read(UInt64.self),
        amount: try reader.read(Int64.self))
      let key = ActivityKey(bits: event.key)
      guard key.account < accountCount, key.name < nameCount else {
        throw reader.fault("are of nobody")
      }
      added.append(event)
      days = (min(days.first, key.day), max(days.last, key.day))
    }
  }

  /// Goes through cells as ``PackedCells/unpack(into:counts:)`` will.
  private mutating func check(_ packed: PackedCells, accountCount: Int, nameCount: Int)
    throws(CacheFault)
  {
    var cells = UncheckedCells(at: 0)
    let userCount = UInt64(packed.fingerprints.count)
    var accountAndDay: UInt64 = 0
    // What orders cells of one account and day: the rest of the key, then the user.
    var previous: Int64 = -1
    var total = eventCount ?? 0
    var isCutOff = false
    var days = days
    // SAFETY: any bytes may be looked at as bytes.
    let bytes = unsafe packed.bytes.span.bytes
    for _ in 0..<packed.count {
      guard let cell = cells.next(bytes), cell.step < 1 << 35, cell.small < 1 << 29,
        cell.user <= userCount, cell.count < UInt64(UInt32.max)
      else { throw CacheFault("its shelves hold a cell that cannot be") }
      accountAndDay &+= cell.step
      let key = ActivityKey(accountAndDay: accountAndDay, small: cell.small)
      guard key.name < nameCount, accountAndDay < 1 << 35 else {
        throw CacheFault("its shelves hold an event of nobody")
      }
      let rest =
        Int64(truncatingIfNeeded: key.bits & 0x1fff_ffff) &<< 32
        | Int64(truncatingIfNeeded: cell.user)
      // All ones where the day goes on, all zeros else: whether it does is not to be guessed.
      let goesOn = Int64(bitPattern: cell.step &- 1) &>> 63
      guard rest > previous | ~goesOn & .min else {
        throw CacheFault("its shelves hold cells out of order")
      }
      previous = rest
      days = (min(days.first, key.day), max(days.last, key.day))
      isCutOff = isCutOff || cell.count &+ 1 == UInt64(UInt32.max)
      total &+= Int(truncatingIfNeeded: cell.count) &+ 1
    }
    // Accounts only ascend, so the last is the greatest.
    guard packed.count == 0 || Int(accountAndDay >> 17) < accountCount else {
      throw CacheFault("its shelves hold an event of nobody")
    }
    guard cells.at == bytes.byteCount else { throw CacheFault("its shelves hold bytes too many") }
    self.days = days
    eventCount = isCutOff ? nil : total
  }
}
