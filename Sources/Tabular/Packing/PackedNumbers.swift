/// Numbers in memory that take four bytes each or fewer, as cells of a table mostly do, and come back
/// bit by bit.
///
/// Numbers are packed in blocks of 8,192 as they come; see ``PackedBlock``. The last ones stay codes
/// until there is a block of them.
package final class PackedNumbers: @unchecked Sendable {
  // SAFETY of @unchecked: one thread adds numbers, before others look at them.

  private let store = PageStore()
  private var blocks: [PackedBlock] = []
  /// The numbers behind the blocks.
  private var open = OpenCodes()

  /// No numbers.
  package init() {}

  /// Packs numbers.
  package convenience init(_ values: [Double]) {
    self.init()
    for start in stride(from: 0, to: values.count, by: PackedBlock.rowCount) {
      add { for value in values[start...].prefix(PackedBlock.rowCount) { $0.append(value) } }
    }
  }

  /// How many numbers there are.
  package var count: Int { blocks.count * PackedBlock.rowCount + open.codes.count }

  /// One of them.
  package subscript(row: Int) -> Double {
    let block = row / PackedBlock.rowCount
    guard block < blocks.count else { return open[row - blocks.count * PackedBlock.rowCount] }
    return blocks[block][row % PackedBlock.rowCount]
  }

  /// All of them.
  package var unpacked: [Double] { values(in: 0..<count) }

  /// Those of some rows, in their order.
  package func values(at rows: [Int]) -> [Double] {
    // Rows that follow one another are had by the block.
    if let first = rows.first, rows.elementsEqual(first..<first + rows.count) {
      return values(in: first..<first + rows.count)
    }
    return rows.map { self[$0] }
  }

  private func values(in rows: Range<Int>) -> [Double] {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count, "\(rows) of \(count) numbers")
    let rowCount = PackedBlock.rowCount
    return [Double](capacity: rows.count) { values in
      var row = rows.lowerBound
      while row < rows.upperBound {
        let block = row / rowCount
        if block < blocks.count, row % rowCount == 0, row + rowCount <= rows.upperBound {
          blocks[block].append(to: &values)
          row += rowCount
        } else {
          values.append(self[row])
          row += 1
        }
      }
    }
  }

  /// Lets `body` add numbers.
  @inline(__always)
  func add(_ body: (inout OpenCodes) -> Void) {
    // Held by nobody else meanwhile, so that a loop of appends need not check for it every time.
    var codes = OpenCodes()
    swap(&codes, &open)
    body(&codes)
    swap(&codes, &open)
    if open.codes.count >= PackedBlock.rowCount { pack() }
  }

  private func pack() {
    let rowCount = PackedBlock.rowCount
    while open.codes.count >= rowCount {
      let listedCount = open.listedCount(inFirst: rowCount)
      blocks.append(
        PackedBlock(
          open.codes.span.extracting(first: rowCount),
          listed: open.listed.span.extracting(first: listedCount), in: store))
      open.removeFirst(rowCount)
    }
  }

  /// Forgets the numbers from a row on.
  func truncate(to count: Int) {
    precondition(count >= 0 && count <= self.count, "\(count) of \(self.count) numbers")
    while count < blocks.count * PackedBlock.rowCount {
      // What the block has in the store stays unused.
      let block = blocks.removeLast()
      open = OpenCodes()
      for row in 0..<PackedBlock.rowCount { open.append(block[row]) }
    }
    open.truncate(to: count - blocks.count * PackedBlock.rowCount)
  }
}
