import Diagnostics
import Files

/// Reads a CSV file, or a columnar file, into typed columns.
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
  /// A path that ends in `.gz` is decompressed on the way; `-` is standard input. A plain file that
  /// begins as ``ColumnarFile`` does is read as one: undeclared columns are what they are stored as,
  /// and nothing of `options` has a meaning but that a file of rejects, if asked for, lists none.
  ///
  /// An undeclared column is taken for numbers, booleans or dates by its first cell with a value. If
  /// a later cell contradicts that, the file is read once more and the column becomes a category;
  /// see ``TableColumn/contradiction``. A category of more than 65,536 distinct words becomes text,
  /// unless it was declared.
  ///
  /// Where bad rows are skipped, a row is bad if its form is (`csv.*`, `encoding.invalid_utf8`) or if
  /// a cell is not of the type declared for its column (`value.*`); it is then in no column. The file
  /// of rejects is there as soon as the rows are read, also where they were too many.
  ///
  /// - Parameters:
  ///   - declared: Types by column name; names that the header lacks are of no consequence.
  ///   - required: The columns that the header must have, each once.
  ///   - progress: Called after each block with the number of bytes read in this pass.
  /// - Throws: The first fault of the file: what ``InputFile`` throws; `csv.*`, `encoding.*`,
  ///   `format.*`, `columnar.*` for its form; `schema.missing_column` with all that are missing,
  ///   `schema.duplicate_column`, `schema.type` for a columnar file; `value.*` for a cell that is not of its column's declared type, or
  ///   that contradicts the cells before it in a pipe, which cannot be read twice. Where bad rows are
  ///   skipped, `data.too_many_bad_rows`, or `data.no_rows` if all were bad; what ``OutputFile``
  ///   throws for the file of rejects.
  public static func read(
    path: String, declared: [String: DeclaredType] = [:], undeclared: UndeclaredColumns = .inferred,
    required: [String] = [], options: Options = Options(), progress: ((Int) -> Void)? = nil
  ) throws(Diagnostic) -> Table {
    if let rejects = options.rejects { try OutputFile(path: rejects).check(against: [path]) }
    if ColumnarFile.isColumnar(path: path) {
      return try readColumnar(
        path: path, declared: declared, undeclared: undeclared, required: required,
        options: options, progress: progress)
    }
    let source = try CSVFileSource(path: path)
    let table = try read(
      source, canReadTwice: source.canRewind, declared: declared, undeclared: undeclared,
      required: required, options: options, progress: progress)
    try source.checkUnchanged()
    let names = table.columns.filter { $0.contradiction != nil }.map(\.name)
    guard !names.isEmpty else { return table }

    try source.rewind()
    var types: [String: DeclaredType] = [:]
    for name in names { types[name] = .category }
    let second = try rereading(
      source, for: table, declared: types, options: options,
      levelLimit: InferredBuilder.levelLimit)
    return table.replacing(try second.table())
  }

  /// Reads some columns of a file again, the same rows as before.
  ///
  /// - Throws: As `read`; a cell that is not of its declared type ends the reading whatever `options`
  ///   say of bad rows, since the row is in the table already. `input.changed` where the file has
  ///   other rows by now.
  package static func reread(
    path: String, for table: Table, declared: [String: DeclaredType], options: Options
  ) throws(Diagnostic) -> Table {
    if ColumnarFile.isColumnar(path: path) {
      let second = try readColumnar(
        path: path, declared: declared, undeclared: .ignored, required: [], options: Options(),
        progress: nil)
      guard second.rowCounts == table.rowCounts else { throw changed(path) }
      return second
    }
    let source = try CSVFileSource(path: path)
    return try rereading(
      source, for: table, declared: declared, options: options, levelLimit: nil
    ).table()
  }

  /// A reading of all rows of a table once more.
  ///
  /// - Parameter scratch: Where the values go; `nil` for memory.
  static func rereading(
    _ source: CSVFileSource, for table: Table, declared: [String: DeclaredType], options: Options,
    levelLimit: Int?, scratch: ScratchFile? = nil
  ) throws(Diagnostic) -> TableReading {
    var reading = try TableReading(
      source, declared: declared, undeclared: .ignored, required: [], options: options,
      canReadTwice: true, levelLimit: levelLimit)
    if let scratch { reading.spills(to: scratch) }
    reading.leavesOut(table.rejectedRecords)
    try reading.readRows(nil)
    try source.checkUnchanged()
    guard reading.badRows.counts == table.rowCounts else {
      throw changed(source.name)
    }
    return reading
  }

  private static func changed(_ file: String?) -> Diagnostic {
    Diagnostic(
      .inputChanged, "changed while it was read", file: file,
      hint: "run again when its writer has finished")
  }

  /// Reads the rows of a source once.
  package static func read(
    _ source: any CSVBlockSource, canReadTwice: Bool, declared: [String: DeclaredType] = [:],
    undeclared: UndeclaredColumns = .inferred, required: [String] = [],
    options: Options = Options(), blockByteCount: Int = 1 << 20, progress: ((Int) -> Void)? = nil
  ) throws(Diagnostic) -> Table {
    var reading = try TableReading(
      source, declared: declared, undeclared: undeclared, required: required, options: options,
      canReadTwice: canReadTwice, blockByteCount: blockByteCount)
    try reading.openRejects(options.rejects)
    try reading.readRows(progress)
    if case .skip(let budget) = options.onBadRow { try reading.finishBadRows(budget) }
    return try reading.table()
  }
}
