import Learning

/// Grows one tree leaf by leaf: of all leaves, the one whose split gains most is split next.
///
/// Method: Ke et al. 2017, "LightGBM"; Shi 2007, "Best-first decision tree learning". A child's
/// histograms are added up from its rows only for the smaller child; the larger has them by
/// subtraction, which is exact in whole numbers.
struct TreeGrower {
  let matrix: BinnedMatrix
  let levelCounts: [Int]
  let settings: TreeSettings
  let pool: WorkerPool

  private let finder: SplitFinder
  private let builder: HistogramBuilder
  private var histograms: HistogramStore
  private(set) var partition: RowPartition

  /// A tree, its tests in bins, and for each of its leaves where its rows are in the partition.
  struct Grown {
    var tree: Tree
    var tests: [BinTest?]
    var leaves: [(node: Int, value: Double, rows: Range<Int>, statistics: NodeStatistics)]
  }

  init(_ matrix: BinnedMatrix, levelCounts: [Int], settings: TreeSettings, pool: WorkerPool) {
    self.matrix = matrix
    self.levelCounts = levelCounts
    self.settings = settings
    self.pool = pool
    builder = HistogramBuilder(matrix, pool: pool)
    finder = SplitFinder(matrix: matrix, settings: settings, builder: builder)
    histograms = HistogramStore(binCount: matrix.totalBinCount, leafLimit: settings.leafLimit)
    partition = RowPartition(rowCount: matrix.rowCount)
  }

  /// Grows a tree that lowers the loss.
  ///
  /// - Parameters:
  ///   - rows: The rows to learn from, ascending; `nil` for all.
  ///   - gradients: Of every row, shape `[rowCount]`.
  ///   - units: Of the gradients.
  ///   - features: The features to split on, ascending.
  ///   - round: Which tree it is; what is drawn within it depends on this.
  /// - Returns: `nil` where no split gains anything.
  mutating func grow(
    rows: [UInt32]?, gradients: LargeArray<PackedGradient>, units: GradientUnits,
    features: [Int], round: Int
  ) -> Grown? {
    if let rows { partition.take(rows) } else { partition.takeAll(matrix.rowCount, pool: pool) }
    guard !features.isEmpty else { return nil }
    histograms.reset()
    let work = TreeWork(gradients: gradients, units: units, features: features, round: round)
    var tree = Tree(nodes: [.leaf(value: 0, cover: Double(partition.count))], levelSets: [])
    var tests: [BinTest?] = [nil]
    var leaves = [root(work)]
    while leaves.count < settings.leafLimit, let index = bestLeaf(leaves) {
      guard
        let (left, right) = split(
          leaves[index], of: &tree, &tests, isLast: leaves.count + 1 == settings.leafLimit, work)
      else {
        // The estimate of a side's rows was too high: search again with exact counts, once.
        leaves[index].candidate =
          leaves[index].isCounted ? nil : exactCandidate(leaves[index], work)
        leaves[index].isCounted = true
        continue
      }
      leaves[index] = left
      leaves.append(right)
    }
    guard leaves.count > 1 else { return nil }
    return Grown(
      tree: tree, tests: tests,
      leaves: leaves.map { ($0.node, tree.nodes[$0.node].value, $0.rows, $0.statistics) })
  }

  // MARK: Leaves

  private mutating func root(_ work: TreeWork) -> GrowingLeaf {
    let slot = histograms.take()!
    let rows = partition.rows(0..<partition.count)
    // SAFETY: the slot has room for all bins.
    let parts = unsafe builder.add(rows, gradients: work.gradients, to: histograms.start(slot))
    var leaf = GrowingLeaf(
      node: 0, depth: 0, rows: 0..<partition.count, histogram: slot,
      statistics: NodeStatistics(sum: HistogramBin(), rowCount: partition.count),
      mayTry: settings.features(work.features, path: [], node: 0, round: work.round))
    // Any feature's bins add up to the node's sum.
    leaf.statistics.sum = unsafe builder.sum(
      of: matrix.usableFeatures[0], in: histograms.start(slot), parts: parts)
    // The root has no parent towards which its value would be smoothed.
    leaf.statistics.value = settings.rules.freeValue(
      SideSum(leaf.statistics, work.units), l2: settings.rules.l2)
    search(&leaf, parts: parts, work)
    return leaf
  }

