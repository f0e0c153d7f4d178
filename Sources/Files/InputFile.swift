import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call, or a structure on the stack that the call fills.

/// A file opened for reading in blocks; the only door through which RetentionKit reads a file.
///
/// Size, modification time and identity are remembered at the opening, so that a file that somebody
/// changes while it is read is noticed instead of half believed.
public struct InputFile: ~Copyable, Sendable {
  /// The path as the user named it.
  public let path: String
  private let descriptor: Int32
  private let opened: FileIdentity
  private let isStandardInput: Bool

  /// Opens a file or a pipe.
  ///
  /// - Throws: `input.missing`, `input.is_directory` or `input.unreadable`.
  public init(path: String) throws(Diagnostic) {
    self.path = path
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      let code = errno
      throw Diagnostic(
        code == ENOENT ? .inputMissing : .inputUnreadable,
        code == ENOENT ? "no such file" : "cannot be read: \(systemMessage(code))", file: path,
        hint: code == ENOENT ? "check the path and the working directory" : nil)
    }
    let identity = FileIdentity(descriptor: descriptor)
    guard identity.kind != .directory else {
      _ = close(descriptor)
      throw Diagnostic(
        .inputIsDirectory, "is a directory, expected a file", file: path,
        hint: "name one file of the directory")
    }
    self.descriptor = descriptor
    self.opened = identity
    isStandardInput = false
  }

  private init(standardInput descriptor: Int32, _ identity: FileIdentity) {
    path = Self.standardInputName
    self.descriptor = descriptor
    opened = identity
    isStandardInput = true
  }

  /// Opens standard input, which is read as a pipe even where it is a file: others may have read
  /// from it, and go on reading.
  ///
  /// - Throws: `input.unreadable` where it is closed, `input.is_directory`.
  public static func standardInput() throws(Diagnostic) -> InputFile {
    let descriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
    guard descriptor >= 0 else {
      throw Diagnostic(
        .inputUnreadable, "cannot be read: \(systemMessage(errno))", file: standardInputName)
    }
    let identity = FileIdentity(descriptor: descriptor)
    guard identity.kind != .directory else {
      _ = close(descriptor)
      throw Diagnostic(
        .inputIsDirectory, "is a directory, expected a file or a pipe", file: standardInputName)
    }
    return InputFile(standardInput: descriptor, identity)
  }

  private static let standardInputName = "standard input"

  deinit { _ = close(descriptor) }

  /// The file's size in bytes when it was opened; `nil` for a pipe, a device or standard input.
  public var byteCount: Int? {
    opened.kind == .regular && !isStandardInput ? opened.byteCount : nil
  }

  /// What tells the file, as it is now, from what it may be in a later run; `nil` for a pipe, a
  /// device or standard input.
  package var stamp: FileStamp? { isStandardInput ? nil : FileStamp(descriptor: descriptor) }

  /// Fills `buffer` from `start` on with what comes next.
  ///
  /// - Returns: How many bytes were read; 0 at the end of the file.
  /// - Throws: `input.failed`, with the system's reason.
  public func read(into buffer: inout [UInt8], from start: Int) throws(Diagnostic) -> Int {
    precondition(start < buffer.count, "no room: from \(start) in a buffer of \(buffer.count)")
    while true {
      let path = self.path
      let descriptor = self.descriptor
      // SAFETY: the range `start..<count` lies inside the buffer by the check above.
      let count = unsafe buffer.withUnsafeMutableBytes { bytes in
        unsafe Self.systemRead(descriptor, bytes.baseAddress! + start, bytes.count - start)
      }
      if count >= 0 { return count }
      let code = errno
      if code != EINTR {
        throw Diagnostic(.inputFailed, "reading failed: \(systemMessage(code))", file: path)
      }
    }
  }

  /// Fills `bytes` with what comes next.
  ///
  /// - Returns: How many bytes were read; fewer than there is room for at the end of the file only.
  /// - Throws: `input.failed`, with the system's reason.
  package func fill(_ bytes: inout MutableRawSpan) throws(Diagnostic) -> Int {
    let descriptor = self.descriptor
    var filled = 0
    while filled < bytes.byteCount {
      // SAFETY: the range `filled..<byteCount` lies inside the span by the loop's condition; whoever
      // hands out the bytes of a type lets them be anything.
      let count = unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe Self.systemRead(descriptor, bytes.baseAddress! + filled, bytes.count - filled)
      }
      if count == 0 { break }
      if count > 0 {
        filled += count
      } else if errno != EINTR {
        throw Diagnostic(.inputFailed, "reading failed: \(systemMessage(errno))", file: path)
      }
    }
    return filled
  }

  /// The bytes of a place in the file, whatever was read before; several threads may ask at once.
  ///
  /// - Returns: Fewer bytes than `count` where the file ends before.
  /// - Throws: `input.failed`, with the system's reason.
  package func bytes(at offset: Int, count: Int) throws(Diagnostic) -> [UInt8] {
    let descriptor = self.descriptor
    var failure: Int32?
    // SAFETY: `filled` is below the count, so the range handed to the system is inside the buffer;
    // only what it filled is kept.
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count && failure == nil {
        let read = unsafe pread(
          descriptor, buffer.baseAddress! + filled, count - filled, off_t(offset + filled))
        if read == 0 { break }
        if read > 0 { filled += read } else if errno != EINTR { failure = errno }
      }
    }
    if let failure {
      throw Diagnostic(.inputFailed, "reading failed: \(systemMessage(failure))", file: path)
    }
    return bytes
  }

  /// Fills `bytes` with those from a place in the file on, whatever was read before.
  ///
  /// - Returns: How many bytes were read; fewer than there is room for at the end of the file only.
  /// - Throws: `input.failed`, with the system's reason.
  package func fill(_ bytes: inout MutableRawSpan, at offset: Int) throws(Diagnostic) -> Int {
    let (count, code) = fillFully(&bytes, 0..<bytes.byteCount, from: descriptor, at: offset)
    if let code {
      throw Diagnostic(.inputFailed, "reading failed: \(systemMessage(code))", file: path)
    }
    return count
  }

  /// Whether a path leads to a file that may be opened anew, unlike a pipe, whose bytes come once.
  public static func canBeReadTwice(_ path: String) -> Bool {
    FileIdentity(path: path)?.kind == .regular
  }

  /// Goes back to the start of the file.
  ///
  /// - Throws: `input.failed` for a pipe, which cannot be read twice.
  public func rewind() throws(Diagnostic) {
    guard lseek(descriptor, 0, SEEK_SET) == 0 else {
      throw Diagnostic(.inputFailed, "cannot be read twice: \(systemMessage(errno))", file: path)
    }
  }

  /// Makes sure that the file is still the one that was opened.
  ///
  /// - Throws: `input.changed` where size, time or identity differ from the opening.
  public func checkUnchanged() throws(Diagnostic) {
    guard opened.kind == .regular else { return }
    guard FileIdentity(descriptor: descriptor) == opened else {
      throw Diagnostic(
        .inputChanged, "changed while it was read", file: path,
        hint: "run again when its writer has finished")
    }
  }

  /// Reads the whole file.
  ///
  /// - Parameter limit: The largest size accepted, in bytes.
  /// - Throws: `input.failed`, or `tooLarge` for a file of more than `limit` bytes.
  public func contents(limit: Int, tooLarge: Diagnostic) throws(Diagnostic) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: min(limit, byteCount ?? 1 << 16) + 1)
    var filled = 0
    while true {
      let count = try read(into: &bytes, from: filled)
      if count == 0 { break }
      filled += count
      if filled > limit { throw tooLarge }
      if filled == bytes.count { bytes.append(contentsOf: repeatElement(0, count: filled)) }
    }
    bytes.removeLast(bytes.count - filled)
    try checkUnchanged()
    return bytes
  }

  private static func systemRead(
    _ descriptor: Int32, _ start: UnsafeMutableRawPointer, _ count: Int
  )
    -> Int
  {
    #if canImport(Glibc)
      unsafe Glibc.read(descriptor, start, count)
    #else
      unsafe Darwin.read(descriptor, start, count)
    #endif
  }
}

/// What tells one file, in one state, from another.
struct FileIdentity: Equatable {
  enum Kind { case regular, directory, other }

  var kind: Kind
  var device: UInt64
  var inode: UInt64
  var byteCount: Int
  var modifiedSeconds: Int
  var modifiedNanoseconds: Int

  init(descriptor: Int32) {
    var status = stat()
    _ = unsafe fstat(descriptor, &status)
    self.init(status)
  }

  /// The identity of what `path` leads to, following links; `nil` where there is nothing.
  init?(path: String) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFDIR: kind = .directory
    default: kind = .other
    }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int(status.st_size)
    #if canImport(Glibc)
      modifiedSeconds = status.st_mtim.tv_sec
      modifiedNanoseconds = status.st_mtim.tv_nsec
    #else
      modifiedSeconds = status.st_mtimespec.tv_sec
      modifiedNanoseconds = status.st_mtimespec.tv_nsec
    #endif
  }
}

/// The system's words for an error number.
func systemMessage(_ code: Int32) -> String {
  // SAFETY: `strerror` returns a terminated string, copied before the next call can change it.
  unsafe String(cString: strerror(code))
}
