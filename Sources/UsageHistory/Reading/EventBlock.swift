import Diagnostics
import Tabular

/// The fast path of the event reader: a block of plain rows, converted column by column.
///
/// A first pass finds the fields of all rows; then each column is converted by a loop of its own, so
/// that the hash probes of one column run together and wait for memory together. Anything that is
/// not plain (quotes, blank lines, a cell that is not quite a number) makes the block step aside,
/// without a trace, for ``EventTable``, which tells what it is and where.
struct EventBlock {
  private let layout: EventLayout
  private let accounts: IdentifierDirectory
  private let names: IdentifierDirectory
  private let words: EventWords
  private let accountOfKey: [Int32]?
  private let addsAccounts: Bool
  private let eventIDs: EventIDs?

  private var accountLookup: IdentifierLookup
  private var nameLookup = IdentifierLookup()
  private var actorLookup = IdentifierLookup()
  private var statusLookup = IdentifierLookup()

  private let marks = MarkScratch()
  // What is known of each row so far, shape `[rowCount]`.
  private var keys: [UInt64] = []
  private var users: [UInt64] = []
  private var eventKeys: [UInt64] = []
  private var amounts: [Int64] = []
  private var codes: [Int32] = []
  /// The keys of a few rows, each at its row's number modulo `ringCount`.
  private var identifiers = [IdentifierLookup.Key](
    repeating: IdentifierLookup.Key([UInt8]().span), count: Self.ringCount)
  private var dates = DateMemo()

  /// Prepares a worker's fast path.
  init(_ targets: EventTargets, layout: EventLayout) {
    self.layout = layout
    accounts = targets.keys
    names = targets.names
    words = targets.words
    accountOfKey = targets.accountOfKey
    addsAccounts = targets.addsAccounts
    eventIDs = targets.eventIDs
    accountLookup = targets.keys.lookup
  }

  /// Converts a block of whole records and hands its events to `writer`.
  ///
  /// - Parameters:
  ///   - bytes: The buffer; 64 bytes behind `range` can be read.
  ///   - range: Where the records lie; the last byte is a line feed.
  /// - Returns: What was read; `nil`, with nothing handed over, where the block is not plain.
  /// - Throws: `limit.*` where the history cannot hold what is read.
  mutating func read(_ bytes: [UInt8], _ range: Range<Int>, to writer: ShelfWriter)
    throws(Diagnostic) -> EventLogCount?
  {
    guard let rowCount = try convert(bytes, range) else { return nil }
    return try handOver(rowCount, to: writer)
  }

  /// Converts a block and keeps it as columns; `nil` where it is not plain.
  mutating func columns(_ bytes: [UInt8], _ range: Range<Int>) throws(Diagnostic)
    -> EventLogColumns.Part?
  {
    guard let rowCount = try convert(bytes, range) else { return nil }
    let hasNames = layout.name != nil || layout.constantName != 0
    return EventLogColumns.Part(
      accounts: Array(codes[..<rowCount]),
      users: layout.user == nil ? [] : Array(users[..<rowCount]),
      days: keys[..<rowCount].map { Int32(truncatingIfNeeded: ActivityKey(bits: $0).day) },
      names: hasNames
        ? keys[..<rowCount].map { UInt16(truncatingIfNeeded: ActivityKey(bits: $0).name) } : [],
      amounts: layout.value == nil ? [] : Array(amounts[..<rowCount]))
  }

  /// Converts a block into the columns of this worker and says how many rows it has.
  private mutating func convert(_ bytes: [UInt8], _ range: Range<Int>) throws(Diagnostic) -> Int? {
    guard layout.isPlain else { return nil }
    var rowCount: Int?
    var failure: Diagnostic?
    // SAFETY: the rows do not leave the closure, in which `bytes` and `marks` stay as they are.
    unsafe bytes.withUnsafeBufferPointer { bytes in
      guard
        let rows = unsafe BlockRows(
          scanning: bytes, range, delimiter: layout.delimiter, columnCount: layout.columnCount,
          marks: marks)
      else { return }
      prepare(rows.count)
      guard readTimes(rows), readAmounts(rows), readUsers(rows),
        readAvailability(rows), readKeys(rows)
      else { return }
      readWords(rows)
      failure = readNames(rows)
      rowCount = rows.count
    }
    if let failure { throw failure }
    return rowCount
  }

  private mutating func prepare(_ rowCount: Int) {
    func ready<Element>(_ array: inout [Element], _ value: Element) {
      if array.count < rowCount { array = [Element](repeating: value, count: rowCount) }
    }
    ready(&keys, 0)
    ready(&users, 0)
    ready(&eventKeys, 0)
    ready(&amounts, 0)
    ready(&codes, 0)
  }

  // MARK: Columns

  // Each loop has its arrays as spans: a property's array would be checked for other owners, and a
  // lookup's counted, at every row.

