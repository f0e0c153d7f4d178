import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call.

/// A file without a name, in a folder that the user chose: it goes when its holder does, and nothing
/// is left behind however the process ends.
package final class ScratchFile: @unchecked Sendable {
  // SAFETY of @unchecked: one thread appends; reading names its place and changes nothing.

  let folder: String
  let descriptor: Int32
  /// How many bytes were appended.
  package private(set) var byteCount = 0

  /// Makes an empty file.
  ///
  /// - Throws: `output.cannot_create` where the folder is missing, is none, or cannot be written.
  package init(in folder: String) throws(Diagnostic) {
    try Self.check(folder)
    let name = "\(folder)/.retain-scratch-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    let descriptor = unsafe open(
      name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode_t(0o600))
    guard descriptor >= 0 else { throw Self.cannotCreate(errno, in: folder) }
    // From here on the content lives as long as it is open.
    guard unsafe unlink(name) == 0 else {
      let code = errno
      _ = close(descriptor)
      throw Self.cannotCreate(code, in: folder)
    }
    self.folder = folder
    self.descriptor = descriptor
  }

  deinit { _ = close(descriptor) }

  /// Makes sure, before any work, that temporary files can be made in a folder.
  ///
  /// - Throws: `output.cannot_create`.
  package static func check(_ folder: String) throws(Diagnostic) {
    guard let identity = FileIdentity(path: folder) else {
      throw Diagnostic(
        .outputCannotCreate, "the folder for temporary files does not exist", file: folder,
        hint: "create the folder, or name another")
    }
    guard identity.kind == .directory else {
      throw Diagnostic(.outputCannotCreate, "is not a folder for temporary files", file: folder)
    }
    guard unsafe access(folder, W_OK | X_OK) == 0 else { throw cannotCreate(errno, in: folder) }
  }

  private static func cannotCreate(_ code: Int32, in folder: String) -> Diagnostic {
    Diagnostic(
      .outputCannotCreate, "no temporary file can be made in it: \(systemMessage(code))",
      file: folder)
  }

  /// Adds bytes at the end.
  ///
  /// - Returns: Where they begin.
  /// - Throws: `output.failed`, for instance where the disk is full.
  package func append(_ bytes: RawSpan) throws(Diagnostic) -> Int {
    let start = byteCount
    if let code = writeFully(bytes, to: descriptor) { throw failure("writing", code) }
    byteCount += bytes.byteCount
    return start
  }

  /// Fills a range of `bytes` with those from a place on.
  ///
  /// - Throws: `input.failed`.
  package func read(into bytes: inout MutableRawSpan, _ range: Range<Int>, at offset: Int)
    throws(Diagnostic)
  {
    if let code = fillFully(&bytes, range, from: descriptor, at: offset).code {
      throw Diagnostic(
        .inputFailed, "reading a temporary file failed: \(systemMessage(code))", file: folder)
    }
  }

  func failure(_ step: String, _ code: Int32) -> Diagnostic {
    Diagnostic(
      .outputFailed, "\(step) a temporary file failed: \(systemMessage(code))", file: folder,
      hint: code == ENOSPC || code == EDQUOT
        ? "free some space, or name a folder on another disk" : nil)
  }
}

/// Fills a range of `bytes` from a place in a file on.
///
/// - Returns: How many bytes there were before the end, and the error number where reading failed.
func fillFully(
  _ bytes: inout MutableRawSpan, _ range: Range<Int>, from descriptor: Int32, at offset: Int
) -> (count: Int, code: Int32?) {
  precondition(
    range.lowerBound >= 0 && range.upperBound <= bytes.byteCount,
    "\(range) of \(bytes.byteCount) bytes")
  var filled = 0
  while filled < range.count {
    // SAFETY: the rest of the range lies inside the span by the checks above; whoever hands out the
    // bytes of a type lets them be anything.
    let count = unsafe bytes.withUnsafeMutableBytes { buffer in
      unsafe pread(
        descriptor, buffer.baseAddress! + range.lowerBound + filled, range.count - filled,
        off_t(offset + filled))
    }
    if count == 0 { break }
    if count > 0 { filled += count } else if errno != EINTR { return (filled, errno) }
  }
  return (filled, nil)
}
