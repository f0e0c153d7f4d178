import Diagnostics

/// Checks a header against the columns that a caller needs.
struct HeaderCheck {
  /// The names in the file, trimmed.
  let header: [String]
  /// The header's line; `nil` where the file has no lines.
  let line: Int?
  let file: String?

  /// Names by which the columns can be told apart.
  ///
  /// A repeated name is followed by `.2`, `.3`, ...; an empty one is `column_N`.
  var uniqueNames: [String] {
    var taken = Set(header)
    var seen: Set<String> = []
    return header.enumerated().map { index, name in
      if !name.isEmpty && seen.insert(name).inserted { return name }
      let stem = name.isEmpty ? "column_\(index + 1)" : name
      var unique = name.isEmpty ? stem : "\(name).2"
      var number = 2
      while !taken.insert(unique).inserted {
        unique = name.isEmpty ? "\(stem).\(number)" : "\(stem).\(number + 1)"
        number += 1
      }
      return unique
    }
  }

  /// The fault where a required column is missing or not the only one of its name.
  ///
  /// Columns are required by their unique names, as a table bears them.
  ///
  /// - Parameters:
  ///   - dialect: How fields are told apart; `nil` where they are not by a delimiter.
  ///   - likeness: What the file looks like, if not like CSV.
  ///   - firstRecordFits: Whether the record after the header has as many fields as it.
  func fault(
    required: [String], dialect: CSVDialect?, likeness: String?, firstRecordFits: Bool
  ) -> Diagnostic? {
    let present = Set(uniqueNames)
    let missing = required.filter { !present.contains($0) }
    if !missing.isEmpty {
      let names = missing.map { displayText($0) }.joined(separator: ", ")
      return Diagnostic(
        .schemaMissingColumn,
        "the header has no \(missing.count == 1 ? "column" : "columns") \(names)",
        file: file, line: line, column: missing.count == 1 ? missing[0] : nil,
        hint: likeness.map { "the file looks like \($0)" }
          ?? (dialect == nil ? nil : formHint(firstRecordFits: firstRecordFits))
          ?? nearestNames(missing))
    }
    for name in required {
      let count = header.count { $0 == name }
      // Who asks for the second column of the name as well knows that there are two.
      if count > 1, !required.contains("\(name).2") {
        return Diagnostic(
          .schemaDuplicateColumn, "the header names the column \(count) times", file: file,
          line: line, column: name, hint: "rename or delete the others")
      }
    }
    return nil
  }

  /// What may be wrong with the file as a whole, judged by its header.
  private func formHint(firstRecordFits: Bool) -> String? {
    if header.count == 1 {
      let counts = [(";", "';'"), ("\t", "a tab"), ("|", "'|'"), (",", "','")].map { byte, shown in
        (shown: shown, count: header[0].utf8.count { $0 == byte.utf8.first })
      }
      let most = counts.max { $0.count < $1.count }
      if let most, most.count > 0 { return "delimiter looks like \(most.shown)" }
      if !firstRecordFits || header[0].hasPrefix("#") {
        return "lines above the header? pass over them with --skip-lines N"
      }
    }
    let looksLikeData = header.contains { name in
      let cell = name.utf8.map { $0 }
      if case .value = NumberGrammar.read(cell.span) { return true }
      if case .value = TimestampGrammar.read(cell.span) { return true }
      return false
    }
    return looksLikeData ? "first line looks like data: is the header missing?" : nil
  }

  private func nearestNames(_ missing: [String]) -> String {
    let found = missing.compactMap { name in
      nearestName(to: name, among: header).map {
        "found \(displayText($0)) for \(displayText(name))"
      }
    }
    guard found.isEmpty else { return found.joined(separator: ", ") }
    let names = header.prefix(8).map { displayText($0) }.joined(separator: ", ")
    return "the header has \(names)\(header.count > 8 ? ", ..." : "")"
  }
}
