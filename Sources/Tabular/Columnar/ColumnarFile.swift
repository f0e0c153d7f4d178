import Diagnostics
import Files

/// A table in a file of its own form, whose columns are read as they lie there.
///
/// `Docs/Formats/Table.md` is the specification. A file is told by its first bytes, whatever its
/// name; ``TableReader`` takes it wherever it takes a CSV file that has a path.
public enum ColumnarFile {
  static let magic = Array("RKTABLE1".utf8)
  static let version: UInt16 = 1

  /// Whether bytes are the first of a columnar table.
  ///
  /// A CSV file whose header begins with the same letters has no NUL behind them, which the version
  /// has: it is below 256.
  static func isSignature(_ start: Span<UInt8>) -> Bool {
    start.count >= magic.count + 2 && start.starts(with: magic) && start[magic.count + 1] == 0
  }

  /// Whether a path leads to a columnar table; not so for what is no plain file, such as a pipe, of
  /// which nothing is read.
  public static func isColumnar(path: String) -> Bool {
    guard InputFile.canBeReadTwice(path), let file = try? InputFile(path: path) else {
      return false
    }
    var start = [UInt8](repeating: 0, count: magic.count + 2)
    var span = start.mutableSpan
    // SAFETY: any bits are a byte.
    var bytes = unsafe span.mutableBytes
    guard (try? file.fill(&bytes)) == start.count else { return false }
    return isSignature(start.span)
  }

  /// Reads a table as it is stored.
  ///
  /// Its form is sound then; its values are not judged, so a number may be infinite and an
  /// identifier empty. ``TableReader`` judges them as it does those of a CSV file.
  ///
  /// - Throws: `columnar.*`; `input.*` where the file cannot be read.
  public static func read(path: String) throws(Diagnostic) -> Table {
    let reading = try ColumnarReading(path: path)
    var columns: [TableColumn] = []
    for index in reading.header.columns.indices {
      let values = try reading.values(ofColumn: index)
      columns.append(TableColumn(name: reading.header.columns[index].name, values: values))
    }
    try reading.checkUnchanged()
    return Table(columns: columns, rowCount: reading.header.rowCount)
  }

  /// Writes a table: its columns and their values, without what was remarkable of the file that it
  /// was read from.
  ///
  /// - Throws: `columnar.invalid` for a table that no reader would take: a name that is empty or has
  ///   more than 65,535 bytes, a NUL in a text, a yes/no that is neither, rows without a column that
  ///   has any. `output.*`; an older file of this name is then still there.
  public static func write(_ table: Table, to path: String) throws(Diagnostic) {
    let blocks: [ColumnarBlock]
    let header: ColumnarHeader
    do throws(Diagnostic) {
      (header, blocks) = try layout(of: table)
    } catch {
      var located = error
      located.file = path
      throw located
    }
    let writer = try OutputFile(path: path).begin()
    try writer.write(header.bytes)
    for block in blocks { try block.write(to: writer) }
    try writer.commit()
  }

  /// The bytes of the file that ``write(_:to:)`` writes.
  ///
  /// - Throws: `columnar.invalid`, as there.
  public static func bytes(of table: Table) throws(Diagnostic) -> [UInt8] {
    let (header, blocks) = try layout(of: table)
    var bytes = header.bytes
    for block in blocks { block.append(to: &bytes) }
    return bytes
  }

  private static func layout(of table: Table) throws(Diagnostic)
    -> (header: ColumnarHeader, blocks: [ColumnarBlock])
  {
    var header = ColumnarHeader(rowCount: table.rowCount)
    var blocks: [ColumnarBlock] = []
    for column in table.columns {
      let block = try ColumnarBlock(column, rowCount: table.rowCount)
      header.add(column.name, block)
      blocks.append(block)
    }
    try header.checkColumns()
    return (header, blocks)
  }
}
