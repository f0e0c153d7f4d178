/// Sorted cells in a few bytes each: differences to the cell before, in a variable number of bytes.
struct PackedCells: Sendable {
  /// How many cells are packed.
  private(set) var count = 0
  private(set) var bytes: [UInt8] = []
  private(set) var fingerprints: [UInt64] = []

  /// No cells.
  init() {}

  /// Takes cells that were packed before, as a cache file holds them.
  init(count: Int, bytes: [UInt8], fingerprints: [UInt64]) {
    self.count = count
    self.bytes = bytes
    self.fingerprints = fingerprints
  }

  /// Packs cells.
  ///
  /// Layout per cell, each number in groups of seven bits: account and day as the difference to the
  /// cell before, then traits, name and lag (see ``ActivityKey/small``), the user's rank, the number
  /// of events less one, and the value.
  init(_ cells: SortedCells) {
    count = cells.count
    fingerprints = cells.fingerprints
    bytes.reserveCapacity(cells.count * 9)
    var previous: UInt64 = 0
    for index in 0..<cells.count {
      let key = cells.keys[index]
      append(key >> 29 - previous)
      previous = key >> 29
      append(ActivityKey(bits: key).small)
      append(UInt64(cells.users[index]))
      append(UInt64(cells.counts[index] - 1))
      append(amount: cells.amounts[index])
    }
    // Room that is not used would stay as long as the history does.
    // SAFETY: the bytes are copied before the closure ends.
    bytes = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
  }

  /// Adds the cells to a list of events; `counts` says how many events each stands for.
  func unpack(into events: inout [RawEvent], counts: inout [UInt32]) {
    counts.reserveCapacity(count)
    var at = 0
    var accountAndDay: UInt64 = 0
    for _ in 0..<count {
      accountAndDay += next(&at)
      let rest = next(&at)
      let user = Int(next(&at))
      counts.append(UInt32(truncatingIfNeeded: next(&at)) + 1)
      events.append(
        RawEvent(
          key: ActivityKey(accountAndDay: accountAndDay, small: rest).bits,
          user: user == 0 ? 0 : fingerprints[user - 1], amount: nextAmount(&at)))
    }
  }

  private mutating func append(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  private mutating func append(amount: Int64) {
    // Whole units are common and need not be written as millions of millionths.
    let isWhole = amount % 1_000_000 == 0
    let value = isWhole ? amount / 1_000_000 : amount
    let zigzag = UInt64(bitPattern: value << 1 ^ value >> 63)
    // All ones announce a value that fills the 64 bits.
    if zigzag < UInt64.max >> 1 {
      append(zigzag << 1 | (isWhole ? 0 : 1))
    } else {
      append(UInt64.max)
      append(UInt64(bitPattern: amount))
    }
  }

  private func nextAmount(_ at: inout Int) -> Int64 {
    let value = next(&at)
    if value == .max { return Int64(bitPattern: next(&at)) }
    let zigzag = value >> 1
    let amount = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    return value & 1 == 0 ? amount * 1_000_000 : amount
  }

  private func next(_ at: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }
}
