import Diagnostics
import Files

/// What stands before the columns of a columnar file: how many rows there are, and where each column
/// lies.
///
/// ```
/// magic 8 | version 2 | header length 4 | row count 8, column count 4, then for each column:
/// name length 2, name, kind 1, offset 8, length 8, CRC-32C 4 | CRC-32C of all before 4 | columns
/// ```
struct ColumnarHeader {
  /// Where a column lies.
  struct Column {
    var name: String
    var kind: ColumnarKind
    /// How many bytes it takes; it begins where the one before it ends.
    var byteCount: Int
    var checksum: UInt32
  }

  static let fixedByteCount = 14
  static let checksumByteCount = 4
  static let columnLimit = 100_000
  private static let fixedDescriptorByteCount = 23

  var rowCount: Int
  var columns: [Column] = []

  /// The header of a table without columns.
  init(rowCount: Int) { self.rowCount = rowCount }

  /// Adds a column behind the others.
  mutating func add(_ name: String, _ block: ColumnarBlock) {
    columns.append(
      Column(
        name: name, kind: block.kind, byteCount: block.byteCount, checksum: block.checksum))
  }

  /// Makes sure that the columns can be told apart and hold as many rows as there are.
  ///
  /// - Throws: `columnar.invalid`.
  func checkColumns() throws(Diagnostic) {
    guard columns.count <= Self.columnLimit else {
      throw Diagnostic(
        .columnarInvalid, "has \(columns.count) columns, the limit is \(Self.columnLimit)")
    }
    // Swift's own equality, by which a table looks its columns up.
    var names: Set<String> = []
    for column in columns {
      let byteCount = column.name.utf8.count
      guard 1...Int(UInt16.max) ~= byteCount, !column.name.utf8.contains(0) else {
        throw Diagnostic(
          .columnarInvalid, "a column has a name of \(byteCount) bytes, expected 1 to 65535, no NUL"
        )
      }
      guard names.insert(column.name).inserted else {
        throw Diagnostic(
          .columnarInvalid, "two columns have one name", column: column.name)
      }
      try column.kind.check(byteCount: column.byteCount, rowCount: rowCount, name: column.name)
    }
    // Else a few bytes could claim any number of rows.
    guard rowCount == 0 || columns.contains(where: { $0.kind != .text }) else {
      throw Diagnostic(.columnarInvalid, "has \(rowCount) rows, but no column that keeps any")
    }
  }

  // MARK: Writing

  /// The file up to the first column.
  var bytes: [UInt8] {
    let nameByteCount = columns.reduce(0) { $0 + $1.name.utf8.count }
    let headerByteCount = 12 + columns.count * Self.fixedDescriptorByteCount + nameByteCount
    var offset = Self.fixedByteCount + headerByteCount + Self.checksumByteCount
    var bytes = ColumnarFile.magic
    bytes.appendLittleEndian(ColumnarFile.version)
    bytes.appendLittleEndian(UInt32(headerByteCount))
    bytes.appendLittleEndian(UInt64(rowCount))
    bytes.appendLittleEndian(UInt32(columns.count))
    for column in columns {
      bytes.appendLittleEndian(UInt16(column.name.utf8.count))
      bytes.append(contentsOf: column.name.utf8)
      bytes.append(column.kind.rawValue)
      bytes.appendLittleEndian(UInt64(offset))
      bytes.appendLittleEndian(UInt64(column.byteCount))
      bytes.appendLittleEndian(column.checksum)
      offset += column.byteCount
    }
    bytes.appendLittleEndian(CRC32C.checksum(bytes[...]))
    return bytes
  }

  // MARK: Reading

