/// Writes rows of a CSV file (RFC 4180, LF line ends) that reads back byte by byte.
package struct CSVWriter {
  private(set) package var bytes: [UInt8] = []
  /// Fields that a spreadsheet would take for a formula; they are quoted, which keeps them apart
  /// from numbers but does not stop every spreadsheet.
  private(set) package var formulaLikeCount = 0
  private var isAtLineStart = true
  private var fieldStart = 0

  package init(header: [String]) {
    for name in header { write(name) }
    endRow()
  }

  package mutating func write(_ field: String) {
    separate()
    let utf8 = field.utf8
    let looksLikeFormula =
      utf8.first.map(Self.formulaStarts.contains) ?? false
      || field.unicodeScalars.first.map(Self.wideFormulaStarts.contains) ?? false
    if looksLikeFormula { formulaLikeCount += 1 }
    guard looksLikeFormula || utf8.contains(where: Self.needsQuotes) else {
      return bytes.append(contentsOf: utf8)
    }
    bytes.append(Self.quote)
    for byte in utf8 {
      if byte == Self.quote { bytes.append(Self.quote) }
      bytes.append(byte)
    }
    bytes.append(Self.quote)
  }

  /// The shortest decimal that reads back as the same number; empty where there is none.
  package mutating func write(_ number: Double?) {
    separate()
    if let number, !number.isNaN { bytes.append(contentsOf: "\(number)".utf8) }
  }

  package mutating func write(_ number: Int) {
    separate()
    // Counts are short, and a description costs a string.
    guard number >= 0 && number < 100_000_000 else {
      return bytes.append(contentsOf: "\(number)".utf8)
    }
    var divisor = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
      divisor /= 10
    }
  }

  /// Where the field lies that was written last.
  package var lastField: Range<Int> { fieldStart..<bytes.count }

  /// Writes a field that was written before.
  package mutating func writeAgain(_ field: Range<Int>) {
    separate()
    // One by one: a slice would share the bytes, and appending then copy them all.
    for index in field { bytes.append(bytes[index]) }
  }

  /// A field as it is written, made once where many rows have it.
  package struct Field {
    fileprivate let bytes: [UInt8]
    fileprivate let formulaLikeCount: Int

    package init(_ text: String) {
      var writer = CSVWriter(header: [])
      writer.bytes = []
      writer.isAtLineStart = true
      writer.write(text)
      bytes = writer.bytes
      formulaLikeCount = writer.formulaLikeCount
    }
  }

  package mutating func write(_ field: Field) {
    separate()
    bytes.append(contentsOf: field.bytes)
    formulaLikeCount += field.formulaLikeCount
  }

  package mutating func endRow() {
    bytes.append(UInt8(ascii: "\n"))
    isAtLineStart = true
  }

  private mutating func separate() {
    if !isAtLineStart { bytes.append(UInt8(ascii: ",")) }
    isAtLineStart = false
    fieldStart = bytes.count
  }

  private static let quote = UInt8(ascii: "\"")
  private static let formulaStarts = Set("=+-@\t\r".utf8)
  private static let wideFormulaStarts = Set("＝＋－＠".unicodeScalars)

  /// Whether a text is written as it is; some that this denies are, too.
  package static func isPlain(_ text: Span<UInt8>) -> Bool {
    guard text.count > 0 else { return true }
    if formulaStarts.contains(text[0]) || text[0] > 0x7f { return false }
    for place in text.indices where needsQuotes(text[place]) { return false }
    return true
  }

  private static func needsQuotes(_ byte: UInt8) -> Bool {
    byte == quote || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\r")
  }
}
