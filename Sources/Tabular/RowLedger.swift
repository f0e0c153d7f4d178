import Diagnostics

/// The good and the bad rows of tables that are read in parts: several files of one table, or blocks
/// of one file.
///
/// The budget holds for a table as a whole. All tables share one file of rejects, which then names
/// the file of each row.
package final class RowLedger {
  /// What becomes of a bad row.
  package let policy: BadRowPolicy
  /// The rows of the present table so far.
  package private(set) var counts = RowCounts()
  private var first: Diagnostic?
  private let rejects: RejectsFile?

  /// Begins the file of rejects, if there is to be one.
  ///
  /// - Throws: `output.cannot_create`.
  package init(_ policy: BadRowPolicy, rejects path: String?) throws(Diagnostic) {
    self.policy = policy
    if let path, policy != .stop {
      rejects = try RejectsFile(path: path, namesFiles: true)
    } else {
      rejects = nil
    }
  }

  /// Reads the declared columns of a part, which begins with the table's header.
  ///
  /// - Parameters:
  ///   - lines: Physical lines of the file between its header and the part's rows.
  ///   - bytes: How much further than in the part its rows are in the file.
  /// - Throws: what ``TableReader`` throws for form and schema; the first bad row, or
  ///   `data.too_many_bad_rows`.
  package func read(
    _ source: any CSVBlockSource, declared: [String: DeclaredType], required: [String],
    options: TableReader.Options, lines: Int = 0, bytes: Int = 0
  ) throws(Diagnostic) -> Table {
    var options = options
    // The budget is the ledger's, and judges all parts.
    options.onBadRow = policy == .stop ? .stop : .skip(.percent(100))
    options.rejects = nil
    do throws(Diagnostic) {
      var reading = try TableReading(
        source, declared: declared, undeclared: .ignored, required: required, options: options,
        canReadTwice: false)
      if let rejects {
        rejects.beginPart(of: source.name ?? "", lines: lines, bytes: bytes)
        reading.share(rejects)
      }
      try reading.readRows(nil)
      let fault = reading.badRows.first.map { $0.moved(lines: lines, bytes: bytes) }
      try add(reading.badRows.counts, first: fault, file: source.name)
      return try reading.table()
    } catch {
      throw error.file == source.name ? error.moved(lines: lines, bytes: bytes) : error
    }
  }

  /// Counts good rows that were read in another way.
  package func addAccepted(_ count: Int) { counts.accepted += count }

  private func add(_ part: RowCounts, first fault: Diagnostic?, file: String?) throws(Diagnostic) {
    counts.accepted += part.accepted
    counts.rejected += part.rejected
    first = first ?? fault
    try rejects?.check()
    if case .skip(let budget) = policy, budget.isExceededAtOnce(by: counts) {
      try rejects?.commit()
      throw tooMany(budget, file)
    }
  }

  /// Judges the rows of a table that was read to its end, and begins with the next.
  ///
  /// - Returns: What became of the rows.
  /// - Throws: `data.too_many_bad_rows`; `data.no_rows` where all are bad.
  package func finishTable(_ file: String?) throws(Diagnostic) -> RowCounts {
    let finished = counts
    defer {
      counts = RowCounts()
      first = nil
    }
    guard case .skip(let budget) = policy, finished.rejected > 0 else { return finished }
    if finished.accepted == 0 {
      try rejects?.commit()
      throw Diagnostic(
        .dataNoRows,
        "has no good row: \(finished.rejected) of \(finished.read) are bad; the first: "
          + "\(first?.kind.rawValue ?? ""): \(first?.message ?? "")",
        file: first?.file ?? file, line: first?.line, column: first?.column, hint: first?.hint)
    }
    if budget.isExceeded(by: finished) {
      try rejects?.commit()
      throw tooMany(budget, file)
    }
    return finished
  }

  /// Puts the file of rejects in its place.
  package func commit() throws(Diagnostic) { try rejects?.commit() }

  private func tooMany(_ budget: BadRowBudget, _ file: String?) -> Diagnostic {
    var rows = BadRows(columnCount: 0)
    if let first { rows.addRecord(first, difference: 0) }
    rows.counts = counts
    return rows.tooMany(budget, file: first?.file ?? file)
  }
}

extension Diagnostic {
  /// The fault of a part as one of the whole file.
  fileprivate func moved(lines: Int, bytes: Int) -> Diagnostic {
    var fault = self
    fault.line = line.map { $0 + lines }
    fault.byte = byte.map { $0 + bytes }
    return fault
  }
}