  private mutating func readTimes(_ rows: BlockRows) -> Bool {
    let constant = layout.constantTraits &<< 12 | UInt64(layout.constantLag)
    let column = layout.time
    var dates = dates
    var keys = keys.mutableSpan
    for row in 0..<rows.count {
      let (text, count) = unsafe rows.field(row, column)
      guard let time = unsafe dates.time(text, count) else { return false }
      keys[row] =
        time.day &<< 29 | constant | (time.isOffHours ? ActivityTraits.offHours &<< 12 : 0)
    }
    self.dates = dates
    return true
  }

  private mutating func readAmounts(_ rows: BlockRows) -> Bool {
    guard let column = layout.value else { return true }
    var amounts = amounts.mutableSpan
    for row in 0..<rows.count {
      let (text, count) = unsafe rows.field(row, column)
      guard let amount = unsafe EventAmounts.millionths(text, count) else { return false }
      amounts[row] = amount
    }
    return true
  }

  private mutating func readUsers(_ rows: BlockRows) -> Bool {
    Self.readFingerprints(rows, layout.user, &users)
      && Self.readFingerprints(rows, layout.eventID, &eventKeys)
  }

  private static func readFingerprints(
    _ rows: BlockRows, _ column: Int?, _ fingerprints: inout [UInt64]
  ) -> Bool {
    guard let column else { return true }
    var fingerprints = fingerprints.mutableSpan
    for row in 0..<rows.count {
      let (text, count) = unsafe rows.field(row, column)
      guard unsafe !isPadded(text, count) else { return false }
      fingerprints[row] = unsafe isMissing(text, count) ? 0 : Fingerprint64.of(text, count)
    }
    return true
  }

  private mutating func readAvailability(_ rows: BlockRows) -> Bool {
    guard let column = layout.available else { return true }
    for row in 0..<rows.count {
      let (text, count) = unsafe rows.field(row, column)
      guard let time = unsafe dates.time(text, count) else { return false }
      let day = keys[row] &>> 29
      let lag = time.day > day ? time.day &- day : 0
      guard lag <= UInt64(ActivityKey.lagLimit) else { return false }
      keys[row] = keys[row] & ~UInt64(ActivityKey.lagLimit) | lag
    }
    return true
  }

  private mutating func readKeys(_ rows: BlockRows) -> Bool {
    var hashedCount = 0
    var row = 0
    while true {
      guard let next = readKnownKeys(rows, from: row, &hashedCount) else { return false }
      guard next < rows.count else { return true }
      let (text, count) = unsafe rows.field(next, layout.key)
      codes[next] = code(
        of: unsafe IdentifierLookup.Key(text, count),
        unsafe UnsafeBufferPointer(start: text, count: count).span)
      row = next + 1
    }
  }

  /// How many rows are looked up in turn. The keys of those behind them are hashed before, and their
  /// slots asked for: so far ahead that a slot is there when it is read, and no farther than what can
  /// be on its way at a time.
  private static let groupCount = 32
  private static let ringCount = 2 * groupCount

  private mutating func readKnownKeys(
    _ rows: BlockRows, from start: Int, _ hashedCount: inout Int
  ) -> Int? {
    // Counted once for many rows: all workers share the table.
    let lookup = accountLookup
    return Self.readKnownKeys(
      rows, layout.key, from: start, &hashedCount, lookup, &identifiers, &codes)
  }

  /// Looks up keys until one is not known, and says whose it is; `nil` for a key that is not plain.
  ///
  /// - Parameter hashedCount: How many rows had their keys hashed; the last are in `identifiers`.
  private static func readKnownKeys(
    _ rows: BlockRows, _ column: Int, from start: Int, _ hashedCount: inout Int,
    _ lookup: IdentifierLookup, _ identifiers: inout [IdentifierLookup.Key],
    _ codes: inout [Int32]
  ) -> Int? {
    let slots = lookup.slots.span
    var keys = identifiers.mutableSpan
    var codes = codes.mutableSpan
    var hashed = hashedCount
    defer { hashedCount = hashed }
    var row = start
    while row < rows.count {
      let end = min(row &+ groupCount, rows.count)
      while hashed < min(end &+ groupCount, rows.count) {
        let (text, count) = unsafe rows.field(hashed, column)
        // A blank at the start may be all there is: the readable twin tells.
        let first = unsafe text[0]
        guard count > 0, first != 0x20, first != 0x09 else { return nil }
        let key = unsafe IdentifierLookup.Key(text, count)
        keys[hashed & (ringCount &- 1)] = key
        IdentifierLookup.prefetch(key.hash, in: slots)
        hashed &+= 1
      }
      while row < end {
        let key = keys[row & (ringCount &- 1)]
        let code =
          key.count <= 16
          ? IdentifierLookup.code(of: key, in: slots)
          : unsafe lookup.code(ofLong: key, rows.field(row, column).text)
        guard code >= 0 else { return row }
        codes[row] = code
        row &+= 1
      }
    }
    return rows.count
  }

  /// The code of a key that the fast probe does not find; -1 where it belongs to no account.
  private mutating func code(of key: IdentifierLookup.Key, _ id: Span<UInt8>) -> Int32 {
    let known = accountLookup.code(of: key, id)
    guard known < 0, addsAccounts else { return known }
    let code = accounts.code(of: id)
    accountLookup.insert(key, id, code: code)
    return code
  }

