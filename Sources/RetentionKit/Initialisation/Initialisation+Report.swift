import Configuration
import Diagnostics

extension Initialisation {
  /// What was recognised and what to do next, for people.
  ///
  /// - Parameter folder: The folder, as the user named it.
  public func report(folder: String) -> String {
    var text = ""
    for table in tables {
      let files = table.files.map { displayText($0) }.joined(separator: ", ")
      text += "\(table.source): \(files), \(table.rows) rows\n"
      text += "  \(columnText(table))\n"
      if !table.attributes.isEmpty {
        text +=
          "  attributes: \(table.attributes.map { displayText($0) }.joined(separator: ", "))\n"
      }
    }
    if let plainTable {
      text +=
        "table: \(displayText(plainTable.file)), the label is \(displayText(plainTable.label))\n"
    }
    for (file, reason) in unused { text += "not used: \(displayText(file)): \(reason)\n" }
    if !targets.isEmpty {
      text += "\nCan be predicted: \(targets.joined(separator: ", "))\n"
      text += "As-of days: \(asOf ?? "none, the data are too short")\n"
    }
    if !checks.isEmpty {
      text += "\nPlease check\n"
      for check in checks { text += "  \(displayText(check))\n" }
    }
    return text + "\nWrote \(displayText(output))\n" + nextSteps
  }

  private func columnText(_ table: Table) -> String {
    let source = SourceName(rawValue: table.source)!
    let names =
      source.columnNames + table.columns.keys.filter { !source.columnNames.contains($0) }.sorted()
    return names.compactMap { name in
      table.columns[name].map { $0 == name ? name : "\(name) = \(displayText($0))" }
    }.joined(separator: ", ")
  }

  private var nextSteps: String {
    let shown = displayText(output)
    guard tables.isEmpty, let plainTable else {
      return """
        Next: read it through, then
          retain check --config \(shown)
          retain train --config \(shown) --target \(targets.first ?? "churn") --output churn.retain

        """
    }
    return """
      Next: read it through, then
        retain train --table \(displayText(plainTable.file)) --label \(displayText(plainTable.label)) --output churn.retain

      """
  }
}

/// What `retain init` found, in JSON.
public struct InitialisationJSON: Encodable {
  private struct Unused: Encodable {
    let file: String
    let reason: String
  }

  private let tables: [Initialisation.Table]
  private let unused: [Unused]
  private let checks: [String]
  private let targets: [String]
  private let asOf: String?
  private let label: String?
  private let output: String

  /// Takes over the parts.
  public init(_ initialisation: Initialisation) {
    tables = initialisation.tables
    unused = initialisation.unused.map { Unused(file: $0.file, reason: $0.reason) }
    checks = initialisation.checks
    targets = initialisation.targets
    asOf = initialisation.asOf
    label = initialisation.plainTable?.label
    output = initialisation.output
  }
}
