import Diagnostics

/// The words for what is wrong with a record. They never hold a cell's content.
extension CSVRecordReader {
  func tooLong(_ start: Int, insideQuotes: Bool = false) -> Diagnostic {
    Diagnostic(
      .csvRecordTooLong, "the record is longer than the limit \(recordByteLimit) bytes",
      file: source.name, line: line, byte: base + start,
      hint: insideQuotes ? "a quote may be open by mistake" : "is this a CSV file?")
  }

  func afterQuote(byte: Int, isEscape: Bool) -> Diagnostic {
    Diagnostic(
      .csvAfterQuote, "a closing quote is followed by a byte that is neither delimiter nor newline",
      file: source.name, line: line, byte: base + byte,
      hint: isEscape
        ? "backslash escapes? export with doubled quotes"
        : "a quote inside a quoted field must be doubled")
  }

  func unterminated(_ opening: Int, line: Int) -> Diagnostic {
    Diagnostic(
      .csvUnterminatedQuote,
      "the quote opened at line \(line) is still open at the end of the file",
      file: source.name, line: line, byte: base + opening,
      hint: "close the quote, or look for a truncated export")
  }

  func tooManyColumns() -> Diagnostic {
    Diagnostic(
      .csvTooManyColumns, "the header has more columns than the limit \(Self.columnLimit)",
      file: source.name, line: line, hint: "check the delimiter")
  }

  /// The fault of a record that is well formed so far, by precedence.
  func contentFault(_ record: Range<Int>, line: Int, fieldCount: Int) -> Diagnostic? {
    if !isPlain, let fault = encodingFault(record, line: line) { return fault }
    guard let columnCount, fieldCount != columnCount else { return nil }
    return Diagnostic(
      .csvFieldCount, "expected \(columnCount) fields, found \(fieldCount)", file: source.name,
      line: line, byte: base + record.lowerBound, hint: fieldCountHint(record))
  }

  private func encodingFault(_ record: Range<Int>, line: Int) -> Diagnostic? {
    let bytes = buffer.span
    if let nul = record.first(where: { bytes[$0] == 0 }) {
      let looksLikeUTF16 = columnCount == nil && record.count { bytes[$0] == 0 } * 3 > record.count
      return Diagnostic(
        .csvNulByte, "a NUL byte (0x00) in the text", file: source.name, line: line,
        byte: base + nul,
        hint: looksLikeUTF16
          ? "UTF-16 without a byte order mark? convert it: iconv -f UTF-16LE -t UTF-8"
          : "the file is damaged or binary")
    }
    guard let invalid = bytes.firstInvalidUTF8(in: record) else { return nil }
    return Diagnostic(
      .encodingInvalidUTF8,
      "the byte 0x\(hexadecimal(bytes[invalid])) at offset \(base + invalid) is not valid UTF-8",
      file: source.name, line: line, byte: base + invalid,
      hint: "Latin-1 or Windows-1252? convert it: iconv -f WINDOWS-1252 -t UTF-8")
  }

  private func fieldCountHint(_ record: Range<Int>) -> String? {
    if record.count == 1 && buffer[record.lowerBound] == ASCII.controlZ {
      return "the line holds only Ctrl-Z (0x1a), an old end-of-file mark: delete it"
    }
    if record.upperBound == filled && atEnd {
      return "last record has no newline: truncated export?"
    }
    return nil
  }

  private func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
  }
}
