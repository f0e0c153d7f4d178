/// A kind of cell that is read as a quantity.
protocol QuantityGrammar {
  /// The value of a cell, NaN where it is missing, or what is wrong with it.
  ///
  /// - Parameter row: The row of the batch, for the fault.
  static func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading
  /// A column of such cells.
  static func column(_ values: [Double]) -> ColumnValues
}

/// What a grammar makes of a cell.
enum QuantityReading {
  case value(Double)
  case fault(CellFault)
}

/// Reads the cells of a column by one grammar.
final class QuantityBuilder<Grammar: QuantityGrammar>: ColumnBuilder {
  private let columnName: String
  private var values: [Double]

  init(_ columnName: String, _ missingCount: Int) {
    self.columnName = columnName
    values = Array(repeating: .nan, count: missingCount)
  }

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    // A local array, so that the loop need not check for exclusive access at every cell.
    var grown: [Double] = []
    swap(&grown, &values)
    defer { values = grown }
    for row in cells.rows {
      let cell = bytes.extracting(fields[cells.fieldIndex(row)].range)
      switch Grammar.read(cell, row: row, columnName: columnName) {
      case .value(let value): grown.append(value)
      case .fault(let fault): return fault
      }
    }
    return nil
  }

  func finish() -> ColumnValues { Grammar.column(values) }
}

extension NumberGrammar: QuantityGrammar {
  static func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    switch read(cell) {
    case .value(let value): .value(value)
    case .missing: .value(.nan)
    case .notANumber:
      .fault(
        CellFault(
          row: row, kind: .valueNumber, message: "the cell is not a decimal number",
          hint: CellHint.forNumber(cell, columnName: columnName)))
    case .nonFinite:
      .fault(
        CellFault(
          row: row, kind: .valueNumberNonfinite, message: "the cell is infinite, expected a number",
          hint: "leave the cell empty where the value is not known"))
    case .outOfRange:
      .fault(
        CellFault(
          row: row, kind: .valueNumberRange, message: "the number is greater than 1.8e308"))
    }
  }

  static func column(_ values: [Double]) -> ColumnValues { .number(values) }
}

extension BooleanGrammar: QuantityGrammar {
  static func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    switch read(cell) {
    case .value(let value): .value(value ? 1 : 0)
    case .missing: .value(.nan)
    case .notABoolean:
      .fault(
        CellFault(
          row: row, kind: .valueBoolean,
          message: "the cell is none of yes/no, true/false, y/n and t/f",
          hint: CellHint.repeatedHeader(cell, columnName: columnName)
            ?? "0 and 1 are numbers; other words make a category"))
    }
  }

  static func column(_ values: [Double]) -> ColumnValues { .boolean(values) }
}

extension TimestampGrammar: QuantityGrammar {
  static func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    switch read(cell) {
    case .value(let value): .value(value)
    case .missing: .value(.nan)
    case .notATimestamp:
      .fault(
        CellFault(
          row: row, kind: .valueTimestamp, message: "the cell is not an ISO 8601 date or time",
          hint: CellHint.forTimestamp(cell, columnName: columnName)))
    case .outOfRange:
      .fault(
        CellFault(
          row: row, kind: .valueTimestampRange, message: "the year is not in 1970...2199",
          hint: "sentinel date? leave the cell empty"))
    }
  }

  static func column(_ values: [Double]) -> ColumnValues { .date(values) }
}
