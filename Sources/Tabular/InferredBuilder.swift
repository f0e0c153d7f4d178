import Diagnostics
import Files

/// Finds out an undeclared column's type while it reads the column.
///
/// ```
/// undecided --first cell with a value--> number | boolean | date --another cell--> contradicted
///                                    \-> category --too many words--> text
/// ```
///
/// A contradicted column stores nothing more; the reader goes through the file again for its words.
final class InferredBuilder: ColumnBuilder {
  /// The most distinct words that an undeclared category may have.
  static let levelLimit = 65_536

  private let columnName: String
  private let format: ColumnFormat
  private let nullWords: NullWords
  private var missingCount = 0
  private var inner: (any ColumnBuilder)?
  private var type: DeclaredType?

  /// What the cells were until one was not, and that one.
  private(set) var contradiction: (expected: DeclaredType, fault: CellFault)?

  init(_ columnName: String, format: ColumnFormat) {
    self.columnName = columnName
    self.format = format
    nullWords = NullWords(format.nullValues)
  }

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    if contradiction != nil { return nil }
    var row = cells.rows.lowerBound
    while inner == nil && row < cells.rows.upperBound {
      let range = fields[cells.fieldIndex(row)].range
      if nullWords.matches(bytes.extracting(bytes.trimmed(range))) {
        missingCount += 1
      } else {
        decide(by: cells.inRows(row..<row + 1), fields, bytes)
      }
      row += 1
    }
    guard let inner else { return nil }
    let rest = cells.inRows(row..<cells.rows.upperBound)
    if let type, let fault = inner.append(rest, fields, bytes) {
      contradiction = (type, fault)
      self.inner = nil
    }
    return nil
  }

  func spill(to file: ScratchFile) throws(Diagnostic) { try inner?.spill(to: file) }

  func takePacked() -> PackedNumbers? { inner?.takePacked() }

  func finish() throws(Diagnostic) -> FinishedColumn {
    guard let inner else { return FinishedColumn(values: .empty) }
    return try inner.finish()
  }

  /// Settles on the first type that the cell is of, and reads it.
  private func decide(
    by cell: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>
  ) {
    for candidate in [DeclaredType.number, .boolean, .date] {
      guard
        let builder = makeBuilder(
          candidate, columnName: columnName, format: format, missingCount: missingCount),
        builder.append(cell, fields, bytes) == nil
      else { continue }
      type = candidate
      inner = builder
      return
    }
    let words = CategoryBuilder(
      limit: Self.levelLimit, nullWords: nullWords, missingCount: missingCount)
    _ = words.append(cell, fields, bytes)
    type = .category
    inner = words
  }
}
