import Files
import Learning
import Testing
import UsageHistory

struct ContentHashTests {
  @Test func `contents that differ in a bit, in length or in zeros at the end differ in the hash`()
  {
    var generator = SeededGenerator(seed: 1)
    for count in 0..<70 {
      let bytes = (0..<count).map { _ in UInt8(generator.nextIndex(below: 256)) }
      let hash = ContentHash(of: bytes)
      #expect(ContentHash(of: bytes) == hash)
      for place in 0..<count {
        var other = bytes
        other[place] ^= 1 << UInt8(place % 8)
        #expect(ContentHash(of: other).low != hash.low)
        #expect(ContentHash(of: other).high != hash.high)
      }
      #expect(ContentHash(of: bytes + [0]) != hash)
    }
  }

  @Test func `the check of a section is that of RFC 3720, however long it is`() {
    #expect(CRC32C.checksum(Array("123456789".utf8)[...]) == 0xe306_9283)
    #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)[...]) == 0x8a91_36aa)
    #expect(CRC32C.checksum([UInt8](repeating: 0xff, count: 32)[...]) == 0x62a8_ab43)
    #expect(CRC32C.checksum(Array(0..<32)[...]) == 0x46dd_794e)
  }
}
