import CProcessor
import Learning
import Synchronization

/// Adds up the histograms of nodes, on all threads of a pool, in buffers that last from tree to tree.
package struct HistogramBuilder: Sendable {
  private let matrix: BinnedMatrix
  private let pool: WorkerPool
  private let workers: [Worker]

  /// A node of fewer rows is one thread's work.
  private static let leastRowsPerWorker = 2048

  package init(_ matrix: BinnedMatrix, pool: WorkerPool) {
    self.matrix = matrix
    self.pool = pool
    workers = (0..<pool.threadCount).map { Worker(matrix, isFirst: $0 == 0) }
  }

  /// Adds up the rows of a node.
  ///
  /// - Parameters:
  ///   - rows: The node's rows.
  ///   - gradients: Of all rows, shape `[rowCount]`.
  ///   - histogram: Room for all features' bins, shape `[totalBinCount]`; overwritten.
  /// - Returns: How many parts of the sums are still with the workers; see ``finish(_:in:parts:)``.
  package func add(
    _ rows: NodeRows, gradients: LargeArray<PackedGradient>,
    to histogram: UnsafeMutablePointer<HistogramBin>
  ) -> Int {
    let parts = WorkerPool.pieceCount(
      of: rows.count, least: Self.leastRowsPerWorker, pieceLimit: workers.count)
    nonisolated(unsafe) let histogram = unsafe histogram
    // SAFETY: the histogram has room for all bins; the first part alone writes to it.
    let chunks = ChunkQueue(rows, size: Worker.chunk)
    pool.forEach(parts) { part in
      let sums = unsafe part == 0 ? histogram : workers[part].sums.start
      unsafe workers[part].add(chunks, gradients: gradients, of: matrix, to: sums)
    }
    return parts
  }

  /// What a feature's bins add up to, those with the workers included.
  func sum(of feature: Int, in histogram: UnsafeMutablePointer<HistogramBin>, parts: Int)
    -> HistogramBin
  {
    var sum = HistogramBin()
    for bin in matrix.bins(of: feature) {
      // SAFETY: the feature's bins lie within the total.
      sum = unsafe sum + histogram[bin]
      for worker in workers.prefix(parts).dropFirst() {
        sum = unsafe sum + worker.sums.start[bin]
      }
    }
    return sum
  }

  /// Brings together what the workers hold of some bins; once for each bin and node.
  package func finish(
    _ bins: Range<Int>, in histogram: UnsafeMutablePointer<HistogramBin>, parts: Int
  ) {
    for worker in workers.prefix(parts).dropFirst() {
      // SAFETY: `bins` lie within the total, and each range is one caller's.
      let sums = unsafe worker.sums.start
      for bin in bins {
        unsafe histogram[bin] = histogram[bin] + sums[bin]
      }
    }
  }
}

/// The rows of a node in chunks, each for the worker that comes for it first: sums of whole numbers do
/// not hang on who adds what.
private final class ChunkQueue: Sendable {
  private let rows: NodeRows
  private let size: Int
  private let taken = Atomic<Int>(0)

  init(_ rows: NodeRows, size: Int) {
    self.rows = rows
    self.size = size
  }

  func next() -> NodeRows? {
    let start = taken.add(1, ordering: .relaxed).oldValue * size
    guard start < rows.count else { return nil }
    return rows.part(start..<min(start + size, rows.count))
  }
}

/// The rows of a node: a list, or all rows of the matrix in their order.
@safe package struct NodeRows: Sendable {
  // SAFETY: points into the row list of the grower, which outlives every use.
  @unsafe nonisolated(unsafe) let list: UnsafePointer<UInt32>?
  let first: Int
  let count: Int

  /// The rows of a list, which must outlive the use and end in 128 readable entries more.
  package static func listed(_ rows: LargeArray<UInt32>) -> NodeRows {
    unsafe NodeRows(list: rows.start, first: 0, count: rows.count)
  }

  /// All rows from `first` on.
  package static func consecutive(first: Int, count: Int) -> NodeRows {
    unsafe NodeRows(list: nil, first: first, count: count)
  }

  func part(_ range: Range<Int>) -> NodeRows {
    unsafe NodeRows(
      list: list.map { unsafe $0 + range.lowerBound }, first: first + range.lowerBound,
      count: range.count)
  }
}

/// What one thread adds up with.
private final class Worker: Sendable {
  /// The 64-bit sums of each tile's slots; zero between calls.
  private let laneSums: [LargeArray<Int64>]
  /// The same for features that are in no tile.
  private let wideLaneSums: [LargeArray<Int64>]
  /// The same for features whose rows are listed.
  private let sparseLaneSums: LargeArray<Int64>
  private let lanes = LargeArray<Int64>(count: chunk)
  /// Sums of all features' bins, for all threads but the first.
  let sums: LargeArray<HistogramBin>

  /// So many rows pass all tiles before the next.
  static let chunk = 2048

  init(_ matrix: BinnedMatrix, isFirst: Bool) {
    laneSums = matrix.tiles.map { _ in
      LargeArray(count: BinTile.slotLimit * HistogramKernel.slotStride)
    }
    wideLaneSums = matrix.wideFeatures.map { LargeArray(count: matrix.mappers[$0].binCount) }
    sparseLaneSums = LargeArray(count: matrix.sparse?.sumCount ?? 0)
    sums = LargeArray(count: isFirst ? 0 : matrix.totalBinCount)
  }

