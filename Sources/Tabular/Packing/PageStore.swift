#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Bytes that are added once and stay where they are, in pages of their own.
///
/// The system gets the pages back the moment the store goes. What an allocator hands out in small
/// pieces, to many columns in turn, stays with the process: one column's pieces lie between those of
/// the others.
final class PageStore {
  private var regions: [Region] = []
  private var used = 0

  /// A region of pages, and how many bytes it has.
  @safe private struct Region {
    var start: UnsafeMutableRawPointer
    var byteCount: Int
  }

  /// The first region's size; each further one is as large as all before it together. Pages that are
  /// never written to take no memory.
  private static let leastByteCount = 1 << 16

  /// Makes room for bytes, which hold zeros.
  ///
  /// - Returns: Where they begin, aligned for any number; valid as long as the store is.
  func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let aligned = (byteCount + 15) & ~15
    if regions.isEmpty || used + aligned > regions[regions.count - 1].byteCount {
      addRegion(atLeast: aligned)
    }
    defer { used += aligned }
    // SAFETY: `used + aligned` is at most the region's size.
    return unsafe regions[regions.count - 1].start + used
  }

  private func addRegion(atLeast least: Int) {
    var byteCount = max(Self.leastByteCount, regions.reduce(0) { $0 + $1.byteCount })
    while byteCount < least { byteCount *= 2 }
    #if canImport(Darwin)
      let flags = MAP_PRIVATE | MAP_ANON
    #else
      let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
    #endif
    let start = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let start = unsafe start, unsafe start != MAP_FAILED else {
      fatalError("out of memory: no room for \(byteCount) bytes of a column")
    }
    regions.append(unsafe Region(start: start, byteCount: byteCount))
    used = 0
  }

  deinit {
    for region in regions {
      // SAFETY: mapped by `addRegion` with this size; nobody looks at a store that is gone.
      _ = unsafe munmap(region.start, region.byteCount)
    }
  }
}
