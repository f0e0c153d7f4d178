import Diagnostics
import Files

extension TableReader {
  /// Reads a columnar file as `read` reads a CSV file.
  ///
  /// - Throws: `columnar.*`, `input.*`; `schema.missing_column`; `schema.type` for a column that is
  ///   stored as something else than it is declared; `value.*` for values that no CSV file has.
  static func readColumnar(
    path: String, declared: [String: DeclaredType], undeclared: UndeclaredColumns,
    required: [String], options: Options, progress: ((Int) -> Void)?
  ) throws(Diagnostic) -> Table {
    let rejects = try emptyRejects(options)
    let reading = try openColumnar(path: path, required: required)
    let stored = reading.header.columns
    var columns: [TableColumn] = []
    var ignored: [String] = []
    var byteCountRead = 0
    for (index, column) in stored.enumerated() {
      let type = declared[column.name] ?? (undeclared == .ignored ? .ignored : nil)
      if type == .ignored {
        try reading.passOver(column: index)
        ignored.append(column.name)
      } else {
        let values = try reading.values(ofColumn: index)
        columns.append(
          try StoredColumn(
            name: column.name, values: values, rowCount: reading.header.rowCount, file: path
          ).column(of: type))
      }
      byteCountRead += column.byteCount
      progress?(byteCountRead)
    }
    try reading.checkUnchanged()
    // Rows are good or the whole file is not.
    try rejects?.commit()
    return Table(columns: columns, rowCount: reading.header.rowCount, ignoredColumns: ignored)
  }

  /// The file that would list bad rows, if it was asked for.
  static func emptyRejects(_ options: Options) throws(Diagnostic) -> RejectsFile? {
    guard let path = options.rejects, case .skip = options.onBadRow else { return nil }
    return try RejectsFile(path: path)
  }

  /// Opens a file that has the columns which are needed.
  ///
  /// - Throws: `columnar.*`, `input.*`, `schema.missing_column`.
  static func openColumnar(path: String, required: [String]) throws(Diagnostic) -> ColumnarReading {
    let reading = try ColumnarReading(path: path)
    let check = HeaderCheck(
      header: reading.header.columns.map(\.name), line: nil, file: path)
    if let fault = check.fault(
      required: required, dialect: nil, likeness: nil, firstRecordFits: true)
    {
      throw fault
    }
    return reading
  }
}