  /// The leaf with the largest gain, the earliest among equals; `nil` when none can be split.
  private func bestLeaf(_ leaves: [GrowingLeaf]) -> Int? {
    var best: Int?
    for index in leaves.indices {
      guard let gain = leaves[index].candidate?.gain else { continue }
      if best == nil || gain > leaves[best!].candidate!.gain { best = index }
    }
    return best
  }

  /// Splits a leaf, unless a side then has fewer rows than a leaf must.
  private mutating func split(
    _ leaf: GrowingLeaf, of tree: inout Tree, _ tests: inout [BinTest?], isLast: Bool,
    _ work: TreeWork
  ) -> (left: GrowingLeaf, right: GrowingLeaf)? {
    var candidate = leaf.candidate!
    let mapper = matrix.mappers[candidate.feature]
    let column = matrix.columns.columns[candidate.feature]
    let test = BinTest(candidate, mapper)
    let leftCount = partition.split(
      leaf.rows, by: column, goesLeft: test.goesLeft, pool: pool)
    let middle = leaf.rows.lowerBound + leftCount
    let rightCount = leaf.rows.count - leftCount
    guard min(leftCount, rightCount) >= settings.rules.minimumRowsPerLeaf else { return nil }

    // Missing cells of next to no weight leave no trace in sums, but have gone right. Without any,
    // the tree may send them with the larger side.
    if candidate.missingGoesLeft == nil, mapper.hasMissing, leftCount >= rightCount,
      partition.hasRow(middle..<leaf.rows.upperBound, in: mapper.missingBin, of: column)
    {
      candidate.missingGoesLeft = false
    }
    let leftNode = tree.nodes.count
    tree.split(
      leaf.node, candidate, mapper, leftCount: leftCount, rightCount: rightCount,
      levelCount: levelCounts[candidate.feature])
    tests[leaf.node] = test.following(tree.nodes[leaf.node], mapper)
    tests += [nil, nil]
    let bounds = childBounds(leaf.statistics.bounds, candidate)
    let path = leaf.path.union([candidate.feature])
    func child(
      _ node: Int, _ rows: Range<Int>, _ sum: HistogramBin, _ bounds: ClosedRange<Double>,
      _ value: Double
    ) -> GrowingLeaf {
      tree.nodes[node].value = value * settings.learningRate
      var statistics = NodeStatistics(sum: sum, rowCount: rows.count)
      statistics.bounds = bounds
      statistics.value = value
      return GrowingLeaf(
        node: node, depth: leaf.depth + 1, rows: rows, histogram: nil, statistics: statistics,
        mayTry: settings.features(work.features, path: path, node: node, round: work.round),
        path: path)
    }
    var left = child(
      leftNode, leaf.rows.lowerBound..<middle, candidate.left, bounds.left, candidate.leftValue)
    var right = child(
      leftNode + 1, middle..<leaf.rows.upperBound, leaf.statistics.sum - candidate.left,
      bounds.right, candidate.rightValue)
    if isLast {
      histograms.release(leaf.histogram)
    } else if leftCount <= rightCount {
      search(smaller: &left, larger: &right, parent: leaf.histogram, work)
    } else {
      search(smaller: &right, larger: &left, parent: leaf.histogram, work)
    }
    return (left, right)
  }

  /// What the children's descendants may take as values, so that a monotone feature stays so.
  ///
  /// Both sides are cut off at the middle of the two values: LightGBM's "basic" method.
  private func childBounds(_ bounds: ClosedRange<Double>, _ candidate: SplitCandidate)
    -> (left: ClosedRange<Double>, right: ClosedRange<Double>)
  {
    let sign = settings.monotone[candidate.feature]
    return bounds.divided(
      at: candidate.leftValue / 2 + candidate.rightValue / 2, sign: Double(sign))
  }

  // MARK: Histograms and splits

