import Diagnostics
import Files

/// Reads a CSV file into typed columns.
public enum TableReader {
  /// What becomes of columns that the caller did not declare.
  public enum UndeclaredColumns: Sendable {
    /// Their type is inferred from their cells.
    case inferred
    /// They are not read.
    case ignored
  }

  /// Reads a file.
  ///
  /// An undeclared column is taken for numbers, booleans or dates by its first cell with a value. If
  /// a later cell contradicts that, the file is read once more and the column becomes a category;
  /// see ``TableColumn/contradiction``. A category of more than 65,536 distinct words becomes text,
  /// unless it was declared.
  ///
  /// - Parameters:
  ///   - declared: Types by column name; names that the header lacks are of no consequence.
  ///   - required: The columns that the header must have, each once.
  ///   - progress: Called after each block with the number of bytes read in this pass.
  /// - Throws: The first fault of the file: what ``InputFile`` throws; `csv.*`, `encoding.*`,
  ///   `format.compressed` for its form; `schema.missing_column` with all that are missing,
  ///   `schema.duplicate_column`; `value.*` for a cell that is not of its column's declared type, or
  ///   that contradicts the cells before it in a pipe, which cannot be read twice.
  public static func read(
    path: String, declared: [String: DeclaredType] = [:], undeclared: UndeclaredColumns = .inferred,
    required: [String] = [], dialect: CSVDialect = CSVDialect(), progress: ((Int) -> Void)? = nil
  ) throws(Diagnostic) -> Table {
    let source = try CSVFileSource(path: path)
    var reading = try TableReading(
      source, declared: declared, undeclared: undeclared, required: required, dialect: dialect,
      canReadTwice: source.canRewind)
    try reading.readRows(progress)
    try source.checkUnchanged()
    let columns = reading.contradictedColumns
    guard !columns.isEmpty else { return reading.table(replacing: [:]) }

    try source.rewind()
    var types: [String: DeclaredType] = [:]
    for name in columns { types[name] = .category }
    var second = try TableReading(
      source, declared: types, undeclared: .ignored, required: [], dialect: dialect,
      canReadTwice: true, levelLimit: InferredBuilder.levelLimit)
    try second.readRows(progress)
    try source.checkUnchanged()
    guard second.rowCount == reading.rowCount else {
      throw Diagnostic(
        .inputChanged, "changed while it was read", file: path,
        hint: "run again when its writer has finished")
    }
    return reading.table(replacing: second.valuesByName)
  }
}

/// One pass over a file.
struct TableReading: ~Copyable {
  private var reader: CSVRecordReader
  private let names: [String]
  private let types: [DeclaredType?]
  private let builders: [(any ColumnBuilder)?]
  private let canReadTwice: Bool
  private(set) var rowCount = 0
  /// The line on which each contradicted column was contradicted, by column index.
  private var contradictionLines: [Int: Int] = [:]

  /// Reads the header and decides how each column is read.
  ///
  /// - Parameter levelLimit: The most distinct words of a declared category; `nil` for no limit.
  init(
    _ source: any CSVBlockSource, declared: [String: DeclaredType],
    undeclared: TableReader.UndeclaredColumns, required: [String], dialect: CSVDialect,
    canReadTwice: Bool, levelLimit: Int? = nil
  ) throws(Diagnostic) {
    var reader = try CSVRecordReader(source, dialect: dialect)
    let check = HeaderCheck(header: reader.header, line: reader.headerLine, file: source.name)
    if check.fault(required: required, dialect: dialect, likeness: nil, firstRecordFits: true)
      != nil
    {
      var firstRecordFits = true
      if case .bad(let fault)? = try? reader.next() {
        firstRecordFits = fault.kind != .csvFieldCount
      }
      throw check.fault(
        required: required, dialect: dialect, likeness: reader.likeness,
        firstRecordFits: firstRecordFits)!
    }
    let names = check.uniqueNames
    let types = names.map { declared[$0] ?? (undeclared == .ignored ? .ignored : nil) }
    builders = zip(names, types).map { name, type -> (any ColumnBuilder)? in
      if type == .category { return CategoryBuilder(limit: levelLimit, missingCount: 0) }
      return if let type { makeBuilder(type, columnName: name) } else { InferredBuilder(name) }
    }
    self.names = names
    self.types = types
    self.reader = reader
    self.canReadTwice = canReadTwice
  }

  /// The columns whose type was inferred and then contradicted.
  var contradictedColumns: [String] { contradictionLines.keys.sorted().map { names[$0] } }

