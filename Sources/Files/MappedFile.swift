import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Zeros in a file without a name, as memory: the system keeps of it what there is room for.
@safe package final class MappedFile: @unchecked Sendable {
  // SAFETY of @unchecked: nothing changes after the initializer; who shares out the bytes answers
  // for them.

  /// Where the bytes begin, at a page.
  @unsafe package let start: UnsafeMutableRawPointer
  /// How many bytes there are.
  package let byteCount: Int

  /// Makes room for bytes, all zero, in a file in `folder`.
  ///
  /// The room is taken at once: a full disk is an error here, where a hole in the file would end the
  /// process when it is first written to.
  ///
  /// - Throws: `output.cannot_create` where the folder takes no file, `output.failed` where it has
  ///   no room.
  package init(byteCount: Int, in folder: String) throws(Diagnostic) {
    precondition(byteCount > 0, "a mapping of \(byteCount) bytes")
    // The mapping holds the file's content; its descriptor need not stay open.
    let file = try ScratchFile(in: folder)
    if let code = Self.reserve(byteCount, file.descriptor) {
      throw file.failure("making room for \(byteCount) bytes in", code)
    }
    // SAFETY: a new mapping, which no one else holds.
    let mapped = unsafe mmap(
      nil, byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0)
    guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else {
      throw file.failure("mapping \(byteCount) bytes of", errno)
    }
    unsafe start = mapped
    self.byteCount = byteCount
  }

  deinit { _ = unsafe munmap(start, byteCount) }

  /// Says that the bytes will be read from first to last, over and over: what was passed may go.
  package func willBeReadInOrder() {
    // A hint: where it is not taken, everything works.
    _ = unsafe madvise(start, byteCount, MADV_SEQUENTIAL)
  }

  /// Says that the bytes will not be looked at for a while: they stay, but not in this process.
  package func leave() {
    // Of a shared mapping, pages are let go and come back from the file.
    _ = unsafe madvise(start, byteCount, MADV_DONTNEED)
  }

  /// Gives a file its length and its blocks.
  ///
  /// - Returns: The error number where that fails.
  private static func reserve(_ byteCount: Int, _ descriptor: Int32) -> Int32? {
    guard ftruncate(descriptor, off_t(byteCount)) == 0 else { return errno }
    #if os(Linux)
      while true {
        let code = posix_fallocate(descriptor, 0, off_t(byteCount))
        if code != EINTR { return code == 0 ? nil : code }
      }
    #else
      var store = fstore_t(
        fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0,
        fst_length: off_t(byteCount), fst_bytesalloc: 0)
      // SAFETY: the system reads and fills the structure during the call.
      return unsafe fcntl(descriptor, F_PREALLOCATE, &store) == -1 ? errno : nil
    #endif
  }
}
