import Diagnostics
import Files

/// One pass over a file.
struct TableReading: ~Copyable {
  var reader: CSVRecordReader
  let names: [String]
  let types: [DeclaredType?]
  let format: TableFormat
  private let builders: [(any ColumnBuilder)?]
  private let canReadTwice: Bool
  private let onBadRow: BadRowPolicy
  /// What was left out so far, and why.
  var badRows: BadRows
  /// The file that takes the rows left out.
  var rejects: RejectsFile?
  /// The records of sound form before the current batch.
  private var recordCount = 0
  /// The line on which each contradicted column was contradicted, by column index.
  private var contradictionLines: [Int: Int] = [:]
  /// Positions of records that another pass has left out; `nil` in a first pass.
  private var leftOut: [Int]?
  private var leftOutCount = 0
  /// Where values go that memory need not hold; `nil` to keep them in memory.
  private var scratch: ScratchFile?
  private var unspilledRowCount = 0

  /// Reads the header and decides how each column is read.
  ///
  /// - Parameter levelLimit: The most distinct words of a declared category; `nil` for no limit.
  init(
    _ source: any CSVBlockSource, declared: [String: DeclaredType],
    undeclared: TableReader.UndeclaredColumns, required: [String], options: TableReader.Options,
    canReadTwice: Bool, levelLimit: Int? = nil, blockByteCount: Int = 1 << 20
  ) throws(Diagnostic) {
    var reader = try CSVRecordReader(
      source, dialect: options.dialect, blockByteCount: blockByteCount)
    let check = HeaderCheck(header: reader.header, line: reader.headerLine, file: source.name)
    if check.fault(
      required: required, dialect: options.dialect, likeness: nil, firstRecordFits: true) != nil
    {
      var firstRecordFits = true
      if case .bad(let fault)? = try? reader.next() {
        firstRecordFits = fault.kind != .csvFieldCount
      }
      throw check.fault(
        required: required, dialect: options.dialect, likeness: reader.likeness,
        firstRecordFits: firstRecordFits)!
    }
    let names = check.uniqueNames
    let types = names.map { declared[$0] ?? (undeclared == .ignored ? .ignored : nil) }
    let format = options.format
    builders = zip(names, types).map { name, type -> (any ColumnBuilder)? in
      guard let type else { return InferredBuilder(name, format: format[name]) }
      guard type == .category else {
        return makeBuilder(type, columnName: name, format: format[name])
      }
      return CategoryBuilder(
        limit: levelLimit, nullWords: NullWords(format[name].nullValues), missingCount: 0)
    }
    self.names = names
    self.types = types
    self.format = format
    self.reader = reader
    self.canReadTwice = canReadTwice
    onBadRow = options.onBadRow
    badRows = BadRows(columnCount: names.count)
  }

  /// Leaves out what an earlier pass has left out, and nothing else.
  mutating func leavesOut(_ records: [Int]) { leftOut = records }

  /// Begins the file that takes the rows left out.
  mutating func openRejects(_ path: String?) throws(Diagnostic) {
    guard let path, case .skip = onBadRow else { return }
    rejects = try RejectsFile(path: path)
    reader.keepsOriginals = true
  }

  /// Takes a file of rejects that others write to as well.
  mutating func share(_ file: RejectsFile) {
    rejects = file
    reader.keepsOriginals = true
  }

  /// The table.
  func table() throws(Diagnostic) -> Table {
    let shelf = shelfOfBuilders()
    var columns: [TableColumn] = []
    for index in shelf.names.indices {
      columns.append(try shelf.column(index))
      // No more than one column is in memory twice.
      _ = shelf.takePacked(index)
    }
    return table(of: columns)
  }

  private func table(of columns: [TableColumn]) -> Table {
    var table = Table(
      columns: columns, rowCount: badRows.counts.accepted,
      ignoredColumns: names.indices.filter { builders[$0] == nil }.map { names[$0] },
      warnings: reader.warnings, rejectedRowCount: badRows.counts.rejected)
    table.rejectedRecords = badRows.records
    return table
  }

  // MARK: On disk

  /// Has the values leave memory for a file.
  mutating func spills(to file: ScratchFile) { scratch = file }

  /// The columns, all of whose values are on disk where any are.
  func shelf() throws(Diagnostic) -> ReadShelf {
    if let scratch { for builder in builders { try builder?.spill(to: scratch) } }
    return shelfOfBuilders()
  }

  private func shelfOfBuilders() -> ReadShelf {
    let used = builders.indices.filter { builders[$0] != nil }
    var contradictions: [Int: TableColumn.Contradiction] = [:]
    for (position, index) in used.enumerated() {
      if let line = contradictionLines[index],
        let expected = (builders[index] as? InferredBuilder)?.contradiction?.expected
      {
        contradictions[position] = TableColumn.Contradiction(expected: expected, line: line)
      }
    }
    return ReadShelf(
      names: used.map { names[$0] }, outline: table(of: []), builders: used.map { builders[$0]! },
      contradictions: contradictions)
  }

  /// So many values of all columns together stay in memory before they leave it.
  private static let unspilledValueLimit = 1 << 21

  private mutating func spillWhereFull(_ rowCount: Int) throws(Diagnostic) {
    guard let scratch else { return }
    unspilledRowCount += rowCount
    guard unspilledRowCount * names.count >= Self.unspilledValueLimit else { return }
    for builder in builders { try builder?.spill(to: scratch) }
    unspilledRowCount = 0
  }

  // MARK: Reading

