import Diagnostics
import Files

extension RetentionConfiguration {
  /// The folder that paths are relative to.
  public var folder: String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The files of a source: each path as it stands, each pattern as what matches it, sorted by
  /// bytes; a file that two of them name is there once.
  ///
  /// Nothing is expanded but `*` and `?`. They match no name that begins with a dot, and no pattern
  /// goes through a symbolic link to a folder, so that what matches lies below the configuration's
  /// folder.
  ///
  /// - Throws: `config.missing` where the configuration has no such source; `input.missing` where
  ///   nothing matches; `input.unreadable` for a folder that cannot be looked into.
  public func files(of name: SourceName) throws(Diagnostic) -> [String] {
    guard let source = sources[name] else {
      throw Diagnostic(
        .configMissing, "sources.\(name.rawValue) is missing", file: path,
        hint: "add the table under sources")
    }
    var files: [String] = []
    for file in source.files {
      for found in try matches(of: PathPattern(file), key: "sources.\(name.rawValue).files")
      where !files.contains(found) {
        files.append(found)
      }
    }
    return files
  }

  /// Where a path of the configuration leads.
  public func resolved(_ file: String) -> String {
    file.hasPrefix("/") || folder == "." ? file : folder == "/" ? "/\(file)" : "\(folder)/\(file)"
  }

  private func matches(of pattern: PathPattern, key: String) throws(Diagnostic) -> [String] {
    guard pattern.isPattern else {
      let file = resolved(pattern.text)
      guard InputFolder.kind(of: file) != nil else {
        throw missing(pattern, key, "names '\(displayText(file))', which does not exist")
      }
      return [file]
    }
    precondition(pattern.staysInside, "the pattern \(pattern.text) leads outside")
    var found = [""]
    for (index, component) in pattern.components.enumerated() {
      let isLast = index == pattern.components.count - 1
      var next: [String] = []
      for prefix in found {
        let names =
          PathPattern(String(component)).isPattern
          ? try InputFolder.names(in: prefix.isEmpty ? folder : resolved(prefix))
            .filter { PathPattern.matches($0, component) } : [String(component)]
        for name in names {
          let path = prefix.isEmpty ? name : "\(prefix)/\(name)"
          if InputFolder.kind(of: resolved(path)) == (isLast ? .file : .folder) {
            next.append(path)
          }
        }
      }
      found = next
    }
    guard !found.isEmpty else {
      throw missing(pattern, key, "is '\(displayText(pattern.text))', which matches no file")
    }
    return found.map { resolved($0) }
      .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  private func missing(_ pattern: PathPattern, _ key: String, _ message: String) -> Diagnostic {
    Diagnostic(
      .inputMissing, "\(key) \(message)", file: path,
      hint: "paths are relative to the folder of the configuration, '\(displayText(folder))'")
  }
}
