import Diagnostics
import Files

/// One pass over a columnar file, column by column.
///
/// Nothing is believed: each number is checked against the size of the file before room is made for
/// what it counts, and each column against its checksum before it is looked at.
struct ColumnarReading: ~Copyable {
  let header: ColumnarHeader
  private let file: InputFile
  private var nextColumn = 0

  /// Opens a file and reads its header.
  ///
  /// - Throws: `input.*`, `columnar.*`.
  init(path: String) throws(Diagnostic) {
    let file = try InputFile(path: path)
    header = try Self.header(of: file)
    self.file = file
  }

  private static func header(of file: borrowing InputFile) throws(Diagnostic) -> ColumnarHeader {
    do throws(Diagnostic) {
      guard let fileByteCount = file.byteCount else {
        throw Diagnostic(
          .columnarInvalid, "is not a plain file, from which alone a columnar table is read")
      }
      var bytes = try Self.bytes(min(ColumnarHeader.fixedByteCount, fileByteCount), of: file)
      let count = try ColumnarHeader.byteCount(after: bytes, fileByteCount: fileByteCount)
      bytes += try Self.bytes(count, of: file)
      return try ColumnarHeader(reading: bytes, fileByteCount: fileByteCount)
    } catch {
      throw located(error, in: file.path)
    }
  }

  /// The values of a column.
  ///
  /// - Precondition: The columns are asked for in their order, each once.
  /// - Throws: `columnar.checksum`, `columnar.invalid`; `input.*`.
  mutating func values(ofColumn index: Int) throws(Diagnostic) -> ColumnValues {
    precondition(index == nextColumn, "column \(index) is asked for, \(nextColumn) is next")
    nextColumn += 1
    let column = header.columns[index]
    do throws(Diagnostic) {
      guard column.kind.isQuantity else {
        let bytes = try Self.bytes(column.byteCount, of: file)
        try check(CRC32C.checksum(bytes[...]), column)
        return try ColumnarBlock.values(
          column.kind, bytes, rowCount: header.rowCount, name: column.name)
      }
      var values = [Double](repeating: 0, count: header.rowCount)
      var span = values.mutableSpan
      // SAFETY: any eight bytes are a number.
      var bytes = unsafe span.mutableBytes
      try Self.fill(&bytes, from: file)
      // SAFETY: any number is eight bytes that may be read.
      try check(unsafe CRC32C.checksum(values.span.bytes), column)
      return try ColumnarBlock.values(
        column.kind, ColumnarBlock.littleEndian(values), name: column.name)
    } catch {
      throw Self.located(error, in: file.path)
    }
  }

  /// Passes over a column, whose checksum is checked all the same: a file is sound or is not,
  /// whatever is wanted of it.
  ///
  /// - Precondition: As of ``values(ofColumn:)``.
  /// - Throws: `columnar.checksum`; `input.*`.
  mutating func passOver(column index: Int) throws(Diagnostic) {
    precondition(index == nextColumn, "column \(index) is asked for, \(nextColumn) is next")
    nextColumn += 1
    let column = header.columns[index]
    var check = CRC32C()
    var left = column.byteCount
    do throws(Diagnostic) {
      while left > 0 {
        let bytes = try Self.bytes(min(left, 1 << 18), of: file)
        // SAFETY: bytes may be read as bytes.
        unsafe check.update(bytes.span.bytes)
        left -= bytes.count
      }
      try self.check(check.value, column)
    } catch {
      throw Self.located(error, in: file.path)
    }
  }

  /// Makes sure that the file is still the one that was opened.
  ///
  /// - Throws: `input.changed`.
  func checkUnchanged() throws(Diagnostic) { try file.checkUnchanged() }

  private func check(_ found: UInt32, _ column: ColumnarHeader.Column) throws(Diagnostic) {
    guard found == column.checksum else {
      throw Diagnostic(
        .columnarChecksum, "is damaged", column: column.name, hint: "copy the file again")
    }
  }

  private static func bytes(_ count: Int, of file: borrowing InputFile) throws(Diagnostic)
    -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    // SAFETY: any bits are a byte.
    var raw = unsafe span.mutableBytes
    try fill(&raw, from: file)
    return bytes
  }

  private static func fill(_ bytes: inout MutableRawSpan, from file: borrowing InputFile)
    throws(Diagnostic)
  {
    guard try file.fill(&bytes) == bytes.byteCount else {
      // The header was checked against the size, so the file has shrunk since.
      throw Diagnostic(
        .inputChanged, "changed while it was read", hint: "run again when its writer has finished")
    }
  }

  private static func located(_ error: Diagnostic, in file: String) -> Diagnostic {
    var located = error
    located.file = file
    return located
  }
}
