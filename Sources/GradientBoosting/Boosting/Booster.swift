import Learning

/// Grows trees one after another, each on the errors of those before.
struct Booster {
  let matrix: BinnedMatrix
  let learner: GradientBoostingLearner
  let pool: WorkerPool
  private var grower: TreeGrower
  private let packing: GradientPacking
  private let scores: LargeArray<Double>

  init(
    _ matrix: BinnedMatrix, levelCounts: [Int], learner: GradientBoostingLearner, pool: WorkerPool
  ) {
    self.matrix = matrix
    self.learner = learner
    self.pool = pool
    grower = TreeGrower(
      matrix, levelCounts: levelCounts,
      settings: learner.treeSettings(featureCount: matrix.featureCount), pool: pool)
    packing = GradientPacking(rowCount: matrix.rowCount)
    scores = LargeArray(count: matrix.rowCount)
  }

  /// Grows so many trees on all rows, or fewer where no further one lowers the loss.
  mutating func boosted(_ objective: some Objective, treeCount: Int) -> BoostedTrees {
    var model = begin(objective, rows: nil)
    while model.trees.count < treeCount, addTree(objective, rows: nil, to: &model) {
      learner.progress?(model.trees.count, treeCount)
    }
    return model
  }

  /// Begins a model without trees.
  ///
  /// - Parameter rows: The rows to learn from, ascending; `nil` for all.
  mutating func begin(_ objective: some Objective, rows: [UInt32]?) -> BoostedTrees {
    let baseScore = objective.baseScore(
      rows: rows.map { $0.map(Int.init) } ?? Array(0..<matrix.rowCount))
    for row in 0..<matrix.rowCount { scores[row] = baseScore }
    return BoostedTrees(featureCount: matrix.featureCount, baseScore: baseScore, trees: [])
  }

  /// Grows a tree on the errors of those before.
  ///
  /// - Parameter rows: The rows to learn from, those that the model began with.
  /// - Returns: Whether there is one that lowers the loss.
  mutating func addTree(
    _ objective: some Objective, rows: [UInt32]?, to model: inout BoostedTrees
  ) -> Bool {
    let round = model.trees.count
    let units = packing.pack(objective, scores, pool: pool)
    let chosen = learner.sampledRows(rows, of: matrix.rowCount, round: round)
    guard
      let grown = grower.grow(
        rows: chosen, gradients: packing.gradients, units: units,
        features: learner.sampledFeatures(matrix.usableFeatures, round: round), round: round)
    else { return false }
    model.trees.append(grown.tree)
    add(grown, isComplete: chosen == nil)
    return true
  }

  /// Adds a tree's values to the scores of all rows.
  private func add(_ grown: TreeGrower.Grown, isComplete: Bool) {
    if isComplete {
      let leaves = grown.leaves.flatMap { leaf in
        // Large leaves are shared out.
        stride(from: leaf.rows.lowerBound, to: leaf.rows.upperBound, by: 1 << 15).map {
          (value: leaf.value, rows: $0..<min($0 + 1 << 15, leaf.rows.upperBound))
        }
      }
      let (partition, scores) = (grower.partition, scores)
      pool.forEach(leaves.count) { index in
        let (value, rows) = leaves[index]
        partition.add(value, to: scores, rows)
      }
    } else {
      // Rows that were not learned from have to walk the tree.
      let (walk, scores) = (BinWalk(grown, matrix.columns), scores)
      pool.forEachRange(of: matrix.rowCount, least: 1024, pieceLimit: 64) { _, rows in
        // SAFETY: ranges are disjoint and within the scores.
        for row in rows { unsafe scores.start[row] += walk.value(row: row) }
      }
    }
  }

  /// The weighted mean loss over some rows.
  func loss(_ objective: some Objective, _ rows: [UInt32]) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in rows {
      let part = objective.loss(row: Int(row), score: scores[Int(row)])
      sum += part.loss
      total += part.weight
    }
    return sum / total
  }
}

/// Sends rows down a tree by their bins.
private struct BinWalk {
  private let tree: Tree
  private let tests: [BinTest?]
  private let columns: BinColumns

  init(_ grown: TreeGrower.Grown, _ columns: BinColumns) {
    tree = grown.tree
    tests = grown.tests
    self.columns = columns
  }

  /// The value of the leaf in which a row ends.
  func value(row: Int) -> Double {
    var node = 0
    while let test = tests[node] {
      let goesLeft = test.goesLeft[columns.bin(test.feature, row: row)] == 1
      node = Int(goesLeft ? tree.nodes[node].left : tree.nodes[node].right)
    }
    return tree.nodes[node].value
  }
}
