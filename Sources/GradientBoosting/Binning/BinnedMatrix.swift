import Diagnostics
import Learning

/// A feature matrix as bin numbers, twice: column by column, for telling which rows go left, and row
/// by row, for adding up histograms.
///
/// ```
/// columns:  feature 0: row 0, row 1, ... | feature 1: row 0, row 1, ... | ...
/// tiles:    row 0: s0 s1 .. s31 | row 1: s0 s1 .. s31 | ...     (the first 32 slots)
///           row 0: s32 s33 ..   | row 1: s32 s33 ..   | ...     (the next)
/// ```
/// A slot is a byte that tells the bin of one feature, or of several; see ``BinSlot``. Features that
/// hold one value in most rows are listed instead; see ``SparseBins``. A feature of more than 256 bins
/// is in neither.
package struct BinnedMatrix: Sendable {
  package let mappers: [BinMapper]
  package let columns: BinColumns
  /// The features that can be split: more than one bin, and no copy of an earlier feature.
  package let usableFeatures: [Int]
  /// The usable features that are listed; `nil` without any.
  package let sparse: SparseBins?
  /// Usable features of more than 256 bins.
  package let wideFeatures: [Int]
  package let tiles: [BinTile]
  /// Where each feature's bins begin in a histogram of all features; the last entry is the total.
  package let binStart: [Int]

  /// See ``BinColumns/rowHashes(_:_:pool:)``.
  let rowHashes: LargeArray<UInt32>

  /// From so many rows on, a column that was binned leaves a hole of a megabyte.
  private static let leastRowCountOfLargeColumns = 1 << 17

  package var rowCount: Int { columns.rowCount }
  var featureCount: Int { mappers.count }
  package var totalBinCount: Int { binStart.last! }

  /// Learns the bins of `matrix` and applies them.
  package init(_ matrix: FeatureMatrix, binLimit: Int, pool: WorkerPool) {
    // Nothing is read from a file or written to one.
    try! self.init(of: matrix, binLimit: binLimit, pool: pool, folder: nil)
  }

  /// Learns the bins of a source's columns and applies them, a column per thread at a time.
  ///
  /// - Parameter folder: Where columns and tiles are kept in temporary files; `nil` for memory.
  /// - Throws: What the source throws; `output.cannot_create`, `output.failed` of the files.
  package init(
    of source: some ColumnSource, binLimit: Int, pool: WorkerPool, folder: String?
  ) throws(Diagnostic) {
    let (mappers, columns) = try BinColumns.learned(
      source, binLimit: binLimit, pool: pool, folder: folder)
    if source.rowCount >= Self.leastRowCountOfLargeColumns { FreedMemory.giveBack() }
    try self.init(mappers, columns, pool: pool, folder: folder)
  }

  /// Learns the bins of `matrix`, and applies them to some of its rows, over and over; one more
  /// quantity has a value for each of them.
  ///
  /// - Parameter rows: Which row of `matrix` each row repeats.
  init(
    _ matrix: FeatureMatrix, repeating rows: [UInt32], adding values: [Double], binLimit: Int,
    pool: WorkerPool
  ) {
    let once = BinnedMatrix(matrix, binLimit: binLimit, pool: pool)
    let added = BinnedMatrix(
      FeatureMatrix(
        features: [Feature(name: "", kind: .number)], columns: [.number(values)],
        rowCount: values.count), binLimit: binLimit, pool: pool)
    // Nothing is written to a file.
    try! self.init(
      once.mappers + added.mappers,
      BinColumns(
        rowCount: rows.count,
        columns: once.columns.repeating(rows, pool: pool) + added.columns.columns), pool: pool,
      folder: nil)
  }

  private init(_ mappers: [BinMapper], _ columns: BinColumns, pool: WorkerPool, folder: String?)
    throws(Diagnostic)
  {
    self.mappers = mappers
    self.columns = columns
    let usable = columns.distinctFeatures(mappers, pool: pool)
    usableFeatures = usable
    wideFeatures = usable.filter { !mappers[$0].fitsByte }
    let isUsable = Set(usable)
    let starts = mappers.indices.reduce(into: [0]) { starts, feature in
      starts.append(starts.last! + (isUsable.contains(feature) ? mappers[feature].binCount : 0))
    }
    binStart = starts
    var slots = try BinSlot.slots(
      of: usable.filter { mappers[$0].fitsByte }, mappers, columns, folder: folder)
    let chosen = SparseBins.choose(
      slots.filter { $0.features.count == 1 }.map { $0.features[0] }.sorted(), mappers, columns,
      pool: pool)
    sparse = try SparseBins(chosen, mappers, columns, pool: pool, folder: folder)
    let listed = Set(sparse?.features ?? [])
    slots.removeAll { $0.features.count == 1 && listed.contains($0.features[0]) }
    let tileCount = (slots.count + BinTile.slotLimit - 1) / BinTile.slotLimit
    var tiles: [BinTile] = []
    for tile in 0..<tileCount {
      // Tiles of about equal width.
      let first = slots.count * tile / tileCount
      let end = slots.count * (tile + 1) / tileCount
      tiles.append(
        try BinTile(slots[first..<end], binStart: starts, pool: pool, folder: folder))
    }
    self.tiles = tiles
    rowHashes = columns.rowHashes(usable, mappers, pool: pool)
  }

  /// Where a feature's bins are in a histogram of all features.
  package func bins(of feature: Int) -> Range<Int> { binStart[feature]..<binStart[feature + 1] }
}
