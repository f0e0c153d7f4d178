import CProcessor
import Learning

/// The rows of every leaf, as ranges of one list:
/// ```
/// rows: | leaf A: 0 3 7 | leaf C: 1 2 | leaf B: 4 5 6 8 |     after splitting B into B and C
/// ```
/// Splitting keeps the order of the rows on each side.
struct RowPartition: Sendable {
  /// The rows of the tree, shape `[rowCount]`.
  private let rows: LargeArray<UInt32>
  private let lefts: LargeArray<UInt32>
  private let rights: LargeArray<UInt32>
  /// How many rows the tree learns from.
  private(set) var count = 0
  /// Whether the list is all rows in their order.
  private(set) var isComplete = false

  /// Ranges of fewer rows are one thread's work.
  private static let leastRowsPerWorker = 8192
  private static let lookAhead = 32

  init(rowCount: Int) {
    rows = LargeArray(count: rowCount)
    lefts = LargeArray(count: rowCount)
    rights = LargeArray(count: rowCount)
  }

  /// Begins a tree with all rows.
  mutating func takeAll(_ rowCount: Int, pool: WorkerPool) {
    let rows = rows
    pool.forEachRange(of: rowCount, least: Self.leastRowsPerWorker, pieceLimit: pool.threadCount) {
      _, range in
      // SAFETY: ranges are disjoint and within the list.
      for row in range { unsafe rows.start[row] = UInt32(truncatingIfNeeded: row) }
    }
    count = rowCount
    isComplete = true
  }

  /// Begins a tree with some rows, ascending.
  mutating func take(_ chosen: [UInt32]) {
    for position in chosen.indices { rows[position] = chosen[position] }
    count = chosen.count
    isComplete = false
  }

  /// The rows in a range of the list.
  func rows(_ range: Range<Int>) -> NodeRows {
    if isComplete, range.count == count { return .consecutive(first: 0, count: count) }
    precondition(range.upperBound <= count, "\(range) of \(count) rows")
    // SAFETY: the range lies within the list, which ends in slack.
    return unsafe NodeRows(list: rows.start + range.lowerBound, first: 0, count: range.count)
  }

  /// Calls `body` with each row of a range.
  func forEachRow(_ range: Range<Int>, _ body: (Int) -> Void) {
    for position in range { body(Int(rows[position])) }
  }

  /// Whether any row of a range is in a bin.
  func hasRow(_ range: Range<Int>, in bin: Int, of column: BinColumns.Column) -> Bool {
    switch column {
    case .bytes(let bins): range.contains { Int(bins[Int(rows[$0])]) == bin }
    case .words(let bins): range.contains { Int(bins[Int(rows[$0])]) == bin }
    }
  }

  /// Adds a number to the scores of the rows in a range.
  ///
  /// - Parameter scores: Of every row, shape `[rowCount]`.
  func add(_ value: Double, to scores: LargeArray<Double>, _ range: Range<Int>) {
    precondition(range.upperBound <= count, "\(range) of \(count) rows")
    precondition(scores.count == rows.count, "\(scores.count) scores for \(rows.count) rows")
    // SAFETY: rows are below the count of scores; the list ends in slack, and what is asked for ahead
    // need not exist.
    let (rows, scores) = unsafe (rows.start, scores.start)
    for position in range {
      unsafe rk_prefetch_line(scores + Int(rows[position &+ Self.lookAhead]))
      unsafe scores[Int(rows[position])] += value
    }
  }

  /// Puts the rows that go left before the others.
  ///
  /// - Parameter goesLeft: 1 for a bin that goes left, else 0; an entry for each bin of `column`.
  /// - Returns: How many go left.
  mutating func split(
    _ range: Range<Int>, by column: BinColumns.Column, goesLeft: [UInt8], pool: WorkerPool
  ) -> Int {
    isComplete = false
    let pieces = WorkerPool.pieceCount(
      of: range.count, least: Self.leastRowsPerWorker, pieceLimit: pool.threadCount)
    if pieces == 1 {
      // SAFETY: the range is within the list; the left side never overtakes what is still to be
      // read; `goesLeft` has an entry for each bin.
      let leftCount = unsafe PartitionKernel.deal(
        rows.start + range.lowerBound, count: range.count, column, goesLeft,
        lefts: rows.start + range.lowerBound, rights: rights.start + range.lowerBound)
      unsafe (rows.start + range.lowerBound + leftCount).update(
        from: rights.start + range.lowerBound, count: range.count - leftCount)
      return leftCount
    }
    let (rows, lefts, rights) = (rows, lefts, rights)
    let leftCounts = pool.map(pieces) { piece in
      let part = Self.piece(piece, of: pieces, range)
      // SAFETY: as above; pieces are disjoint.
      return unsafe PartitionKernel.deal(
        rows.start + part.lowerBound, count: part.count, column, goesLeft,
        lefts: lefts.start + part.lowerBound, rights: rights.start + part.lowerBound)
    }
    let leftCount = leftCounts.reduce(0, +)
    pool.forEach(pieces) { piece in
      let part = Self.piece(piece, of: pieces, range)
      let before = leftCounts.prefix(piece).reduce(0, +)
      let left = range.lowerBound + before
      let right = range.lowerBound + leftCount + (part.lowerBound - range.lowerBound - before)
      // SAFETY: the pieces' targets are disjoint and fill the range.
      unsafe (rows.start + left).update(
        from: lefts.start + part.lowerBound, count: leftCounts[piece])
      unsafe (rows.start + right).update(
        from: rights.start + part.lowerBound, count: part.count - leftCounts[piece])
    }
    return leftCount
  }

  private static func piece(_ piece: Int, of pieces: Int, _ range: Range<Int>) -> Range<Int> {
    range.lowerBound + range.count * piece / pieces..<range.lowerBound + range.count * (piece + 1)
      / pieces
  }
}
