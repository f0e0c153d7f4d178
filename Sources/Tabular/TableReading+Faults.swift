import Diagnostics

/// The words for what is wrong with rows, and when they are too many.
extension TableReading {
  /// Ends the reading where the budget is used up.
  ///
  /// - Parameter pendingCount: Good rows before the last bad one that are not counted yet.
  mutating func checkBudget(_ budget: BadRowBudget, pendingCount: Int = 0) throws(Diagnostic) {
    try rejects?.check()
    guard budget.isExceededAtOnce(by: badRows.counts) else { return }
    badRows.counts.accepted += pendingCount
    try rejects?.commit()
    throw badRows.tooMany(budget, file: reader.source.name)
  }

  /// Puts the file of rejects in its place, and judges the bad rows as a whole.
  mutating func finishBadRows(_ budget: BadRowBudget) throws(Diagnostic) {
    try rejects?.commit()
    guard badRows.counts.rejected > 0 else { return }
    if badRows.counts.accepted == 0, let first = badRows.first {
      throw Diagnostic(
        .dataNoRows,
        "has no good row: \(badRows.counts.rejected) of \(badRows.counts.read) are bad; "
          + "the first: \(first.kind.rawValue): \(first.message)",
        file: first.file, line: first.line, column: first.column,
        hint: badRows.commonFault(names) ?? first.hint)
    }
    if budget.isExceeded(by: badRows.counts) {
      throw badRows.tooMany(budget, file: reader.source.name)
    }
  }

  /// A bad cell of the current batch, as an error.
  func diagnostic(_ fault: CellFault, column: Int) -> Diagnostic {
    Diagnostic(
      fault.kind, fault.message, file: reader.source.name, line: reader.lines[fault.row],
      column: names[column], byte: reader.byteOffset(ofRow: fault.row), hint: fault.hint)
  }

  /// A bad cell that ends the reading: where it is the first of all, with what the rows behind it
  /// tell of its column.
  func lastDiagnostic(_ fault: CellFault, column: Int) -> Diagnostic {
    var last = diagnostic(fault, column: column)
    if badRows.counts.read == 0 && fault.row == 0 && everyCellFails(column) {
      let all = "every value in column \(displayText(names[column])) fails"
      let swap = swappedColumn(column).map { swapHint(column, $0) }
      last.hint = (swap ?? fault.hint).map { "\(all); \($0)" } ?? all
    }
    return last
  }

  /// What the first batch tells of two columns that bear each other's name.
  func likelySwap(_ faults: [(fault: CellFault, column: Int)]) -> String? {
    for column in Set(faults.map(\.column)).sorted() where everyCellFails(column) {
      if let other = swappedColumn(column) { return swapHint(column, other) }
    }
    return nil
  }

  private func swapHint(_ column: Int, _ other: Int) -> String {
    let name = displayText(names[column])
    let otherName = displayText(names[other])
    return "\(name) looks like \(otherName), and \(otherName) like \(name): are they swapped?"
  }

  /// Another declared column, each cell of which is of this one's type.
  private func swappedColumn(_ column: Int) -> Int? {
    guard let type = types[column] else { return nil }
    return names.indices.first { other in
      guard other != column, let otherType = types[other], otherType != .ignored,
        let builder = makeBuilder(
          type, columnName: names[other], format: format[names[column]])
      else { return false }
      return append(0..<reader.lines.count, of: other, to: builder) == nil
        && otherType != type
    }
  }

  private func everyCellFails(_ column: Int) -> Bool {
    let batchRowCount = reader.lines.count
    guard batchRowCount > 1, let type = types[column] else { return false }
    return (0..<batchRowCount).allSatisfy { row in
      guard
        let builder = makeBuilder(
          type, columnName: names[column], format: format[names[column]])
      else { return false }
      return append(row..<row + 1, of: column, to: builder) != nil
    }
  }

  /// Adds to the fault of the first row that the rows after it share it, if they do.
  mutating func explainFieldCount(_ fault: inout Diagnostic) {
    let difference = reader.fieldCountFound - names.count
    for record in 0..<1000 {
      guard let next = try? reader.next() else {
        if record == 0 { return }
        break
      }
      guard case .bad(let other) = next, other.message == fault.message else { return }
    }
    fault.hint = BadRows.fieldCountHint(difference)
  }
}
