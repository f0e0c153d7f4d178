import Diagnostics
import Files

/// A kind of cell that is read as a quantity.
protocol QuantityGrammar {
  /// The value of a cell, NaN where it is missing, or what is wrong with it.
  ///
  /// - Parameter row: The row of the batch, for the fault.
  mutating func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading
  /// A column of such cells.
  func column(_ values: [Double]) -> ColumnValues
}

/// What a grammar makes of a cell.
enum QuantityReading {
  case value(Double)
  /// A decimal of few digits, as most numbers are.
  case code(PackedCode)
  /// A value with something remarkable about its cell.
  case noted(Double, CellNote)
  case fault(CellFault)
}

/// Reads the cells of a column by one grammar.
final class QuantityBuilder<Grammar: QuantityGrammar>: DeclaredColumnBuilder {
  private let columnName: String
  private var grammar: Grammar
  private var values = PackedNumbers()
  private var spilled = SpilledRuns<Double>()
  private var notes = CellNotes()
  private var marked = (count: 0, notes: CellNotes())

  init(_ grammar: Grammar, _ columnName: String, _ missingCount: Int) {
    self.grammar = grammar
    self.columnName = columnName
    values.add { for _ in 0..<missingCount { $0.append(.missing) } }
  }

  func append(_ cells: CellPositions, _ fields: Span<CSVField>, _ bytes: Span<UInt8>) -> CellFault?
  {
    // A local copy, so that the loop need not check for exclusive access at every cell.
    var grammar = grammar
    var found: CellFault?
    values.add { codes in
      for row in cells.rows {
        let cell = bytes.extracting(fields[cells.fieldIndex(row)].range)
        switch grammar.read(cell, row: row, columnName: columnName) {
        case .code(let code): codes.append(code)
        case .value(let value): codes.append(value)
        case .noted(let value, let note):
          codes.append(value)
          notes.add(note)
        case .fault(let fault):
          found = fault
          return
        }
      }
    }
    return found
  }

  func mark() { marked = (values.count, notes) }

  func rewind() {
    values.truncate(to: marked.count)
    notes = marked.notes
  }

  func spill(to file: ScratchFile) throws(Diagnostic) {
    try spilled.add(values.unpacked, to: file)
    values = PackedNumbers()
  }

  func takePacked() -> PackedNumbers? {
    guard spilled.count == 0 else { return nil }
    defer { values = PackedNumbers() }
    return values
  }

  func finish() throws(Diagnostic) -> FinishedColumn {
    let all = try spilled.values(followedBy: values.unpacked, filler: 0)
    return FinishedColumn(values: grammar.column(all), notes: notes)
  }
}

/// Quantities with further words for a missing one.
struct NullableQuantities<Base: QuantityGrammar>: QuantityGrammar {
  private var base: Base
  private let nullWords: NullWords

  init(_ base: Base, _ nullWords: NullWords) {
    self.base = base
    self.nullWords = nullWords
  }

  mutating func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    if nullWords.contains(cell.extracting(cell.trimmed(0..<cell.count))) { return .value(.nan) }
    return base.read(cell, row: row, columnName: columnName)
  }

  func column(_ values: [Double]) -> ColumnValues { base.column(values) }
}

/// Numbers written like 1234.5.
struct PlainNumbers: QuantityGrammar {
  @inline(__always)
  func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    Self.read(cell, row: row, columnName: columnName)
  }

  func column(_ values: [Double]) -> ColumnValues { .number(values) }

  @inline(__always)
  static func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    if let code = PackedCode(cell) { return .code(code) }
    let reading = NumberGrammar.read(cell)
    if case .value(let value) = reading, value.magnitude < leastInexact { return .value(value) }
    return unusual(reading, cell, row: row, columnName: columnName)
  }

  /// The reading of a cell that is missing, very large, or no number.
  @inline(never)
  private static func unusual(
    _ reading: NumberGrammar.Reading, _ cell: Span<UInt8>, row: Int, columnName: String
  ) -> QuantityReading {
    switch reading {
    case .value(let value):
      NumberGrammar.losesDigits(cell, as: value) ? .noted(value, .precisionLoss) : .value(value)
    case .missing: NumberGrammar.isNaN(cell) ? .noted(.nan, .nanAsMissing) : .value(.nan)
    case .notANumber: .fault(notANumber(cell, row: row, columnName: columnName))
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

  static func notANumber(_ cell: Span<UInt8>, row: Int, columnName: String) -> CellFault {
    CellFault(
      row: row, kind: .valueNumber, message: "the cell is not a decimal number",
      hint: CellHint.forNumber(cell, columnName: columnName))
  }

  /// 2^53, to which the first integer that a `Double` does not hold is rounded.
  private static let leastInexact = 9_007_199_254_740_992.0
}

/// Yes and no.
struct Booleans: QuantityGrammar {
  func read(_ cell: Span<UInt8>, row: Int, columnName: String) -> QuantityReading {
    switch BooleanGrammar.read(cell) {
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

  func column(_ values: [Double]) -> ColumnValues { .boolean(values) }
}
