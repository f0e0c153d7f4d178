import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call, or a structure on the stack that the call fills.

/// A folder to write to.
public enum OutputFolder {
  /// Creates a folder unless it is there; its parent must be.
  ///
  /// - Throws: `output.cannot_create`.
  public static func create(_ path: String) throws(Diagnostic) {
    if let existing = FileIdentity(path: path) {
      guard existing.kind == .directory else {
        throw Diagnostic(.outputCannotCreate, "is not a folder", file: path)
      }
      return
    }
    guard unsafe mkdir(path, 0o777) == 0 else {
      throw Diagnostic(
        .outputCannotCreate, "cannot be created: \(systemMessage(errno))", file: path)
    }
  }
  /// The names of what a folder holds, in the order of their bytes; none where there is no folder.
  ///
  /// - Throws: `output.cannot_create` where the folder cannot be read.
  public static func names(in path: String) throws(Diagnostic) -> [String] {
    guard FileIdentity(path: path)?.kind == .directory else { return [] }
    guard let stream = unsafe opendir(path) else {
      throw Diagnostic(.outputCannotCreate, "cannot be read: \(systemMessage(errno))", file: path)
    }
    // SAFETY: the stream is open until the end of this function.
    defer { _ = unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      // SAFETY: the system's name is terminated, and copied before the next entry is read.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 1) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
