import Diagnostics
import Files

/// Where the bytes of a table come from, block by block.
package protocol CSVBlockSource: AnyObject {
  /// What diagnostics call it: the path as the user named it.
  var name: String? { get }

  /// Fills `buffer` from `start` on with what comes next; as many bytes as it likes, 0 at the end.
  func read(into buffer: inout [UInt8], from start: Int) throws(Diagnostic) -> Int
}

/// An open file as a source of blocks: decompressed where its name ends in `.gz`, and standard input
/// where it is `-`.
package final class CSVFileSource: CSVBlockSource {
  private let file: InputFile
  private let decoder: GzipDecoder?

  /// Opens a file or a pipe.
  ///
  /// - Throws: what ``InputFile`` throws.
  package init(path: String) throws(Diagnostic) {
    file = path == Self.standardInput ? try .standardInput() : try InputFile(path: path)
    decoder = path.hasSuffix(".gz") ? GzipDecoder() : nil
  }

  /// The path that stands for standard input.
  static let standardInput = "-"

  static func canReadTwice(_ path: String) -> Bool {
    path != standardInput && InputFile.canBeReadTwice(path)
  }

  package var name: String? { file.path }

  /// Whether the file can be read from the start again; a pipe cannot.
  package var canRewind: Bool { file.byteCount != nil }

  package func read(into buffer: inout [UInt8], from start: Int) throws(Diagnostic) -> Int {
    guard let decoder else { return try file.read(into: &buffer, from: start) }
    return try decoder.read(from: file, into: &buffer, from: start)
  }

  /// Goes back to the start of the file.
  package func rewind() throws(Diagnostic) {
    try file.rewind()
    decoder?.reset()
  }

  /// What tells the file, as it is now, from what it may be in a later run; `nil` for a pipe.
  package var stamp: FileStamp? { file.stamp }

  /// Makes sure that the file is still the one that was opened.
  package func checkUnchanged() throws(Diagnostic) { try file.checkUnchanged() }
}
