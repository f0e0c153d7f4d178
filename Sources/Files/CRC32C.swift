/// The Castagnoli cyclic redundancy check: finds accidental damage to a part of a file.
///
/// Sixteen bytes at a time, each looked up in a table of its own: the table of place k has what a
/// byte comes to behind k zeros (Kounavis, Berry 2008, "Novel table lookup-based algorithms for
/// high-performance CRC generation", https://doi.org/10.1109/TC.2008.85).
///
/// Source: RFC 3720, appendix B.4; polynomial 0x1EDC6F41, bits reflected.
package struct CRC32C {
  private var register = ~UInt32(0)

  /// The check of no bytes.
  package init() {}

  /// The check of all bytes so far.
  package var value: UInt32 { ~register }

  /// Adds bytes.
  ///
  /// - Complexity: O(`bytes.byteCount`).
  package mutating func update(_ bytes: RawSpan) {
    let table = Self.tables.span
    var register = register
    var at = 0
    while at &+ 16 <= bytes.byteCount {
      // SAFETY: `RawSpan` checks that the bytes lie inside; any bits are an integer.
      let low = unsafe UInt64(
        littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at, as: UInt64.self))
      let high = unsafe UInt64(
        littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: at &+ 8, as: UInt64.self))
      let mixed = low ^ UInt64(register)
      @inline(__always) func entry(_ zeroCount: Int, _ word: UInt64, _ shift: UInt64) -> UInt32 {
        table[zeroCount &* 256 &+ Int(truncatingIfNeeded: word &>> shift & 0xff)]
      }
      // Four sums of four, which the processor can take side by side.
      let first =
        entry(15, mixed, 0) ^ entry(14, mixed, 8) ^ entry(13, mixed, 16)
        ^ entry(12, mixed, 24)
      let second =
        entry(11, mixed, 32) ^ entry(10, mixed, 40) ^ entry(9, mixed, 48)
        ^ entry(8, mixed, 56)
      let third = entry(7, high, 0) ^ entry(6, high, 8) ^ entry(5, high, 16) ^ entry(4, high, 24)
      let fourth =
        entry(3, high, 32) ^ entry(2, high, 40) ^ entry(1, high, 48)
        ^ entry(0, high, 56)
      register = first ^ second ^ third ^ fourth
      at &+= 16
    }
    while at < bytes.byteCount {
      // SAFETY: as above.
      let byte = unsafe bytes.unsafeLoad(fromByteOffset: at, as: UInt8.self)
      register = register &>> 8 ^ table[Int((register ^ UInt32(byte)) & 0xff)]
      at &+= 1
    }
    self.register = register
  }

  /// The check of a run of bytes.
  package static func checksum(_ bytes: RawSpan) -> UInt32 {
    var check = CRC32C()
    check.update(bytes)
    return check.value
  }

  /// The check of a run of bytes.
  package static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    // SAFETY: bytes may be read as bytes.
    unsafe checksum(bytes.span.bytes)
  }

  /// Shape `[16, 256]`: what each byte comes to behind 0 to 15 zeros.
  private static let tables: [UInt32] = {
    var tables: [UInt32] = (0..<256).map { byte in
      (0..<8).reduce(UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1
      }
    }
    for index in 256..<16 * 256 {
      let shorter = tables[index - 256]
      tables.append(shorter >> 8 ^ tables[Int(shorter & 0xff)])
    }
    return tables
  }()
}
