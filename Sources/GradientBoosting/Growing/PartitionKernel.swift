import CProcessor

/// Deals rows out to the two sides of a split.
enum PartitionKernel {
  private static let lookAhead = 32

  /// Deals rows out, in their order.
  ///
  /// - Parameters:
  ///   - rows: Rows of the column, shape `[count]`, with ``lookAhead`` readable entries more.
  ///   - goesLeft: 1 for a bin that goes left, else 0; an entry for each bin of `column`.
  ///   - lefts: Room for `count` rows; may be `rows` itself.
  ///   - rights: Room for `count` rows.
  /// - Returns: How many go left.
  static func deal(
    _ rows: UnsafeMutablePointer<UInt32>, count: Int, _ column: BinColumns.Column,
    _ goesLeft: [UInt8], lefts: UnsafeMutablePointer<UInt32>,
    rights: UnsafeMutablePointer<UInt32>
  ) -> Int {
    unsafe goesLeft.withUnsafeBufferPointer { table in
      switch column {
      case .bytes(let bins):
        unsafe dealBytes(rows, count, bins.start, table.baseAddress!, lefts, rights)
      case .words(let bins):
        unsafe dealWords(rows, count, bins.start, table.baseAddress!, lefts, rights)
      }
    }
  }

  @inline(never)
  private static func dealBytes(
    _ rows: UnsafeMutablePointer<UInt32>, _ count: Int, _ bins: UnsafePointer<UInt8>,
    _ goesLeft: UnsafePointer<UInt8>, _ lefts: UnsafeMutablePointer<UInt32>,
    _ rights: UnsafeMutablePointer<UInt32>
  ) -> Int {
    unsafe dealOut(rows, count, bins, goesLeft, lefts, rights)
  }

  @inline(never)
  private static func dealWords(
    _ rows: UnsafeMutablePointer<UInt32>, _ count: Int, _ bins: UnsafePointer<UInt16>,
    _ goesLeft: UnsafePointer<UInt8>, _ lefts: UnsafeMutablePointer<UInt32>,
    _ rights: UnsafeMutablePointer<UInt32>
  ) -> Int {
    unsafe dealOut(rows, count, bins, goesLeft, lefts, rights)
  }

  @inline(__always)
  private static func dealOut<Bin: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
    _ rows: UnsafeMutablePointer<UInt32>, _ count: Int, _ bins: UnsafePointer<Bin>,
    _ goesLeft: UnsafePointer<UInt8>, _ lefts: UnsafeMutablePointer<UInt32>,
    _ rights: UnsafeMutablePointer<UInt32>
  ) -> Int {
    // SAFETY: by the contract of ``deal``; neither side can have more rows than `count`.
    var leftCount = 0
    var position = 0
    while position < count {
      unsafe rk_prefetch_line(bins + Int(rows[position &+ lookAhead]))
      let row = unsafe rows[position]
      let left = unsafe Int(goesLeft[Int(bins[Int(row)])])
      // Both are written, and one of them is kept: no branch that would be guessed wrong.
      unsafe lefts[leftCount] = row
      unsafe rights[position &- leftCount] = row
      leftCount &+= left
      position &+= 1
    }
    return leftCount
  }
}
