import Files

/// A columnar file put together field by field after `Docs/Formats/Table.md`, sound or not.
struct ColumnarParts {
  struct Column {
    var name: [UInt8]
    var kind: UInt8
    var content: [UInt8]
  }

  var version: UInt16 = 1
  var rowCount: UInt64
  var columns: [Column] = []

  init(rowCount: UInt64) { self.rowCount = rowCount }

  func adding(_ name: String, _ kind: UInt8, _ content: [UInt8]) -> ColumnarParts {
    var parts = self
    parts.columns.append(Column(name: Array(name.utf8), kind: kind, content: content))
    return parts
  }

  /// The file, with offsets, lengths and checksums that fit.
  var bytes: [UInt8] {
    let header = columns.reduce(12) { $0 + 23 + $1.name.count }
    var offset = 14 + header + 4
    var bytes = Array("RKTABLE1".utf8) + little(version) + little(UInt32(header))
    bytes += little(rowCount) + little(UInt32(columns.count))
    for column in columns {
      bytes += little(UInt16(column.name.count)) + column.name + [column.kind]
      bytes += little(UInt64(offset)) + little(UInt64(column.content.count))
      bytes += little(CRC32C.checksum(column.content[...]))
      offset += column.content.count
    }
    bytes += little(CRC32C.checksum(bytes[...]))
    return columns.reduce(bytes) { $0 + $1.content }
  }

  /// The file with a change of its header whose checksum is then repaired.
  func bytes(changingHeader change: (inout [UInt8]) -> Void) -> [UInt8] {
    let whole = bytes
    let end = 14 + columns.reduce(12) { $0 + 23 + $1.name.count }
    var header = Array(whole[..<end])
    change(&header)
    return header + little(CRC32C.checksum(header[...])) + whole[(end + 4)...]
  }
}

/// A number as bytes, the lowest first.
func little(_ value: some FixedWidthInteger) -> [UInt8] {
  withUnsafeBytes(of: value.littleEndian) { Array($0) }
}

/// Numbers as bytes.
func little(_ values: [Double]) -> [UInt8] { values.flatMap { little($0.bitPattern) } }

/// Texts as bytes: their ends, then they themselves.
func little(texts: [String]) -> [UInt8] {
  var ends: [UInt8] = []
  var bytes: [UInt8] = []
  for text in texts {
    bytes += Array(text.utf8)
    ends += little(UInt64(bytes.count))
  }
  return ends + bytes
}
