import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call.

/// A file written piece by piece, which holds the old content until the new is complete.
///
/// The pieces go to a temporary file beside the destination; `commit` syncs it and renames it over
/// the destination, and the directory is synced as well. A writer that ends without `commit`, as
/// after an error, removes its temporary file; that of a run that was killed stays, under a name
/// that contains `.partial-`.
public struct FileWriter: ~Copyable {
  /// The path as the user named it.
  public let path: String
  private let temporary: String
  private let descriptor: Int32
  private var isOpen = true
  private var isCommitted = false

  /// Opens a temporary file beside the destination.
  ///
  /// - Throws: `output.cannot_create`.
  public init(path: String) throws(Diagnostic) { try self.init(path: path, mode: 0o666) }

  init(path: String, mode: mode_t) throws(Diagnostic) {
    // Not the process number alone: in containers every run may have the same one, and the file of a
    // run that was killed would stand in the way of all later ones.
    let temporary = "\(path)\(Self.temporaryMark)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let descriptor = unsafe open(
      temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
    guard descriptor >= 0 else {
      throw Diagnostic(
        .outputCannotCreate, "cannot be created: \(systemMessage(errno))", file: path)
    }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
  }

  deinit {
    if isOpen { _ = close(descriptor) }
    if !isCommitted { _ = unsafe unlink(temporary) }
  }

  /// What follows the destination's name in that of a temporary file.
  public static let temporaryMark = ".partial-"

  /// Writes the next piece.
  ///
  /// - Throws: `output.failed`; the old content is then still there.
  public mutating func append(_ bytes: [UInt8]) throws(Diagnostic) {
    precondition(isOpen, "the file is committed already")
    if let code = writeFully(bytes, to: descriptor) { throw failure("writing", code) }
  }

  /// Puts the pieces into place as the whole content; nothing can be appended any more.
  ///
  /// - Throws: `output.failed`.
  public mutating func commit() throws(Diagnostic) {
    precondition(isOpen, "the file is committed already")
    try succeed(fsync(descriptor), "syncing")
    isOpen = false
    try succeed(close(descriptor), "closing")
    try succeed(unsafe rename(temporary, path), "renaming into place")
    isCommitted = true
    try OutputFile.syncDirectory(of: path)
  }

  private func succeed(_ result: Int32, _ step: String) throws(Diagnostic) {
    if result != 0 { throw failure(step, errno) }
  }

  private func failure(_ step: String, _ code: Int32) -> Diagnostic {
    Diagnostic(
      .outputFailed, "\(step) failed: \(systemMessage(code))", file: path,
      hint: "the previous content, if any, is intact")
  }
}
