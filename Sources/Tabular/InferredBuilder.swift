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
  private var missingCount = 0
  private var inner: (any ColumnBuilder)?
  private var type: DeclaredType?

  /// What the cells were until one was not, and that one.
  private(set) var contradiction: (expected: DeclaredType, fault: CellFault)?

  init(_ columnName: String) { self.columnName = columnName }

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    if contradiction != nil { return nil }
    var row = cells.rows.lowerBound
    while inner == nil && row < cells.rows.upperBound {
      let cell = bytes.extracting(fields[cells.fieldIndex(row)].range)
      if MissingToken.matches(cell.extracting(cell.trimmed(0..<cell.count))) {
        missingCount += 1
        row += 1
      } else {
        decide(by: cell)
      }
    }
    guard let inner else { return nil }
    let rest = cells.inRows(row..<cells.rows.upperBound)
    if let type, let fault = inner.append(rest, fields, bytes) {
      contradiction = (type, fault)
      self.inner = nil
    }
    return nil
  }

  func finish() -> ColumnValues { inner?.finish() ?? .empty }

  private func decide(by cell: Span<UInt8>) {
    var type = DeclaredType.category
    if case .value = NumberGrammar.read(cell) {
      type = .number
    } else if case .value = BooleanGrammar.read(cell) {
      type = .boolean
    } else if case .value = TimestampGrammar.read(cell) {
      type = .date
    }
    self.type = type
    inner =
      type == .category
      ? CategoryBuilder(limit: Self.levelLimit, missingCount: missingCount)
      : makeBuilder(type, columnName: columnName, missingCount: missingCount)
  }
}
