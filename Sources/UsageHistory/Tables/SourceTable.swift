import CivilCalendar
import Configuration
import Diagnostics
import Tabular

/// A table other than the events, read whole: its columns under our names.
struct SourceTable {
  let name: SourceName
  let source: TableSource
  private(set) var tables: [Table] = []

  /// Reads the files of a source.
  ///
  /// - Parameters:
  ///   - types: How our columns are read; a column that the files lack is left out, unless required.
  ///   - required: Our names of the columns that must be there.
  ///   - attributes: Columns, by the files' names, that are read as words.
  ///   - ledger: What becomes of bad rows.
  /// - Throws: what ``TableReader`` throws.
  init(
    _ name: SourceName, _ source: TableSource, files: [String], options: TableReader.Options,
    types: [String: DeclaredType], required: [String], attributes: [String] = [],
    ledger: RowLedger
  ) throws(Diagnostic) {
    self.name = name
    self.source = source
    var declared: [String: DeclaredType] = [:]
    for (column, type) in types where source.constants[column] == nil {
      declared[source.columns[column] ?? column] = type
    }
    for attribute in attributes { declared[attribute] = declared[attribute] ?? .category }
    let needed =
      required.filter { source.constants[$0] == nil }.map { source.columns[$0] ?? $0 }
      + source.columns.values.sorted() + attributes
    for file in files {
      let opened = try CSVFileSource(path: file)
      tables.append(
        try ledger.read(
          source.headered(opened), declared: declared, required: Array(Set(needed)).sorted(),
          options: options, lines: -source.addedHeader.lines, bytes: -source.addedHeader.bytes))
      try opened.checkUnchanged()
    }
    counts = try ledger.finishTable(files.first)
  }

  /// What became of the rows.
  let counts: RowCounts

  /// How many rows all files have.
  var rowCount: Int { tables.reduce(0) { $0 + $1.rowCount } }

  /// Whether a column is there, or a constant in its place.
  func has(_ column: String) -> Bool {
    source.constants[column] != nil
      || tables.contains { $0[source.columns[column] ?? column] != nil }
  }

  /// The identifiers of a column, byte by byte; `nil` where it is not there.
  func identifiers(_ column: String) -> [[UInt8]]? {
    columns(column) { values, count in
      guard case .identifier(let texts) = values else { return nil }
      return (0..<count).map { Array(texts.bytes[texts.range(at: $0)]) }
    } constant: {
      Array($0.utf8)
    }
  }

  /// The identifiers of a column side by side; `nil` where it is not there.
  func identifierList(_ column: String) -> IdentifierList? {
    var list = IdentifierList()
    list.reserve(rowCount)
    for table in tables {
      if let text = source.constants[column] {
        let id = Array(text.utf8)
        for _ in 0..<table.rowCount { list.append(id.span) }
      } else if case .identifier(let texts)? = table[source.columns[column] ?? column]?.values {
        let bytes = texts.bytes.span
        for row in 0..<table.rowCount { list.append(bytes.extracting(texts.range(at: row))) }
      } else {
        return nil
      }
    }
    return list
  }

  /// The words of a column; `nil` in a row without one, and for a column that is not there.
  func words(_ column: String) -> [String?]? {
    columns(column) { values, count in
      guard case .category(let words) = values else { return nil }
      return words.codes.map { $0 < 0 ? nil : words.levels[Int($0)] }
    } constant: {
      $0
    }
  }

  /// The words of a column as codes; `nil` for a column that is not there.
  func wordCodes(_ column: String) -> WordCodes? {
    var parts: [CategoryValues] = []
    for table in tables {
      if let text = source.constants[column] {
        parts.append(
          CategoryValues(
            codes: [Int32](repeating: 0, count: table.rowCount), levels: [text]))
      } else if case .category(let words)? = table[source.columns[column] ?? column]?.values {
        parts.append(words)
      } else {
        return nil
      }
    }
    return WordCodes(parts)
  }

  /// The numbers of a column, NaN where missing; `nil` for a column that is not there.
  func numbers(_ column: String) -> [Double]? {
    columns(column) { values, count in
      switch values {
      case .number(let numbers), .boolean(let numbers): return numbers
      case .empty: return [Double](repeating: .nan, count: count)
      default: return nil
      }
    } constant: {
      Double($0) ?? .nan
    }
  }