  /// Adds the bits of actor and status to the keys.
  private mutating func readWords(_ rows: BlockRows) {
    if let column = layout.actor {
      Self.addTraits(rows, column, &actorLookup, &keys, words.actorTraits)
    }
    if let column = layout.status {
      Self.addTraits(rows, column, &statusLookup, &keys, words.statusTraits)
    }
  }

  private static func addTraits(
    _ rows: BlockRows, _ column: Int, _ lookup: inout IdentifierLookup, _ keys: inout [UInt64],
    _ traits: ([UInt8]) -> UInt64
  ) {
    for row in 0..<rows.count {
      let (text, count) = unsafe rows.field(row, column)
      guard count > 0 else { continue }
      let key = unsafe IdentifierLookup.Key(text, count)
      let known = count <= 16 ? IdentifierLookup.code(of: key, in: lookup.slots.span) : -1
      if known >= 0 {
        keys[row] |= UInt64(known) &<< 12
        continue
      }
      let word = unsafe [UInt8](UnsafeBufferPointer(start: text, count: count))
      let bits = traits(word)
      // A few words are expected; a column of free text must not fill the memory.
      if count <= 16 && lookup.count < 1024 { lookup.insert(key, word.span, code: Int32(bits)) }
      keys[row] |= bits &<< 12
    }
  }

  private mutating func readNames(_ rows: BlockRows) -> Diagnostic? {
    guard let column = layout.name else {
      for row in 0..<rows.count { keys[row] |= UInt64(layout.constantName) &<< 16 }
      return nil
    }
    var row = 0
    while true {
      let lookup = nameLookup
      row = Self.addKnownNames(rows, column, from: row, lookup, &keys)
      guard row < rows.count else { return nil }
      let (text, count) = unsafe rows.field(row, column)
      let key = unsafe IdentifierLookup.Key(text, count)
      let name = unsafe [UInt8](UnsafeBufferPointer(start: text, count: count))
      var code = nameLookup.code(of: key, name.span)
      if code < 0 {
        code = names.code(of: EventWords.name(name))
        if code >= ActivityKey.nameLimit { return EventWords.tooManyNames }
        nameLookup.insert(key, name.span, code: code)
      }
      keys[row] |= UInt64(truncatingIfNeeded: code) &<< 16
      row += 1
    }
  }

  /// Adds the names to the keys until one is not found, and says which row has it.
  private static func addKnownNames(
    _ rows: BlockRows, _ column: Int, from start: Int, _ lookup: IdentifierLookup,
    _ keys: inout [UInt64]
  ) -> Int {
    let slots = lookup.slots.span
    var keys = keys.mutableSpan
    for row in start..<rows.count {
      let (text, count) = unsafe rows.field(row, column)
      let key = unsafe IdentifierLookup.Key(text, count)
      let code =
        count <= 16
        ? IdentifierLookup.code(of: key, in: slots) : unsafe lookup.code(ofLong: key, text)
      guard code >= 0 else { return row }
      keys[row] |= UInt64(truncatingIfNeeded: code) &<< 16
    }
    return rows.count
  }

  /// Whether a blank stands at either end.
  @inline(__always) private static func isPadded(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool
  {
    guard count > 0 else { return false }
    // SAFETY: the field's first and last byte.
    let (first, last) = unsafe (text[0], text[count &- 1])
    return first == 0x20 || first == 0x09 || last == 0x20 || last == 0x09
  }

  @inline(__always) private static func isMissing(_ text: UnsafePointer<UInt8>, _ count: Int)
    -> Bool
  {
    guard count <= 4 else { return false }
    // SAFETY: the field's bytes.
    return unsafe MissingToken.matches(UnsafeBufferPointer(start: text, count: count).span)
  }

  // MARK: Out

  private func handOver(_ rowCount: Int, to writer: ShelfWriter)
    throws(Diagnostic) -> EventLogCount
  {
    var count = EventLogCount()
    count.rowCount = rowCount
    let (hasUsers, hasValues) = (layout.user != nil, layout.value != nil)
    let checksIDs = eventIDs != nil && layout.eventID != nil
    let (codes, keys) = (codes.span, keys.span)
    let (users, amounts) = (users.span, amounts.span)
    for row in 0..<rowCount {
      var code = codes[row]
      if code >= 0, let accountOfKey { code = accountOfKey[Int(code)] }
      guard code >= 0 else {
        count.orphanRowCount += 1
        continue
      }
      if checksIDs, let eventIDs, !eventIDs.isNew(eventKeys[row]) {
        count.repeatedRowCount += 1
        continue
      }
      let key = keys[row]
      let day = Int(truncatingIfNeeded: key &>> 29)
      count.days = (min(count.days.first, day), max(count.days.last, day))
      try writer.add(
        code, key: key, user: hasUsers ? users[row] : 0, amount: hasValues ? amounts[row] : 0)
    }
    return count
  }
}