  /// The values of the columns that were read.
  var valuesByName: [String: ColumnValues] {
    var values: [String: ColumnValues] = [:]
    for (name, builder) in zip(names, builders) { values[name] = builder?.finish() }
    return values
  }

  /// The table; `replacements` are the values of contradicted columns.
  func table(replacing replacements: [String: ColumnValues]) -> Table {
    var columns: [TableColumn] = []
    for (index, builder) in builders.enumerated() {
      guard let builder else { continue }
      var contradiction: TableColumn.Contradiction?
      if let line = contradictionLines[index], let inferred = builder as? InferredBuilder,
        let expected = inferred.contradiction?.expected
      {
        contradiction = TableColumn.Contradiction(expected: expected, line: line)
      }
      columns.append(
        TableColumn(
          name: names[index], values: replacements[names[index]] ?? builder.finish(),
          contradiction: contradiction))
    }
    return Table(
      columns: columns, rowCount: rowCount,
      ignoredColumns: names.indices.filter { builders[$0] == nil }.map { names[$0] },
      warnings: reader.warnings)
  }

  /// Reads all rows, column by column within batches that fit the processor's cache.
  mutating func readRows(_ progress: ((Int) -> Void)?) throws(Diagnostic) {
    let rowLimit = max(1, 1 << 15 / names.count)
    var byteCountReported = 0
    while true {
      let fault = try reader.readBatch(rowLimit: rowLimit)
      if let progress, reader.byteCountRead != byteCountReported {
        byteCountReported = reader.byteCountRead
        progress(byteCountReported)
      }
      // The rows of the batch come before the record at fault, and so do their faults.
      try convertBatch()
      if var fault {
        if fault.kind == .csvFieldCount && rowCount == 0 { explainFieldCount(&fault) }
        throw fault
      }
      if reader.lines.isEmpty { return }
    }
  }

  private mutating func convertBatch() throws(Diagnostic) {
    let batchRowCount = reader.lines.count
    guard batchRowCount > 0 else { return }
    var first: (fault: CellFault, column: Int)?
    for (column, builder) in builders.enumerated() {
      guard let builder else { continue }
      let cells = CellPositions(
        column: column, columnCount: names.count, rows: 0..<batchRowCount)
      if let fault = builder.append(cells, reader.fields.span, reader.buffer.span),
        fault.row < first?.fault.row ?? batchRowCount
      {
        first = (fault, column)
      }
      if types[column] == nil, contradictionLines[column] == nil,
        let contradiction = (builder as? InferredBuilder)?.contradiction
      {
        contradictionLines[column] = reader.lines[contradiction.fault.row]
        if !canReadTwice && contradiction.fault.row < first?.fault.row ?? batchRowCount {
          var fault = contradiction.fault
          fault.message += ", as the cells before it are"
          fault.hint = "declare the column's type, or read a file: a pipe cannot be read twice"
          first = (fault, column)
        }
      }
    }
    if let first { throw diagnostic(first.fault, column: first.column) }
    rowCount += batchRowCount
  }

  private func diagnostic(_ fault: CellFault, column: Int) -> Diagnostic {
    var hint = fault.hint
    if rowCount == 0 && fault.row == 0 && everyCellFails(column) {
      let all = "every value in column \(displayText(names[column])) fails"
      hint = hint.map { "\(all); \($0)" } ?? all
    }
    return Diagnostic(
      fault.kind, fault.message, file: reader.source.name, line: reader.lines[fault.row],
      column: names[column], hint: hint)
  }

  private func everyCellFails(_ column: Int) -> Bool {
    let batchRowCount = reader.lines.count
    guard batchRowCount > 1, let type = types[column] else { return false }
    let cells = CellPositions(column: column, columnCount: names.count, rows: 0..<batchRowCount)
    return cells.rows.allSatisfy { row in
      makeBuilder(type, columnName: names[column])?
        .append(cells.inRows(row..<row + 1), reader.fields.span, reader.buffer.span) != nil
    }
  }

  /// Adds to the fault of the first row that the rows after it share it, if they do.
  private mutating func explainFieldCount(_ fault: inout Diagnostic) {
    let difference = reader.fieldCountFound - names.count
    for record in 0..<1000 {
      guard let next = try? reader.next() else {
        if record == 0 { return }
        break
      }
      guard case .bad(let other) = next, other.message == fault.message else { return }
    }
    let fields = abs(difference) == 1 ? "field" : "fields"
    fault.hint =
      "every row has \(abs(difference)) \(difference > 0 ? "more" : "fewer") \(fields) than the header"
  }
}
