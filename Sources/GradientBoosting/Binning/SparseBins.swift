import Diagnostics
import Learning

/// Row by row, the bins of features that hold the same value in most rows, without that value, in
/// groups of four.
///
/// ```
/// groupStart: 0       1       2               4 ..
/// entries:    7 30 x x|x x x x|7 12 31 40 44 x x x| ..   (row 1 has the usual value everywhere)
/// ```
/// What is not listed need not be added up: the bin of the usual value has what the node has and the
/// feature's other bins have not. Places that are left over (`x`) name bins behind all others, which
/// nobody looks at: adding to them costs less than guessing where a row ends.
package struct SparseBins: Sendable {
  /// The features, ascending.
  package let features: [Int]
  /// The bin of each feature's usual value, which is not listed.
  let usualBin: [Int]
  /// Where each feature's bins begin among those of all sparse features; the last entry is the total.
  let binStart: [Int]
  /// Where each row's groups begin, of which it has one at least; the last entry is the total.
  let groupStart: LargeArray<UInt32>
  /// The bins that rows are in, as positions among the bins of all sparse features, shape
  /// `[groupCount, 4]`.
  let entries: LargeArray<UInt16>
  /// 1 for the last group of each row, else 0, shape `[groupCount]`.
  let isLastOfRow: LargeArray<UInt8>

  /// How many sums there must be room for.
  var sumCount: Int { binStart.last! + Self.groupSize }

  static let groupSize = 4

  /// A feature is sparse where at most so large a share of its rows is listed: adding up an entry
  /// costs more than a byte of a tile.
  private static let largestShare = 0.5

  /// Those of `features` that are sparse, with their usual bins.
  static func choose(
    _ features: [Int], _ mappers: [BinMapper], _ columns: BinColumns, pool: WorkerPool
  ) -> [(feature: Int, usualBin: Int)] {
    let found = pool.map(features.count) { index -> (feature: Int, usualBin: Int)? in
      guard case .bytes(let bins) = columns.columns[features[index]] else { return nil }
      let counts = Self.counts(bins)
      let usual = counts.indices.max { counts[$0] < counts[$1] }!
      let listed = Double(bins.count - counts[usual])
      return listed <= largestShare * Double(bins.count) ? (features[index], usual) : nil
    }
    // An entry is a number of 16 bits, and the entries are counted in 32.
    var binCount = 0
    return found.compactMap(\.self).filter { feature, _ in
      guard binCount + mappers[feature].binCount + groupSize <= 1 << 16 else { return false }
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
    let groupStart = try LargeArray<UInt32>(count: rowCount + 1, in: folder)
    groupStart.willBeReadInOrder()
    let members = chosen.map { feature, usualBin in
      guard case .bytes(let bins) = columns.columns[feature] else {
        preconditionFailure("feature \(feature) has more than 256 bins")
      }
      return (bins: bins, usualBin: UInt8(usualBin))
    }
    let blockCount = (rowCount + Self.block - 1) / Self.block
    @Sendable func rows(_ index: Int) -> Range<Int> {
      index * Self.block..<min((index + 1) * Self.block, rowCount)
    }
    pool.forEach(blockCount) { index in
      // SAFETY: blocks have rows of their own, all below the count of bins.
      let counts = unsafe groupStart.start + 1
      for (bins, usualBin) in members {
        for row in rows(index) { unsafe counts[row] &+= bins.start[row] == usualBin ? 0 : 1 }
      }
    }
    let size = UInt32(Self.groupSize)
    for row in 0..<rowCount {
      groupStart[row + 1] = groupStart[row] + max(1, (groupStart[row + 1] + size - 1) / size)
    }
    let entries = try LargeArray<UInt16>(
      count: Int(groupStart[rowCount]) * Self.groupSize, in: folder)
    entries.willBeReadInOrder()
    let isLastOfRow = try LargeArray<UInt8>(count: Int(groupStart[rowCount]), in: folder)
    isLastOfRow.willBeReadInOrder()
    for row in 0..<rowCount { isLastOfRow[Int(groupStart[row + 1]) - 1] = 1 }
    pool.forEach(blockCount) { index in
      Self.list(rows(index), members, binStart, groupStart, entries)
    }
    self.groupStart = groupStart
    self.entries = entries
    self.isLastOfRow = isLastOfRow
  }

  /// So many rows are listed side by side.
  private static let block = 4096
  private static let rowsAtOnce = 64

  /// Writes the entries of some rows.
  private static func list(
    _ rows: Range<Int>, _ members: [(bins: LargeArray<UInt8>, usualBin: UInt8)],
    _ binStart: [Int], _ groupStart: LargeArray<UInt32>, _ entries: LargeArray<UInt16>
  ) {
    // A row's list can grow to all members, and a place that is written and not kept.
    let width = members.count + groupSize
    unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: rowsAtOnce * width) { lists in
      unsafe withUnsafeTemporaryAllocation(of: Int.self, capacity: rowsAtOnce) { ends in
        // SAFETY: as said; `ends` lie within the row's list, and rows within bins and groups.
        let (lists, ends) = (lists.baseAddress!, ends.baseAddress!)
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: rowsAtOnce) {
          let count = min(rowsAtOnce, rows.upperBound - first)
          for row in 0..<count { unsafe ends[row] = row &* width }
          for (member, (bins, usualBin)) in members.enumerated() {
            let start = UInt16(binStart[member])
            let bins = unsafe bins.start + first
            for row in 0..<count {
              // Always written, and kept where it counts: no branch that would be guessed wrong.
              let bin = unsafe bins[row]
              let end = unsafe ends[row]
              unsafe lists[end] = start &+ UInt16(bin)
              unsafe ends[row] = end &+ (bin == usualBin ? 0 : 1)
            }
          }
          for row in 0..<count {
            let groups = unsafe groupStart.start + (first + row)
            let list = unsafe lists + row &* width
            let last = unsafe (Int(groups[1]) - Int(groups[0])) * groupSize
            for place in unsafe ends[row] - row &* width..<last {
              unsafe list[place] = UInt16(binStart[members.count] + place % groupSize)
            }
            unsafe (entries.start + Int(groups[0]) * groupSize).update(from: list, count: last)
          }
        }
      }
    }
  }

  /// How many rows are in each of 256 bins.
  private static func counts(_ bins: LargeArray<UInt8>) -> [Int] {
    // Rows that follow each other are counted apart: most are in one bin, and adding to its count
    // waits for the addition before.
    var counts = [Int](repeating: 0, count: 4 * 256)
    var span = counts.mutableSpan
    for row in 0..<bins.count { span[(row & 3) << 8 | Int(bins[row])] &+= 1 }
    return (0..<256).map { bin in (0..<4).reduce(0) { $0 + counts[$1 << 8 | bin] } }
  }
}
