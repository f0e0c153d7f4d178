/// A file as typed columns.
public struct Table: Sendable {
  /// The columns in the order of the file, without those declared as ignored.
  public let columns: [TableColumn]
  /// How many rows each column has.
  public let rowCount: Int
  /// How many rows the file has, and how many of them were left out as bad.
  public let rowCounts: RowCounts
  /// The names of columns that the file has but that were not read, in its order.
  public let ignoredColumns: [String]
  /// What the reader put up with.
  public let warnings: CSVWarnings
  /// The records left out for a cell of theirs, by their position among those of sound form, so that
  /// another reading of the file leaves out the same.
  package internal(set) var rejectedRecords: [Int] = []
  private let indexOfName: [String: Int]

  /// Puts columns together.
  ///
  /// - Precondition: The columns share one length and no two share a name.
  public init(
    columns: [TableColumn], rowCount: Int, ignoredColumns: [String] = [],
    warnings: CSVWarnings = CSVWarnings(), rejectedRowCount: Int = 0
  ) {
    var indexOfName: [String: Int] = [:]
    for (index, column) in columns.enumerated() {
      let previous = indexOfName.updateValue(index, forKey: column.name)
      precondition(previous == nil, "two columns are named \(column.name)")
      if let count = column.values.count {
        precondition(count == rowCount, "\(column.name): \(count) values for \(rowCount) rows")
      }
    }
    self.columns = columns
    self.rowCount = rowCount
    rowCounts = RowCounts(accepted: rowCount, rejected: rejectedRowCount)
    self.ignoredColumns = ignoredColumns
    self.warnings = warnings
    self.indexOfName = indexOfName
  }

  /// The table but for its columns.
  var outline: Table {
    var table = Table(
      columns: [], rowCount: rowCount, ignoredColumns: ignoredColumns, warnings: warnings,
      rejectedRowCount: rowCounts.rejected)
    table.rejectedRecords = rejectedRecords
    return table
  }

  /// The same table with the columns that another has as well taken from it.
  func replacing(_ other: Table) -> Table {
    var table = Table(
      columns: columns.map { column in
        guard let found = other[column.name] else { return column }
        return TableColumn(
          name: column.name, values: found.values, contradiction: column.contradiction,
          notes: found.notes)
      },
      rowCount: rowCount, ignoredColumns: ignoredColumns, warnings: warnings,
      rejectedRowCount: rowCounts.rejected)
    table.rejectedRecords = rejectedRecords
    return table
  }

  /// The column of this name, if there is one.
  public subscript(name: String) -> TableColumn? { indexOfName[name].map { columns[$0] } }
}

/// A column of a table: its name and its values.
public struct TableColumn: Sendable {
  /// The name in the header, trimmed of blanks.
  ///
  /// A name that an earlier column bears already is followed by `.2`, `.3`, ...; an empty name is
  /// `column_N`, where N counts the columns of the file from 1.
  public let name: String
  /// The values, one per row.
  public let values: ColumnValues
  /// Why an undeclared column that began as numbers, booleans or dates is a category or text.
  public let contradiction: Contradiction?
  /// What was remarkable about cells that were accepted.
  public let notes: CellNotes

  /// The cell that was not what the cells before it were.
  public struct Contradiction: Sendable, Equatable {
    /// What the cells before it were: `number`, `boolean` or `date`.
    public let expected: DeclaredType
    /// The physical line of the cell's record.
    public let line: Int

    /// States what was expected and where it was not found.
    public init(expected: DeclaredType, line: Int) {
      self.expected = expected
      self.line = line
    }
  }

  /// Names a column.
  public init(
    name: String, values: ColumnValues, contradiction: Contradiction? = nil,
    notes: CellNotes = CellNotes()
  ) {
    self.name = name
    self.notes = notes
    self.values = values
    self.contradiction = contradiction
  }
}

