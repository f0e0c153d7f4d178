#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What tells, without reading it, whether a file is the one that it was in an earlier run.
package struct FileStamp: Equatable, Sendable {
  /// A time as the file system tells it.
  package struct Time: Equatable, Sendable {
    /// Seconds since 1970.
    package var seconds: Int64
    /// Billionths of a second.
    package var nanoseconds: UInt32

    /// A time.
    package init(seconds: Int64, nanoseconds: UInt32) {
      self.seconds = seconds
      self.nanoseconds = nanoseconds
    }
  }

  /// The file's number in its file system.
  package var inode: UInt64
  /// Its size.
  package var byteCount: UInt64
  /// When its content was last written, as far as whoever wrote it admits.
  package var modified: Time
  /// When the content, the name or a right last changed; no program can set it back.
  package var changed: Time
  /// Whether it had been at rest for two seconds: a file system whose clock ticks slowly may give
  /// the same times to a change that comes sooner.
  package var isSettled: Bool

  /// A stamp that was kept.
  package init(
    inode: UInt64, byteCount: UInt64, modified: Time, changed: Time, isSettled: Bool
  ) {
    self.inode = inode
    self.byteCount = byteCount
    self.modified = modified
    self.changed = changed
    self.isSettled = isSettled
  }

  /// The stamp of the regular file that a path leads to; `nil` where there is none.
  package init?(path: String) {
    var status = stat()
    // SAFETY: the system is handed a Swift string, terminated and kept for the call, and a structure
    // on the stack that the call fills.
    guard unsafe stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// The stamp of an open file; `nil` for a pipe or a device.
  init?(descriptor: Int32) {
    var status = stat()
    // SAFETY: a structure on the stack that the call fills.
    guard unsafe fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init?(_ status: stat) {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    inode = UInt64(status.st_ino)
    byteCount = UInt64(truncatingIfNeeded: status.st_size)
    #if canImport(Glibc)
      modified = Self.time(status.st_mtim)
      changed = Self.time(status.st_ctim)
    #else
      modified = Self.time(status.st_mtimespec)
      changed = Self.time(status.st_ctimespec)
    #endif
    var now = timespec()
    // SAFETY: a structure on the stack that the call fills.
    _ = unsafe clock_gettime(CLOCK_REALTIME, &now)
    isSettled = max(modified.seconds, changed.seconds) + 2 < Int64(now.tv_sec)
  }

  private static func time(_ time: timespec) -> Time {
    Time(seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
  }

  /// Whether a file with this stamp now must be the one that had `earlier`: same number, size and
  /// times, and at rest when `earlier` was taken.
  package func provesUnchanged(since earlier: FileStamp) -> Bool {
    var then = earlier
    then.isSettled = isSettled
    return earlier.isSettled && self == then
  }
}
