import Diagnostics
import Files

/// A columnar file, read column by column.
///
/// Nothing is believed: each number is checked against the size of the file before room is made for
/// what it counts, and each column against its checksum before it is looked at.
struct ColumnarReading: ~Copyable {
  let header: ColumnarHeader
  private let file: InputFile
  /// Where each column begins.
  private let starts: [Int]

  /// Opens a file and reads its header.
  ///
  /// - Throws: `input.*`, `columnar.*`.
  init(path: String) throws(Diagnostic) {
    let file = try InputFile(path: path)
    let header = try Self.header(of: file)
    // The file ends with the last column, as the header was checked for.
    var start = header.columns.reduce(file.byteCount ?? 0) { $0 - $1.byteCount }
    starts = header.columns.map { column in
      defer { start += column.byteCount }
      return start
    }
    self.header = header
    self.file = file
  }

  private static func header(of file: borrowing InputFile) throws(Diagnostic) -> ColumnarHeader {
    do throws(Diagnostic) {
      guard let fileByteCount = file.byteCount else {
        throw Diagnostic(
          .columnarInvalid, "is not a plain file, from which alone a columnar table is read")
      }
      let fixed = min(ColumnarHeader.fixedByteCount, fileByteCount)
      var bytes = try Self.bytes(fixed, of: file, at: 0)
      let count = try ColumnarHeader.byteCount(after: bytes, fileByteCount: fileByteCount)
      bytes += try Self.bytes(count, of: file, at: fixed)
      return try ColumnarHeader(reading: bytes, fileByteCount: fileByteCount)
    } catch {
      throw located(error, in: file.path)
    }
  }

  /// The values of a column.
  ///
  /// - Throws: `columnar.checksum`, `columnar.invalid`; `input.*`.
  func values(ofColumn index: Int) throws(Diagnostic) -> ColumnValues {
    let column = header.columns[index]
    do throws(Diagnostic) {
      guard column.kind.isQuantity else {
        let bytes = try Self.bytes(column.byteCount, of: file, at: starts[index])
        try check(CRC32C.checksum(bytes[...]), column)
        return try ColumnarBlock.values(
          column.kind, bytes, rowCount: header.rowCount, name: column.name)
      }
      var values = [Double](repeating: 0, count: header.rowCount)
      var span = values.mutableSpan
      // SAFETY: any eight bytes are a number.
      var bytes = unsafe span.mutableBytes
      try Self.fill(&bytes, from: file, at: starts[index])
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
  /// - Throws: `columnar.checksum`; `input.*`.
  func passOver(column index: Int) throws(Diagnostic) {
    let column = header.columns[index]
    var check = CRC32C()
    var left = column.byteCount
    do throws(Diagnostic) {
      while left > 0 {
        let start = starts[index] + column.byteCount - left
        let bytes = try Self.bytes(min(left, 1 << 18), of: file, at: start)
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

  private static func bytes(_ count: Int, of file: borrowing InputFile, at offset: Int)
    throws(Diagnostic) -> [UInt8]
  {
    var bytes = [UInt8](repeating: 0, count: count)
    var span = bytes.mutableSpan
    // SAFETY: any bits are a byte.
    var raw = unsafe span.mutableBytes
    try fill(&raw, from: file, at: offset)
    return bytes
  }

  private static func fill(
    _ bytes: inout MutableRawSpan, from file: borrowing InputFile, at offset: Int
  ) throws(Diagnostic) {
    guard try file.fill(&bytes, at: offset) == bytes.byteCount else {
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