  /// Finds the best splits of two children, with the smaller's histogram added up and the larger's
  /// had by subtraction from their parent's.
  private mutating func search(
    smaller: inout GrowingLeaf, larger: inout GrowingLeaf, parent: HistogramStore.Slot?,
    _ work: TreeWork
  ) {
    let wanted = (smaller: finder.mayBeSplit(smaller), larger: finder.mayBeSplit(larger))
    guard wanted.smaller || wanted.larger else { return histograms.release(parent) }
    guard let parent, let slot = histograms.take() else {
      // No room: each child is added up, searched and forgotten.
      histograms.release(parent)
      if wanted.smaller { addUpAndSearch(&smaller, work) }
      if wanted.larger { addUpAndSearch(&larger, work) }
      return
    }
    // SAFETY: both slots have room for all bins; features have ranges of their own.
    nonisolated(unsafe) let small = unsafe histograms.start(slot)
    nonisolated(unsafe) let large = unsafe histograms.start(parent)
    let parts = unsafe builder.add(
      partition.rows(smaller.rows), gradients: work.gradients, to: small)
    let (smallLeaf, largeLeaf, finder) = (smaller, larger, finder)
    let (smallBar, largeBar) = (GainBar(), GainBar())
    let found = pool.map(finder.batchCount) { batch in
      var best: (smaller: SplitCandidate?, larger: SplitCandidate?)
      let features = finder.features(batch)
      let bins = finder.bins(of: features)
      unsafe finder.builder.finish(bins, in: small, parts: parts)
      for bin in bins { unsafe large[bin] = large[bin] - small[bin] }
      for feature in features {
        if wanted.smaller {
          unsafe finder.improve(&best.smaller, feature, smallLeaf, small, work, bar: smallBar)
        }
        if wanted.larger {
          unsafe finder.improve(&best.larger, feature, largeLeaf, large, work, bar: largeBar)
        }
      }
      return best
    }
    smaller.candidate = SplitCandidate.best(found.map(\.smaller))
    larger.candidate = SplitCandidate.best(found.map(\.larger))
    // Only a leaf that can be split needs its histogram again.
    if smaller.candidate != nil { smaller.histogram = slot } else { histograms.release(slot) }
    if larger.candidate != nil { larger.histogram = parent } else { histograms.release(parent) }
  }

  private mutating func addUpAndSearch(_ leaf: inout GrowingLeaf, _ work: TreeWork) {
    guard let slot = histograms.take() else { return }
    let parts = unsafe builder.add(
      partition.rows(leaf.rows), gradients: work.gradients, to: histograms.start(slot))
    leaf.histogram = slot
    search(&leaf, parts: parts, work)
    histograms.release(slot)
    leaf.histogram = nil
  }

  /// Finds the best split of a leaf whose histogram is there.
  private func search(_ leaf: inout GrowingLeaf, parts: Int, _ work: TreeWork) {
    nonisolated(unsafe) let histogram = unsafe histograms.start(leaf.histogram!)
    let (searched, maySplit, finder) = (leaf, finder.mayBeSplit(leaf), finder)
    let bar = GainBar()
    let found = pool.map(finder.batchCount) { batch in
      var best: SplitCandidate?
      let features = finder.features(batch)
      unsafe finder.builder.finish(finder.bins(of: features), in: histogram, parts: parts)
      for feature in features where maySplit {
        unsafe finder.improve(&best, feature, searched, histogram, work, bar: bar)
      }
      return best
    }
    leaf.candidate = SplitCandidate.best(found)
  }

  /// The best split of a leaf, with its rows counted instead of estimated.
  private mutating func exactCandidate(_ leaf: GrowingLeaf, _ work: TreeWork) -> SplitCandidate? {
    let slot: HistogramStore.Slot
    var parts = 0
    if let kept = leaf.histogram {
      slot = kept
    } else {
      guard let taken = histograms.take() else { return nil }
      slot = taken
      parts = unsafe builder.add(
        partition.rows(leaf.rows), gradients: work.gradients, to: histograms.start(slot))
    }
    defer { if leaf.histogram == nil { histograms.release(slot) } }
    unsafe builder.finish(
      0..<matrix.totalBinCount, in: histograms.start(slot), parts: parts)
    var best: SplitCandidate?
    let bar = GainBar()
    for feature in matrix.usableFeatures {
      var counts = [UInt32](repeating: 0, count: matrix.mappers[feature].binCount)
      partition.forEachRow(leaf.rows) { row in
        counts[matrix.columns.bin(feature, row: row)] += 1
      }
      unsafe finder.improve(
        &best, feature, leaf, histograms.start(slot), work, bar: bar, rowCountOfBin: counts)
    }
    return best
  }
}
