import Learning

/// New leaf values for trees whose tests stay as they are.
struct Refitting: Sendable {
  let set: TrainingSet
  let settings: TreeSettings
  /// By what each tree's new values are multiplied, shape `[treeCount]`.
  let learningRates: [Double]
  /// The share of an old value that stays.
  let decay: Double
  /// See ``GradientPacking``.
  let rowHashes: LargeArray<UInt32>
  let pool: WorkerPool

  private static let leastRowsPerPiece = 2048

  func refitted(_ model: BoostedTrees, _ objective: some Objective) -> BoostedTrees {
    var model = model
    model.baseScore = mixed(
      model.baseScore, objective.baseScores(rows: Array(0..<set.rowCount))[0])
    let scores = LargeArray<Double>(count: set.rowCount)
    for row in 0..<set.rowCount { scores[row] = model.baseScore }
    let packing = GradientPacking(rowHashes)
    for index in model.trees.indices {
      let units = packing.pack(objective, scores, pool: pool)
      let rows = NodeRowSums(
        model.trees[index], set.matrix, packing.gradients, pool: pool,
        leastRowsPerPiece: Self.leastRowsPerPiece)
      let values = values(model.trees[index], rows, units)
      for node in values.indices where model.trees[index].nodes[node].isLeaf {
        model.trees[index].nodes[node].value = mixed(
          model.trees[index].nodes[node].value, values[node] * learningRates[index])
      }
      for (row, leaf) in rows.leafOfRow.enumerated() {
        scores[row] += model.trees[index].nodes[Int(leaf)].value
      }
    }
    return model
  }

  private func mixed(_ old: Double, _ new: Double) -> Double { decay * old + (1 - decay) * new }

  /// The unshrunken value of every node, by the rules by which trees grow.
  private func values(_ tree: Tree, _ rows: NodeRowSums, _ units: GradientUnits) -> [Double] {
    var nodes = tree.nodes.indices.map {
      NodeStatistics(sum: rows.sums[$0], rowCount: rows.rowCounts[$0])
    }
    nodes[0].value = value(of: nodes[0], units, l2: settings.rules.l2) {
      settings.rules.freeValue($0, l2: settings.rules.l2)
    }
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
      let category = settings.rules.category
      let isSorted = node.levelSet >= 0 && rows.levelCounts[index] > category.oneAgainstRestLimit
      let l2 = settings.rules.l2 + (isSorted ? category.l2 : 0)
      let parent = nodes[index]
      let (left, right) = (Int(node.left), Int(node.right))
      for child in [left, right] {
        nodes[child].value = parent.value
        nodes[child].value = value(of: nodes[child], units, l2: l2) {
          settings.rules.leafValue($0, l2: l2, node: parent)
        }
      }
      let sign = Double(settings.monotone[Int(node.feature)])
      let middle = nodes[left].value / 2 + nodes[right].value / 2
      if sign * (nodes[right].value - nodes[left].value) < 0 {
        // On these rows the sides are the wrong way round: they take one value.
        nodes[left].value = middle
        nodes[right].value = middle
      }
      (nodes[left].bounds, nodes[right].bounds) = parent.bounds.divided(at: middle, sign: sign)
    }
    return nodes.map(\.value)
  }

  /// What `rule` makes of a node's rows; without any, the value that it has.
  private func value(
    of node: NodeStatistics, _ units: GradientUnits, l2: Double, _ rule: (SideSum) -> Double
  ) -> Double {
    let sum = SideSum(node, units)
    return sum.hessian + l2 > 0 && node.rowCount > 0 ? rule(sum) : node.value
  }
}

extension ClosedRange<Double> {
  /// What the descendants of the two sides of a split may take as values, so that a monotone feature
  /// stays so: both are cut off at the middle of the two values, LightGBM's "basic" method.
  ///
  /// - Parameter sign: +1 where the right side may not be below the left, -1 where not above, 0 where
  ///   anything goes.
  func divided(at middle: Double, sign: Double) -> (left: Self, right: Self) {
    guard sign != 0 else { return (self, self) }
    let below = lowerBound...Swift.max(middle, lowerBound)
    let above = Swift.min(middle, upperBound)...upperBound
    return sign > 0 ? (below, above) : (above, below)
  }
}

/// Which rows come by each node of a tree, and what they add up to.
private struct NodeRowSums: Sendable {
  /// The leaf in which each row ends, shape `[rowCount]`.
  private(set) var leafOfRow: [Int32]
  /// Shape `[nodeCount]`, as the next two.
  private(set) var sums: [HistogramBin]
  private(set) var rowCounts: [Int]
  /// How many levels come by a test on a category, missing counted as one.
  private(set) var levelCounts: [Int]

  init(
    _ tree: Tree, _ matrix: FeatureMatrix, _ gradients: LargeArray<PackedGradient>,
    pool: WorkerPool, leastRowsPerPiece: Int
  ) {
    let pieceCount = WorkerPool.pieceCount(
      of: matrix.rowCount, least: leastRowsPerPiece, pieceLimit: 64)
    let rowCount = matrix.rowCount
    let pieces = pool.map(pieceCount) { piece in
      let rows = rowCount * piece / pieceCount..<rowCount * (piece + 1) / pieceCount
      var levels = [Set<Int32>](repeating: [], count: tree.nodes.count)
      let leaves = rows.map { Self.leaf(of: $0, tree, matrix, &levels) }
      return (leaves: leaves, levels: levels)
    }
    leafOfRow = pieces.flatMap(\.leaves)
    levelCounts = tree.nodes.indices.map { node in
      pieces.reduce(into: Set<Int32>()) { $0.formUnion($1.levels[node]) }.count
    }
    sums = [HistogramBin](repeating: HistogramBin(), count: tree.nodes.count)
    rowCounts = [Int](repeating: 0, count: tree.nodes.count)
    // Sums of whole numbers: the same in any order.
    for (row, leaf) in leafOfRow.enumerated() {
      let lanes = gradients[row].lanes
      sums[Int(leaf)] = sums[Int(leaf)] + HistogramBin(lanes: lanes)
      rowCounts[Int(leaf)] += 1
    }
    // Children come after their parent.
    for (index, node) in tree.nodes.enumerated().reversed() where !node.isLeaf {
      sums[index] = sums[Int(node.left)] + sums[Int(node.right)]
      rowCounts[index] = rowCounts[Int(node.left)] + rowCounts[Int(node.right)]
    }
  }

  private static func leaf(
    of row: Int, _ tree: Tree, _ matrix: FeatureMatrix, _ levels: inout [Set<Int32>]
  ) -> Int32 {
    var index = 0
    while !tree.nodes[index].isLeaf {
      let node = tree.nodes[index]
      let value: Double
      switch matrix.columns[Int(node.feature)] {
      case .number(let numbers): value = numbers[row]
      case .category(let codes):
        value = Double(codes[row])
        levels[index].insert(max(codes[row], -1))
      }
      index = Int(tree.goesLeft(node, value) ? node.left : node.right)
    }
    return Int32(index)
  }
}
