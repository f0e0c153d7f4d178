import Diagnostics

/// The bytes of one field in the reader's buffer, without its quotes.
package struct CSVField {
  var start: UInt32
  var end: UInt32

  /// Where the field lies in ``CSVRecordReader/buffer``.
  @inline(__always) package var range: Range<Int> { Int(start)..<Int(end) }
}

/// What comes next in a file.
package enum CSVRecord {
  /// A record with as many fields as the header; they are in ``CSVRecordReader/fields``.
  case good(line: Int)
  /// A record that breaks a rule; the caller stops, or skips it.
  case bad(Diagnostic)
}

/// Reads the records of a CSV file, block by block, by the rules of contract CSV-1.
///
/// - Bytes are UTF-8. A byte order mark is dropped; UTF-16, UTF-32 and compressed files are refused.
/// - LF, CRLF and a lone CR each end a record outside quotes. Lines without a byte are skipped.
/// - A field that starts with `"` is quoted; inside, `""` is one quote, and newlines and delimiters
///   are data. A `"` later in an unquoted field is data.
/// - A bad record has, in this order of precedence, bytes after a closing quote, more than the
///   limit of bytes, a NUL, invalid UTF-8, or a number of fields other than the header's.
/// - A quote that is still open at the end of the file is fatal, because it may have swallowed any
///   number of records; so is any fault of the header.
///
/// Memory is bounded by one block and the longest record. Fields are ranges of ``buffer``, valid
/// until the next call.
package struct CSVRecordReader: ~Copyable {
  /// The most columns that a header may have.
  package static let columnLimit = 100_000

  /// The header's names, trimmed of blanks, as they stand in the file.
  package private(set) var header: [String] = []
  /// The physical line on which the header starts.
  package private(set) var headerLine = 1
  /// The fields of the current record, or of every record of the current batch, row by row.
  package internal(set) var fields: [CSVField] = []
  /// The physical line on which each record of the current batch starts.
  package internal(set) var lines: [Int] = []
  /// Where each record of the current batch lies in ``buffer``, without the newline behind it.
  package internal(set) var records: [CSVField] = []
  /// The bytes that ``fields`` point into.
  package internal(set) var buffer: [UInt8]
  /// What was put up with so far.
  package internal(set) var warnings = CSVWarnings()
  /// How the file looks where it does not look like CSV: `JSON` or `HTML`.
  package private(set) var likeness: String?

  let source: any CSVBlockSource
  let dialect: CSVDialect
  let recordByteLimit: Int
  private let blockByteCount: Int

  // The buffer holds what is read and not yet parsed:
  //
  //   0 ........ position ........ filled ........ buffer.count
  //     parsed            unparsed          room
  //
  // `marks[cursor...]` are those from `position` on; `line` is the physical line of `position`.
  var position = 0
  var filled = 0
  var marks = StructuralMarks()
  var cursor = 0
  var line = 1
  /// The offset in the file of the buffer's first byte.
  var base = 0
  var atEnd = false
  /// Whether all of the buffer is ASCII without NUL.
  var isPlain = true

  /// The number of fields of a good record; `nil` while the header is read.
  var columnCount: Int?
  /// How many fields the last record has whose content was at fault.
  var fieldCountFound = 0
  /// The fault of the record just parsed.
  var fault: Diagnostic?
  /// The physical line on which the record just parsed starts.
  var lineOfRecord = 1
  /// Whether the bytes up to the end of the line belong to a bad record and are to be dropped.
  var isDroppingLine = false
  /// Where the record just parsed lies in the buffer, without its newline.
  var rangeOfRecord = CSVField(start: 0, end: 0)
  /// Whether records are kept as they stand in the file where taking them apart changes them.
  var keepsOriginals = false
  /// The bytes of records whose doubled quotes were undone, by row of the batch.
  var originals: [Int: [UInt8]] = [:]
  var originalOfRecord: [UInt8]?
  /// Takes the bytes of the line that is being dropped.
  var dropped: RejectsFile?
  var newlinesSeen: NewlineSet = []
  var isFinished = false

  /// Opens a source and reads its header.
  ///
  /// - Parameters:
  ///   - blockByteCount: How many bytes the buffer holds; it grows for records that are longer.
  ///   - recordByteLimit: The longest record accepted, in bytes without its newline.
  /// - Throws: what the source throws; `encoding.unsupported`, `format.compressed`,
  ///   `columnar.invalid` for a columnar table, `csv.no_header`, `csv.too_many_columns`, or the fault of the header.
  package init(
    _ source: any CSVBlockSource, dialect: CSVDialect = CSVDialect(),
    blockByteCount: Int = 1 << 20, recordByteLimit: Int = 1 << 24
  ) throws(Diagnostic) {
    precondition(blockByteCount > 0, "a block has \(blockByteCount) bytes; expected at least 1")
    precondition(
      recordByteLimit + blockByteCount < 1 << 31, "a record of \(recordByteLimit) bytes is too long"
    )
    self.source = source
    self.dialect = dialect
    self.blockByteCount = blockByteCount
    self.recordByteLimit = recordByteLimit
    buffer = [UInt8](repeating: 0, count: blockByteCount)
    try readSignature()
    try readHeader()
  }

  /// Whether the last fault has ended the reading, so that nothing behind it can be trusted.
  private(set) var isFatal = false

  /// How many bytes of the source were read so far.
  package var byteCountRead: Int { base + filled }

  /// Where the last record that was read ends in the source, behind its newline.
  package var recordEnd: Int { base + position }

  /// Reads the next record; `nil` at the end of the file.
  ///
  /// - Throws: what the source throws; `csv.unterminated_quote`, or `csv.record_too_long` inside
  ///   quotes. Nothing can be read after that.
  package mutating func next() throws(Diagnostic) -> CSVRecord? {
    fields.removeAll(keepingCapacity: true)
    while true {
      switch parseRecord() {
      case .good: return .good(line: lineOfRecord)
      case .bad: return .bad(fault!)
      case .fatal: throw fault!
      case .end: return nil
      case .needsBytes: try fill()
      }
    }
  }

  /// Reads up to `rowLimit` good records into ``fields`` and ``lines``.
  ///
  /// A batch ends early where a block ends, and at a record that is bad or fatal.
  ///
  /// - Returns: The fault of the record after the batch, if it has one; `nil` with no lines is the
  ///   end of the file.
  /// - Throws: what the source throws.
  package mutating func readBatch(rowLimit: Int) throws(Diagnostic) -> Diagnostic? {
    fields.removeAll(keepingCapacity: true)
    lines.removeAll(keepingCapacity: true)
    records.removeAll(keepingCapacity: true)
    if keepsOriginals { originals.removeAll(keepingCapacity: true) }
    while lines.count < rowLimit {
      switch parseRecord() {
      case .good:
        if let originalOfRecord {
          originals[lines.count] = originalOfRecord
          self.originalOfRecord = nil
        }
        lines.append(lineOfRecord)
        records.append(rangeOfRecord)
      case .bad: return fault
      case .fatal:
        isFatal = true
        return fault
      case .end: return nil
      case .needsBytes:
        // Another block would move the fields of the rows that this batch has already.
        if !lines.isEmpty { return nil }
        try fill()
      }
    }
    return nil
  }

  // MARK: The start of the file

  private mutating func readSignature() throws(Diagnostic) {
    while filled < FileSignature.longestByteCount && !atEnd { try fill() }
    switch FileSignature(buffer.span.extracting(0..<filled)) {
    case .compressed(let format):
      throw Diagnostic(
        .formatCompressed, "is compressed (\(format)), expected plain text", file: source.name,
        hint: format == "gzip"
          ? "let its name end in .gz, or decompress it first" : "decompress it first")
    case .unsupportedEncoding(let name):
      throw Diagnostic(
        .encodingUnsupported, "is encoded as \(name), expected UTF-8", file: source.name,
        hint: "convert it: iconv -f \(name) -t UTF-8")
    case .columnar:
      throw Diagnostic(
        .columnarInvalid, "is a columnar table, expected CSV", file: source.name,
        hint: "a columnar table is read from a plain file: through no pipe, and not compressed")
    case .byteOrderMark:
      warnings.byteOrderMark = true
      position = 3
      isPlain = buffer.span.isPlain(in: 3..<filled)
    case .none: break
    }
  }

  private mutating func readHeader() throws(Diagnostic) {
    for _ in 0..<dialect.skippedLineCount { try skipLine() }
    likeness = FileSignature.likeness(buffer.span.extracting(position..<filled))
    do throws(Diagnostic) {
      guard let record = try next() else {
        throw Diagnostic(
          .csvNoHeader,
          byteCountRead == 0 ? "file is empty" : "file has no header, only blank lines",
          file: source.name, line: 1, hint: "expected column names on the first line")
      }
      switch record {
      case .bad(let fault): throw fault
      case .good(let line): headerLine = line
      }
    } catch {
      // Nothing that follows a header that cannot be read has a meaning.
      isFinished = true
      var fault = error
      if let likeness { fault.hint = "looks like \(likeness)" }
      throw fault
    }
    header = Self.names(of: fields, in: buffer)
    columnCount = header.count
    var seen: Set<String> = []
    for name in header {
      if name.isEmpty { warnings.emptyHeaderNameCount += 1 }
      if !seen.insert(name).inserted { warnings.duplicateHeaderCount += 1 }
    }
  }

  /// Passes over a physical line, whatever it holds.
  private mutating func skipLine() throws(Diagnostic) {
    let start = base + position
    isDroppingLine = true
    while let step = dropLine() {
      guard case .needsBytes = step else { return }
      guard base + filled - start <= recordByteLimit else { throw tooLong(start - base) }
      try fill()
    }
  }

  private static func names(of fields: [CSVField], in buffer: [UInt8]) -> [String] {
    let bytes = buffer.span
    return fields.map { bytes.text(in: bytes.trimmed($0.range)) }
  }

  // MARK: Blocks

  /// Reads more bytes behind those that are not parsed yet.
  private mutating func fill() throws(Diagnostic) {
    if position > 0 { dropParsedBytes() }
    if filled == buffer.count {
      let wanted = min(buffer.count * 2, recordByteLimit + blockByteCount + 2)
      precondition(wanted > filled, "a record of \(filled) bytes was not recognised as too long")
      buffer.append(contentsOf: repeatElement(0, count: wanted - buffer.count))
    }
    // A record is parsed from its start again after each fill; doubling it keeps that linear where
    // a pipe comes in drops.
    let start = filled
    repeat {
      let count = try source.read(into: &buffer, from: filled)
      atEnd = count == 0
      filled += count
    } while !atEnd && filled < min(2 * start, buffer.count)
    let added = marks.append(buffer, start..<filled, delimiter: dialect.delimiter)
    isPlain = added && isPlain
  }

  private mutating func dropParsedBytes() {
    let start = position
    let rest = filled - start
    if !isPlain { isPlain = buffer.span.isPlain(in: position..<filled) }
    var bytes = buffer.mutableSpan
    for offset in 0..<rest { bytes[offset] = bytes[start + offset] }
    marks.drop(cursor, shiftingBy: position)
    base += position
    filled = rest
    position = 0
    cursor = 0
  }
}
