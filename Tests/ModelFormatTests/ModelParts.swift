import Crypto
import Foundation
import ModelFormat
import Scoring

/// A model file taken apart and put together again with all checksums right, whatever was done to
/// its sections meanwhile: how somebody would write a file who means harm.
///
/// Written from the specification, not from the sources, so that the two check each other.
struct ModelParts {
  struct Section {
    var type: UInt32
    var content: [UInt8]
  }

  static let magic: [UInt8] = [0x89, 0x52, 0x45, 0x54, 0x41, 0x49, 0x4e, 0x0a]
  static let schema = 0
  static let learner = 1
  static let calibration = 2
  static let summary = 3

  var major: UInt16 = 1
  var minor: UInt16 = 0
  var sections: [Section]

  init(sections: [Section]) { self.sections = sections }

  init(_ bytes: [UInt8]) {
    func number(_ offset: Int, _ size: Int) -> Int {
      (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    major = UInt16(number(8, 2))
    minor = UInt16(number(10, 2))
    sections = (0..<number(16, 4)).map { index in
      let entry = 20 + 24 * index
      let start = number(entry + 4, 8)
      return Section(
        type: UInt32(number(entry, 4)), content: Array(bytes[start..<start + number(entry + 12, 8)])
      )
    }
  }

  var bytes: [UInt8] {
    let header = ByteList()
    header.u32(UInt32(sections.count))
    var offset = 16 + 4 + 24 * sections.count
    for section in sections {
      header.u32(section.type).u64(UInt64(offset)).u64(UInt64(section.content.count))
        .u32(Self.crc32c(section.content))
      offset += section.content.count
    }
    let file = ByteList(Self.magic)
    file.u16(major).u16(minor).u32(UInt32(header.bytes.count)).raw(header.bytes)
    for section in sections { file.raw(section.content) }
    return Self.sealed(file.bytes)
  }

  /// Bytes followed by their SHA-256.
  static func sealed(_ bytes: [UInt8]) -> [UInt8] { bytes + Array(SHA256.hash(data: bytes)) }

  /// Bit by bit, as RFC 3720 defines it.
  static func crc32c(_ bytes: [UInt8]) -> UInt32 {
    var check: UInt32 = 0xffff_ffff
    for byte in bytes {
      check ^= UInt32(byte)
      for _ in 0..<8 { check = check & 1 == 1 ? check >> 1 ^ 0x82f6_3b78 : check >> 1 }
    }
    return ~check
  }
}

/// Little-endian bytes, one field after another.
final class ByteList {
  private(set) var bytes: [UInt8]

  init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  @discardableResult func u8(_ value: UInt8) -> ByteList { raw([value]) }
  @discardableResult func u16(_ value: UInt16) -> ByteList { whole(value) }
  @discardableResult func u32(_ value: UInt32) -> ByteList { whole(value) }
  @discardableResult func i32(_ value: Int32) -> ByteList { whole(value) }
  @discardableResult func u64(_ value: UInt64) -> ByteList { whole(value) }
  @discardableResult func f64(_ value: Double) -> ByteList { whole(value.bitPattern) }
  @discardableResult func text(_ value: String) -> ByteList {
    whole(UInt32(value.utf8.count))
    return raw(Array(value.utf8))
  }
  @discardableResult func raw(_ more: [UInt8]) -> ByteList {
    bytes += more
    return self
  }
  @discardableResult private func whole(_ value: some FixedWidthInteger) -> ByteList {
    raw((0..<value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
  }
}

/// Writes a model to a path; the returned file and the bytes on the disk.
func bytesAfterWriting(_ model: RetentionModel, to path: String) throws -> (
  file: ModelFile, bytes: [UInt8]
) {
  let file = try ModelFile.write(model, to: path)
  return (file, Array(try Data(contentsOf: URL(filePath: path))))
}
