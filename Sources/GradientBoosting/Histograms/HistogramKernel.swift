import CProcessor

/// Adds up packed gradients by the codes of a tile: the innermost loop of training.
///
/// Each slot has a histogram of 64-bit sums, gradient above and hessian below; neither half can
/// overflow, see ``PackedGradient/limits(rowCount:)``.
enum HistogramKernel {
  /// From one slot's sums to the next. With 256, all histograms would begin in the same set of the
  /// innermost cache.
  static let slotStride = 264
  /// How far ahead rows are asked for.
  private static let lookAhead = 32

  /// Adds rows one after another, as they stand in the tile.
  ///
  /// - Parameters:
  ///   - lanes: Gradient and hessian of each row; see ``PackedGradient/lanes``.
  ///   - firstRow: The row that `lanes` begins with.
  @inline(never)
  static func add(
    _ tile: BinTile, firstRow: Int, count: Int, lanes: UnsafePointer<Int64>,
    to sums: UnsafeMutablePointer<Int64>
  ) {
    let stride = tile.stride
    let (words, rest) = (tile.slots.count / 4, tile.slots.count % 4)
    // SAFETY: the caller's rows are in the tile; codes are below 256, so below the slot's stride.
    var row = unsafe UnsafeRawPointer(tile.codes.start) + firstRow * stride
    for position in 0..<count {
      unsafe addRow(row, words, rest, lanes[position], sums)
      unsafe row += stride
    }
  }

  /// Adds rows that are spread over the tile.
  ///
  /// - Parameter rows: Their numbers, shape `[count]`, with ``lookAhead`` readable entries more.
  @inline(never)
  static func add(
    _ tile: BinTile, rows: UnsafePointer<UInt32>, count: Int, lanes: UnsafePointer<Int64>,
    to sums: UnsafeMutablePointer<Int64>
  ) {
    let stride = tile.stride
    let (words, rest) = (tile.slots.count / 4, tile.slots.count % 4)
    // SAFETY: as above; what is asked for ahead need not exist.
    let codes = unsafe UnsafeRawPointer(tile.codes.start)
    for position in 0..<count {
      unsafe rk_prefetch_line(codes + Int(rows[position + lookAhead]) &* stride)
      unsafe addRow(
        codes + Int(rows[position]) &* stride, words, rest, lanes[position], sums)
    }
  }

  /// Adds rows one after another by their lists of bins.
  ///
  /// - Parameters:
  ///   - firstRow: The row that `lanes` begins with.
  ///   - sums: ``SparseBins/sumCount`` of them.
  @inline(never)
  static func add(
    _ sparse: SparseBins, firstRow: Int, count: Int, lanes: UnsafePointer<Int64>,
    to sums: UnsafeMutablePointer<Int64>
  ) {
    // SAFETY: entries are below the count of sums; the groups of these rows follow each other, and
    // as many of them are last ones as there are rows.
    let starts = unsafe sparse.groupStart.start + firstRow
    let groups = unsafe UnsafeRawPointer(sparse.entries.start)
    let isLast = unsafe sparse.isLastOfRow.start
    var lane = unsafe lanes
    for group in unsafe Int(starts[0])..<Int(starts[count]) {
      unsafe addGroup(groups + group &* 8, lane.pointee, sums)
      unsafe lane += Int(isLast[group])
    }
  }

  /// Adds rows of a list by their lists of bins.
  ///
  /// - Parameters:
  ///   - rows: Their numbers, shape `[count]`, with ``lookAhead`` readable entries more.
  ///   - sums: ``SparseBins/sumCount`` of them.
  @inline(never)
  static func add(
    _ sparse: SparseBins, rows: UnsafePointer<UInt32>, count: Int,
    lanes: UnsafePointer<Int64>, to sums: UnsafeMutablePointer<Int64>
  ) {
    // SAFETY: entries are below the count of sums, and rows below that of starts; the row `lookAhead`
    // behind the last is some row of the list, or zero.
    let starts = unsafe sparse.groupStart.start
    let groups = unsafe UnsafeRawPointer(sparse.entries.start)
    for position in 0..<count {
      unsafe rk_prefetch_line(starts + Int(rows[position &+ lookAhead]))
      let ahead = unsafe groups + Int(starts[Int(rows[position &+ lookAhead / 2])]) &* 8
      unsafe rk_prefetch_line(ahead)
      unsafe rk_prefetch_line(ahead + 64)
      unsafe rk_prefetch_line(ahead + 128)
      let row = unsafe Int(rows[position])
      let lane = unsafe lanes[position]
      var group = unsafe Int(starts[row])
      let end = unsafe Int(starts[row &+ 1])
      repeat {
        unsafe addGroup(groups + group &* 8, lane, sums)
        group &+= 1
      } while group < end
    }
  }

  @inline(__always)
  private static func addGroup(
    _ group: UnsafeRawPointer, _ lane: Int64, _ sums: UnsafeMutablePointer<Int64>
  ) {
    let four = unsafe group.loadUnaligned(as: UInt64.self)
    unsafe sums[Int(four & 0xFFFF)] &+= lane
    unsafe sums[Int(four >> 16 & 0xFFFF)] &+= lane
    unsafe sums[Int(four >> 32 & 0xFFFF)] &+= lane
    unsafe sums[Int(four >> 48)] &+= lane
  }

  @inline(__always)
  private static func addRow(
    _ row: UnsafeRawPointer, _ words: Int, _ rest: Int, _ lanes: Int64,
    _ sums: UnsafeMutablePointer<Int64>
  ) {
    var slot = unsafe sums
    for word in 0..<words {
      let codes = unsafe row.loadUnaligned(fromByteOffset: word &* 4, as: UInt32.self)
      unsafe slot[Int(codes & 255)] &+= lanes
      unsafe slot[slotStride &+ Int(codes >> 8 & 255)] &+= lanes
      unsafe slot[2 &* slotStride &+ Int(codes >> 16 & 255)] &+= lanes
      unsafe slot[3 &* slotStride &+ Int(codes >> 24)] &+= lanes
      unsafe slot += 4 &* slotStride
    }
    if rest == 0 { return }
    let codes = unsafe row.loadUnaligned(fromByteOffset: words &* 4, as: UInt32.self)
    unsafe slot[Int(codes & 255)] &+= lanes
    if rest == 1 { return }
    unsafe slot[slotStride &+ Int(codes >> 8 & 255)] &+= lanes
    if rest == 2 { return }
    unsafe slot[2 &* slotStride &+ Int(codes >> 16 & 255)] &+= lanes
  }
}
