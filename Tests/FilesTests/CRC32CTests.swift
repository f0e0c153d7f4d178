import Files
import Testing

@Suite struct CRC32CTests {
  /// The check bit by bit, as its source defines it.
  private func plain(_ bytes: [UInt8]) -> UInt32 {
    var register = ~UInt32(0)
    for byte in bytes {
      register ^= UInt32(byte)
      for _ in 0..<8 { register = register & 1 == 1 ? register >> 1 ^ 0x82f6_3b78 : register >> 1 }
    }
    return ~register
  }

  @Test func `the known checks are found`() {
    #expect(CRC32C.checksum(Array("123456789".utf8)[...]) == 0xe306_9283)
    // RFC 3720, appendix B.4.
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)[...]) == 0x62a8_ab43)
    #expect(CRC32C.checksum([UInt8](0..<32)[...]) == 0x46dd_794e)
    #expect(CRC32C.checksum([][...]) == 0)
  }

  @Test func `sixteen bytes at a time come to the same as bit by bit`() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 * $0 &* 167 &+ 13) }
    for start in 0..<20 {
      for end in start...bytes.count {
        #expect(CRC32C.checksum(bytes[start..<end]) == plain(Array(bytes[start..<end])))
      }
    }
  }

  @Test func `parts come to the same as the whole`() {
    let bytes = (0..<100).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for cut in 0...bytes.count {
      var check = CRC32C()
      for part in [bytes[..<cut], bytes[cut...]] {
        // SAFETY: bytes may be read as bytes.
        unsafe check.update(part.span.bytes)
      }
      #expect(check.value == CRC32C.checksum(bytes[...]))
    }
  }
}
