/// The Castagnoli cyclic redundancy check: finds accidental damage to a section of a file.
///
/// Source: RFC 3720, appendix B.4; polynomial 0x1EDC6F41, bits reflected. Eight bytes at a time:
/// Kounavis and Berry 2008, "Novel Table Lookup-Based Algorithms for High-Performance CRC
/// Generation", section 4.
package struct CRC32C {
  /// The register after each byte, then after each byte and one to seven zeros, shape `[8, 256]`.
  private static let table: [UInt32] = {
    var table: [UInt32] = []
    for index in 0..<UInt32(256) {
      var value = index
      for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
      table.append(value)
    }
    for index in 256..<2048 {
      let before = table[index - 256]
      table.append(before >> 8 ^ table[Int(before & 0xff)])
    }
    return table
  }()

  private var register = ~UInt32(0)

  /// The check of no bytes.
  package init() {}

  /// The check of all bytes so far.
  package var value: UInt32 { ~register }

  /// Takes in the bytes that come next.
  package mutating func update(_ bytes: Span<UInt8>) {
    let all = Self.table
    let table = all.span
    // SAFETY: any bytes are bytes.
    let raw = unsafe bytes.bytes
    var check = register
    var at = 0
    while at &+ 8 <= bytes.count {
      // SAFETY: any eight bytes are a number, and the load checks that they are inside.
      let next8 = unsafe raw.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self)
      let word = UInt64(littleEndian: next8) ^ UInt64(check)
      var next: UInt32 = 0
      for place in 0..<8 {
        let byte = Int(truncatingIfNeeded: word &>> UInt64(8 &* place) & 0xff)
        next ^= table[(7 &- place) &* 256 &+ byte]
      }
      check = next
      at &+= 8
    }
    while at < bytes.count {
      check = check >> 8 ^ table[Int((check ^ UInt32(bytes[at])) & 0xff)]
      at &+= 1
    }
    register = check
  }

  /// The check of a run of bytes.
  package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var check = CRC32C()
    check.update(bytes.span)
    return check.value
  }
}
