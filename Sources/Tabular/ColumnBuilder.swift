import Diagnostics
import Files

/// Where the cells of one column are among the fields of a batch.
struct CellPositions {
  /// The column, and how many fields each row has.
  var column: Int
  var columnCount: Int
  /// The rows of the batch to read.
  var rows: Range<Int>

  @inline(__always) func fieldIndex(_ row: Int) -> Int { row &* columnCount &+ column }

  /// The same column in other rows.
  func inRows(_ rows: Range<Int>) -> CellPositions {
    CellPositions(column: column, columnCount: columnCount, rows: rows)
  }
}

/// A cell that is not of its column's type.
struct CellFault {
  /// The row of the batch.
  var row: Int
  var kind: Diagnostic.Kind
  var message: String
  var hint: String?
}

/// The values of a column, and what was remarkable about its cells.
struct FinishedColumn {
  var values: ColumnValues
  var notes = CellNotes()
}

/// Grows the values of one column, batch by batch.
protocol ColumnBuilder: AnyObject {
  /// Reads the cells of a batch.
  ///
  /// - Returns: The first cell that is not of the column's type; those after it are not read.
  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?

  /// Moves the values so far from memory to a file.
  ///
  /// - Throws: `output.failed`.
  func spill(to file: ScratchFile) throws(Diagnostic)

  /// The column's values.
  ///
  /// - Throws: `input.failed` where they were moved to a file.
  func finish() throws(Diagnostic) -> FinishedColumn

  /// Hands over a column of numbers as it is kept, where it is in memory; the builder has none then.
  func takePacked() -> PackedNumbers?
}

extension ColumnBuilder {
  func takePacked() -> PackedNumbers? { nil }
}

/// A builder of a column whose cells may be of another type than was declared.
protocol DeclaredColumnBuilder: ColumnBuilder {
  /// Remembers the values so far; they stay in memory until the next batch.
  func mark()
  /// Goes back to the values that there were at the last mark.
  func rewind()
}

/// Makes the builder for a column of a declared type; `nil` for one that is ignored.
///
/// - Parameter missingCount: Rows without a value that come before those to be read.
func makeBuilder(
  _ type: DeclaredType, columnName: String, format: ColumnFormat, missingCount: Int = 0
) -> (any ColumnBuilder)? {
  func quantities(_ grammar: some QuantityGrammar) -> any ColumnBuilder {
    format.nullValues.isEmpty
      ? QuantityBuilder(grammar, columnName, missingCount)
      : QuantityBuilder(
        NullableQuantities(grammar, NullWords(format.nullValues)), columnName, missingCount)
  }
  switch type {
  case .number:
    return format.number == .plain
      ? quantities(PlainNumbers()) : quantities(FormattedNumbers(format.number))
  case .boolean: return quantities(Booleans())
  case .date, .timestamp:
    let grammar = Timestamps(
      format: format.timestamp, timeZone: format.timeZone, mayBeMissing: type == .date)
    // A time that must be there is not excused by a word for a missing one.
    return type == .date ? quantities(grammar) : QuantityBuilder(grammar, columnName, missingCount)
  case .category:
    return CategoryBuilder(
      limit: nil, nullWords: NullWords(format.nullValues), missingCount: missingCount)
  case .identifier: return IdentifierBuilder()
  case .ignored: return nil
  }
}
