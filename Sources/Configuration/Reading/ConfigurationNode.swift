import Diagnostics
import Yams

/// One value of a configuration, which knows where it stands.
///
/// Every question has one right answer or throws: nothing is converted, and nothing passed over.
struct ConfigurationNode {
  /// The value as YAML has it; `nil` for the empty file.
  let node: Node?
  /// The keys that lead to it, as `targets.churn.horizon`.
  let path: String
  let file: String
  let line: Int?

  /// The root of a tree.
  init(root: Node?, file: String) {
    self.init(root, path: "", line: root?.mark?.line, file: file)
  }

  private init(_ node: Node?, path: String, line: Int?, file: String) {
    self.node = node
    self.path = path
    self.line = line
    self.file = file
  }

  // MARK: Mappings

  /// Calls `body` with each key and its value in the order of the file.
  ///
  /// An empty value counts as an empty mapping.
  ///
  /// - Throws: `config.type` where this is no mapping, or where a key is no word;
  ///   `config.unknown_key` for a key that is not among `known`; what `body` throws.
  func forEachKey(
    among known: [String], _ body: (String, ConfigurationNode) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try forEachEntry { (key, value) throws(Diagnostic) in
      guard known.contains(key) else { throw value.unknown(key, known: known, in: path) }
      try body(key, value)
    }
  }

  /// As ``forEachKey(among:_:)``, for keys that are names of the user's own.
  func forEachEntry(
    _ body: (String, ConfigurationNode) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    if isEmpty { return }
    guard case .mapping(let mapping)? = node else { throw wrongType("keys and values") }
    var seen: Set<String> = []
    for (key, value) in mapping {
      guard case .scalar(let scalar) = key, !scalar.string.isEmpty else {
        throw Diagnostic(
          .configType, "\(shownPath) has a key that is not a name", file: file,
          line: key.mark?.line ?? line)
      }
      let child = self.child(scalar.string, value, line: key.mark?.line)
      // The parser compares keys as well, but by their tags, too.
      guard seen.insert(scalar.string).inserted else {
        throw child.fault(.configDuplicateKey, "stands twice", hint: "keep one of the two")
      }
      try body(scalar.string, child)
    }
  }

  /// Whether nothing is written here: an empty value, `~` or `null`.
  var isEmpty: Bool {
    guard let node else { return true }
    guard case .scalar(let scalar) = node, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// Whether keys and values are written here.
  var isMapping: Bool {
    if case .mapping? = node { true } else { false }
  }

  /// Whether a list is written here.
  var isList: Bool {
    if case .sequence? = node { true } else { false }
  }

  private func child(_ key: String, _ value: Node, line: Int?) -> ConfigurationNode {
    ConfigurationNode(
      value, path: path.isEmpty ? key : "\(path).\(key)", line: line ?? value.mark?.line, file: file
    )
  }

  // MARK: Lists

  /// The elements of a list.
  func elements() throws(Diagnostic) -> [ConfigurationNode] {
    guard case .sequence(let sequence)? = node else { throw wrongType("a list, as [a, b]") }
    return sequence.enumerated().map { index, element in
      ConfigurationNode(
        element, path: "\(path)[\(index)]", line: element.mark?.line ?? line, file: file)
    }
  }

  /// A list of texts, none of them twice; one text alone is a list of one.
  func texts() throws(Diagnostic) -> [String] {
    try distinct { (element) throws(Diagnostic) in try element.text() }
  }

  /// A list of words as they stand in the data, where a number is a word as well.
  func words() throws(Diagnostic) -> [String] {
    try distinct { (element) throws(Diagnostic) in try element.word() }
  }

  private func distinct(_ read: (ConfigurationNode) throws(Diagnostic) -> String)
    throws(Diagnostic) -> [String]
  {
    if !isList && !isMapping && !isEmpty { return [try read(self)] }
    var values: [String] = []
    for element in try elements() {
      let value = try read(element)
      guard !values.contains(value) else {
        throw element.fault(.configValue, "is \(Self.quoted(value)), which the list has already")
      }
      values.append(value)
    }
    return values
  }

  // MARK: Faults

  /// A fault at this place.
  func fault(_ kind: Diagnostic.Kind, _ message: String, hint: String? = nil) -> Diagnostic {
    Diagnostic(kind, "\(shownPath) \(message)", file: file, line: line, hint: hint)
  }

  /// The fault of a value of the wrong type.
  func wrongType(_ expected: String, hint: String? = nil) -> Diagnostic {
    fault(.configType, "is \(found), expected \(expected)", hint: hint)
  }

  /// The fault of a value that is not allowed.
  func outOfRange(_ expected: String, hint: String? = nil) -> Diagnostic {
    fault(.configValue, "is \(found), expected \(expected)", hint: hint)
  }

  /// The fault of a key that is not there.
  func missing(_ key: String, hint: String? = nil) -> Diagnostic {
    let path = path.isEmpty ? key : "\(path).\(key)"
    return Diagnostic(
      .configMissing, "\(displayText(path)) is missing", file: file, line: line, hint: hint)
  }

  /// The fault of a key that nothing reads.
  private func unknown(_ key: String, known: [String], in parent: String) -> Diagnostic {
    let nearest = nearestName(to: key, among: known)
    return fault(
      .configUnknownKey, "is not a key that is known here",
      hint: nearest.map { "did you mean '\($0)'?" }
        ?? "known \(parent.isEmpty ? "at the top" : "in \(displayText(parent))"): "
        + known.joined(separator: ", "))
  }

  /// The path, as a message names it.
  private var shownPath: String { path.isEmpty ? "the file" : displayText(path) }

  /// What is written here, in words.
  private var found: String {
    switch node {
    case nil: return "empty"
    case .mapping?: return "keys and values"
    case .sequence?: return "a list"
    case .alias?: return "an alias"
    case .scalar(let scalar)?:
      if isEmpty { return "empty" }
      if scalar.style == .plain {
        if isFlagWord { return "\(scalar.string) (yes or no)" }
        if isNumeric { return scalar.string.count <= 40 ? scalar.string : "a long number" }
      }
      return Self.quoted(scalar.string)
    }
  }

  static func quoted(_ text: String) -> String {
    "'\(displayText(text.prefix(40)))\(text.count > 40 ? "..." : "")'"
  }
}
