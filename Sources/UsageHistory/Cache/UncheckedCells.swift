/// Reads packed cells, see ``PackedCells``, from bytes that may be anything.
struct UncheckedCells {
  /// What a cell says, but for its value, which may be any.
  struct Cell {
    /// How far account and day are from those of the cell before.
    var step: UInt64
    /// See ``ActivityKey/small``.
    var small: UInt64
    var user: UInt64
    /// How many events it stands for, less one.
    var count: UInt64
  }

  /// Where the next cell begins.
  private(set) var at: Int

  /// The last byte of a number, in each place of eight.
  private static let lastMarks: UInt64 = 0x8080_8080_8080_8080

  init(at: Int) { self.at = at }

  /// The next cell; `nil` where there is none.
  @inline(__always) mutating func next(_ bytes: RawSpan) -> Cell? {
    if at &+ 8 <= bytes.byteCount {
      // SAFETY: any eight bytes are a number, and the load checks that they are inside.
      let word = unsafe UInt64(
        littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      // Where each of five numbers ends; nearly all cells end within eight bytes. No branch asks how
      // long a number is: that changes from cell to cell, and no processor guesses it.
      let first = ~word & Self.lastMarks
      let second = first & (first &- 1)
      let third = second & (second &- 1)
      let fourth = third & (third &- 1)
      let fifth = fourth & (fourth &- 1)
      if fifth != 0 {
        at &+= (fifth.trailingZeroBitCount &+ 1) &>> 3
        return Cell(
          step: Self.number(word & Self.upTo(first)),
          small: Self.number((word & Self.upTo(second)) &>> Self.end(first)),
          user: Self.number((word & Self.upTo(third)) &>> Self.end(second)),
          count: Self.number((word & Self.upTo(fourth)) &>> Self.end(third)))
      }
    }
    return nextLong(bytes)
  }

  /// The bits up to the lowest mark.
  @inline(__always) private static func upTo(_ marks: UInt64) -> UInt64 { marks ^ (marks &- 1) }

  /// How many bits there are up to the lowest mark.
  @inline(__always) private static func end(_ marks: UInt64) -> UInt64 {
    UInt64(truncatingIfNeeded: marks.trailingZeroBitCount &+ 1)
  }

  /// Puts up to four groups of seven bits together: of eight bytes, four go to the other numbers.
  @inline(__always) private static func number(_ groups: UInt64) -> UInt64 {
    groups & 0x7f | groups &>> 1 & 0x3f80 | groups &>> 2 & 0x1f_c000 | groups &>> 3 & 0xfe0_0000
  }

  /// The next cell, one number after the other.
  @inline(never) private mutating func nextLong(_ bytes: RawSpan) -> Cell? {
    guard let step = number(bytes), let small = number(bytes), let user = number(bytes),
      let count = number(bytes), skipAmount(bytes)
    else { return nil }
    return Cell(step: step, small: small, user: user, count: count)
  }

  /// The next number; `nil` where there is none.
  private mutating func number(_ bytes: RawSpan) -> UInt64? {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while at < bytes.byteCount {
      // SAFETY: a byte may be anything, and the load checks that it is inside.
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
      at &+= 1
      value |= UInt64(byte & 0x7f) &<< shift
      // The tenth group has room for one bit.
      if byte < 0x80 { return shift == 63 && byte > 1 ? nil : value }
      if shift == 63 { return nil }
      shift &+= 7
    }
    return nil
  }

  /// Goes past a value; whether it is one.
  private mutating func skipAmount(_ bytes: RawSpan) -> Bool {
    guard let value = number(bytes) else { return false }
    if value == .max { return number(bytes) != nil }
    guard value & 1 == 0 else { return true }
    let zigzag = value >> 1
    let whole = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    return !whole.multipliedReportingOverflow(by: 1_000_000).overflow
  }
}
