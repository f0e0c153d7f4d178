/// The Castagnoli cyclic redundancy check: finds accidental damage to a section of a file.
///
/// Source: RFC 3720, appendix B.4; polynomial 0x1EDC6F41, bits reflected.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in
      value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1
    }
  }

  /// The check of a run of bytes.
  static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { check, byte in
      check >> 8 ^ table[Int((check ^ UInt32(byte)) & 0xff)]
    }
  }
}
