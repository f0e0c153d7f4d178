import Configuration
import Diagnostics
import Tabular

/// A file without a header, read as if the names of the configuration stood above it.
final class HeaderedSource: CSVBlockSource {
  /// The line that is not in the file, with its newline.
  let line: [UInt8]
  private let inner: any CSVBlockSource
  private var offset = 0

  /// Puts a line of names above a source.
  init(_ names: [String], delimiter: UInt8, _ inner: any CSVBlockSource) {
    let quoted = names.map { name in
      [ASCII.quote]
        + name.utf8.flatMap { $0 == ASCII.quote ? [ASCII.quote, ASCII.quote] : [$0] }
        + [ASCII.quote]
    }
    line = Array(quoted.joined(separator: [delimiter])) + [ASCII.newline]
    self.inner = inner
  }

  var name: String? { inner.name }

  func read(into buffer: inout [UInt8], from start: Int) throws(Diagnostic) -> Int {
    guard offset < line.count else { return try inner.read(into: &buffer, from: start) }
    let count = min(line.count - offset, buffer.count - start)
    buffer.replaceSubrange(start..<start + count, with: line[offset..<offset + count])
    offset += count
    return count
  }
}

extension TableSource {
  /// A file of the table with its header: its own, or the configuration's.
  ///
  /// - Throws: `config.value` where lines above a header are to be passed over that is not there.
  func headered(_ file: any CSVBlockSource) throws(Diagnostic) -> any CSVBlockSource {
    guard let header else { return file }
    guard skipLines == 0 else {
      throw Diagnostic(
        .configValue, "skip_lines passes over lines above a header, and header says there is none",
        file: file.name, hint: "take one of the two out")
    }
    return HeaderedSource(
      header, delimiter: delimiter == "tab" ? 0x09 : delimiter.utf8.first ?? ASCII.comma, file)
  }

  /// How many lines and bytes are read that are not in a file.
  var addedHeader: (lines: Int, bytes: Int) {
    guard let header else { return (0, 0) }
    let none = BytesSource(name: nil, [])
    return (1, HeaderedSource(header, delimiter: ASCII.comma, none).line.count)
  }
}
