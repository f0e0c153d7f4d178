/// What may have gone wrong with a cell that is not of its column's type.
enum CellHint {
  static func repeatedHeader(_ cell: Span<UInt8>, columnName: String) -> String? {
    let name = cell.text(in: cell.trimmed(0..<cell.count))
    return name == columnName
      ? "the line repeats the header: a concatenated file? delete the line" : nil
  }

  static func forNumber(_ cell: Span<UInt8>, columnName: String) -> String? {
    if let hint = repeatedHeader(cell, columnName: columnName) ?? byteOrderMark(cell) {
      return hint
    }
    var digitCount = 0
    var separatorCount = 0
    var otherCount = 0
    for index in cell.indices {
      switch cell[index] {
      case 0x30...0x39: digitCount += 1
      // Among them the bytes of a no-break space: C2 A0, and E2 80 AF for the narrow one.
      case UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "'"), UInt8(ascii: "_"),
        ASCII.blank, 0xc2, 0xa0, 0xe2, 0x80, 0xaf:
        separatorCount += 1
      case UInt8(ascii: "-"), UInt8(ascii: "+"): break
      default: otherCount += 1
      }
    }
    if digitCount > 0 && separatorCount > 0 && otherCount == 0 {
      return "decimal/thousands separator: set number_format, or write 1234.5"
    }
    if digitCount > 0 && otherCount > 0 && otherCount <= 3 {
      return "remove the unit (currency or percent sign)"
    }
    return nil
  }

  static func forTimestamp(
    _ cell: Span<UInt8>, columnName: String, format: TimestampFormat = .iso8601
  ) -> String? {
    if let hint = repeatedHeader(cell, columnName: columnName) ?? byteOrderMark(cell) {
      return hint
    }
    guard format == .iso8601 else {
      return "set timestamp_format to the form that the cells have"
    }
    if case .value(let number) = NumberGrammar.read(cell) {
      switch number {
      case 20_000..<80_000:
        return "looks like days since 1899-12-30 (Excel): set timestamp_format to excel"
      case 1e8..<1e10: return "looks like epoch seconds: set timestamp_format to epoch_s"
      case 1e11..<1e13: return "looks like epoch milliseconds: set timestamp_format to epoch_ms"
      case 1e14..<1e16: return "looks like epoch microseconds: write ISO 8601"
      default: return nil
      }
    }
    var separatorCount = 0
    for index in cell.indices where "/.".utf8.contains(cell[index]) { separatorCount += 1 }
    if separatorCount >= 2 && cell.count >= 6 && cell[0] &- 0x30 < 10 {
      return "day and month are ambiguous; set timestamp_format, as in %d/%m/%Y"
    }
    return "expected a form like 2026-03-31 or 2026-03-31T12:00:00Z"
  }

  private static func byteOrderMark(_ cell: Span<UInt8>) -> String? {
    cell.starts(with: [0xef, 0xbb, 0xbf])
      ? "a byte order mark inside the file: concatenated file?" : nil
  }
}