  /// How many bytes the header takes, with its checksum, by the first bytes of a file.
  ///
  /// - Parameter start: The first ``fixedByteCount`` bytes, or all there are.
  /// - Throws: `columnar.invalid` for a file of another form, `columnar.truncated`,
  ///   `columnar.version_too_new`.
  static func byteCount(after start: [UInt8], fileByteCount: Int) throws(Diagnostic) -> Int {
    let magic = ColumnarFile.magic
    guard start.prefix(magic.count).elementsEqual(magic.prefix(start.count)) else {
      throw Diagnostic(.columnarInvalid, "is not a columnar table")
    }
    guard start.count == fixedByteCount else { throw truncated(fileByteCount, nil) }
    var reader = LittleEndianReader(start, from: magic.count)
    let version = try reader.read(UInt16.self)
    guard version == ColumnarFile.version else {
      let isNewer = version > ColumnarFile.version
      throw Diagnostic(
        isNewer ? .columnarVersionTooNew : .columnarInvalid,
        "has format version \(version), this release reads \(ColumnarFile.version)",
        hint: isNewer ? "use the release of retain that wrote it, or a later one" : nil)
    }
    let byteCount = Int(try reader.read(UInt32.self)) + checksumByteCount
    guard byteCount <= fileByteCount - fixedByteCount else {
      throw truncated(fileByteCount, fixedByteCount + byteCount)
    }
    return byteCount
  }

  /// Takes a header apart.
  ///
  /// - Parameter bytes: The file up to the first column.
  /// - Throws: `columnar.checksum`, `columnar.truncated`, `columnar.invalid`.
  init(reading bytes: [UInt8], fileByteCount: Int) throws(Diagnostic) {
    let end = bytes.count - Self.checksumByteCount
    var trailer = LittleEndianReader(bytes, from: end)
    guard try trailer.read(UInt32.self) == CRC32C.checksum(bytes[..<end]) else {
      throw Diagnostic(
        .columnarChecksum, "the header is damaged", hint: "copy the file again")
    }
    var reader = LittleEndianReader(bytes[..<end], from: Self.fixedByteCount)
    let rows = try reader.read(UInt64.self)
    // No row takes less than two bytes, so a greater number is none to reckon with.
    guard rows <= UInt64(fileByteCount) else {
      throw Diagnostic(.columnarInvalid, "\(rows) rows in \(fileByteCount) bytes")
    }
    rowCount = Int(rows)
    let count = Int(try reader.read(UInt32.self))
    guard count <= reader.remaining / Self.fixedDescriptorByteCount else {
      throw Diagnostic(.columnarInvalid, "\(count) columns in \(reader.remaining) bytes of header")
    }
    columns.reserveCapacity(count)
    var offset = bytes.count
    for _ in 0..<count {
      let name = try reader.readText(byteCount: Int(try reader.read(UInt16.self)))
      let code = try reader.read(UInt8.self)
      guard let kind = ColumnarKind(rawValue: code) else {
        throw Diagnostic(.columnarInvalid, "is of the unknown kind \(code)", column: name)
      }
      let start = try reader.read(UInt64.self)
      let length = try reader.read(UInt64.self)
      guard start == UInt64(offset), length <= UInt64(Int.max - offset) else {
        throw Diagnostic(
          .columnarInvalid, "does not begin where the column before it ends", column: name)
      }
      let checksum = try reader.read(UInt32.self)
      columns.append(
        Column(name: name, kind: kind, byteCount: Int(length), checksum: checksum))
      offset += Int(length)
    }
    guard reader.remaining == 0 else {
      throw Diagnostic(.columnarInvalid, "the header has \(reader.remaining) bytes too many")
    }
    guard offset <= fileByteCount else { throw Self.truncated(fileByteCount, offset) }
    guard offset == fileByteCount else {
      throw Diagnostic(
        .columnarInvalid, "has \(fileByteCount) bytes, \(fileByteCount - offset) too many")
    }
    try checkColumns()
  }

  static func truncated(_ found: Int, _ expected: Int?) -> Diagnostic {
    Diagnostic(
      .columnarTruncated,
      "has \(found) bytes" + (expected.map { ", expected \($0)" } ?? ", too few for a header"),
      hint: "the file was cut off: copy it again, or write it again")
  }
}
