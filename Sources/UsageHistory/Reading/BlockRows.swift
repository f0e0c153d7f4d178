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
    var found: UInt32 = 0
    // SAFETY: 64 bytes behind the range can be read; there is room for a mark per byte.
    let markCount = unsafe Self.scan(base, range.count, delimiter, marks.start, &found)
    let rowCount = markCount / columnCount
    guard markCount == rowCount * columnCount, found & UInt32(RK_QUOTE) == 0 else { return nil }
    // Every row ends with a line feed, and there are no others.
    var (endCount, lineFeedCount) = (0, 0)
    for row in 0..<rowCount {
      // SAFETY: the row's marks are below `markCount`, and each is a position in the range.
      let first = row &* columnCount
      for mark in first..<first &+ columnCount {
        let isLineFeed = unsafe base[Int(marks.start[mark])] == 0x0a
        lineFeedCount &+= isLineFeed ? 1 : 0
        if mark == first &+ columnCount &- 1 { endCount &+= isLineFeed ? 1 : 0 }
      }
    }
    guard endCount == rowCount, lineFeedCount == rowCount else { return nil }
    count = rowCount
    unsafe self.base = base
    unsafe self.marks = UnsafePointer(marks.start)
    self.columnCount = columnCount
    // What the last load saw behind the block costs a look too many, never a wrong one.
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
      guard unsafe !text.contains(0), unsafe String(validating: text, as: UTF8.self) != nil else {
        return nil
      }
    }
  }

  private static func scan(
    _ base: UnsafePointer<UInt8>, _ byteCount: Int, _ delimiter: UInt8,
    _ marks: UnsafeMutablePointer<UInt32>, _ found: inout UInt32
  ) -> Int {
    var count = 0
    var at = 0
    var seen: UInt32 = 0
    while at < byteCount {
      // SAFETY: the caller promises 64 readable bytes behind the range and room for all marks.
      var mask = unsafe rk_mask64(base + at, delimiter, 0x0a, &seen)
      if byteCount &- at < 64 { mask &= (1 &<< UInt64(byteCount &- at)) &- 1 }
      while mask != 0 {
        unsafe marks[count] = UInt32(truncatingIfNeeded: at &+ mask.trailingZeroBitCount)
        count &+= 1
        mask &= mask &- 1
      }
      at &+= 64
    }
    found = seen
    return count
  }

  /// The bytes of a field; 64 bytes behind them can be read.
  ///
  /// - Precondition: `row` is in `0..<count`, `column` in `0..<columnCount`.
  @inline(__always) func field(_ row: Int, _ column: Int) -> (
    text: UnsafePointer<UInt8>, count: Int
  ) {
    let index = row &* columnCount &+ column
    // SAFETY: the marks of all rows were found by the initialiser.
    let start = unsafe index == 0 ? 0 : Int(marks[index &- 1]) &+ 1
    var end = unsafe Int(marks[index])
    if trimsCarriageReturns && column == columnCount &- 1 && end > start {
      let last = unsafe base[end &- 1]
      if last == 0x0d { end &-= 1 }
    }
    return unsafe (base + start, end &- start)
  }
}

/// Room for the marks of a block.
@safe final class MarkScratch {
  private(set) var start: UnsafeMutablePointer<UInt32>
  private var capacity = 0

  init() {
    // SAFETY: freed by `deinit`.
    unsafe start = .allocate(capacity: 0)
  }

  deinit { unsafe start.deallocate() }

  /// Makes room for `count` marks; the old ones are lost.
  func reserve(_ count: Int) {
    guard count > capacity else { return }
    unsafe start.deallocate()
    // SAFETY: a plain integer needs no initialisation before it is written.
    unsafe start = .allocate(capacity: count)
    capacity = count
  }
}
