/// Identifiers in the order of their bytes.
enum ByteOrder {
  /// The positions of `ids`, sorted by what stands there, byte by byte.
  ///
  /// Most ids differ within 16 bytes, which are compared as two numbers.
  static func ranked(_ ids: IdentifierList) -> [Int] {
    struct Entry {
      var high: UInt64
      var low: UInt64
      var index: Int
    }
    func precedes(_ left: Entry, _ right: Entry) -> Bool {
      if left.high != right.high { return left.high < right.high }
      if left.low != right.low { return left.low < right.low }
      // Equal so far, or one is the other and zeros: the whole ids tell.
      return ids[left.index].lexicographicallyPrecedes(ids[right.index])
    }
    var entries: [Entry] = []
    entries.reserveCapacity(ids.count)
    let bytes = ids.bytes.span
    for index in ids.indices {
      let id = ids.range(at: index)
      entries.append(
        Entry(
          high: word(of: bytes, id.lowerBound, id.upperBound),
          low: word(of: bytes, id.lowerBound + 8, id.upperBound), index: index))
    }
    // Tables of accounts are sorted more often than not.
    let isSorted = entries.indices.dropFirst().allSatisfy {
      !precedes(entries[$0], entries[$0 - 1])
    }
    if !isSorted { entries.sort(by: precedes) }
    return entries.map(\.index)
  }

  /// Eight bytes as a number, with zeros for those from `end` on.
  private static func word(of bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt64 {
    var word: UInt64 = 0
    for place in start..<start + 8 {
      word = word << 8 | (place < end ? UInt64(bytes[place]) : 0)
    }
    return word
  }
}
