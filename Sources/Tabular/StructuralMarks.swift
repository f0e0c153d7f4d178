/// The positions in a buffer of the four bytes that give CSV its structure: delimiter, quote, LF and
/// CR.
///
/// Finding them is a pass of its own, eight bytes at a time, so that the record parser visits them
/// and nothing else. The same pass notices whether every byte is plain, that is ASCII but not NUL;
/// records of a plain buffer need no further check.
struct StructuralMarks {
  /// The positions, ascending; only the first `count` are in use.
  private(set) var positions: [UInt32] = []
  /// How many positions are in use.
  private(set) var count = 0

  /// Forgets the first `markCount` marks and moves the others down by `byteCount`.
  mutating func drop(_ markCount: Int, shiftingBy byteCount: Int) {
    let kept = markCount..<count
    var all = positions.mutableSpan
    for mark in kept { all[mark - markCount] = all[mark] - UInt32(byteCount) }
    count -= markCount
  }

  /// Adds the marks of `bytes[range]`.
  ///
  /// - Returns: Whether all bytes of the range are plain.
  mutating func append(_ bytes: [UInt8], _ range: Range<Int>, delimiter: UInt8) -> Bool {
    var isPlain = true
    var start = range.lowerBound
    // Room is made chunk by chunk, so that memory follows the marks found and not the bytes read.
    while start < range.upperBound {
      let end = min(start + 4096, range.upperBound)
      if positions.count < count + 4096 {
        positions.append(contentsOf: repeatElement(0, count: max(8192, positions.count)))
      }
      isPlain = appendChunk(bytes.span, start..<end, delimiter: delimiter) && isPlain
      start = end
    }
    return isPlain
  }

  private mutating func appendChunk(
    _ bytes: Span<UInt8>, _ range: Range<Int>, delimiter: UInt8
  ) -> Bool {
    let delimiters = ByteWord.repeating(delimiter)
    var found = count
    var unplain: UInt64 = 0
    var at = range.lowerBound
    var marks = positions.mutableSpan
    while at + 8 <= range.upperBound {
      let word = ByteWord.load(bytes, at: at)
      // The high bit of each byte: set by non-ASCII, and by the borrow that a NUL causes.
      unplain |= word | ((word &- ByteWord.ones) & ~word)
      var matches =
        ByteWord.zeroBytes(word ^ delimiters)
        | ByteWord.zeroBytes(word ^ ByteWord.repeating(ASCII.quote))
        | ByteWord.zeroBytes(word ^ ByteWord.repeating(ASCII.lineFeed))
        | ByteWord.zeroBytes(word ^ ByteWord.repeating(ASCII.carriageReturn))
      while matches != 0 {
        marks[found] = UInt32(truncatingIfNeeded: at &+ matches.trailingZeroBitCount &>> 3)
        found &+= 1
        matches &= matches &- 1
      }
      at &+= 8
    }
    while at < range.upperBound {
      let byte = bytes[at]
      if byte == 0 || byte >= 0x80 { unplain = ByteWord.highBits }
      if byte == delimiter || byte == ASCII.quote || byte == ASCII.lineFeed
        || byte == ASCII.carriageReturn
      {
        marks[found] = UInt32(truncatingIfNeeded: at)
        found &+= 1
      }
      at &+= 1
    }
    count = found
    return unplain & ByteWord.highBits == 0
  }
}

/// Eight bytes in one integer, the first in the lowest place.
enum ByteWord {
  static let ones: UInt64 = 0x0101_0101_0101_0101
  static let highBits: UInt64 = 0x8080_8080_8080_8080

  @inline(__always) static func repeating(_ byte: UInt8) -> UInt64 { ones &* UInt64(byte) }

  @inline(__always) static func load(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    // SAFETY: `RawSpan` checks that eight bytes from `offset` on lie inside; any bits are a `UInt64`.
    unsafe UInt64(
      littleEndian: bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// The high bit of each byte that is zero, exactly: no carry leaves a byte.
  @inline(__always) static func zeroBytes(_ word: UInt64) -> UInt64 {
    ~(((word & ~highBits) &+ ~highBits) | word | ~highBits)
  }
}
