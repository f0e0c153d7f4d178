import Diagnostics

/// Texts in a columnar file: where each ends among the bytes of all, then these bytes.
enum ColumnarTexts {
  static func bytes(of texts: TextValues) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(texts.count * 8 + texts.bytes.count)
    for end in texts.ends { bytes.appendLittleEndian(UInt64(end)) }
    bytes += texts.bytes
    return bytes
  }

  /// The texts of all rows, one after another up to the end.
  ///
  /// - Precondition: `rowCount * 8 <= bytes.count`.
  /// - Throws: `columnar.invalid`.
  static func identifiers(_ bytes: [UInt8], rowCount: Int) throws(Diagnostic) -> TextValues {
    let place = try checked(bytes.span, 0..<bytes.count, count: rowCount)
    let ends = (0..<rowCount).map { place.end($0, bytes.span) }
    return TextValues(bytes: Array(bytes[place.start...]), ends: ends)
  }

  /// The levels of a category.
  ///
  /// - Precondition: `count * 8 <= range.count`.
  /// - Throws: `columnar.invalid`.
  static func levels(_ bytes: [UInt8], _ range: Range<Int>, count: Int) throws(Diagnostic)
    -> [String]
  {
    let place = try checked(bytes.span, range, count: count)
    guard place.areDistinct(bytes.span, count: count) else {
      throw Diagnostic(.columnarInvalid, "two levels are the same")
    }
    return (0..<count).map { bytes.span.text(in: place.range($0, bytes.span)) }
  }

  private static func checked(_ bytes: Span<UInt8>, _ range: Range<Int>, count: Int)
    throws(Diagnostic) -> StoredTexts
  {
    let start = range.lowerBound + count * 8
    let place = StoredTexts(endsStart: range.lowerBound, start: start)
    let texts = start..<range.upperBound
    var last: UInt64 = 0
    for index in 0..<count {
      let end = ByteWord.load(bytes, at: range.lowerBound + index * 8)
      guard end >= last, end <= UInt64(texts.count) else {
        throw Diagnostic(.columnarInvalid, "text \(index + 1) ends before it begins or too late")
      }
      // A text may not begin amid a character of the one before it.
      if end < UInt64(texts.count), bytes[start + Int(end)] & 0xc0 == 0x80 {
        throw Diagnostic(.columnarInvalid, "text \(index + 1) ends amid a character")
      }
      last = end
    }
    guard last == UInt64(texts.count) else {
      throw Diagnostic(.columnarInvalid, "\(texts.count) bytes of text, \(last) in use")
    }
    guard !bytes.isPlain(in: texts) else { return place }
    guard bytes.firstInvalidUTF8(in: texts) == nil,
      !texts.contains(where: { bytes[$0] == 0 })
    else {
      throw Diagnostic(.columnarInvalid, "a text is not valid UTF-8, or has a NUL")
    }
    return place
  }
}

/// Where sound texts lie.
private struct StoredTexts {
  /// Where their ends are.
  var endsStart: Int
  /// Where the first text begins.
  var start: Int

  /// Where a text ends, counted from the start of the first.
  func end(_ index: Int, _ bytes: Span<UInt8>) -> Int {
    Int(ByteWord.load(bytes, at: endsStart + index * 8))
  }

  /// Where a text lies.
  func range(_ index: Int, _ bytes: Span<UInt8>) -> Range<Int> {
    start + (index == 0 ? 0 : end(index - 1, bytes))..<start + end(index, bytes)
  }

  /// Whether no two texts have the same bytes.
  func areDistinct(_ bytes: Span<UInt8>, count: Int) -> Bool {
    // No copies of the texts: slots of four bytes, at most half of them in use.
    var capacity = 64
    while capacity < count * 2 { capacity *= 2 }
    var slots = [Int32](repeating: -1, count: capacity)
    let hasher = SeededTextHash()
    for index in 0..<count {
      let text = bytes.extracting(range(index, bytes))
      var slot = Int(truncatingIfNeeded: hasher.hash(text)) & (capacity - 1)
      while slots[slot] >= 0 {
        if text.equals(bytes.extracting(range(Int(slots[slot]), bytes))) { return false }
        slot = (slot + 1) & (capacity - 1)
      }
      slots[slot] = Int32(index)
    }
    return true
  }
}
