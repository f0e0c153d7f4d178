import Learning

/// Grows one tree leaf by leaf: of all leaves, the one whose split gains most is split next.
///
/// Method: Ke et al. 2017, "LightGBM"; Shi 2007, "Best-first decision tree learning". A child's
/// histograms are built from its rows only for the smaller child; the larger has them by
/// subtraction.
///
/// The rows of every leaf are a range of one array, in ascending order:
/// ```
/// rows: | leaf A: 0 3 7 | leaf C: 1 2 | leaf B: 4 5 6 8 |     after splitting B into B and C
/// ```
struct TreeGrower {
  let matrix: BinnedMatrix
  let levelCounts: [Int]
  let rules: SplitRules
  let leafLimit: Int
  let learningRate: Double
  /// +1, -1 or 0 for each feature; see ``SplitSearch``.
  let monotone: [Int]
  let threads: Int

  /// A leaf that may be split.
  private struct Leaf {
    var node: Int
    var depth: Int
    var rows: Range<Int>
    var histograms: NodeHistograms
    var sum: HistogramBin
    var bounds: ClosedRange<Double>
    var candidate: SplitCandidate?
  }

  /// A tree, and for each of its leaves the training rows that ended there.
  struct Grown {
    var tree: Tree
    var rowsOfLeaf: [(value: Double, rows: ArraySlice<UInt32>)]
  }

  /// Grows a tree that lowers the loss.
  ///
  /// - Parameters:
  ///   - rows: The rows to learn from, ascending.
  ///   - pairs: Gradient and hessian of every training row, shape `[rowCount]`.
  ///   - features: The features to split on, ascending.
  /// - Returns: `nil` where no split gains anything.
  func grow(rows: [UInt32], pairs: [GradientPair], features: [Int]) -> Grown? {
    var rows = rows
    var tree = Tree(nodes: [.leaf(value: 0, cover: Double(rows.count))], levelSets: [])
    var leaves = [root(rows: rows, pairs: pairs, features: features)]
    while leaves.count < leafLimit, let index = bestLeaf(leaves) {
      let (left, right) = split(
        leaves[index], of: &tree, rows: &rows, pairs: pairs, features: features)
      leaves[index] = left
      leaves.append(right)
    }
    guard leaves.count > 1 else { return nil }
    return Grown(
      tree: tree,
      rowsOfLeaf: leaves.map { (tree.nodes[$0.node].value, rows[$0.rows]) })
  }

  private func root(rows: [UInt32], pairs: [GradientPair], features: [Int]) -> Leaf {
    var sum = HistogramBin()
    for row in rows {
      sum.gradientSum += pairs[Int(row)].gradient
      sum.hessianSum += pairs[Int(row)].hessian
    }
    sum.rowCount = UInt32(rows.count)
    var leaf = Leaf(
      node: 0, depth: 0, rows: 0..<rows.count,
      histograms: NodeHistograms(
        rows: rows[...], pairs: pairs, of: matrix, features: features, threads: threads),
      sum: sum, bounds: -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude,
      candidate: nil)
    leaf.candidate = bestSplit(of: leaf, features: features)
    return leaf
  }

  /// The leaf with the largest gain, the earliest among equals; `nil` when none can be split.
  private func bestLeaf(_ leaves: [Leaf]) -> Int? {
    var best: Int?
    for index in leaves.indices {
      guard let gain = leaves[index].candidate?.gain else { continue }
      if best == nil || gain > leaves[best!].candidate!.gain { best = index }
    }
    return best
  }

  /// The best split over `features`, the lowest feature among equals.
  private func bestSplit(of leaf: Leaf, features: [Int]) -> SplitCandidate? {
    guard leaf.depth < Tree.depthLimit,
      leaf.sum.rowCount >= 2 * UInt32(rules.minimumRowsPerLeaf)
    else { return nil }
    let workers = features.count * 128 < 1 << 12 ? 1 : threads
    let candidates = Parallel.map(features.count, threads: workers) { index in
      let feature = features[index]
      var search = SplitSearch(
        rules: rules, mapper: matrix.mappers[feature], feature: feature,
        monotone: monotone[feature], total: leaf.sum, bounds: leaf.bounds)
      let bins = leaf.histograms.bins[matrix.binStart[feature]..<matrix.binStart[feature + 1]]
      if matrix.mappers[feature].isCategory {
        search.searchLevels(bins)
      } else {
        search.searchThresholds(bins)
      }
      return search.best
    }
    return candidates.reduce(nil) { best, candidate in
      (candidate?.gain ?? 0) > (best?.gain ?? 0) ? candidate : best
    }
  }

