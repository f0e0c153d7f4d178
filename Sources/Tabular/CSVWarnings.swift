/// What a reader put up with; none of it stops a run.
public struct CSVWarnings: Sendable, Equatable {
  /// The file begins with a UTF-8 byte order mark, which was dropped.
  public var byteOrderMark = false
  /// Records end in more than one of LF, CRLF and CR.
  public var mixedNewlines = false
  /// Lines without a byte, which were skipped.
  public var blankLineCount = 0
  /// Unquoted fields of good records with a quote inside, where it is data.
  public var bareQuoteCount = 0
  /// Header names that an earlier column bears already.
  public var duplicateHeaderCount = 0
  /// Header names that are empty.
  public var emptyHeaderNameCount = 0
  /// The last record has no newline, as every truncated export and many a whole one.
  public var lastRecordWithoutNewline = false

  /// No warnings.
  public init() {}
}

extension CSVWarnings {
  /// The warnings in words; a last record without a newline alone is too common to be one.
  public var sentences: [String] {
    var sentences: [String] = []
    func add(_ count: Int, _ one: String, _ many: String) {
      if count > 0 { sentences.append("the table has \(count == 1 ? one : "\(count) \(many)")") }
    }
    add(
      duplicateHeaderCount, "a column with the name of an earlier one",
      "columns with the name of an earlier one")
    add(emptyHeaderNameCount, "a column without a name", "columns without a name")
    add(bareQuoteCount, "a quote inside an unquoted field", "quotes inside unquoted fields")
    add(blankLineCount, "a blank line", "blank lines")
    add(byteOrderMark ? 1 : 0, "a byte order mark at its beginning", "")
    add(mixedNewlines ? 1 : 0, "line ends of more than one kind", "")
    return sentences
  }
}

extension CSVWarnings: CustomStringConvertible {
  /// The warnings as counts by name.
  public var counts: [String: Int] {
    [
      "bare_quote": bareQuoteCount, "blank_lines": blankLineCount, "bom": byteOrderMark ? 1 : 0,
      "duplicate_header": duplicateHeaderCount, "empty_header_name": emptyHeaderNameCount,
      "last_record_without_newline": lastRecordWithoutNewline ? 1 : 0,
      "mixed_newlines": mixedNewlines ? 1 : 0,
    ].filter { $0.value > 0 }
  }

  /// The warnings as `name=count`, in alphabetical order, separated by semicolons.
  public var description: String {
    counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ";")
  }
}
