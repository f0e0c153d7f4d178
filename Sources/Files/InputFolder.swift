import Diagnostics

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// SAFETY: an `unsafe` call below without a line of its own hands the system a Swift string, which is
// copied, terminated and kept for the call, or a handle that the system gave and that is not closed.

/// A folder to look into.
public enum InputFolder {
  /// What stands behind a name in a folder.
  public enum EntryKind: Sendable {
    /// A file, a pipe or a device.
    case file
    /// A folder.
    case folder
    /// A symbolic link to a folder.
    case linkToFolder
  }

  /// Whether a path leads to a folder.
  public static func exists(_ path: String) -> Bool { FileIdentity(path: path)?.kind == .directory }

  /// The names in a folder in the order of their bytes, without those that begin with a dot.
  ///
  /// Names that are not UTF-8 cannot be written in a configuration and are left out.
  ///
  /// - Throws: `input.missing` or `input.unreadable`.
  public static func names(in path: String) throws(Diagnostic) -> [String] {
    guard let folder = unsafe opendir(path) else {
      let code = errno
      throw Diagnostic(
        code == ENOENT ? .inputMissing : .inputUnreadable,
        code == ENOENT ? "no such folder" : "cannot be looked into: \(systemMessage(code))",
        file: path,
        hint: code == ENOTDIR ? "name a folder" : "check the path and the working directory")
    }
    defer { unsafe closedir(folder) }
    var names: [String] = []
    while let entry = unsafe readdir(folder) {
      // SAFETY: the system ends the name with NUL, and it is copied before the next call.
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(
          to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)
        ) { unsafe String(validatingCString: $0) }
      }
      if let name, !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// What a path leads to; `nil` where there is nothing.
  public static func kind(of path: String) -> EntryKind? {
    guard let identity = FileIdentity(path: path) else { return nil }
    guard identity.kind == .directory else { return .file }
    var status = stat()
    _ = unsafe lstat(path, &status)
    return status.st_mode & S_IFMT == S_IFLNK ? .linkToFolder : .folder
  }

  /// The absolute path of a folder that is there, without links in it.
  public static func realPath(of path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    // SAFETY: the system ends the path with NUL and hands it over; it is freed after the copy.
    return unsafe String(validatingCString: real)
  }
}
