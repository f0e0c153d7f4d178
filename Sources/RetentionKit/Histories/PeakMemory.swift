#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The most memory that this process has held.
enum PeakMemory {
  /// In bytes; `nil` where the system does not say.
  static var byteCount: Int? {
    var usage = rusage()
    #if canImport(Glibc)
      // SAFETY: the structure is on the stack, and the call fills it.
      guard unsafe getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
      return Int(usage.ru_maxrss) * 1024
    #else
      // SAFETY: as above; macOS counts bytes.
      guard unsafe getrusage(RUSAGE_SELF, &usage) == 0 else { return nil }
      return Int(usage.ru_maxrss)
    #endif
  }
}
