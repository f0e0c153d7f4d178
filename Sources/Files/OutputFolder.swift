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
}
