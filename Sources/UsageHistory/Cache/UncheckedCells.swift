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
      // And none of the first four has more than two bytes.
      let more = word & Self.lastMarks & Self.upTo(fourth)
      if fifth != 0 && more & more &<< 8 == 0 {
        at &+= (fifth.trailingZeroBitCount &+ 1) &>> 3
        return Cell(
          step: Self.number(word & Self.upTo(first)),
          small: Self.number((word & Self.upTo(second)) &>> Self.end(first)),
          user: Self.number((word & Self.upTo(third)) &>> Self.end(second)),
          count: Self.number((word & Self.upTo(fourth)) &>> Self.end(third)))
      }
    }
    guard let (cell, end) = Self.long(bytes, from: at) else { return nil }
    at = end
    return cell
  }

  /// The bits up to the lowest mark.
  @inline(__always) private static func upTo(_ marks: UInt64) -> UInt64 { marks ^ (marks &- 1) }

  /// How many bits there are up to the lowest mark.
  @inline(__always) private static func end(_ marks: UInt64) -> UInt64 {
    UInt64(truncatingIfNeeded: marks.trailingZeroBitCount &+ 1)
  }

  /// Puts one or two groups of seven bits together.
  @inline(__always) private static func number(_ groups: UInt64) -> UInt64 {
    groups & 0x7f | groups &>> 1 & 0x3f80
  }

  /// The cell that begins at a place, one number after the other, and where it ends.
  ///
  /// It is handed the place, and not the reader, for which there are registers.
  @inline(never) private static func long(_ bytes: RawSpan, from start: Int)
    -> (cell: Cell, end: Int)?
  {
    var at = start
    guard let step = number(bytes, &at), let small = number(bytes, &at),
      let user = number(bytes, &at), let count = number(bytes, &at), skipAmount(bytes, &at)
    else { return nil }
    return (Cell(step: step, small: small, user: user, count: count), at)
  }

  /// The next number; `nil` where there is none.
  private static func number(_ bytes: RawSpan, _ at: inout Int) -> UInt64? {
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
  private static func skipAmount(_ bytes: RawSpan, _ at: inout Int) -> Bool {
    guard let value = number(bytes, &at) else { return false }
    if value == .max { return number(bytes, &at) != nil }
    guard value & 1 == 0 else { return true }
    let zigzag = value >> 1
    let whole = Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
    return !whole.multipliedReportingOverflow(by: 1_000_000).overflow
  }
}
