import Diagnostics
import Files

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A fixed number of plain values, zero at first, on large pages, that threads fill part by part and
/// kernels read by pointer.
///
/// Large pages keep gathered reads from missing the processor's address cache. Values may lie in a
/// file instead, of which the system keeps in memory what there is room for.
@safe package final class LargeArray<Element: BitwiseCopyable>: @unchecked Sendable {
  // SAFETY of @unchecked: threads write to disjoint parts between barriers of the worker pool.

  /// How many elements there are, the slack aside.
  package let count: Int
  /// The first element.
  @unsafe package let start: UnsafeMutablePointer<Element>
  /// What holds the values where they are not in memory of their own.
  private let file: MappedFile?

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
    file = nil
  }

  /// The same in a temporary file.
  ///
  /// - Parameter folder: Where the file is made; `nil` for memory.
  /// - Throws: `output.cannot_create`, `output.failed`, as ``MappedFile``.
  /// - Precondition: As above.
  package convenience init(count: Int, in folder: String?) throws(Diagnostic) {
    guard let folder else {
      self.init(count: count)
      return
    }
    self.init(
      count: count,
      try MappedFile(byteCount: count * MemoryLayout<Element>.stride + Self.slack, in: folder))
  }

  private init(count: Int, _ file: MappedFile) {
    // SAFETY: the file has room for the elements, and pages are aligned for any of them.
    unsafe start = file.start.bindMemory(to: Element.self, capacity: count)
    self.count = count
    self.file = file
  }

  deinit { if file == nil { unsafe UnsafeMutableRawPointer(start).deallocate() } }

  /// Says that the values are read in ascending order, over and over.
  package func willBeReadInOrder() { file?.willBeReadInOrder() }

  /// Says that the values will not be looked at for a while.
  package func leave() { file?.leave() }

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
  package func withMutableSpan(_ body: (inout MutableSpan<Element>) -> Void) {
    // SAFETY: `count` elements are initialised from the start on, and live as long as `self`.
    var span = unsafe MutableSpan(_unsafeStart: start, count: count)
    body(&span)
  }

  /// A copy of all elements; nobody may write to them meanwhile.
  package var copied: [Element] {
    // SAFETY: `count` elements are initialised from the start on; the pointer does not stay.
    unsafe Array(UnsafeBufferPointer(start: start, count: count))
  }
}
