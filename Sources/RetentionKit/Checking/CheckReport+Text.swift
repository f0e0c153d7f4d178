import Diagnostics
import Reporting

extension CheckReport {
  /// The report in words.
  public var text: String {
    var lines = "\(displayText(config)): "
    if let firstDay, let lastDay {
      lines += "\(Numbers.count(accounts, "account")), \(firstDay) to \(lastDay)"
      lines += accountsLeft > 0 ? ", \(Numbers.count(accountsLeft)) left\n" : "\n"
    } else {
      lines += "the tables were not read\n"
    }
    lines += tablesText + targetsText + sizeText
    lines += list("Notes", notes)
    lines += list(
      "Faults", problems.map { "\(displayText($0.place)): \($0.message)" + hint($0.hint) })
    lines += leaksText("Leaks", openLeaks)
    lines += leaksText("Would leak, but does not reach the features", closedLeaks)
    return lines + "\n\(conclusion)\n"
  }

  private func hint(_ hint: String?) -> String { hint.map { "; \($0)" } ?? "" }

  private func list(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\n\(title)\n" + lines.map { "  \($0)\n" }.joined()
  }

  private var tablesText: String {
    guard !tables.isEmpty else { return "" }
    var table = AlignedTable(
      [.left, .right, .right, .left, .left, .left],
      header: ["table", "rows", "accounts", "first day", "last day", "rows per month"])
    for entry in tables {
      table.add(
        entry.name, Numbers.count(entry.rows), entry.accounts.map(Numbers.count) ?? "-",
        entry.firstDay ?? "-", entry.lastDay ?? "-", entry.chart)
    }
    var text = "\n" + table.text
    for entry in tables where entry.files.count > 1 {
      let files = entry.files.map { "\(displayText($0.path)) (\(Numbers.count($0.rows)))" }
      text += "  \(entry.name): \(files.joined(separator: ", "))\n"
    }
    for entry in tables where !entry.unusedColumns.isEmpty {
      text +=
        "  not used of \(entry.name): \(entry.unusedColumns.map(displayText).joined(separator: ", "))\n"
    }
    return text
  }

  private var targetsText: String {
    guard !targets.isEmpty else { return "" }
    var table = AlignedTable(
      [.left, .right, .right, .right, .right, .right, .left],
      header: [
        "label", "rows", "positive", "rate", "censored", "excluded", "strongest alone (ROC AUC)",
      ]
    )
    for target in targets where target.failure == nil {
      table.add(
        target.name, Numbers.count(target.rows), Numbers.count(target.positives),
        Numbers.percent(Double(target.positives) / Double(max(1, target.rows))),
        Numbers.count(target.censored), Numbers.count(target.excluded.values.reduce(0, +)),
        target.strongest.first.map { "\($0.feature) \(Numbers.fixed($0.rocAUC, 3))" } ?? "-")
    }
    let failures = targets.compactMap { target in
      target.failure.map { "  \(target.name): \($0)\n" }
    }
    return "\n" + table.text + failures.joined()
  }

  private var sizeText: String {
    guard let size else { return "" }
    return "\n  Training: \(Numbers.count(size.rows, "row")) of all targets, "
      + "\(Numbers.count(size.features, "feature")); the largest target takes about "
      + "\(Numbers.bytes(size.bytes)), and \(Numbers.seconds(size.featureSeconds)) for its features\n"
  }

  private func leaksText(_ title: String, _ leaks: [LeakFinding]) -> String {
    guard !leaks.isEmpty else { return "" }
    return "\n\(title)\n"
      + leaks.map { leak in
        "  \(displayText(leak.place))\n    \(leak.evidence)\n    -> \(leak.advice)\n"
      }.joined()
  }

  private var conclusion: String {
    guard problems.isEmpty || audited else {
      return "Not audited: \(Numbers.count(problems.count, "fault")) to correct first."
    }
    let audit =
      replayedRows > 0
      ? "The features of \(Numbers.count(replayedRows, "row")) do not change with the future. "
      : ""
    let replayed = leaks.contains { $0.kind == .replay } ? "" : audit
    let faults = problems.isEmpty ? "" : " \(Numbers.count(problems.count, "fault")) to correct."
    if openLeaks.isEmpty {
      return replayed
        + (closedLeaks.isEmpty
          ? "No leak was found." : "No leak reaches the features; what would leak is kept out.")
        + faults
    }
    return replayed
      + "\(Numbers.count(openLeaks.count, "place tells", "places tell")) what could not have been known: "
      + "correct this before training." + faults
  }
}
