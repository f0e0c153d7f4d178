import Configuration
import Diagnostics
import Files
import Tabular

/// The headers of all files, beside what the configuration expects of them.
struct HeaderFacts {
  private(set) var problems: [CheckReport.Problem] = []
  private(set) var notes: [String] = []

  /// Reads every header.
  ///
  /// - Throws: what keeps a file from being opened, or from being a table.
  init(_ configuration: RetentionConfiguration) throws(Diagnostic) {
    for source in SourceName.allCases {
      guard let table = configuration.sources[source] else { continue }
      let options = try table.options(timeZone: configuration.timeZone)
      var first: (path: String, header: [String])?
      for path in try configuration.files(of: source) {
        let reader = try CSVRecordReader(try CSVFileSource(path: path), dialect: options.dialect)
        let header = reader.header
        judge(header, of: path, source, table)
        if let first, Set(first.header) != Set(header) {
          let more = Set(header).subtracting(first.header).sorted().map(displayText)
          let fewer = Set(first.header).subtracting(header).sorted().map(displayText)
          notes.append(
            "\(source.rawValue): \(displayText(path)) has other columns than "
              + "\(displayText(first.path)):"
              + (more.isEmpty ? "" : " \(more.joined(separator: ", ")) more")
              + (fewer.isEmpty ? "" : " \(fewer.joined(separator: ", ")) fewer"))
        }
        first = first ?? (path, header)
      }
    }
  }

  private mutating func judge(
    _ header: [String], of path: String, _ source: SourceName, _ table: TableSource
  ) {
    var wanted: [(name: String, column: String)] = table.columns.sorted { $0.key < $1.key }
      .filter { table.constants[$0.key] == nil }.map { ($0.key, $0.value) }
    wanted += table.attributes.map { ("attributes", $0) }
    for choices in source.requiredColumns {
      let isThere = choices.contains { name in
        table.constants[name] != nil || table.columns[name] != nil || header.contains(name)
      }
      if !isThere { wanted.append((choices[0], choices[0])) }
    }
    for (name, column) in wanted where !header.contains(column) {
      let near = EventWord.nearest(to: column, among: header)
      problems.append(
        CheckReport.Problem(
          kind: Diagnostic.Kind.schemaMissingColumn.rawValue, place: path,
          message: "has no column '\(displayText(column))', which "
            + "sources.\(source.rawValue).\(name == "attributes" ? name : "columns.\(name)") asks for",
          hint: near.map { "did you mean '\(displayText($0))'?" }
            ?? "columns there: \(header.prefix(12).map(displayText).joined(separator: ", "))",
          exitCode: Diagnostic.Kind.schemaMissingColumn.exitCode))
    }
  }
}
