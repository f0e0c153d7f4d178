#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A fixed number of plain values, zero at first, on large pages, that threads fill part by part and
/// kernels read by pointer.
///
/// Large pages keep gathered reads from missing the processor's address cache.
@safe package final class LargeArray<Element: BitwiseCopyable>: @unchecked Sendable {
  // SAFETY of @unchecked: threads write to disjoint parts between barriers of the worker pool.

  /// How many elements there are, the slack aside.
  package let count: Int
  /// The first element.
  @unsafe package let start: UnsafeMutablePointer<Element>

  /// How many bytes past the end may be read, and hold zeros: kernels load whole words, and look
  /// ahead for what to prefetch.
  private static var slack: Int { 512 }

  /// - Precondition: All bits zero is a value of `Element`.
  package init(count: Int) {
    let size = count * MemoryLayout<Element>.stride + Self.slack
    let largePage = 1 << 21
    let alignment = size >= largePage ? largePage : 64
    let rounded = (size + alignment - 1) / alignment * alignment
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: rounded, alignment: alignment)
    #if os(Linux)
      // A hint: where there are no large pages, everything works, only slower.
      if alignment == largePage { _ = unsafe madvise(bytes, rounded, MADV_HUGEPAGE) }
    #endif
    // SAFETY: `bytes` has just been allocated with `rounded` bytes, aligned for any element.
    unsafe memset(bytes, 0, rounded)
    self.count = count
    unsafe start = bytes.bindMemory(to: Element.self, capacity: count)
  }

  deinit { unsafe UnsafeMutableRawPointer(start).deallocate() }

  /// One element; the position is checked.
  package subscript(index: Int) -> Element {
    @inline(__always)
    get {
      precondition(index >= 0 && index < count, "element \(index) of \(count)")
      // SAFETY: checked above.
      return unsafe start[index]
    }
    @inline(__always)
    set {
      precondition(index >= 0 && index < count, "element \(index) of \(count)")
      // SAFETY: checked above.
      unsafe start[index] = newValue
    }
  }

  /// Lets `body` write the elements with checked positions; nobody else may hold them meanwhile.
  func withMutableSpan(_ body: (inout MutableSpan<Element>) -> Void) {
    // SAFETY: `count` elements are initialised from the start on, and live as long as `self`.
    var span = unsafe MutableSpan(_unsafeStart: start, count: count)
    body(&span)
  }
}