  func add(
    _ chunks: ChunkQueue, gradients: LargeArray<PackedGradient>, of matrix: BinnedMatrix,
    to sums: UnsafeMutablePointer<HistogramBin>
  ) {
    var total: Int64 = 0
    while let rows = chunks.next() { total &+= addChunk(rows, gradients, matrix) }
    unsafe takeOver(matrix, total: HistogramBin(lanes: total), to: sums)
  }

  /// Adds a chunk's rows to the 64-bit sums.
  ///
  /// - Returns: What the chunk's gradients add up to.
  private func addChunk(
    _ rows: NodeRows, _ gradients: LargeArray<PackedGradient>, _ matrix: BinnedMatrix
  ) -> Int64 {
    // SAFETY: rows are rows of the matrix; a chunk fits `lanes`; the lists end in slack.
    let packed = unsafe gradients.start
    let lanes = unsafe lanes.start
    var total: Int64 = 0
    if let list = unsafe rows.list {
      for position in 0..<rows.count {
        unsafe rk_prefetch_line(packed + Int(list[position &+ 32]))
        let lane = unsafe packed[Int(list[position])].lanes
        unsafe lanes[position] = lane
        total &+= lane
      }
      for (index, tile) in matrix.tiles.enumerated() {
        unsafe HistogramKernel.add(
          tile, rows: list, count: rows.count, lanes: lanes, to: laneSums[index].start)
      }
      if let sparse = matrix.sparse {
        unsafe HistogramKernel.add(
          sparse, rows: list, count: rows.count, lanes: lanes, to: sparseLaneSums.start)
      }
      for (index, feature) in matrix.wideFeatures.enumerated() {
        guard case .words(let bins) = matrix.columns.columns[feature] else { continue }
        let target = unsafe wideLaneSums[index].start
        for position in 0..<rows.count {
          unsafe target[Int(bins.start[Int(list[position])])] &+= lanes[position]
        }
      }
    } else {
      for position in 0..<rows.count {
        let lane = unsafe packed[rows.first + position].lanes
        unsafe lanes[position] = lane
        total &+= lane
      }
      for (index, tile) in matrix.tiles.enumerated() {
        unsafe HistogramKernel.add(
          tile, firstRow: rows.first, count: rows.count, lanes: lanes, to: laneSums[index].start)
      }
      if let sparse = matrix.sparse {
        unsafe HistogramKernel.add(
          sparse, firstRow: rows.first, count: rows.count, lanes: lanes,
          to: sparseLaneSums.start)
      }
      for (index, feature) in matrix.wideFeatures.enumerated() {
        guard case .words(let bins) = matrix.columns.columns[feature] else { continue }
        let target = unsafe wideLaneSums[index].start
        for position in 0..<rows.count {
          unsafe target[Int(bins.start[rows.first + position])] &+= lanes[position]
        }
      }
    }
    return total
  }

  /// Puts the sums into the order of features, and clears them.
  ///
  /// - Parameter total: What the gradients of all rows add up to.
  private func takeOver(
    _ matrix: BinnedMatrix, total: HistogramBin, to sums: UnsafeMutablePointer<HistogramBin>
  ) {
    for (index, tile) in matrix.tiles.enumerated() {
      var slotSums = unsafe laneSums[index].start
      for slot in tile.slots {
        // SAFETY: codes are below the slot's stride; `binOfCode` names bins of the matrix, those of a
        // slot's only feature one after another.
        let start = unsafe UnsafeMutableRawPointer(slotSums).assumingMemoryBound(
          to: HistogramBin.self)
        if slot.binOfCode.count == 1 {
          unsafe (sums + Int(slot.binOfCode[0][0])).update(from: start, count: slot.codeCount)
        } else {
          for binOfCode in slot.binOfCode {
            for bin in binOfCode { unsafe sums[Int(bin)] = HistogramBin() }
            for code in 0..<slot.codeCount {
              let bin = unsafe sums + Int(binOfCode[code])
              unsafe bin.pointee = bin.pointee + start[code]
            }
          }
        }
        unsafe slotSums.update(repeating: 0, count: slot.codeCount)
        unsafe slotSums += HistogramKernel.slotStride
      }
    }
    if let sparse = matrix.sparse {
      unsafe takeOver(sparse, matrix, total: total, to: sums)
    }
    for (index, feature) in matrix.wideFeatures.enumerated() {
      let wide = unsafe wideLaneSums[index].start
      let start = matrix.binStart[feature]
      for bin in 0..<matrix.mappers[feature].binCount {
        unsafe sums[start + bin] = HistogramBin(lanes: wide[bin])
        unsafe wide[bin] = 0
      }
    }
  }

  private func takeOver(
    _ sparse: SparseBins, _ matrix: BinnedMatrix, total: HistogramBin,
    to sums: UnsafeMutablePointer<HistogramBin>
  ) {
    for (index, feature) in sparse.features.enumerated() {
      // SAFETY: both ranges have the feature's bins.
      let listed = unsafe sparseLaneSums.start + sparse.binStart[index]
      let target = unsafe sums + matrix.binStart[feature]
      var rest = total
      let count = matrix.mappers[feature].binCount
      for bin in 0..<count {
        let sum = unsafe HistogramBin(lanes: listed[bin])
        unsafe target[bin] = sum
        rest = rest - sum
      }
      unsafe target[sparse.usualBin[index]] = rest
      unsafe listed.update(repeating: 0, count: count)
    }
  }
}
