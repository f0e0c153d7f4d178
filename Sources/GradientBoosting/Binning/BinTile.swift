import Diagnostics
import Learning

/// Up to 32 slots side by side: the codes of a row are one short run of bytes.
package struct BinTile: Sendable {
  /// The bins of all features that one slot's code stands for.
  package struct Slot: Sendable {
    /// How many codes occur.
    package var codeCount: Int
    /// For each of the slot's features, where the bin of each code is in a histogram of all
    /// features, shape `[sharedCount][codeCount]`.
    package var binOfCode: [[Int32]]
  }

  package let slots: [Slot]
  /// From one row to the next, in bytes: a power of two, 4 to 32. Bytes beyond the slots are zero.
  let stride: Int
  /// The slots' codes, shape `[rowCount, stride]`.
  let codes: LargeArray<UInt8>

  /// The most slots of a tile: their histograms just about fit a processor's innermost cache.
  static let slotLimit = 32

  /// - Parameter folder: Where the codes are kept in a file; `nil` for memory.
  /// - Throws: `output.*` of the file.
  init(_ members: ArraySlice<BinSlot>, binStart: [Int], pool: WorkerPool, folder: String?)
    throws(Diagnostic)
  {
    let stride = max(4, 1 << (Int.bitWidth - (members.count - 1).leadingZeroBitCount))
    let rowCount = members.first?.codes.count ?? 0
    let codes = try LargeArray<UInt8>(count: rowCount * stride, in: folder)
    codes.willBeReadInOrder()
    let block = 4096
    pool.forEach((rowCount + block - 1) / block) { index in
      let rows = index * block..<min((index + 1) * block, rowCount)
      for (position, member) in members.enumerated() {
        // SAFETY: each block has its own rows of `codes`, and `position` is below the stride.
        for row in rows {
          unsafe codes.start[row &* stride &+ position] = member.codes.start[row]
        }
      }
    }
    self.stride = stride
    self.codes = codes
    slots = members.map { member in
      Slot(
        codeCount: member.combinations.count,
        binOfCode: member.features.indices.map { shared in
          member.combinations.map {
            Int32(binStart[member.features[shared]]) + Int32($0[shared])
          }
        })
    }
  }
}
