/// Identifiers in the order of their bytes.
enum ByteOrder {
  /// The positions of `ids`, sorted by what stands there, byte by byte.
  ///
  /// Most ids differ within 16 bytes, which are compared as two numbers.
  static func ranked(_ ids: [[UInt8]]) -> [Int] {
    struct Entry {
      var high: UInt64
      var low: UInt64
      var index: Int
    }
    func word(_ id: [UInt8], from start: Int) -> UInt64 {
      var word: UInt64 = 0
      for place in start..<start + 8 {
        word = word << 8 | (place < id.count ? UInt64(id[place]) : 0)
      }
      return word
    }
    func precedes(_ left: Entry, _ right: Entry) -> Bool {
      if left.high != right.high { return left.high < right.high }
      if left.low != right.low { return left.low < right.low }
      // Equal so far, or one is the other and zeros: the whole ids tell.
      return ids[left.index].lexicographicallyPrecedes(ids[right.index])
    }
    var entries = ids.indices.map {
      Entry(high: word(ids[$0], from: 0), low: word(ids[$0], from: 8), index: $0)
    }
    // Tables of accounts are sorted more often than not.
    let isSorted = zip(entries, entries.dropFirst()).allSatisfy { !precedes($1, $0) }
    if !isSorted { entries.sort(by: precedes) }
    return entries.map(\.index)
  }
}
