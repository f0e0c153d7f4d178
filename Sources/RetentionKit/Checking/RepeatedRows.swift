/// Counts the rows that repeat an earlier row byte by byte, in bounded memory.
///
/// A row is known by a 64-bit hash. Where there are more than ``capacity`` distinct rows, only those
/// whose hash ends in so many zero bits are kept, and the count is an estimate.
///
/// Method: Gibbons 2001, "Distinct sampling for highly-accurate answers to distinct values queries".
struct RepeatedRows {
  /// The most hashes that are kept.
  static let capacity = 1 << 21

  private var seen: Set<UInt64> = []
  private var mask: UInt64 = 0
  private var hitCount = 0
  private var estimate = 0.0

  /// Takes a row into account.
  mutating func add(_ hash: UInt64) {
    guard hash & mask == 0 else { return }
    if seen.insert(hash).inserted {
      guard seen.count > Self.capacity else { return }
      estimate += Double(hitCount) * scale
      hitCount = 0
      mask = mask << 1 | 1
      seen = seen.filter { $0 & mask == 0 }
    } else {
      hitCount += 1
    }
  }

  private var scale: Double { Double(mask + 1) }
  /// How many rows repeat another.
  var count: Int { Int(estimate + Double(hitCount) * scale) }
  /// Whether every row was looked at.
  var isExact: Bool { mask == 0 }
}

/// A 64-bit hash of bytes, the same on every machine.
///
/// Method: FNV-1a (Fowler, Noll and Vo), its bits then mixed as in splitmix64, so that the lowest
/// ones may serve for sampling.
struct ByteHash {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The hash of some bytes.
  static func of(_ bytes: Span<UInt8>) -> UInt64 {
    var hash = ByteHash()
    for index in bytes.indices {
      hash.state = (hash.state ^ UInt64(bytes[index])) &* 0x100_0000_01b3
    }
    return hash.mixed
  }

  /// The hash of a text.
  static func of(_ text: String) -> UInt64 {
    let bytes = Array(text.utf8)
    return of(bytes.span)
  }

  private var mixed: UInt64 {
    var value = state
    value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
    value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
    return value ^ (value >> 31)
  }
}
