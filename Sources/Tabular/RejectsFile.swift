import Diagnostics
import Files

/// The file that lists the rows left out: `line,byte,kind,column,record`, and before them `file`
/// where rows come from several.
///
/// `record` is quoted and holds the record's bytes as they stand in the file, without the line end
/// behind it; quotes are doubled, and nothing else is changed, be it valid UTF-8 or not. The file
/// is written as the rows come, and takes its place at the end or not at all.
final class RejectsFile {
  private let writer: OutputFileWriter
  private var pending: [UInt8] = []
  /// What went wrong with writing, until somebody can be told.
  private var failure: Diagnostic?

  private static let flushByteCount = 1 << 16

  /// Begins the file with its header.
  ///
  /// - Throws: `output.cannot_create`.
  init(path: String, namesFiles: Bool = false) throws(Diagnostic) {
    writer = try OutputFile(path: path).begin()
    self.namesFiles = namesFiles
    pending = Array("\(namesFiles ? "file," : "")line,byte,kind,column,record\n".utf8)
  }

  private let namesFiles: Bool
  private var file = ""
  private var lineOffset = 0
  private var byteOffset = 0

  /// Says where the rows to come stand: in which file, and how much further on than they will say.
  func beginPart(of file: String, lines: Int, bytes: Int) {
    self.file = file
    lineOffset = lines
    byteOffset = bytes
  }

  /// Begins the row of a record; its bytes follow.
  ///
  /// - Parameter byte: The offset of the record's first byte in the file.
  func begin(line: Int, byte: Int, kind: Diagnostic.Kind, column: String?) {
    if namesFiles {
      appendQuoted(Array(file.utf8).span)
      pending.append(ASCII.comma)
    }
    pending.append(
      contentsOf: "\(line + lineOffset),\(byte + byteOffset),\(kind.rawValue),".utf8)
    if let column { appendQuoted(Array(column.utf8).span) }
    pending.append(ASCII.comma)
    pending.append(ASCII.quote)
  }

  /// Adds bytes of the record.
  func append(_ bytes: Span<UInt8>) {
    for index in bytes.indices {
      if bytes[index] == ASCII.quote { pending.append(ASCII.quote) }
      pending.append(bytes[index])
    }
    if pending.count >= Self.flushByteCount { flush() }
  }

  /// Ends the row of a record.
  func end() {
    pending.append(ASCII.quote)
    pending.append(ASCII.lineFeed)
  }

  /// Makes sure that all went well so far.
  ///
  /// - Throws: `output.failed`.
  func check() throws(Diagnostic) {
    if let failure { throw failure }
  }

  /// Puts the file in its place.
  ///
  /// - Throws: `output.failed`.
  func commit() throws(Diagnostic) {
    flush()
    try check()
    try writer.commit()
  }

  private func appendQuoted(_ text: Span<UInt8>) {
    pending.append(ASCII.quote)
    append(text)
    pending.append(ASCII.quote)
  }

  private func flush() {
    guard failure == nil else { return pending.removeAll(keepingCapacity: true) }
    do throws(Diagnostic) { try writer.write(pending) } catch { failure = error }
    pending.removeAll(keepingCapacity: true)
  }
}
