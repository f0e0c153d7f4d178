import Learning

/// Boosted trees, prepared to score many rows.
///
/// The model's own thresholds cut each feature into ranks, found once for a block of rows; then all
/// trees test bytes, many rows at a time; see ``BytePlanes`` and ``CompiledTrees``. A row adds its
/// trees in their order, each a `Double`, so that a score has the same bits as
/// ``BoostedTrees/walkedScores(of:threads:)``, whatever the block, the threads and the processor.
///
/// Preparing takes about as long as scoring a few hundred rows; keep the scorer where rows come in
/// small batches.
public struct TreeScorer: Sendable {
  /// How many features a row has.
  public let featureCount: Int
  /// How many trees there are.
  public let treeCount: Int
  /// How many scores a row gets: tree `i` adds to score `i % outputCount`.
  public let outputCount: Int
  /// What each score is before any tree, shape `[outputCount]`.
  public let baseScores: [Double]

  let planes: BytePlanes
  let compiled: CompiledTrees
  let rowTrees: RowTrees
  let kernel: ScanKernel
  /// How many rows are scored together.
  let blockRowCount: Int

  /// The planes of a block, in bytes, should leave room in a processor's innermost cache.
  private static let planeBytes = 24 * 1024
  /// As many rows as fill the registers of the widest kernel.
  private static let blockRowLimit = 512

  /// Prepares trees for scoring.
  ///
  /// - Parameters:
  ///   - outputCount: How many scores a row has; trees take turns.
  ///   - baseScores: Where each score begins, shape `[outputCount]`; by default, all begin at the
  ///     base score of `trees`.
  /// - Complexity: O(n log n) for n nodes; level sets add their size.
  public init(_ trees: BoostedTrees, outputCount: Int = 1, baseScores: [Double]? = nil) {
    self.init(
      trees, outputCount: outputCount, baseScores: baseScores, kernel: .fastest,
      blockRowCount: nil)
  }

  /// Prepares trees for a kernel of choice, so that tests can compare kernels, and for blocks of so
  /// many rows, a multiple of 64.
  package init(
    _ trees: BoostedTrees, outputCount: Int = 1, baseScores: [Double]? = nil,
    kernel: ScanKernel = .fastest, blockRowCount: Int? = nil
  ) {
    precondition(outputCount > 0, "\(outputCount) scores for each row")
    let bases = baseScores ?? Array(repeating: trees.baseScore, count: outputCount)
    precondition(
      bases.count == outputCount, "\(bases.count) base scores for \(outputCount) scores")
    precondition(blockRowCount.map { $0 > 0 && $0 % 64 == 0 } ?? true)
    precondition(ScanKernel.supported.contains(kernel), "no \(kernel) on this processor")
    featureCount = trees.featureCount
    treeCount = trees.trees.count
    self.outputCount = outputCount
    self.baseScores = bases
    self.kernel = kernel
    let builder = PlaneBuilder(trees.trees, featureCount: trees.featureCount)
    planes = builder.planes
    let fitting = Self.planeBytes / max(1, planes.planeCount) / 64 * 64
    self.blockRowCount = blockRowCount ?? min(max(fitting, 64), Self.blockRowLimit)
    compiled = CompiledTrees(trees.trees, builder, stride: self.blockRowCount)
    rowTrees = RowTrees(trees.trees, builder)
  }

  /// The raw scores of every row, shape `[rowCount, outputCount]`; the same whatever rows stand
  /// beside it.
  public func scores(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    unsafe forEachBlock(of: matrix, width: outputCount, threads: threads) { block, rows, target in
      block.load(matrix, rows: rows)
      block.add(0..<treeCount)
      unsafe block.write(rows.count, to: target)
    }
  }

  /// Fills an array with `width` elements for each row, block by block.
  ///
  /// - Parameter body: Takes a block to work in, rows, and where to write all of their
  ///   `rows.count * width` elements.
  @unsafe func forEachBlock<Element: BitwiseCopyable>(
    of matrix: FeatureMatrix, width: Int, threads: Int,
    _ body: @Sendable (inout ScoringBlock, Range<Int>, UnsafeMutablePointer<Element>) -> Void
  ) -> [Element] {
    precondition(
      matrix.columns.count == featureCount,
      "the matrix has \(matrix.columns.count) features; the model \(featureCount)")
    let rowCount = matrix.rowCount
    let blocks = blocks(ofRows: rowCount)
    // A task has several blocks, for which it makes room once.
    let blocksPerTask = min(max(1, blocks.count / max(1, threads)), 16)
    let taskCount = (blocks.count + blocksPerTask - 1) / blocksPerTask
    return unsafe [Element](unsafeUninitializedCapacity: rowCount * width) { buffer, count in
      nonisolated(unsafe) let start = buffer.baseAddress
      Parallel.forEach(taskCount, threads: threads) { task in
        // Nothing to write has no address.
        guard let start = unsafe start else { return }
        var block = ScoringBlock(self)
        for index in task * blocksPerTask..<min((task + 1) * blocksPerTask, blocks.count) {
          let rows = blocks[index]
          // SAFETY: blocks share out the rows, and `rowCount * width` elements fit; each block
          // writes all of its own.
          unsafe body(&block, rows, start + rows.lowerBound * width)
        }
      }
      count = rowCount * width
    }
  }

  /// The rows of each block.
  func blocks(ofRows rowCount: Int) -> [Range<Int>] {
    stride(from: 0, to: rowCount, by: blockRowCount).map {
      $0..<min($0 + blockRowCount, rowCount)
    }
  }
}
