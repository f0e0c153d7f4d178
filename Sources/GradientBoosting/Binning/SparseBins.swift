import Diagnostics
import Learning

/// Row by row, the bins of features that hold the same value in most rows, without that value.
///
/// ```
/// rowStart: 0    2 2        5 ..
/// entries:  7 30 | | 7 12 31 | ..        (row 1 has the usual value everywhere)
/// ```
/// What is not listed need not be added up: the bin of the usual value has what the node has and the
/// feature's other bins have not.
package struct SparseBins: Sendable {
  /// The features, ascending.
  package let features: [Int]
  /// The bin of each feature's usual value, which is not listed.
  let usualBin: [Int]
  /// Where each feature's bins begin among those of all sparse features; the last entry is the total,
  /// at most 65,536.
  let binStart: [Int]
  /// Where each row's entries begin; the last entry is the total.
  let rowStart: LargeArray<UInt32>
  /// The bins that rows are in, as positions among the bins of all sparse features.
  let entries: LargeArray<UInt16>

  /// A feature is sparse where at most so large a share of its rows is listed: adding up an entry
  /// costs more than a byte of a tile.
  private static let largestShare = 0.5

  /// Those of `features` that are sparse, with their usual bins.
  static func choose(
    _ features: [Int], _ mappers: [BinMapper], _ columns: BinColumns, pool: WorkerPool
  ) -> [(feature: Int, usualBin: Int)] {
    let found = pool.map(features.count) { index -> (feature: Int, usualBin: Int)? in
      guard case .bytes(let bins) = columns.columns[features[index]] else { return nil }
      var counts = [Int](repeating: 0, count: 256)
      for row in 0..<bins.count { counts[Int(bins[row])] += 1 }
      let usual = counts.indices.max { counts[$0] < counts[$1] }!
      let listed = Double(bins.count - counts[usual])
      return listed <= largestShare * Double(bins.count) ? (features[index], usual) : nil
    }
    // An entry is a number of 16 bits, and the entries are counted in 32.
    var binCount = 0
    return found.compactMap(\.self).filter { feature, _ in
      guard binCount + mappers[feature].binCount <= 1 << 16 else { return false }
      binCount += mappers[feature].binCount
      return true
    }
  }

  /// Lists the rows' bins; `nil` where there is nothing to list, or too much.
  ///
  /// - Parameter folder: Where the lists are kept in files; `nil` for memory.
  /// - Throws: `output.*` of the files.
  init?(
    _ chosen: [(feature: Int, usualBin: Int)], _ mappers: [BinMapper], _ columns: BinColumns,
    pool: WorkerPool, folder: String?
  ) throws(Diagnostic) {
    let rowCount = columns.rowCount
    guard !chosen.isEmpty, rowCount * chosen.count < 1 << 32 else { return nil }
    features = chosen.map(\.feature)
    usualBin = chosen.map(\.usualBin)
    let binStart = chosen.reduce(into: [0]) { $0.append($0.last! + mappers[$1.feature].binCount) }
    self.binStart = binStart
    let rowStart = try LargeArray<UInt32>(count: rowCount + 1, in: folder)
    rowStart.willBeReadInOrder()
    let block = 4096
    let blockCount = (rowCount + block - 1) / block
    @Sendable func rows(_ index: Int) -> Range<Int> {
      index * block..<min((index + 1) * block, rowCount)
    }
    pool.forEach(blockCount) { index in
      for (feature, usualBin) in chosen {
        guard case .bytes(let bins) = columns.columns[feature] else { continue }
        for row in rows(index) where bins[row] != usualBin { rowStart[row + 1] += 1 }
      }
    }
    for row in 0..<rowCount { rowStart[row + 1] += rowStart[row] }
    let entries = try LargeArray<UInt16>(count: Int(rowStart[rowCount]), in: folder)
    entries.willBeReadInOrder()
    pool.forEach(blockCount) { index in
      let rows = rows(index)
      var next = rows.map { rowStart[$0] }
      for (position, (feature, usualBin)) in chosen.enumerated() {
        guard case .bytes(let bins) = columns.columns[feature] else { continue }
        for row in rows where bins[row] != usualBin {
          entries[Int(next[row - rows.lowerBound])] = UInt16(binStart[position] + Int(bins[row]))
          next[row - rows.lowerBound] += 1
        }
      }
    }
    self.rowStart = rowStart
    self.entries = entries
  }
}
