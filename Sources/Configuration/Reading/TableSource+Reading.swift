import Diagnostics

extension TableSource {
  /// Reads what `sources` says of a table.
  init(_ node: ConfigurationNode, of name: SourceName) throws(Diagnostic) {
    self.init(files: [])
    // A list of files, or one, may stand for the whole: `accounts: accounts.csv`.
    guard node.isMapping || node.isEmpty else {
      files = try Self.paths(node)
      return
    }
    var mapped: ConfigurationNode?
    try node.forEachKey(among: Self.keys(of: name)) { (key, node) throws(Diagnostic) in
      switch key {
      case "files": files = try Self.paths(node)
      case "columns":
        mapped = node
        columns = try Self.values(node, of: name)
      case "constants": constants = try Self.values(node, of: name)
      case "attributes": attributes = try node.words()
      case "layout": layout = try node.choice()
      case "ended_plans": endedPlans = try node.words()
      case "lag": lagDays = try node.dayCount(in: 0...3650)
      case "delimiter": delimiter = try node.delimiter()
      case "skip_lines": skipLines = try node.integer(in: 0...1_000_000)
      case "header": header = try Self.header(node)
      case "format": format = try CellFormat(node)
      case "column_formats":
        try node.forEachEntry { (column, node) throws(Diagnostic) in
          columnFormats[column] = try CellFormat(node)
        }
      default: preconditionFailure("no key \(key)")
      }
    }
    guard !files.isEmpty else {
      throw node.missing("files", hint: "name the file, relative to the configuration's folder")
    }
    try check(node, mapped: mapped, of: name)
  }

  private static func keys(of name: SourceName) -> [String] {
    let common = [
      "files", "columns", "constants", "lag", "delimiter", "skip_lines", "header", "format",
      "column_formats",
    ]
    return switch name {
    case .accounts: common + ["attributes"]
    case .subscriptions: common + ["layout", "ended_plans"]
    default: common
    }
  }

  // MARK: Parts

  private static func paths(_ node: ConfigurationNode) throws(Diagnostic) -> [String] {
    let paths = try node.texts()
    guard !paths.isEmpty else { throw node.outOfRange("at least one file") }
    for path in paths where PathPattern(path).isPattern && !PathPattern(path).staysInside {
      throw node.outOfRange(
        "a pattern below the configuration's folder",
        hint: "a path with * or ? may not begin with / or hold '..'; name such files one by one")
    }
    return paths
  }

  private static func values(_ node: ConfigurationNode, of source: SourceName)
    throws(Diagnostic) -> [String: String]
  {
    var values: [String: String] = [:]
    try node.forEachEntry { (key, node) throws(Diagnostic) in
      guard source.hasColumn(key) else { throw node.unknownKey(key, among: source.columnNames) }
      values[key] = try node.word()
    }
    return values
  }

  private static func header(_ node: ConfigurationNode) throws(Diagnostic) -> [String] {
    let names = try node.words()
    guard !names.isEmpty else { throw node.outOfRange("at least one name") }
    return names
  }

  // MARK: Checks

  private func check(_ node: ConfigurationNode, mapped: ConfigurationNode?, of name: SourceName)
    throws(Diagnostic)
  {
    for column in name.columnNames where columns[column] != nil && constants[column] != nil {
      throw node.fault(
        .configValue, "has a column and a constant for \(column)", hint: "keep one of the two")
    }
    if layout == .spells, !endedPlans.isEmpty {
      throw node.fault(
        .configValue, "has ended_plans, which belong to the layout of changes",
        hint: "add 'layout: changes', or remove ended_plans")
    }
    guard let header else { return }
    try mapped?.forEachEntry { (column, node) throws(Diagnostic) in
      let name = columns[column]!
      guard !header.contains(name) else { return }
      throw node.outOfRange(
        "one of the names in header",
        hint: nearestName(to: name, among: header).map { "did you mean '\($0)'?" })
    }
    for choices in name.requiredColumns
    where !choices.contains(where: { constants[$0] != nil || header.contains(columns[$0] ?? $0) }) {
      throw node.fault(
        .configMissing, "has no column for \(choices.joined(separator: " or "))",
        hint: "map one of the names in header under columns: "
          + "\(choices[0]): \(displayText(header[0]))")
    }
    for attribute in attributes where !header.contains(attribute) {
      throw node.fault(
        .configValue,
        "has the attribute \(ConfigurationNode.quoted(attribute)), which is not in header")
    }
  }
}

extension CellFormat {
  /// Reads how cells are written.
  init(_ node: ConfigurationNode) throws(Diagnostic) {
    self.init()
    let keys = ["decimal", "thousands", "timestamp_format", "null_values", "time_zone"]
    try node.forEachKey(among: keys) { (key, node) throws(Diagnostic) in
      switch key {
      case "decimal":
        let sign = try node.text()
        guard [".", ","].contains(sign) else { throw node.outOfRange("\".\" or \",\"") }
        decimal = sign
      case "thousands":
        let sign = try node.text()
        guard [",", ".", "'", "_", " ", "\u{a0}", "\u{202f}", "\u{2019}"].contains(sign) else {
          throw node.outOfRange("one of the signs , . ' _ or a blank")
        }
        thousands = sign
      case "timestamp_format": timestampFormat = try node.timestampFormat()
      case "null_values": nullValues = try node.words()
      case "time_zone": timeZone = try node.timeZoneName()
      default: preconditionFailure("no key \(key)")
      }
    }
    guard thousands == nil || thousands != (decimal ?? ".") else {
      throw node.fault(
        .configValue, "has one sign for decimals and for thousands",
        hint: "add decimal: \",\" or thousands: \".\"")
    }
  }
}

extension ConfigurationNode {
  /// What separates fields: one character, or `tab`.
  func delimiter() throws(Diagnostic) -> String {
    let text = try text()
    if text == "tab" { return "\t" }
    guard text.utf8.count == 1, let byte = text.utf8.first, byte < 0x80,
      !["\"", "\n", "\r", "\0"].contains(text)
    else { throw outOfRange("one ASCII character, or tab") }
    return text
  }

  /// A pattern of a timestamp, or a unit of the numbers that stand for one.
  fileprivate func timestampFormat() throws(Diagnostic) -> String {
    let text = try text()
    if ["iso", "epoch_s", "epoch_ms", "excel"].contains(text) { return text }
    var fields: [Character] = []
    var rest = Substring(text)
    while let percent = rest.firstIndex(of: "%") {
      rest = rest[rest.index(after: percent)...]
      // A sign that ends the text begins a field that does not exist.
      fields.append(rest.popFirst() ?? " ")
    }
    let letters = fields.filter { $0 != "%" }
    guard letters.allSatisfy({ "YymbdHMSz".contains($0) }), Set(letters).count == letters.count,
      letters.contains("d"), letters.contains("Y") != letters.contains("y"),
      letters.contains("m") != letters.contains("b")
    else {
      throw outOfRange(
        "a pattern as %d.%m.%Y %H:%M, or iso, epoch_s, epoch_ms or excel",
        hint: "a pattern has a year %Y or %y, a month %m or %b, a day %d, and may have %H %M %S %z")
    }
    return text
  }

  /// The fault of a key that is not among `known`, which is not the whole truth of what is.
  fileprivate func unknownKey(_ key: String, among known: [String]) -> Diagnostic {
    fault(
      .configUnknownKey, "is not a column that is read here",
      hint: nearestName(to: key, among: known).map { "did you mean '\($0)'?" }
        ?? "our names stand on the left, the file's on the right; known: "
        + known.joined(separator: ", "))
  }
}
