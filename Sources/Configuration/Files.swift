import Diagnostics

extension RetentionConfiguration {
  public func files(of name: SourceName) throws(Diagnostic) -> [String] {
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(
      separator: "/")
    return sources[name]!.files.map { $0.hasPrefix("/") || folder.isEmpty ? $0 : folder + "/" + $0 }
  }
}
