import Learning

/// Grows trees one after another, each on the errors of those before.
struct Booster {
  let matrix: BinnedMatrix
  let learner: GradientBoostingLearner
  let pool: WorkerPool
  private var grower: TreeGrower
  private let packing: GradientPacking
  private let scores: LargeArray<Double>

  /// Rows that decide when to stop.
  struct Watch {
    var rows: [UInt32]
    var patience: Int
  }

  /// Trees that there are already.
  struct Start {
    var model: BoostedTrees
    /// Of every row, shape `[rowCount]`.
    var scores: [Double]
  }

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

  /// Grows trees.
  ///
  /// - Parameters:
  ///   - rows: The rows to learn from, ascending; `nil` for all.
  ///   - treeCount: The most trees to add.
  ///   - watch: The model is cut back to the round with the lowest loss on these rows.
  ///   - start: Trees to begin with, and the score of every row by them.
  mutating func boosted(
    _ objective: some Objective, rows: [UInt32]?, treeCount: Int, watch: Watch?,
    from start: Start? = nil
  ) -> BoostedTrees {
    var model =
      start?.model
      ?? BoostedTrees(
        featureCount: matrix.featureCount,
        baseScore: objective.baseScore(
          rows: rows.map { $0.map(Int.init) } ?? Array(0..<matrix.rowCount)), trees: [])
    for row in 0..<matrix.rowCount { scores[row] = start?.scores[row] ?? model.baseScore }
    // Rounds are counted from the first tree of all, so that continuing draws what one run would.
    let first = model.trees.count
    var best = (loss: watch.map { loss(objective, $0.rows) } ?? 0, treeCount: first)
    for round in first..<first + treeCount {
      var units = packing.pack(objective, scores, pool: pool)
      let chosen = learner.sampledRows(
        rows, of: packing.gradients, units: &units, round: round)
      guard
        let grown = grower.grow(
          rows: chosen, gradients: packing.gradients, units: units,
          features: learner.sampledFeatures(matrix.usableFeatures, round: round), round: round)
      else { break }
      model.trees.append(grown.tree)
      add(grown, isComplete: chosen == nil)
      let heldOutLoss = watch.map { loss(objective, $0.rows) }
      report(round + 1 - first, of: treeCount, heldOutLoss, objective, rows)
      if watch == nil, learner.isInterrupted { break }
      guard let watch, let loss = heldOutLoss else { continue }
      if loss < best.loss - learner.earlyStoppingMinimumImprovement {
        best = (loss, model.trees.count)
      }
      if model.trees.count - best.treeCount >= watch.patience || learner.isInterrupted { break }
    }
    if watch != nil { model.trees.removeLast(model.trees.count - best.treeCount) }
    return model
  }

  /// Says how far growing is.
  private func report(
    _ treeCount: Int, of limit: Int, _ heldOutLoss: Double?, _ objective: some Objective,
    _ rows: [UInt32]?
  ) {
    learner.progress?(
      BoostingRound(
        treeCount: treeCount, limit: limit, heldOutLoss: heldOutLoss,
        trainingLoss: { loss(objective, rows ?? (0..<UInt32(matrix.rowCount)).map(\.self)) }))
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
        // SAFETY: the partition lists each row once, and rows are below the count of scores.
        partition.forEachRow(rows) { row in unsafe scores.start[row] += value }
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
  private func loss(_ objective: some Objective, _ rows: [UInt32]) -> Double {
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
