import Diagnostics

extension ColumnAudit {
  /// What the one who trains should know.
  ///
  /// - Parameter allowed: Columns that were allowed by name.
  /// - Throws: `data.leakage` that names every refused column that was not.
  package func warnings(allowed: [String], file: String) throws(Diagnostic) -> [String] {
    let refused = suspicions.filter { $0.isRefused && !allowed.contains($0.column) }
    guard refused.isEmpty else { throw Self.refusal(of: refused, file: file) }
    return suspicions.map { suspicion in
      "column '\(displayText(suspicion.column))'"
        + (suspicion.isRefused ? ", which was allowed: " : ": ") + suspicion.evidence
        + (suspicion.isRefused ? "" : ". \(suspicion.kind.question)")
    }
  }

  private static func refusal(of suspicions: [ColumnSuspicion], file: String) -> Diagnostic {
    let isOne = suspicions.count == 1
    let names = suspicions.map { suspicion in
      let name = displayText(suspicion.column)
      // As the options read a list of names.
      return name.contains(",") || name.contains("\"")
        ? "\"" + name.replacing("\"", with: "\"\"") + "\"" : name
    }.joined(separator: ",")
    let argument =
      names.contains { !$0.isLetter && !$0.isNumber && !"_,.-".contains($0) }
      ? "'\(names)'" : names
    return Diagnostic(
      .dataLeakage,
      (isOne ? "a column tells" : "\(suspicions.count) columns tell")
        + " the outcome and can hardly have been known before it: "
        + suspicions.map { "'\(displayText($0.column))' (\($0.evidence))" }
        .joined(separator: "; "),
      file: file, column: isOne ? suspicions[0].column : nil,
      hint: "leave \(isOne ? "it" : "them") out: --drop \(argument); what was known in time can be "
        + "learned from with --allow")
  }
}

extension ColumnSuspicion.Kind {
  /// What to ask of a column that is not refused.
  fileprivate var question: String {
    switch self {
    case .separates, .oneOutcome, .alone, .farAhead:
      "Is it known only afterwards? Leave it out with --drop"
    case .key, .rowOrder: "If it names rows or dates them, leave it out with --drop"
    }
  }
}
