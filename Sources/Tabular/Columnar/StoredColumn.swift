import Diagnostics

/// A column as a columnar file stores it, on its way to what the caller takes it for.
struct StoredColumn {
  let name: String
  let values: ColumnValues
  let rowCount: Int
  let file: String

  /// The column as one of a declared type, or of its own where none is declared.
  ///
  /// | declared | stored |
  /// |---|---|
  /// | number | number; boolean as 1 and 0 |
  /// | boolean | boolean |
  /// | date, timestamp | date |
  /// | category | category; identifier; boolean as `yes` and `no`; number as its shortest digits |
  /// | identifier | identifier; category; number as its shortest digits |
  ///
  /// A column without a value is of any type that may be missing.
  ///
  /// - Throws: `schema.type`; `value.*` for a value that no CSV file could have given.
  func column(of type: DeclaredType?) throws(Diagnostic) -> TableColumn {
    let values = try values(of: type)
    switch values {
    case .number(let numbers): try checkFinite(numbers)
    case .date(let seconds): try checkRange(seconds)
    case .identifier(let keys):
      try checkPresent(keys)
      return TableColumn(name: name, values: values, notes: KeyNotes.of(keys))
    default: break
    }
    return TableColumn(name: name, values: values)
  }

  private func values(of type: DeclaredType?) throws(Diagnostic) -> ColumnValues {
    switch (type, values) {
    case (nil, _): return values
    case (.number?, .number), (.boolean?, .boolean), (.date?, .date), (.category?, .category),
      (.identifier?, .identifier):
      return values
    case (.number?, .boolean(let values)): return .number(values)
    case (.number?, .empty): return .number(missingQuantities)
    case (.boolean?, .empty): return .boolean(missingQuantities)
    case (.date?, .empty): return .date(missingQuantities)
    case (.timestamp?, .date(let seconds)): return .date(try withoutGaps(seconds))
    case (.timestamp?, .empty): return .date(try withoutGaps(missingQuantities))
    case (.category?, _): return .category(try words())
    case (.identifier?, _): return .identifier(try keys())
    default: throw mismatch(type)
    }
  }

  // MARK: Other types

  private var missingQuantities: [Double] { [Double](repeating: .nan, count: rowCount) }

  private func words() throws(Diagnostic) -> CategoryValues {
    switch values {
    case .empty:
      return CategoryValues(codes: [Int32](repeating: -1, count: rowCount), levels: [])
    case .boolean(let values):
      return try words { values[$0].isNaN ? nil : values[$0] == 1 ? Self.yes : Self.no }
    case .number(let values):
      return try words { values[$0].isNaN ? nil : Array(Self.digits(values[$0]).utf8) }
    case .identifier(let keys):
      let bytes = keys.bytes.span
      return try words { row in
        let range = bytes.trimmed(keys.range(at: row))
        return MissingToken.matches(bytes.extracting(range)) ? nil : Array(keys.bytes[range])
      }
    default: throw mismatch(.category)
    }
  }

  private func words(_ word: (Int) -> [UInt8]?) throws(Diagnostic) -> CategoryValues {
    var index = LevelIndex()
    var codes: [Int32] = []
    codes.reserveCapacity(rowCount)
    for row in 0..<rowCount {
      guard let word = word(row) else {
        codes.append(-1)
        continue
      }
      guard let code = index.code(of: word.span, limit: Int(Int32.max)) else {
        throw mismatch(.category)
      }
      codes.append(code)
    }
    return CategoryValues(codes: codes, levels: index.levels)
  }

  private func keys() throws(Diagnostic) -> TextValues {
    switch values {
    case .empty: return keys { _ in [] }
    case .category(let category):
      return keys { row in
        let code = category.codes[row]
        return code < 0 ? [] : Array(category.levels[Int(code)].utf8)
      }
    case .number(let values):
      return keys { row in values[row].isNaN ? [] : Array(Self.digits(values[row]).utf8) }
    default: throw mismatch(.identifier)
    }
  }

  private func keys(_ key: (Int) -> [UInt8]) -> TextValues {
    var keys = TextValues()
    for row in 0..<rowCount {
      let key = key(row)
      keys.append(key.span)
    }
    return keys
  }

  private static let yes = Array("yes".utf8)
  private static let no = Array("no".utf8)

  /// The fewest digits from which the number can be read again; a whole one is without a point.
  private static func digits(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  // MARK: Faults

  private func checkFinite(_ numbers: [Double]) throws(Diagnostic) {
    if let row = numbers.firstIndex(where: \.isInfinite) {
      throw Diagnostic(
        .valueNumberNonfinite, "row \(row + 1) is infinite, expected a number", file: file,
        column: name, hint: "leave the value missing (NaN) where it is not known")
    }
  }

  private func checkRange(_ seconds: [Double]) throws(Diagnostic) {
    // A day on either side, for what is early or late there by an offset from UTC.
    let range =
      TimestampGrammar.range.lowerBound - 86_400..<TimestampGrammar.range.upperBound + 86_400
    if let row = seconds.firstIndex(where: { !($0.isNaN || range.contains($0)) }) {
      throw Diagnostic(
        .valueTimestampRange, "row \(row + 1) is of another year than 1970 to 2199", file: file,
        column: name, hint: "a date is stored as seconds since 1970-01-01T00:00:00Z")
    }
  }

  private func checkPresent(_ keys: TextValues) throws(Diagnostic) {
    let bytes = keys.bytes.span
    for row in 0..<keys.count where bytes.trimmed(keys.range(at: row)).isEmpty {
      throw Diagnostic(
        .valueMissingKey, "the identifier of row \(row + 1) is empty", file: file, column: name,
        hint: "every row needs an identifier")
    }
  }

  private func withoutGaps(_ seconds: [Double]) throws(Diagnostic) -> [Double] {
    if let row = seconds.firstIndex(where: \.isNaN) {
      throw Diagnostic(
        .valueTimestamp, "row \(row + 1) has no time", file: file, column: name,
        hint: "every row needs a time here")
    }
    return seconds
  }

  private func mismatch(_ type: DeclaredType?) -> Diagnostic {
    Diagnostic(
      .schemaType, "is stored as \(values.storedKind), expected \(type?.word ?? "another type")",
      file: file, column: name,
      hint: "write the table anew with the column as \(type?.word ?? "it")")
  }
}

extension ColumnValues {
  /// What the values are, for a message.
  fileprivate var storedKind: String {
    switch self {
    case .number: "numbers"
    case .boolean: "yes/no"
    case .category: "a category"
    case .date: "dates"
    case .identifier: "identifiers"
    case .text: "free text, which is only counted"
    case .empty: "nothing"
    }
  }
}

extension DeclaredType {
  /// What values of the type are, for a message.
  fileprivate var word: String {
    switch self {
    case .number: "numbers"
    case .boolean: "yes/no"
    case .category: "a category"
    case .date: "dates"
    case .timestamp: "times"
    case .identifier: "identifiers"
    case .ignored: "nothing"
    }
  }
}
