import CByteScan

/// The fields of a block of plain rows, found in one pass over its bytes.
///
/// Fields are read through pointers: a `Span` check per byte costs a third of the throughput. The
/// fence is ``init(scanning:_:delimiter:columnCount:marks:)``, which proves where every field lies.
@safe struct BlockRows {
  /// How many rows the block has.
  let count: Int
  private let base: UnsafePointer<UInt8>
  /// Where each field ends, row by row, counted from `base`.
  private let marks: UnsafePointer<UInt32>
  private let columnCount: Int
  private let trimsCarriageReturns: Bool

  /// Finds the fields of `bytes[range]`; `nil` where the block is not plain: a quote, a NUL, invalid
  /// UTF-8, a lone CR, or a row that has not `columnCount` fields.
  ///
  /// - Parameter marks: Scratch space that grows as needed; it and `bytes` must outlive the rows and
  ///   stay as they are.
  /// - Precondition: The last byte of the range is a line feed; 64 bytes behind it can be read.
  init?(
    scanning bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, delimiter: UInt8,
    columnCount: Int, marks: MarkScratch
  ) {
    precondition(
      range.lowerBound >= 0 && bytes.count >= range.upperBound + 64, "no room behind the block")
    // SAFETY: checked above.
    let base = unsafe bytes.baseAddress! + range.lowerBound
    marks.reserve(range.count + 64)
    // SAFETY: 64 bytes behind the range can be read; there is room for a mark per byte and 64 more.
    let tally = unsafe Self.scan(base, range.count, delimiter, marks.start)
    let found = tally.found
    let markCount = Int(tally.marks)
    let rowCount = markCount / columnCount
    guard markCount == rowCount * columnCount, found & UInt32(RK_QUOTE) == 0 else { return nil }
    // Every row ends with a line feed, and there are no others.
    var endCount = 0
    for row in 0..<rowCount {
      // SAFETY: the row's marks are below `markCount`, and each is a position in the range.
      let end = unsafe Int(marks.start[row &* columnCount &+ columnCount &- 1])
      unsafe endCount &+= base[end] == 0x0a ? 1 : 0
    }
    guard endCount == rowCount, Int(tally.line_feeds) == rowCount else { return nil }
    count = rowCount
    unsafe self.base = base
    unsafe self.marks = UnsafePointer(marks.start)
    self.columnCount = columnCount
    let text = unsafe UnsafeBufferPointer(start: base, count: range.count)
    if found & UInt32(RK_CARRIAGE_RETURN) != 0 {
      // CRLF is as good as LF; another CR would end a record of its own.
      let crCount = unsafe text.count { $0 == 0x0d }
      var endingCount = 0
      for row in 0..<rowCount {
        let end = unsafe Int(marks.start[row * columnCount + columnCount - 1])
        if unsafe end > 0 && base[end - 1] == 0x0d { endingCount += 1 }
      }
      guard crCount == endingCount else { return nil }
      trimsCarriageReturns = crCount > 0
    } else {
      trimsCarriageReturns = false
    }
    if found & UInt32(RK_UNPLAIN) != 0 {
      guard unsafe !text.contains(0), unsafe (try? UTF8Span(validating: text.span)) != nil else {
        return nil
      }
    }
  }

  /// Writes the marks, and says how many there are and what else the bytes hold.
  private static func scan(
    _ base: UnsafePointer<UInt8>, _ byteCount: Int, _ delimiter: UInt8,
    _ marks: UnsafeMutablePointer<UInt32>
  ) -> rk_tally {
    var tally = rk_tally()
    var at = 0
    while byteCount &- at >= 64 {
      let count = Int(truncatingIfNeeded: tally.marks)
      // SAFETY: these are bytes of the range, and the caller promises room for all marks.
      let mask = unsafe rk_mask64(base + at, delimiter, 0x0a, &tally)
      unsafe write(mask, at, marks + count)
      at &+= 64
    }
    // The last bytes alone: what stands behind them is no part of the range, and is 0 more often
    // than not, which would have the whole block looked at again.
    var mark = Int(truncatingIfNeeded: tally.marks)
    for place in at..<byteCount {
      // SAFETY: a byte of the range; a mark has room.
      let byte = unsafe base[place]
      if byte == delimiter || byte == 0x0a {
        unsafe marks[mark] = UInt32(truncatingIfNeeded: place)
        mark += 1
      }
      if byte == 0x0a { tally.line_feeds += 1 }
      if byte == 0x22 { tally.found |= UInt32(RK_QUOTE) }
      if byte == 0x0d { tally.found |= UInt32(RK_CARRIAGE_RETURN) }
      if byte == 0 || byte > 127 { tally.found |= UInt32(RK_UNPLAIN) }
    }
    tally.marks = UInt64(mark)
    return tally
  }

  /// Writes where the bits of a mask stand, and may write up to three marks too many: the next
  /// overwrite them. To write them in fours spares a guess after each.
  @inline(__always)
  private static func write(_ mask: UInt64, _ at: Int, _ marks: UnsafeMutablePointer<UInt32>) {
    var rest = mask
    var next = unsafe marks
    while rest != 0 {
      for place in 0..<4 {
        // SAFETY: the caller has room for 64 marks more than there are bytes.
        unsafe next[place] = UInt32(truncatingIfNeeded: at &+ rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
      unsafe next += 4
    }
  }

  /// The bytes of a field; 64 bytes behind them can be read.
  ///
  /// - Precondition: `row` is in `0..<count`, `column` in `0..<columnCount`.
  @inline(__always) func field(_ row: Int, _ column: Int) -> (
    text: UnsafePointer<UInt8>, count: Int
  ) {
    let index = row &* columnCount &+ column
    // SAFETY: the marks of all rows were found by the initialiser, and before the first stands one
    // that is one less than 0.
    let start = unsafe Int(marks[index &- 1] &+ 1)
    var end = unsafe Int(marks[index])
    if trimsCarriageReturns && column == columnCount &- 1 && end > start {
      let last = unsafe base[end &- 1]
      if last == 0x0d { end &-= 1 }
    }
    return unsafe (base + start, end &- start)
  }
}

/// Room for the marks of a block, and for one before them, so that the first field begins behind a
/// mark as all others do.
@safe final class MarkScratch {
  private(set) var start: UnsafeMutablePointer<UInt32>
  private var capacity = 0

  init() {
    // SAFETY: freed by `deinit`, from where it begins.
    unsafe start = Self.allocate(0)
  }

  deinit { unsafe (start - 1).deallocate() }

  /// Makes room for `count` marks; the old ones are lost.
  func reserve(_ count: Int) {
    guard count > capacity else { return }
    unsafe (start - 1).deallocate()
    unsafe start = Self.allocate(count)
    capacity = count
  }

  private static func allocate(_ count: Int) -> UnsafeMutablePointer<UInt32> {
    // SAFETY: a plain integer needs no initialisation before it is written.
    let room = UnsafeMutablePointer<UInt32>.allocate(capacity: count + 1)
    unsafe room[0] = .max
    return unsafe room + 1
  }
}