  /// The days of a column; `nil` in a row without one, and for a column that is not there.
  func days(_ column: String) -> [CalendarDay?]? {
    seconds(column).map { column in
      column.map { $0.isFinite ? CalendarDay(secondsSince1970: $0) : nil }
    }
  }

  /// The instants of a column in seconds since 1970, NaN where missing.
  func seconds(_ column: String) -> [Double]? {
    columns(column) { values, count in
      switch values {
      case .date(let seconds): return seconds
      case .empty: return [Double](repeating: .nan, count: count)
      default: return nil
      }
    } constant: {
      CalendarDay($0)?.secondsSince1970 ?? .nan
    }
  }

  /// The values of all files under one another; a file that lacks the column has the constant.
  private func columns<Value>(
    _ column: String, _ values: (ColumnValues, Int) -> [Value]?,
    constant: (String) -> Value
  ) -> [Value]? {
    var all: [Value] = []
    for table in tables {
      if let text = source.constants[column] {
        all += [Value](repeating: constant(text), count: table.rowCount)
      } else if let found = table[source.columns[column] ?? column],
        let part = values(found.values, table.rowCount)
      {
        all += part
      } else {
        return nil
      }
    }
    return all
  }
}

extension TableSource {
  /// How the files are read.
  ///
  /// - Parameter timeZone: The zone of timestamps that state none, where the source names no other.
  /// - Throws: `config.format` or `config.timezone`.
  package func options(timeZone: String) throws(Diagnostic) -> TableReader.Options {
    var columns: [String: ColumnFormat] = [:]
    for (name, cells) in columnFormats {
      columns[name] = try cells.format(timeZone: format.timeZone ?? timeZone, standard: format)
    }
    return TableReader.Options(
      dialect: CSVDialect(
        delimiter: delimiter == "tab" ? 0x09 : delimiter.utf8.first ?? ASCII.comma,
        skippedLineCount: skipLines),
      format: TableFormat(
        standard: try format.format(timeZone: timeZone, standard: CellFormat()), columns: columns))
  }
}

extension CellFormat {
  /// How the cells of a column are read; what this format does not say, `standard` does.
  fileprivate func format(timeZone: String, standard: CellFormat) throws(Diagnostic) -> ColumnFormat
  {
    var format = ColumnFormat()
    let decimal = decimal ?? standard.decimal
    let thousands = thousands ?? standard.thousands
    if decimal != nil || thousands != nil {
      format.number = try NumberFormat(
        decimalSign: decimal?.first ?? ".", thousandsSeparator: thousands?.first)
    }
    if let pattern = timestampFormat ?? standard.timestampFormat {
      format.timestamp = try TimestampFormat(pattern)
    }
    let zone = self.timeZone ?? timeZone
    if zone != "UTC" { format.timeZone = try LocalTimeZone(zone) }
    format.nullValues = standard.nullValues + nullValues
    return format
  }
}

/// The words of a column as codes of their sorted list.
struct WordCodes {
  /// The distinct words, sorted byte by byte.
  let words: [String]
  /// The code of each row; -1 where there is no word.
  let codes: [Int32]

  /// The words of several files under one another.
  init(_ parts: [CategoryValues]) {
    let distinct = Set(parts.flatMap { $0.levels.map { Array($0.utf8) } })
      .sorted { $0.lexicographicallyPrecedes($1) }
    let place = Dictionary(
      uniqueKeysWithValues: distinct.enumerated().map { ($1, Int32($0)) })
    words = distinct.map { String(decoding: $0, as: UTF8.self) }
    var codes: [Int32] = []
    codes.reserveCapacity(parts.reduce(0) { $0 + $1.codes.count })
    for part in parts {
      let codeOfLevel = part.levels.map { place[Array($0.utf8)]! }
      for code in part.codes { codes.append(code < 0 ? -1 : codeOfLevel[Int(code)]) }
    }
    self.codes = codes
  }

  /// No words in so many rows.
  init(count: Int) {
    words = []
    codes = [Int32](repeating: -1, count: count)
  }
}
