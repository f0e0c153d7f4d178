import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call.

/// A file that grows at its end, by one run at a time.
///
/// An addition that was cut short stays at the end until the next one takes its place: whoever reads
/// the file must be able to tell by the bytes that it was not finished.
package struct JournalFile {
  /// What became of an addition.
  package enum Outcome {
    /// It is there.
    case added
    /// The file is not as it was read, or is being added to: it was left alone.
    case changed
    /// The file cannot be written in place; it can still be replaced.
    case refused
  }

  private let path: String

  /// Names a file.
  package init(path: String) { self.path = path }

  /// Puts `bytes` behind the first `end` bytes, in place of what is there.
  ///
  /// - Parameters:
  ///   - count: How many bytes the file had when it was read.
  ///   - mark: The bytes before `end`, which tell this content from any other.
  /// - Throws: `output.failed`; the first `end` bytes are then as they were.
  package func add(_ bytes: [UInt8], at end: Int, of count: Int, behind mark: [UInt8])
    throws(Diagnostic) -> Outcome
  {
    let descriptor = unsafe open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return .refused }
    // Closing the file lets the lock go, as does the end of the process.
    defer { _ = close(descriptor) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      return errno == EWOULDBLOCK ? .changed : .refused
    }
    let held = FileIdentity(descriptor: descriptor)
    // Another run may have put a new file in the place of the one that is locked.
    guard held.kind == .regular, let named = FileIdentity(path: path), named.inode == held.inode,
      named.device == held.device, held.byteCount == count,
      try InputFile(path: path).bytes(at: end - mark.count, count: mark.count) == mark
    else { return .changed }
    var failure: Int32?
    if count > end, ftruncate(descriptor, off_t(end)) != 0 { failure = errno }
    if failure == nil, lseek(descriptor, off_t(end), SEEK_SET) < 0 { failure = errno }
    if failure == nil { failure = writeFully(bytes, to: descriptor) }
    if failure == nil, fsync(descriptor) != 0 { failure = errno }
    guard let failure else { return .added }
    // What was written has no end, and is not believed; but it need not stay.
    _ = ftruncate(descriptor, off_t(end))
    throw Diagnostic(
      .outputFailed, "adding to it failed: \(systemMessage(failure))", file: path,
      hint: "the previous content is intact")
  }
}
