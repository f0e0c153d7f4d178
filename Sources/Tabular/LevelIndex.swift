/// Gives each distinct text a code, in order of first appearance.
///
/// A hash table with linear probing over texts that are stored end to end, so that a cell that was
/// seen before costs no allocation. The hash is seeded afresh in each process, lest a file be built
/// to collide; codes do not depend on it.
struct LevelIndex {
  /// Each slot holds a code and the upper half of its text's hash; code -1 is free.
  private var slots: [(code: Int32, tag: UInt32)]
  private var texts = TextValues()
  private let hasher = SeededTextHash()

  init() { slots = Array(repeating: (-1, 0), count: 64) }

  /// How many codes were given.
  var count: Int { texts.count }

  /// The texts by code.
  var levels: [String] { (0..<texts.count).map { texts[$0] } }

  /// The code of a text, which is new where there is room for it.
  ///
  /// - Returns: `nil` for a new text where `limit` texts have a code.
  mutating func code(of text: Span<UInt8>, limit: Int) -> Int32? {
    let hash = hasher.hash(text)
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot].code >= 0 {
      if slots[slot].tag == tag {
        let code = slots[slot].code
        let known = texts.bytes.span.extracting(texts.range(at: Int(code)))
        if text.equals(known) { return code }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    guard texts.count < limit else { return nil }
    let code = Int32(texts.count)
    texts.append(text)
    slots[slot] = (code, tag)
    if texts.count * 2 > slots.count { grow() }
    return code
  }

  private mutating func grow() {
    slots = Array(repeating: (-1, 0), count: slots.count * 2)
    for code in 0..<texts.count {
      let hash = hasher.hash(texts.bytes.span.extracting(texts.range(at: code)))
      var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
      while slots[slot].code >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = (Int32(code), UInt32(truncatingIfNeeded: hash >> 32))
    }
  }
}

/// A hash of texts that no file can be built against: it is seeded afresh each time.
struct SeededTextHash {
  private let seed = UInt64.random(in: .min ... .max)

  /// Multiplies and folds eight bytes at a time (Wang Yi 2019, "wyhash", reduced to one lane).
  func hash(_ text: Span<UInt8>) -> UInt64 {
    var state = seed ^ UInt64(text.count)
    var at = 0
    while at + 8 <= text.count {
      state = Self.mixed(state ^ ByteWord.load(text, at: at))
      at += 8
    }
    var tail: UInt64 = 0
    while at < text.count {
      tail = tail << 8 | UInt64(text[at])
      at += 1
    }
    return Self.mixed(Self.mixed(state ^ tail))
  }

  @inline(__always) private static func mixed(_ value: UInt64) -> UInt64 {
    let product = (value ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
    return product.high ^ product.low
  }
}
