import Diagnostics
import Files

extension RetentionConfiguration {
  /// The version of the layout that this release reads.
  static let layoutVersion = 1

  /// Reads a `retain.yaml`.
  ///
  /// Nothing is passed over: a key that is not known, a value of the wrong type and a key that
  /// stands twice are faults, each with its line and the path of its key.
  ///
  /// - Throws: what ``InputFile`` throws; `config.*`, the first fault of the file.
  public init(contentsOf path: String) throws(Diagnostic) {
    let bytes = try InputFile(path: path).contents(
      limit: YAMLTree.byteLimit, tooLarge: YAMLTree.tooLong(path))
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw Diagnostic(
        .configSyntax, "is not valid UTF-8", file: path,
        hint: "convert it: iconv -f WINDOWS-1252 -t UTF-8")
    }
    try self.init(text: text, path: path)
  }

  /// Reads the text of a `retain.yaml`.
  ///
  /// - Parameter path: Where the text is from: messages name it, and paths are relative to its
  ///   folder.
  /// - Throws: `config.*`.
  public init(text: String, path: String) throws(Diagnostic) {
    self.init(path: path)
    let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    let tree = try YAMLTree(text, file: path)
    let root = ConfigurationNode(root: tree.root, file: path)
    var sections: [String: ConfigurationNode] = [:]
    try root.forEachKey(among: Self.sectionNames) { (key, node) throws(Diagnostic) in
      sections[key] = node
      try read(key, node)
    }
    try checkAcrossSections(sections)
  }

  private static let sectionNames = [
    "version", "time_zone", "sources", "events", "plans", "targets", "as_of", "features",
    "thresholds", "table",
  ]

  private mutating func read(_ section: String, _ node: ConfigurationNode) throws(Diagnostic) {
    switch section {
    case "version":
      let version = try node.integer(in: 1...Int(Int32.max))
      guard version == Self.layoutVersion else {
        throw node.outOfRange(
          "\(Self.layoutVersion)", hint: "the file was written for a later release of retain")
      }
    case "time_zone": timeZone = try node.timeZoneName()
    case "sources":
      try node.forEachKey(among: SourceName.allCases.map(\.rawValue)) {
        (key, node) throws(Diagnostic) in
        let name = SourceName(rawValue: key)!
        sources[name] = try TableSource(node, of: name)
      }
    case "events": events = try EventMeanings(node)
    case "plans":
      try node.forEachEntry { (name, node) throws(Diagnostic) in
        plans.append(try PlanTerms(node, name: name))
      }
    case "targets":
      try node.forEachKey(among: TargetName.allCases.map(\.rawValue)) {
        (key, node) throws(Diagnostic) in
        let name = TargetName(rawValue: key)!
        targets[name] = try TargetDefinition(node, of: name)
      }
    case "as_of": asOf = try AsOfSchedule(node)
    case "features": try features.read(node)
    case "thresholds": features.thresholds = try Thresholds(node)
    case "table": table = try PlainTable(node)
    default: preconditionFailure("no section \(section)")
    }
  }

  /// Checks what one section needs of another.
  private func checkAcrossSections(_ sections: [String: ConfigurationNode]) throws(Diagnostic) {
    if let node = sections["targets"] {
      try node.forEachEntry { (key, node) throws(Diagnostic) in
        let target = targets[TargetName(rawValue: key)!]!
        let needed = target.source.tableName
        guard sources[needed] == nil else { return }
        throw node.fault(
          .configMissing,
          "is looked for in \(needed.rawValue), but sources.\(needed.rawValue) is missing",
          hint: "add the table under sources, or choose another 'from'")
      }
    }
    if let node = sections["as_of"], case .before? = asOf, sources[.accounts] == nil {
      throw node.fault(
        .configMissing, "counts from a column of accounts, but sources.accounts is missing",
        hint: "add the table under sources, or list days")
    }
    if let events = sources[.events], events.columns["sub_id"] != nil,
      events.columns["account_id"] == nil, sources[.subscriptions] == nil
    {
      throw sections["sources"]!.missing(
        "subscriptions",
        hint: "events name subscriptions, so their accounts are looked up in that table")
    }
  }
}

extension TargetDefinition.Source {
  /// The table in which an outcome is looked for.
  fileprivate var tableName: SourceName {
    switch self {
    case .subscriptions: .subscriptions
    case .outcomes: .outcomes
    case .inactivity: .events
    }
  }
}
