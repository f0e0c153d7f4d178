/// A path in a configuration, which may hold `*` (any bytes but `/`) and `?` (any character but `/`).
struct PathPattern {
  let text: String

  init(_ text: String) { self.text = text }

  /// Whether the path has to be looked for, and is not a path as it stands.
  var isPattern: Bool { text.contains("*") || text.contains("?") }

  /// Whether the path can only lead below the folder it is relative to.
  var staysInside: Bool { !text.hasPrefix("/") && !components.contains("..") }

  /// The names between the slashes.
  var components: [Substring] { text.split(separator: "/") }

  /// Whether a name matches a component of a pattern.
  ///
  /// - Complexity: O(`name.count` * `pattern.count`): on a mismatch only the last `*` is reconsidered.
  static func matches(_ name: String, _ pattern: Substring) -> Bool {
    let name = Array(name.unicodeScalars)
    let pattern = Array(pattern.unicodeScalars)
    var at = 0
    var patternAt = 0
    var star: (pattern: Int, name: Int)?
    while at < name.count {
      if patternAt < pattern.count, pattern[patternAt] == "*" {
        star = (patternAt, at)
        patternAt += 1
      } else if patternAt < pattern.count,
        pattern[patternAt] == "?" || pattern[patternAt] == name[at]
      {
        at += 1
        patternAt += 1
      } else if let last = star {
        star = (last.pattern, last.name + 1)
        patternAt = last.pattern + 1
        at = last.name + 1
      } else {
        return false
      }
    }
    return pattern[patternAt...].allSatisfy { $0 == "*" }
  }
}
