extension Span<UInt8> {
  /// `range` without the ASCII blanks (space and tab) at its ends.
  @inline(__always) func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end && (self[start] == ASCII.blank || self[start] == ASCII.tab) { start &+= 1 }
    while end > start && (self[end - 1] == ASCII.blank || self[end - 1] == ASCII.tab) { end &-= 1 }
    return start..<end
  }

  /// Whether the first bytes are `bytes`.
  func starts(with bytes: [UInt8]) -> Bool {
    count >= bytes.count && bytes.indices.allSatisfy { self[$0] == bytes[$0] }
  }

  /// Whether these are the bytes of an ASCII text.
  func equals(_ text: StaticString) -> Bool {
    // SAFETY: a static string's `utf8Start` is followed by `utf8CodeUnitCount` bytes.
    let other = unsafe Span(
      _unsafeStart: text.utf8Start, count: text.utf8CodeUnitCount)
    return equals(other)
  }

  /// Whether these are the same bytes as `other`.
  func equals(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    var at = 0
    while at &+ 8 <= count {
      if ByteWord.load(self, at: at) != ByteWord.load(other, at: at) { return false }
      at &+= 8
    }
    while at < count {
      if self[at] != other[at] { return false }
      at &+= 1
    }
    return true
  }

  /// The text of `range`.
  func text(in range: Range<Int>) -> String {
    // SAFETY: `extracting` checks the range; the pointer does not leave the closure.
    unsafe extracting(range).withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }

  /// Whether `range` holds only ASCII without NUL.
  func isPlain(in range: Range<Int>) -> Bool {
    for index in range where self[index] == 0 || self[index] >= 0x80 { return false }
    return true
  }

  /// The first byte of `range` that is not part of valid UTF-8.
  func firstInvalidUTF8(in range: Range<Int>) -> Int? {
    do {
      _ = try UTF8Span(validating: extracting(range))
      return nil
    } catch {
      return range.lowerBound + error.byteOffsets.lowerBound
    }
  }
}
