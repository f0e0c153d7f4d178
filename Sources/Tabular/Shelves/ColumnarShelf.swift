import Diagnostics
import Files

/// The columns of a columnar file, read from where they lie.
final class ColumnarShelf: ColumnShelf {
  let names: [String]
  let outline: Table
  private let reading: ColumnarReading
  private let path: String
  private let declared: [String: DeclaredType]
  /// Where each name is in the file.
  private let positions: [Int]

  /// Reads the header, and makes sure of the columns that nobody will ask for.
  ///
  /// - Throws: As reading the whole table.
  init(
    path: String, declared: [String: DeclaredType], required: [String],
    options: TableReader.Options
  ) throws(Diagnostic) {
    let rejects = try TableReader.emptyRejects(options)
    reading = try TableReader.openColumnar(path: path, required: required)
    let stored = reading.header.columns
    let isIgnored = stored.map { declared[$0.name] == .ignored }
    positions = stored.indices.filter { !isIgnored[$0] }
    names = positions.map { stored[$0].name }
    outline = Table(
      columns: [], rowCount: reading.header.rowCount,
      ignoredColumns: stored.indices.filter { isIgnored[$0] }.map { stored[$0].name })
    self.path = path
    self.declared = declared
    for index in stored.indices where isIgnored[index] { try reading.passOver(column: index) }
    try rejects?.commit()
  }

  func column(_ index: Int) throws(Diagnostic) -> TableColumn {
    try StoredColumn(
      name: names[index], values: try reading.values(ofColumn: positions[index]),
      rowCount: reading.header.rowCount, file: path
    ).column(of: declared[names[index]])
  }

  func takePacked(_ index: Int) -> PackedNumbers? { nil }

  func checkUnchanged() throws(Diagnostic) { try reading.checkUnchanged() }
}
