import Diagnostics
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call.

/// The content of an ``OutputFile`` on its way: it takes its place as a whole, or not at all.
///
/// What is written and not committed leaves no trace, unless the destination is a pipe or a device.
public final class OutputFileWriter {
  private let path: String
  private let directory: String
  /// The file beside the destination; `nil` where the destination is written through.
  private let temporary: String?
  private var descriptor: Int32

  init(path: String, directory: String, mode: UInt32, isWrittenThrough: Bool)
    throws(Diagnostic)
  {
    self.path = path
    self.directory = directory
    if isWrittenThrough {
      temporary = nil
      descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
    } else {
      // Not the process number alone: in containers every run may have the same one, and the file of
      // a run that was killed would stand in the way of all later ones.
      let name = "\(path)\(Self.temporaryMark)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
      temporary = name
      descriptor = unsafe open(
        name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(mode))
    }
    guard descriptor >= 0 else {
      throw Diagnostic(
        .outputCannotCreate,
        "cannot be \(isWrittenThrough ? "opened" : "created"): \(systemMessage(errno))", file: path)
    }
    if let temporary { Self.unfinished.withLock { _ = $0.insert(temporary) } }
  }

  deinit { discard() }

  /// The files beside their destinations that this process is writing.
  private static let unfinished = Mutex<Set<String>>([])

  /// Removes all that is written and not committed; committing it fails from then on. For a process
  /// that ends where it stands.
  public static func discardAll() {
    unfinished.withLock { names in
      for name in names { _ = unsafe unlink(name) }
    }
  }

  /// What follows the destination's name in that of the file beside it; a run that was killed leaves
  /// such a file.
  public static let temporaryMark = ".partial-"

  /// Adds to the content.
  ///
  /// - Throws: `output.failed`; nothing can be committed after that.
  public func write(_ bytes: [UInt8]) throws(Diagnostic) {
    // SAFETY: bytes may be read as bytes.
    try unsafe write(bytes.span.bytes)
  }

  /// Adds to the content.
  ///
  /// - Throws: `output.failed`; nothing can be committed after that.
  package func write(_ bytes: RawSpan) throws(Diagnostic) {
    precondition(descriptor >= 0, "the content of \(path) was committed or has failed")
    guard let code = writeFully(bytes, to: descriptor) else { return }
    discard()
    throw failure("writing", code)
  }

  /// Puts the content in its place.
  ///
  /// - Throws: `output.failed`; the old content, if there was one, is then still there.
  public func commit() throws(Diagnostic) {
    precondition(descriptor >= 0, "the content of \(path) was committed or has failed")
    guard let temporary else { return discard() }
    guard fsync(descriptor) == 0 else { throw discarded("syncing") }
    let finished = descriptor
    descriptor = -1
    guard close(finished) == 0 else { throw discarded("closing") }
    let isRenamed = Self.unfinished.withLock { names in
      let isRenamed = unsafe rename(temporary, path) == 0
      if isRenamed { names.remove(temporary) }
      return isRenamed
    }
    guard isRenamed else { throw discarded("renaming into place") }
    isCommitted = true
    try syncDirectory()
  }

  private var isCommitted = false

  private func discarded(_ step: String) -> Diagnostic {
    let code = errno
    discard()
    return failure(step, code)
  }

  private func discard() {
    if descriptor >= 0 { _ = close(descriptor) }
    descriptor = -1
    if let temporary, !isCommitted {
      _ = unsafe unlink(temporary)
      Self.unfinished.withLock { _ = $0.remove(temporary) }
    }
  }

  /// A rename is durable once the directory that holds the name is.
  private func syncDirectory() throws(Diagnostic) {
    let folder = unsafe open(directory, O_RDONLY | O_CLOEXEC)
    guard folder >= 0 else { return }
    defer { _ = close(folder) }
    // Some file systems refuse to sync a directory; there is then nothing more to be done.
    if fsync(folder) != 0, errno != EINVAL, errno != EBADF {
      throw Diagnostic(
        .outputFailed, "syncing the folder failed: \(systemMessage(errno))", file: path,
        hint: "the new content is there")
    }
  }

  private func failure(_ step: String, _ code: Int32) -> Diagnostic {
    Diagnostic(
      .outputFailed, "\(step) failed: \(systemMessage(code))", file: path,
      hint: temporary == nil ? nil : "the previous content, if any, is intact")
  }
}
