import Diagnostics
import Yams

/// The tree of a YAML text, read without trust.
///
/// What a configuration does not need is refused before or while the tree is built, because each
/// can make a small text cost much: anchors and aliases, deep nesting, tags, many documents.
struct YAMLTree {
  /// The longest text read, in bytes.
  static let byteLimit = 1 << 18
  /// The deepest nesting of lists and mappings.
  static let depthLimit = 64

  /// The root; `nil` where the text holds nothing but comments.
  let root: Node?
  // Nodes refer to their anchors weakly; the parser keeps them.
  private let parser: Parser

  /// Reads a text.
  ///
  /// - Throws: `config.syntax`, `config.depth` or `config.duplicate_key`.
  init(_ text: String, file: String) throws(Diagnostic) {
    guard text.utf8.count <= Self.byteLimit else { throw Self.tooLong(file) }
    if let line = Self.lineOfAliases(text) { throw Self.aliasFault(file, line) }
    do {
      // No resolver: what a plain word means is decided by the key that it stands at.
      parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
      root = try parser.singleRoot()
    } catch let error as YamlError {
      throw YAMLFault(error, text: text, file: file).diagnostic
    } catch {
      throw Diagnostic(.configSyntax, "is not YAML: \(error)", file: file)
    }
    if let root { try Self.check(root, depth: 1, file: file) }
  }

  /// The fault of a text that is too long.
  static func tooLong(_ file: String) -> Diagnostic {
    Diagnostic(
      .configSyntax, "is longer than \(byteLimit) bytes, the most that a configuration may have",
      file: file, hint: "is this the configuration? tables are named in it, not written into it")
  }

  private static func check(_ node: Node, depth: Int, file: String) throws(Diagnostic) {
    let line = node.mark?.line
    if node.anchor != nil { throw aliasFault(file, line) }
    var children: [Node] = []
    switch node {
    case .scalar(let scalar):
      guard isUntagged(scalar.tag, .str) else { throw tagFault(file, line) }
    case .sequence(let sequence):
      guard isUntagged(sequence.tag, .seq) else { throw tagFault(file, line) }
      children = Array(sequence)
    case .mapping(let mapping):
      guard isUntagged(mapping.tag, .map) else { throw tagFault(file, line) }
      for (key, value) in mapping { children += [key, value] }
    case .alias: throw aliasFault(file, line)
    }
    guard !children.isEmpty || !node.isCollection || depth <= depthLimit else {
      throw depthFault(file, line)
    }
    for child in children {
      guard depth <= depthLimit else { throw depthFault(file, line) }
      try check(child, depth: depth + 1, file: file)
    }
  }

  /// Whether a tag says no more than what the node is anyway.
  private static func isUntagged(_ tag: Tag, _ name: Tag.Name) -> Bool {
    tag == Tag(.implicit) || tag == Tag(name)
  }

  /// The line of the first alias of a text that has both an anchor and an alias.
  ///
  /// An alias as a key of a mapping is compared with the other keys while the tree is built, and
  /// what it stands for may be exponentially large; so this looks at the bytes alone. It takes a
  /// few texts for aliases that are none, and misses none: `&` or `*` and a letter, after what can
  /// stand before a token.
  private static func lineOfAliases(_ text: String) -> Int? {
    var line = 1
    var hasAnchor = false
    var lineOfAlias: Int?
    var previous = UInt8(ascii: "\n")
    var mark: UInt8 = 0
    for byte in text.utf8 {
      let isWord = isWordByte(byte)
      if isWord && mark == UInt8(ascii: "&") { hasAnchor = true }
      if isWord && mark == UInt8(ascii: "*") && lineOfAlias == nil { lineOfAlias = line }
      mark = 0
      if byte == UInt8(ascii: "&"), !isWordByte(previous) { mark = byte }
      if byte == UInt8(ascii: "*"), !isWordByte(previous), previous != UInt8(ascii: "\""),
        previous != UInt8(ascii: "'")
      {
        mark = byte
      }
      if byte == UInt8(ascii: "\n") { line += 1 }
      previous = byte
    }
    return hasAnchor ? lineOfAlias : nil
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), 0x80...:
      true
    default: false
    }
  }

  private static func aliasFault(_ file: String, _ line: Int?) -> Diagnostic {
    Diagnostic(
      .configSyntax, "anchors and aliases (&name, *name) are not read", file: file, line: line,
      hint: "write the value out; put a name that begins with & or * in quotes")
  }

  private static func tagFault(_ file: String, _ line: Int?) -> Diagnostic {
    Diagnostic(
      .configSyntax, "tags (!name) are not read", file: file, line: line,
      hint: "put a text that begins with ! in quotes")
  }

  static func depthFault(_ file: String, _ line: Int?) -> Diagnostic {
    Diagnostic(
      .configDepth, "lists and mappings are nested deeper than \(depthLimit) levels", file: file,
      line: line, hint: "no key needs more than 5 levels")
  }
}

extension Node {
  fileprivate var isCollection: Bool {
    switch self {
    case .sequence, .mapping: true
    case .scalar, .alias: false
    }
  }
}
