/// Makes gzip files without the library under test.
public enum Gzip {
  /// A member that holds the bytes as they are, in stored blocks (RFC 1951, section 3.2.4).
  public static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var member: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    var start = 0
    repeat {
      let end = min(start + 65_535, bytes.count)
      let count = UInt16(end - start)
      member.append(end == bytes.count ? 1 : 0)
      for half in [count, ~count] { member += [UInt8(half & 0xff), UInt8(half >> 8)] }
      member += bytes[start..<end]
      start = end
    } while start < bytes.count
    for word in [checksum(bytes), UInt32(truncatingIfNeeded: bytes.count)] {
      for shift in [0, 8, 16, 24] { member.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return member
  }

  /// What `gzip -9n` makes of `a,b\n` and twenty lines `1,x\n`: Huffman codes and a match.
  public static let compressedLines: [UInt8] = [
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x4b, 0xd4, 0x49, 0xe2,
    0x32, 0xd4, 0xa9, 0xa0, 0x2a, 0x06, 0x00, 0x89, 0x7e, 0x2a, 0x30, 0x54, 0x00, 0x00,
    0x00,
  ]

  /// CRC-32 of ISO 3309, bit by bit.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var state = UInt32.max
    for byte in bytes {
      state ^= UInt32(byte)
      for _ in 0..<8 { state = state & 1 == 1 ? state >> 1 ^ 0xedb8_8320 : state >> 1 }
    }
    return ~state
  }
}
