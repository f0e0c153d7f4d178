import Crypto
import Diagnostics
import Files

/// The outer form of a model file: sections with checksums, whatever they hold.
///
/// ```
/// magic 8 | major 2 | minor 2 | header length 4 | section count 4, then for each section:
/// type 4, offset 8, length 8, CRC-32C 4 | sections, one after another | SHA-256 of all before
/// ```
/// Numbers are little-endian. A section whose type has its highest bit set must be understood; a
/// reader may pass over the others.
struct ModelContainer {
  struct Section {
    var type: UInt32
    var content: ArraySlice<UInt8>
  }

  static let magic: [UInt8] = Array("\u{89}RETAIN\n".unicodeScalars.map { UInt8($0.value) })
  static let major: UInt16 = 1
  static let minor: UInt16 = 0
  private static let fixedByteCount = 16
  private static let entryByteCount = 24
  private static let digestByteCount = 32
  private static let largestHeader = 1 << 20

  var sections: [Section]
  /// The minor version that the file was written in; a newer one may hold more than is read.
  private(set) var minor = Self.minor

  init(sections: [Section]) { self.sections = sections }

  /// The file as it is written.
  var bytes: [UInt8] {
    var header = ByteWriter()
    header.write(UInt32(sections.count))
    let headerByteCount = 4 + sections.count * Self.entryByteCount
    var offset = Self.fixedByteCount + headerByteCount
    for section in sections {
      header.write(section.type)
      header.write(UInt64(offset))
      header.write(UInt64(section.content.count))
      header.write(CRC32C.checksum(section.content))
      offset += section.content.count
    }
    var writer = ByteWriter()
    writer.append(Self.magic)
    writer.write(Self.major)
    writer.write(Self.minor)
    writer.write(UInt32(headerByteCount))
    writer.append(header.bytes)
    for section in sections { writer.append(Array(section.content)) }
    let digest = SHA256.hash(data: writer.bytes)
    writer.append(Array(digest))
    return writer.bytes
  }

  /// Takes a file apart.
  ///
  /// - Throws: `model.not_a_model`, `model.version_too_new`, `model.truncated`,
  ///   `model.trailing_bytes`, `model.checksum`, `model.limit` or `model.invalid`.
  init(reading bytes: [UInt8]) throws(Diagnostic) {
    try Self.checkMagic(bytes)
    guard bytes.count >= Self.fixedByteCount else { throw Self.truncated(bytes.count, nil) }
    var fixed = ByteReader(bytes[Self.magic.count..<Self.fixedByteCount], part: "header")
    let major = try fixed.read(UInt16.self)
    minor = try fixed.read(UInt16.self)
    guard major == Self.major else {
      throw Diagnostic(
        major > Self.major ? .modelVersionTooNew : .modelInvalid,
        "has format version \(major).\(minor), this release reads \(Self.major).x",
        hint: major > Self.major ? "use the release of retain that wrote it, or a later one" : nil)
    }
    let headerByteCount = Int(try fixed.read(UInt32.self))
    guard headerByteCount <= Self.largestHeader else {
      throw Diagnostic(.modelLimit, "a header of \(headerByteCount) bytes")
    }
    let headerEnd = Self.fixedByteCount + headerByteCount
    guard bytes.count >= headerEnd else { throw Self.truncated(bytes.count, nil) }
    var header = ByteReader(bytes[Self.fixedByteCount..<headerEnd], part: "header")
    let count = Int(try header.read(UInt32.self))
    guard headerByteCount == 4 + count * Self.entryByteCount else {
      throw Diagnostic(.modelInvalid, "header: \(count) sections in \(headerByteCount) bytes")
    }
    var entries: [(type: UInt32, range: Range<Int>, check: UInt32)] = []
    var offset = headerEnd
    for _ in 0..<count {
      let type = try header.read(UInt32.self)
      let start = try header.read(UInt64.self)
      let length = try header.read(UInt64.self)
      let check = try header.read(UInt32.self)
      guard start == UInt64(offset), length <= UInt64(ModelLimits.fileByteCount) else {
        throw Diagnostic(.modelInvalid, "header: sections are not one after another")
      }
      entries.append((type, offset..<offset + Int(length), check))
      offset += Int(length)
    }
    try Self.checkWhole(bytes, contentEnd: offset)
    sections = []
    for (type, range, check) in entries {
      guard CRC32C.checksum(bytes[range]) == check else {
        throw Diagnostic(.modelChecksum, "section \(type & 0x7fff_ffff) is damaged")
      }
      sections.append(Section(type: type, content: bytes[range]))
    }
  }

  private static func checkMagic(_ bytes: [UInt8]) throws(Diagnostic) {
    guard !bytes.isEmpty else { throw Diagnostic(.modelTruncated, "is empty") }
    guard bytes.prefix(magic.count).elementsEqual(magic.prefix(bytes.count)) else {
      throw Diagnostic(
        .modelNotAModel, "is not a model of retain\(ForeignFormat.look(of: bytes))",
        hint: "models are written by 'retain train --output FILE'")
    }
  }

  private static func checkWhole(_ bytes: [UInt8], contentEnd: Int) throws(Diagnostic) {
    let expected = contentEnd + digestByteCount
    guard bytes.count >= expected else { throw truncated(bytes.count, expected) }
    guard bytes.count == expected else {
      throw Diagnostic(
        .modelTrailingBytes, "has \(bytes.count) bytes, \(bytes.count - expected) too many")
    }
    guard SHA256.hash(data: bytes[..<contentEnd]).elementsEqual(bytes[contentEnd...]) else {
      throw Diagnostic(
        .modelChecksum, "is damaged: its bytes do not match its SHA-256",
        hint: "copy the file again")
    }
  }

  private static func truncated(_ found: Int, _ expected: Int?) -> Diagnostic {
    Diagnostic(
      .modelTruncated,
      "has \(found) bytes" + (expected.map { ", expected \($0)" } ?? ", too few for a header"),
      hint: "the file was cut off: copy it again, or train again")
  }
}

/// Says what a file that is no model looks like, so that a mix-up is seen at once.
enum ForeignFormat {
  static func look(of bytes: [UInt8]) -> String {
    guard let name = name(of: bytes) else { return "" }
    return ": it looks like \(name)"
  }

  private static func name(of bytes: [UInt8]) -> String? {
    func starts(_ prefix: [UInt8]) -> Bool { bytes.starts(with: prefix) }
    if starts([0x50, 0x4b, 3, 4]) { return "a zip archive" }
    if starts([0x1f, 0x8b]) { return "gzip" }
    if starts([0x7f, 0x45, 0x4c, 0x46]) { return "a program (ELF)" }
    if starts(Array("SQLite format 3".utf8)) { return "an SQLite database" }
    if bytes.count > 2, bytes[0] == 0x80, (2...5).contains(bytes[1]) { return "a Python pickle" }
    if starts(Array("tree\nversion=".utf8)) { return "LightGBM text" }
    if starts([0x08]), bytes.count > 2, bytes[2] == 0x12 { return "ONNX" }
    let head = bytes.prefix(4096)
    if starts(Array("{".utf8)) { return "JSON" }
    guard let end = head.firstIndex(of: 10), !head.contains(0) else { return nil }
    let separators = head[..<end].count { [UInt8(ascii: ","), 9, UInt8(ascii: ";")].contains($0) }
    return separators > 0 ? "a CSV file" : nil
  }
}