  private func split(
    _ leaf: Leaf, of tree: inout Tree, rows: inout [UInt32], pairs: [GradientPair],
    features: [Int]
  ) -> (left: Leaf, right: Leaf) {
    let candidate = leaf.candidate!
    let leftCount = partition(&rows, leaf.rows, by: candidate)
    let leftNode = tree.nodes.count
    tree.nodes[leaf.node] = testNode(candidate, leftNode: leftNode, of: &tree)
    for (value, sum) in [
      (candidate.leftValue, candidate.left), (candidate.rightValue, candidate.right),
    ] {
      tree.nodes.append(.leaf(value: value * learningRate, cover: Double(sum.rowCount)))
    }
    let bounds = childBounds(leaf.bounds, candidate)
    let leftRows = leaf.rows.lowerBound..<leaf.rows.lowerBound + leftCount
    let rightRows = leftRows.upperBound..<leaf.rows.upperBound

    let leftIsSmaller = leftRows.count <= rightRows.count
    let smaller = NodeHistograms(
      rows: rows[leftIsSmaller ? leftRows : rightRows], pairs: pairs, of: matrix,
      features: features, threads: threads)
    var larger = leaf.histograms
    larger.subtract(smaller)

    var left = Leaf(
      node: leftNode, depth: leaf.depth + 1, rows: leftRows,
      histograms: leftIsSmaller ? smaller : larger,
      sum: candidate.left, bounds: bounds.left, candidate: nil)
    var right = Leaf(
      node: leftNode + 1, depth: leaf.depth + 1, rows: rightRows,
      histograms: leftIsSmaller ? larger : smaller,
      sum: candidate.right, bounds: bounds.right, candidate: nil)
    left.candidate = bestSplit(of: left, features: features)
    right.candidate = bestSplit(of: right, features: features)
    return (left, right)
  }

  /// Puts the rows that go left before the others; both keep their order.
  ///
  /// - Returns: How many go left.
  private func partition(
    _ rows: inout [UInt32], _ range: Range<Int>, by candidate: SplitCandidate
  ) -> Int {
    let mapper = matrix.mappers[candidate.feature]
    var goesLeft = [Bool](repeating: false, count: mapper.binCount)
    switch candidate.test {
    case .upTo(let bin):
      for index in 0...bin { goesLeft[index] = true }
      if mapper.hasMissing { goesLeft[mapper.missingBin] = candidate.missingGoesLeft }
    case .among(let bins): for bin in bins { goesLeft[bin] = true }
    }
    let binOfRow = matrix.bins[candidate.feature]
    var others: [UInt32] = []
    others.reserveCapacity(range.count)
    var target = range.lowerBound
    for position in range {
      let row = rows[position]
      if goesLeft[Int(binOfRow[Int(row)])] {
        rows[target] = row
        target += 1
      } else {
        others.append(row)
      }
    }
    rows.replaceSubrange(target..<range.upperBound, with: others)
    return target - range.lowerBound
  }

  /// The node that makes the candidate's test on raw values.
  private func testNode(_ candidate: SplitCandidate, leftNode: Int, of tree: inout Tree) -> TreeNode
  {
    let rowCount = candidate.left.rowCount + candidate.right.rowCount
    var node = TreeNode(
      feature: Int32(candidate.feature), left: Int32(leftNode), right: Int32(leftNode + 1),
      threshold: 0, levelSet: -1, missingGoesLeft: candidate.missingGoesLeft,
      unseenGoesLeft: candidate.left.rowCount >= candidate.right.rowCount, gain: candidate.gain,
      cover: Double(rowCount), value: 0)
    switch (matrix.mappers[candidate.feature].kind, candidate.test) {
    case (.number(let upperBounds), .upTo(let bin)):
      // Splitting off the missing cells alone: every value passes.
      node.threshold = bin < upperBounds.count ? upperBounds[bin] : .greatestFiniteMagnitude
    case (.category(let binOfLevel), .among(let bins)):
      let levels = binOfLevel.indices.filter { level in
        // A level that no training row held goes where unseen levels go.
        binOfLevel[level].map { bins.contains(Int($0)) } ?? node.unseenGoesLeft
      }
      node.levelSet = Int32(tree.levelSets.count)
      tree.levelSets.append(LevelSet(levels, levelCount: levelCounts[candidate.feature]))
      if !matrix.mappers[candidate.feature].hasMissing {
        node.missingGoesLeft = node.unseenGoesLeft
      }
    default: preconditionFailure("a test of the wrong kind for feature \(candidate.feature)")
    }
    return node
  }

  /// What the children's descendants may take as values, so that a monotone feature stays so.
  ///
  /// Both sides are cut off at the middle of the two values: LightGBM's "basic" method.
  private func childBounds(_ bounds: ClosedRange<Double>, _ candidate: SplitCandidate)
    -> (left: ClosedRange<Double>, right: ClosedRange<Double>)
  {
    let sign = monotone[candidate.feature]
    guard sign != 0 else { return (bounds, bounds) }
    let middle = candidate.leftValue / 2 + candidate.rightValue / 2
    let below = bounds.lowerBound...max(middle, bounds.lowerBound)
    let above = min(middle, bounds.upperBound)...bounds.upperBound
    return sign > 0 ? (below, above) : (above, below)
  }
}
