import Diagnostics

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

/// Grows the values of one column, batch by batch.
protocol ColumnBuilder: AnyObject {
  /// Reads the cells of a batch.
  ///
  /// - Returns: The first cell that is not of the column's type; those after it are not read.
  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?

  /// The column's values.
  func finish() -> ColumnValues
}

/// Makes the builder for a column of a declared type; `nil` for one that is ignored.
func makeBuilder(_ type: DeclaredType, columnName: String, missingCount: Int = 0)
  -> (any ColumnBuilder)?
{
  switch type {
  case .number: QuantityBuilder<NumberGrammar>(columnName, missingCount)
  case .boolean: QuantityBuilder<BooleanGrammar>(columnName, missingCount)
  case .date: QuantityBuilder<TimestampGrammar>(columnName, missingCount)
  case .category: CategoryBuilder(limit: nil, missingCount: missingCount)
  case .identifier: IdentifierBuilder()
  case .ignored: nil
  }
}

/// Codes the words of a category; with a limit, it gives up on columns of more distinct words.
final class CategoryBuilder: ColumnBuilder {
  private let limit: Int?
  private var index = LevelIndex()
  private var codes: [Int32]
  private var missingCount: Int
  /// How many rows had a text when the limit was passed.
  private var countedRowCount: Int?

  init(limit: Int?, missingCount: Int) {
    self.limit = limit
    self.missingCount = missingCount
    codes = Array(repeating: -1, count: missingCount)
  }

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    var grown: [Int32] = []
    swap(&grown, &codes)
    defer { codes = grown }
    for row in cells.rows {
      let range = bytes.trimmed(fields[cells.fieldIndex(row)].range)
      let word = bytes.extracting(range)
      if MissingToken.matches(word) {
        missingCount += 1
        if countedRowCount == nil { grown.append(-1) }
      } else if countedRowCount == nil {
        if let code = index.code(of: word, limit: limit ?? Int(Int32.max)) {
          grown.append(code)
        } else {
          countedRowCount = grown.count - missingCount + 1
          grown = []
        }
      }
    }
    return nil
  }

  func finish() -> ColumnValues {
    if let countedRowCount {
      return .text(
        TextSummary(
          missingCount: missingCount, distinctLowerBound: index.count + 1,
          countedRowCount: countedRowCount))
    }
    return .category(CategoryValues(codes: codes, levels: index.levels))
  }
}

final class IdentifierBuilder: ColumnBuilder {
  private var values = TextValues()

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    for row in cells.rows {
      let range = fields[cells.fieldIndex(row)].range
      if bytes.trimmed(range).isEmpty {
        return CellFault(
          row: row, kind: .valueMissingKey, message: "the identifier is empty",
          hint: "every row needs an identifier: fill it in, or delete the row")
      }
      values.append(bytes.extracting(range))
    }
    return nil
  }

  func finish() -> ColumnValues { .identifier(values) }
}
