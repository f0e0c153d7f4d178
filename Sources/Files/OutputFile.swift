import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call, or a structure on the stack that the call fills.

/// A destination that holds the old content or the complete new content, and nothing in between.
///
/// A regular file is written beside its destination, synced, then renamed over it, and the directory
/// is synced as well, so that a kill or a power cut leaves one whole file. A destination that exists
/// and is not a regular file (a pipe, a device) is written through, because renaming would replace
/// it. The last component of the path is never followed if it is a symbolic link: the link itself is
/// replaced.
public struct OutputFile: Sendable {
  /// The path as the user named it.
  public let path: String
  private let mode: UInt32

  /// Names a destination.
  ///
  /// - Parameter isPrivate: Whether only the owner may read the file, as with models.
  public init(path: String, isPrivate: Bool = false) {
    self.path = path
    self.mode = isPrivate ? 0o600 : 0o666
  }

  /// Makes sure, before hours of work, that the destination could be written.
  ///
  /// - Parameter inputs: Files that are read, which the destination must not be.
  /// - Throws: `output.cannot_create`, `output.is_directory` or `output.same_as_input`.
  public func check(against inputs: [String] = []) throws(Diagnostic) {
    let directory = Self.directory(of: path)
    guard let folder = FileIdentity(path: directory) else {
      throw Diagnostic(
        .outputCannotCreate, "the folder '\(displayText(directory))' does not exist", file: path,
        hint: "create the folder, or name another")
    }
    guard folder.kind == .directory else {
      throw Diagnostic(
        .outputCannotCreate, "'\(displayText(directory))' is not a folder", file: path)
    }
    if let existing = FileIdentity(path: path) {
      guard existing.kind != .directory else {
        throw Diagnostic(
          .outputIsDirectory, "is a directory, expected a file name", file: path,
          hint: "add a file name to the path")
      }
      for input in inputs {
        if let read = FileIdentity(path: input), read.inode == existing.inode,
          read.device == existing.device
        {
          throw Diagnostic(
            .outputSameAsInput, "is also the input '\(displayText(input))'", file: path,
            hint: "write to another file")
        }
      }
      if existing.kind == .other { return }
    }
    guard unsafe access(directory, W_OK) == 0 else {
      throw Diagnostic(
        .outputCannotCreate,
        "the folder '\(displayText(directory))' cannot be written: \(systemMessage(errno))",
        file: path)
    }
  }

  /// Makes sure that no other output goes to the same file, which would then hold the last alone.
  ///
  /// - Throws: `usage`.
  public func check(apartFrom others: [String]) throws(Diagnostic) {
    // A device takes them all.
    guard FileIdentity(path: path)?.kind != .other else { return }
    let folder = FileIdentity(path: Self.directory(of: path))
    for other in others where Self.name(of: other) == Self.name(of: path) {
      let otherFolder = FileIdentity(path: Self.directory(of: other))
      guard folder?.inode == otherFolder?.inode, folder?.device == otherFolder?.device else {
        continue
      }
      throw Diagnostic(
        .usage, "is named for two outputs", file: path, hint: "give each output its own file")
    }
  }

  /// Whether it is a pipe or a device, which keeps nothing under its name.
  public var isDevice: Bool { FileIdentity(path: path)?.kind == .other }

  /// Writes `bytes` as the whole content.
  ///
  /// - Throws: `output.cannot_create` or `output.failed`; the old content is then still there.
  public func write(_ bytes: [UInt8]) throws(Diagnostic) {
    let writer = try begin()
    try writer.write(bytes)
    try writer.commit()
  }

  /// Begins a content that is written part by part.
  ///
  /// - Throws: `output.cannot_create`.
  public func begin() throws(Diagnostic) -> OutputFileWriter {
    try OutputFileWriter(
      path: path, directory: Self.directory(of: path), mode: mode,
      isWrittenThrough: FileIdentity(path: path)?.kind == .other)
  }

  private static func name(of path: String) -> Substring {
    path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
  }

  private static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}

/// The standard streams, written so that a full disk or a closed pipe is an error, not silence.
public enum StandardStream: Int32, Sendable {
  /// Results.
  case output = 1
  /// Progress, warnings and errors.
  case error = 2

  /// Writes the whole text.
  ///
  /// - Throws: `output.failed` where the stream is closed or full.
  public func write(_ text: String) throws(Diagnostic) { try write(Array(text.utf8)) }

  /// Writes all bytes.
  ///
  /// - Throws: `output.failed` where the stream is closed or full.
  public func write(_ bytes: [UInt8]) throws(Diagnostic) {
    if let code = writeFully(bytes, to: rawValue) {
      throw Diagnostic(
        .outputFailed, "writing failed: \(systemMessage(code))",
        file: self == .output ? "standard output" : "standard error")
    }
  }

  /// Whether a person is watching.
  public var isTerminal: Bool { isatty(rawValue) == 1 }
}

/// Writes all of `bytes`, however many calls it takes; the error number where that fails.
func writeFully(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
  // SAFETY: bytes may be read as bytes.
  unsafe writeFully(bytes.span.bytes, to: descriptor)
}

/// Writes all of `bytes`, however many calls it takes; the error number where that fails.
func writeFully(_ bytes: RawSpan, to descriptor: Int32) -> Int32? {
  var written = 0
  while written < bytes.byteCount {
    // SAFETY: `written` is below the count, so the range handed to the system is inside the span.
    let count = unsafe bytes.withUnsafeBytes { buffer in
      unsafe write(descriptor, buffer.baseAddress! + written, buffer.count - written)
    }
    if count >= 0 {
      written += count
    } else if errno != EINTR {
      return errno
    }
  }
  return nil
}