  /// Reads all rows, column by column within batches that fit the processor's cache.
  mutating func readRows(_ progress: ((Int) -> Void)?) throws(Diagnostic) {
    let rowLimit = max(1, 1 << 15 / names.count)
    var byteCountReported = 0
    while true {
      let fault = try reader.readBatch(rowLimit: rowLimit)
      if let progress, reader.byteCountRead != byteCountReported {
        byteCountReported = reader.byteCountRead
        progress(byteCountReported)
      }
      // The rows of the batch come before the record at fault, and so do their faults.
      try convertBatch()
      try spillWhereFull(reader.lines.count)
      if var fault {
        // What is fatal has ended the reader; nothing behind it can be trusted in any mode.
        guard case .skip(let budget) = onBadRow, !reader.isFatal else {
          if fault.kind == .csvFieldCount && badRows.counts.read == 0 { explainFieldCount(&fault) }
          throw fault
        }
        badRows.addRecord(fault, difference: reader.fieldCountFound - names.count)
        if let rejects { reader.copyBadRecord(fault, to: rejects) }
        try checkBudget(budget)
      } else if reader.lines.isEmpty {
        return
      }
    }
  }

  // MARK: A batch

  private mutating func convertBatch() throws(Diagnostic) {
    guard !reader.lines.isEmpty else { return }
    var rows = BatchRows(count: reader.lines.count)
    if let leftOut {
      while leftOutCount < leftOut.count, leftOut[leftOutCount] < recordCount + rows.count {
        rows.leaveOut(leftOut[leftOutCount] - recordCount)
        leftOutCount += 1
      }
      badRows.counts.rejected += rows.leftOut.count
    }
    let faults = appendDeclared(rows)
    if let first = faults.min(by: { ($0.fault.row, $0.column) < ($1.fault.row, $1.column) }) {
      guard case .skip(let budget) = onBadRow, leftOut == nil else {
        // A contradiction before the fault comes first.
        try appendOthers(BatchRows(count: first.fault.row))
        throw lastDiagnostic(first.fault, column: first.column)
      }
      try reject(faults, of: &rows, budget)
    }
    try appendOthers(rows)
    badRows.counts.accepted += rows.count - rows.leftOut.count
    recordCount += rows.count
  }

  /// Reads the columns of declared types; their faults, of which the first ends the column unless bad
  /// rows are skipped.
  private func appendDeclared(_ rows: BatchRows) -> [(fault: CellFault, column: Int)] {
    var faults: [(fault: CellFault, column: Int)] = []
    var findsAll = false
    if case .skip = onBadRow { findsAll = true }
    for (column, builder) in builders.enumerated() {
      guard let builder = builder as? any DeclaredColumnBuilder else { continue }
      if findsAll { builder.mark() }
      for var run in rows.runs {
        while let fault = append(run, of: column, to: builder) {
          faults.append((fault, column))
          guard findsAll else { break }
          run = fault.row + 1..<run.upperBound
        }
      }
    }
    return faults
  }

  /// Leaves rows out of the batch, and reads the columns of declared types again without them.
  private mutating func reject(
    _ faults: [(fault: CellFault, column: Int)], of rows: inout BatchRows, _ budget: BadRowBudget
  ) throws(Diagnostic) {
    if badRows.counts.read == 0 { badRows.likelySwap = likelySwap(faults) }
    for (_, column) in faults { badRows.faultCountOfColumn[column] += 1 }
    var last = -1
    for (fault, column) in faults.sorted(by: {
      ($0.fault.row, $0.column) < ($1.fault.row, $1.column)
    }) where fault.row != last {
      last = fault.row
      rows.leaveOut(fault.row)
      let diagnostic = diagnostic(fault, column: column)
      badRows.add(diagnostic, record: recordCount + fault.row)
      if let rejects { reader.copy(row: fault.row, diagnostic, to: rejects) }
      try checkBudget(budget, pendingCount: fault.row + 1 - rows.leftOut.count)
    }
    for (column, builder) in builders.enumerated() {
      guard let builder = builder as? any DeclaredColumnBuilder else { continue }
      builder.rewind()
      for run in rows.runs { _ = append(run, of: column, to: builder) }
    }
  }

  /// Reads the columns in which no cell is bad.
  private mutating func appendOthers(_ rows: BatchRows) throws(Diagnostic) {
    for (column, builder) in builders.enumerated() {
      guard let builder, !(builder is any DeclaredColumnBuilder) else { continue }
      for run in rows.runs { _ = append(run, of: column, to: builder) }
      if types[column] == nil, contradictionLines[column] == nil,
        let contradiction = (builder as? InferredBuilder)?.contradiction
      {
        contradictionLines[column] = reader.lines[contradiction.fault.row]
        guard !canReadTwice else { continue }
        var fault = contradiction.fault
        fault.message += ", as the cells before it are"
        fault.hint = "declare the column's type, or read a file: a pipe cannot be read twice"
        throw diagnostic(fault, column: column)
      }
    }
  }

  func append(_ rows: Range<Int>, of column: Int, to builder: any ColumnBuilder) -> CellFault? {
    let cells = CellPositions(column: column, columnCount: names.count, rows: rows)
    return builder.append(cells, reader.fields.span, reader.buffer.span)
  }
}

/// The rows of a batch, some of them left out.
struct BatchRows {
  let count: Int
  /// Ascending.
  private(set) var leftOut: [Int] = []

  init(count: Int) { self.count = count }

  /// Leaves out a row.
  ///
  /// - Precondition: It comes behind those left out before.
  mutating func leaveOut(_ row: Int) { leftOut.append(row) }

  /// The rows that stay, without gaps.
  var runs: [Range<Int>] {
    var runs: [Range<Int>] = []
    var start = 0
    for row in leftOut + [count] {
      if row > start { runs.append(start..<row) }
      start = row + 1
    }
    return runs
  }
}
