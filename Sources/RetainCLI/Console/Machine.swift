#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Darwin)
  import Darwin
#endif

/// What the process may use of the machine, and what it has used.
enum Machine {
  /// More threads than this have never paid.
  static let threadLimit = 8

  /// The number of threads where none is asked for: the processors that the process may use, by the
  /// system's count and by a container's quota.
  static var defaultThreadCount: Int {
    let available = ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(available, containerQuota ?? available, threadLimit))
  }

  /// Processors granted to the container, rounded up; `nil` where there is no quota.
  private static var containerQuota: Int? {
    // Two numbers: microseconds of processor time per period, or "max", and the period.
    guard let text = try? String(contentsOfFile: "/sys/fs/cgroup/cpu.max", encoding: .utf8) else {
      return nil
    }
    let parts = text.split(whereSeparator: \.isWhitespace)
    guard parts.count == 2, let quota = Double(parts[0]), let period = Double(parts[1]), period > 0
    else { return nil }
    return max(1, Int((quota / period).rounded(.up)))
  }

  /// The largest memory that the process has had resident, in bytes.
  static var peakResidentByteCount: Int {
    #if os(Linux)
      // Not getrusage: its maximum includes what the parent held before the program was started.
      guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
        let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
        let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
      else { return 0 }
      return kilobytes * 1024
    #else
      var usage = rusage()
      _ = unsafe getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }
}