/// What the caller knows of a column.
public enum DeclaredType: Sendable, Hashable {
  /// Decimal numbers.
  case number
  /// Words for yes and no.
  case boolean
  /// A word of a list; missing where empty.
  case category
  /// Dates or times, ISO 8601 unless the column's format says otherwise; may be missing.
  case date
  /// The same, never missing: the time of an event.
  case timestamp
  /// The key of something; kept byte by byte, never missing.
  case identifier
  /// Not read at all.
  case ignored
}

/// The values of one column, one per row.
public enum ColumnValues: Sendable {
  /// Numbers; NaN where missing.
  case number([Double])
  /// 1 for yes, 0 for no; NaN where missing.
  case boolean([Double])
  /// Words of a list.
  case category(CategoryValues)
  /// Seconds since 1970-01-01T00:00:00Z; NaN where missing.
  case date([Double])
  /// The texts themselves.
  case identifier(TextValues)
  /// Free text, or more distinct words than an undeclared category may have; only counted.
  case text(TextSummary)
  /// No cell has a value, and the column's type was not declared.
  case empty

  /// How many values are stored; `nil` where none are.
  public var count: Int? {
    switch self {
    case .number(let values), .boolean(let values), .date(let values): values.count
    case .category(let values): values.codes.count
    case .identifier(let values): values.count
    case .text, .empty: nil
    }
  }
}

/// Words of a list, each stored once.
public struct CategoryValues: Sendable, Equatable {
  /// The level of each row; -1 where missing.
  public let codes: [Int32]
  /// The words in order of first appearance, trimmed of blanks.
  ///
  /// They differ byte by byte, while `String` may find two of them equal: accents can be written in
  /// more than one way.
  public let levels: [String]

  /// Puts codes and their levels together.
  ///
  /// - Precondition: Each code is -1 or a position in `levels`.
  public init(codes: [Int32], levels: [String]) {
    let valid = -1..<Int32(levels.count)
    precondition(codes.allSatisfy(valid.contains), "a code outside \(valid)")
    self.codes = codes
    self.levels = levels
  }
}

/// Texts stored end to end, byte by byte as in the file.
public struct TextValues: Sendable, Equatable {
  /// The bytes of all texts.
  public internal(set) var bytes: [UInt8] = []
  /// Where each text ends in `bytes`.
  private(set) var ends: [Int] = []

  /// No texts.
  public init() {}

  /// Texts that were stored end to end before.
  ///
  /// - Precondition: `ends` never descend from 0 on, and the last is the number of bytes.
  init(bytes: [UInt8], ends: [Int]) {
    precondition(ends.last ?? 0 == bytes.count, "\(bytes.count) bytes, ends at \(ends.last ?? 0)")
    self.bytes = bytes
    self.ends = ends
  }

  /// How many texts there are.
  public var count: Int { ends.count }

  /// Where the text of a row lies in `bytes`.
  public func range(at row: Int) -> Range<Int> { (row == 0 ? 0 : ends[row - 1])..<ends[row] }

  /// The text of a row.
  public subscript(row: Int) -> String { bytes.span.text(in: range(at: row)) }

  /// Forgets all texts but the first `count`.
  mutating func truncate(to count: Int) {
    bytes.removeLast(bytes.count - (count == 0 ? 0 : ends[count - 1]))
    ends.removeLast(ends.count - count)
  }

  /// Adds a text.
  public mutating func append(_ text: Span<UInt8>) {
    // SAFETY: the pointer does not leave the closure.
    unsafe text.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    ends.append(bytes.count)
  }
}

/// What is known of texts that were not kept.
public struct TextSummary: Sendable, Equatable {
  /// Rows without a text.
  public let missingCount: Int
  /// There are at least this many distinct texts.
  public let distinctLowerBound: Int
  /// They were counted in the first so many rows that have a text.
  public let countedRowCount: Int

  /// States the counts.
  public init(missingCount: Int, distinctLowerBound: Int, countedRowCount: Int) {
    self.missingCount = missingCount
    self.distinctLowerBound = distinctLowerBound
    self.countedRowCount = countedRowCount
  }
}
