import Diagnostics
import Yams

/// What the YAML parser found wrong, told in our form.
struct YAMLFault {
  /// The fault with its place.
  let diagnostic: Diagnostic

  /// Takes over an error of the parser.
  init(_ error: YamlError, text: String, file: String) {
    switch error {
    case .scanner(let context, let problem, let mark, _),
      .parser(let context, let problem, let mark, _),
      .composer(let context, let problem, let mark, _):
      if problem.contains("nesting level") {
        diagnostic = YAMLTree.depthFault(file, mark.line)
      } else {
        diagnostic = Self.syntax(problem, context?.text, mark.line, file)
      }
    case .reader(let problem, let offset, _, _):
      let before = offset.map { text.prefix($0) }
      let line = before.map { $0.utf8.count { $0 == UInt8(ascii: "\n") } + 1 }
      diagnostic = Diagnostic(
        .configSyntax, "is not YAML: \(problem)", file: file, line: line,
        hint: "write control characters in double quotes, as \"\\t\"")
    case .duplicatedKeysInMapping(let duplicates, let context):
      diagnostic = Self.duplicate(duplicates.first ?? "", context.mark, text: text, file: file)
    default:
      diagnostic = Diagnostic(.configSyntax, "is not YAML: \(error)", file: file)
    }
  }

  private static func syntax(_ problem: String, _ context: String?, _ line: Int, _ file: String)
    -> Diagnostic
  {
    let isAlias = problem.contains("alias") || context?.contains("alias") == true
    let hint: String? =
      if isAlias || context?.contains("anchor") == true {
        "put a name that begins with * or & in quotes"
      } else if problem.contains("another document") {
        "a configuration is one document: remove the line '---'"
      } else if problem.contains("tab") || problem.contains("cannot start any token") {
        "indent with blanks, not tabs; put a text that begins with @, ` or % in quotes"
      } else if problem.contains("mapping values are not allowed") {
        "check the indentation, and put a text with ': ' in quotes"
      } else {
        "check the indentation, brackets and quotes on this line and the one before it"
      }
    let words = [context, problem].compactMap(\.self).joined(separator: ": ")
    return Diagnostic(.configSyntax, "is not YAML: \(words)", file: file, line: line, hint: hint)
  }

  // MARK: A key that stands twice

  /// The parser says only where the first of the two keys is; where it is on a line of its own, the
  /// second follows at the same indentation, and the path follows from what stands before.
  private static func duplicate(_ key: String, _ mark: Mark, text: String, file: String)
    -> Diagnostic
  {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    let first = mark.line - 1
    var second: Int?
    var path = key
    if lines.indices.contains(first), indentation(lines[first]) == mark.column - 1 {
      second = lines.indices.dropFirst(first + 1)
        .prefix { isBlank(lines[$0]) || indentation(lines[$0]) >= mark.column - 1 }
        .first { index in
          indentation(lines[index]) == mark.column - 1
            && ["", "\"", "'"].contains { quote in
              lines[index].dropFirst(mark.column - 1).hasPrefix("\(quote)\(key)\(quote):")
            }
        }
      path = (parents(of: first, in: lines) + [key]).joined(separator: ".")
    }
    return Diagnostic(
      .configDuplicateKey,
      "\(displayText(path)) stands twice" + (second == nil ? "" : ", first on line \(mark.line)"),
      file: file, line: second.map { $0 + 1 } ?? mark.line,
      hint: "keep one of the two, or join what they say")
  }

  /// The keys that a line stands under: each nearest line above that is indented less.
  private static func parents(of line: Int, in lines: [Substring]) -> [String] {
    var keys: [String] = []
    var limit = indentation(lines[line])
    for index in (0..<line).reversed() where limit > 0 && !isBlank(lines[index]) {
      let own = indentation(lines[index])
      guard own < limit, let colon = lines[index].firstIndex(of: ":") else { continue }
      limit = own
      let name = lines[index][..<colon].drop { $0 == " " }
      keys.insert(String(name).filter { $0 != "\"" && $0 != "'" }, at: 0)
    }
    return keys
  }

  private static func indentation(_ line: Substring) -> Int { line.prefix { $0 == " " }.count }

  private static func isBlank(_ line: Substring) -> Bool {
    let start = line.drop { $0 == " " }
    return start.isEmpty || start.hasPrefix("#")
  }
}
