import Diagnostics
import Files
import Tabular

/// The beginning of a table: its header, and what its first rows have in common.
struct TableSample {
  /// How many rows are looked at in full.
  static let rowLimit = 5000
  /// How many bytes of a file are looked at for how far dates reach and which words there are.
  static let byteLimit = 32 << 20

  /// The files of the table, as paths relative to its folder: all have one header.
  var files: [String]
  let delimiter: UInt8
  /// Where the first file is.
  private let path: String
  private(set) var columns: [ColumnSample]
  private(set) var rowCount = 0
  /// Whether all rows were seen.
  private(set) var isWhole = true

  /// Looks at a file.
  ///
  /// - Throws: what keeps it from being a table; that it has no header is `csv.no_header`.
  init(path: String, name: String) throws(Diagnostic) {
    files = [name]
    self.path = path
    var reader = try CSVRecordReader(try CSVFileSource(path: path))
    var delimiter = ASCII.comma
    if reader.header.count == 1, let other = Self.delimiter(of: reader.header[0]) {
      delimiter = other
      reader = try CSVRecordReader(
        try CSVFileSource(path: path), dialect: CSVDialect(delimiter: other))
    }
    self.delimiter = delimiter
    try Self.checkHeader(reader.header, path: path)
    columns = reader.header.map { ColumnSample(name: $0) }
    while rowCount < Self.rowLimit, let record = try reader.next() {
      guard case .good = record else { continue }
      for index in columns.indices { columns[index].add(Self.cell(index, of: reader)) }
      rowCount += 1
    }
    guard rowCount == Self.rowLimit else { return }
    let watched = columns.indices.filter { columns[$0].isWorthReading }
    while let record = try reader.next() {
      guard case .good = record else { continue }
      guard reader.byteCountRead <= Self.byteLimit else {
        isWhole = false
        break
      }
      for index in watched { columns[index].addLater(Self.cell(index, of: reader)) }
      rowCount += 1
    }
  }

  private static func cell(_ column: Int, of reader: borrowing CSVRecordReader) -> String {
    String(decoding: reader.buffer[reader.fields[column].range], as: UTF8.self).trimmed
  }

  /// Takes over the rows of another file of the table.
  mutating func join(_ other: TableSample) {
    files += other.files
    for index in columns.indices { columns[index].join(other.columns[index]) }
    rowCount += other.rowCount
    isWhole = isWhole && other.isWhole
  }

  /// The column of a name.
  subscript(name: String) -> ColumnSample? { columns.first { $0.name == name } }

  /// The words of one column in whose rows another column has a number other than 0 and 1, among
  /// the first rows.
  func words(of column: String, withAmountsIn other: String) throws(Diagnostic) -> Set<String> {
    guard let word = columns.firstIndex(where: { $0.name == column }),
      let amount = columns.firstIndex(where: { $0.name == other })
    else { return [] }
    var reader = try CSVRecordReader(
      try CSVFileSource(path: path), dialect: CSVDialect(delimiter: delimiter))
    var words: Set<String> = []
    var count = 0
    while count < Self.rowLimit, let record = try reader.next() {
      guard case .good = record else { continue }
      count += 1
      let bytes = Array(Self.cell(amount, of: reader).utf8)
      if case .value(let number) = NumberGrammar.read(bytes.span), number != 0, number != 1 {
        words.insert(Self.cell(word, of: reader))
      }
    }
    return words
  }

  /// The delimiter as a configuration has it; `nil` for the comma.
  var delimiterText: String? {
    switch delimiter {
    case ASCII.comma: nil
    case UInt8(ascii: "\t"): "tab"
    default: String(UnicodeScalar(delimiter))
    }
  }

  private static func delimiter(of header: String) -> UInt8? {
    [UInt8(ascii: ";"), UInt8(ascii: "\t"), UInt8(ascii: "|")].map { byte in
      (byte: byte, count: header.utf8.count { $0 == byte })
    }.filter { $0.count > 0 }.max { $0.count < $1.count }?.byte
  }

  private static func checkHeader(_ header: [String], path: String) throws(Diagnostic) {
    let cells = header.count == 1 ? header[0].split(separator: " ").map(String.init) : header
    let dataCount = cells.count { cell in
      let bytes = Array(cell.utf8)
      if case .value = NumberGrammar.read(bytes.span) { return true }
      if case .value = TimestampGrammar.read(bytes.span) { return true }
      return false
    }
    guard dataCount > 0, header.count > 1 || dataCount > 1 else { return }
    let isFixedWidth = header.count == 1
    throw Diagnostic(
      .csvNoHeader,
      isFixedWidth
        ? "has no header, and its columns are separated by blanks: the first line is data"
        : "has no header: the first line is data",
      file: path, line: 1,
      hint: isFixedWidth
        ? "write it as CSV, with column names on the first line"
        : "add a line of column names, or list them under 'header' in the configuration")
  }
}

extension String {
  /// The text without blanks and tabs at its ends.
  fileprivate var trimmed: String {
    guard let first = utf8.first, let last = utf8.last else { return self }
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    guard isBlank(first) || isBlank(last) else { return self }
    var rest = Substring(self)
    while let byte = rest.utf8.first, isBlank(byte) { rest.removeFirst() }
    while let byte = rest.utf8.last, isBlank(byte) { rest.removeLast() }
    return String(rest)
  }
}
