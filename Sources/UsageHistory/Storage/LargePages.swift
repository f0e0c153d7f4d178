#if canImport(Glibc)
  import Glibc
#endif

/// Memory in pages of 2 MB in place of 4 KB, where there is much of it.
package enum LargePages {
  private static let byteCount = 1 << 21

  /// Asks for large pages under memory that nothing was written to yet.
  ///
  /// It is a hint, which changes no byte: a system without such pages passes over it.
  package static func ask(for memory: UnsafeMutableRawBufferPointer) {
    #if canImport(Glibc)
      guard let first = memory.baseAddress, memory.count >= 2 * byteCount else { return }
      // Whole large pages: what lies before and behind them may be somebody else's.
      let start = unsafe first.alignedUp(toMultipleOf: byteCount)
      let end = unsafe (first + memory.count).alignedDown(toMultipleOf: byteCount)
      // SAFETY: the range is inside the memory.
      _ = unsafe madvise(start, end - start, MADV_HUGEPAGE)
    #endif
  }

  /// Gives whole pages of 4 KB back to the system; they can be written anew, and what was in them is
  /// lost. Where a system has no such call, nothing happens.
  ///
  /// - Precondition: Nobody reads the memory before it is written again.
  static func giveBack(_ memory: UnsafeMutableRawBufferPointer) {
    #if canImport(Glibc)
      guard let first = memory.baseAddress else { return }
      let start = unsafe first.alignedUp(toMultipleOf: 4096)
      let end = unsafe (first + memory.count).alignedDown(toMultipleOf: 4096)
      // SAFETY: the range is inside the memory, which the caller owns.
      if unsafe start < end { _ = unsafe madvise(start, end - start, MADV_DONTNEED) }
    #endif
  }
}
