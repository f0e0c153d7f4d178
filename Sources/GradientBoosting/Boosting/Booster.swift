import Learning

/// Grows trees one after another, each on the errors of those before.
struct Booster {
  let matrix: BinnedMatrix
  let learner: GradientBoostingLearner
  let pool: WorkerPool
  private var grower: TreeGrower
  private let packing: GradientPacking
  /// Shape `[outputCount][rowCount]`.
  private var scores: [LargeArray<Double>] = []

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
    packing = GradientPacking(matrix.rowHashes)
  }

  /// Grows the trees of an objective with one output.
  mutating func boosted(
    _ objective: some Objective, rows: [UInt32]?, treeCount: Int, watch: Watch?,
    from start: Start? = nil
  ) -> BoostedTrees {
    precondition(objective.outputCount == 1, "\(objective.outputCount) outputs")
    return boostedOutputs(
      objective, rows: rows, roundCount: treeCount, watch: watch, from: start.map { [$0] })[0]
  }

  /// Grows trees, in each round one for each output.
  ///
  /// - Parameters:
  ///   - rows: The rows to learn from, ascending; `nil` for all.
  ///   - roundCount: The most rounds to add.
  ///   - watch: The model is cut back to the round with the lowest loss on these rows.
  ///   - starts: For each output, trees to begin with, and the score of every row by them.
  /// - Returns: The trees of each output; all have one for each round.
  mutating func boostedOutputs(
    _ objective: some Objective, rows: [UInt32]?, roundCount: Int, watch: Watch?,
    from starts: [Start]? = nil
  ) -> [BoostedTrees] {
    var models = begin(objective, rows: rows, from: starts)
    // Rounds are counted from the first tree of all, so that continuing draws what one run would.
    let first = models[0].trees.count
    var best = (loss: watch.map { loss(objective, $0.rows) } ?? 0, roundCount: 0)
    var roundsGrown = 0
    while roundsGrown < roundCount, addRound(first + roundsGrown, objective, rows, &models) {
      roundsGrown += 1
      let heldOutLoss = watch.map { loss(objective, $0.rows) }
      report(roundsGrown, of: roundCount, heldOutLoss, objective, rows)
      if watch == nil, learner.isInterrupted { break }
      guard let watch, let loss = heldOutLoss else { continue }
      if loss < best.loss - learner.earlyStoppingMinimumImprovement { best = (loss, roundsGrown) }
      if roundsGrown - best.roundCount >= watch.patience || learner.isInterrupted { break }
    }
    if watch != nil {
      for output in models.indices {
        models[output].trees.removeLast(roundsGrown - best.roundCount)
      }
    }
    return models
  }

  /// Begins a model of each output, without trees or with those that there are.
  mutating func begin(
    _ objective: some Objective, rows: [UInt32]?, from starts: [Start]? = nil
  ) -> [BoostedTrees] {
    let models =
      starts?.map(\.model)
      ?? objective.baseScores(rows: rows.map { $0.map(Int.init) } ?? Array(0..<matrix.rowCount))
      .map { BoostedTrees(featureCount: matrix.featureCount, baseScore: $0, trees: []) }
    while scores.count < models.count { scores.append(LargeArray(count: matrix.rowCount)) }
    scores.removeLast(scores.count - models.count)
    for (output, model) in models.enumerated() {
      let start = starts?[output].scores
      for row in 0..<matrix.rowCount { scores[output][row] = start?[row] ?? model.baseScore }
    }
    return models
  }

  /// Grows a tree for each output.
  ///
  /// - Returns: Whether any tree has a split; without, nothing is added.
  mutating func addRound(
    _ round: Int, _ objective: some Objective, _ rows: [UInt32]?, _ models: inout [BoostedTrees]
  ) -> Bool {
    var hasGrown = false
    objective.beginRound(scores, pool: pool)
    for output in models.indices {
      var units = packing.pack(objective, output: output, scores[output], pool: pool)
      // What is drawn differs from tree to tree.
      let tree = round * models.count + output
      let chosen = learner.sampledRows(
        rows, of: packing.gradients, units: &units, round: tree)
      let grown = grower.grow(
        rows: chosen, gradients: packing.gradients, units: units,
        features: learner.sampledFeatures(matrix.usableFeatures, round: tree), round: tree)
      guard var grown else {
        models[output].trees.append(
          Tree(nodes: [.leaf(value: 0, cover: Double(grower.partition.count))], levelSets: []))
        continue
      }
      hasGrown = true
      adjustLeaves(&grown, objective, units, scores[output])
      models[output].trees.append(grown.tree)
      add(grown, isComplete: chosen == nil, to: scores[output])
    }
    if !hasGrown { for output in models.indices { models[output].trees.removeLast() } }
    return hasGrown
  }

  /// Gives leaves the values that their objective knows better than Newton's step.
  private func adjustLeaves(
    _ grown: inout TreeGrower.Grown, _ objective: some Objective, _ units: GradientUnits,
    _ scores: LargeArray<Double>
  ) {
    let (leaves, partition, rate) = (
      grown.leaves, grower.partition, learner.settledInFull.learningRate!
    )
    let values = pool.map(leaves.count) { index in
      let leaf = leaves[index]
      if objective.renewsLeaves {
        var rows: [Int] = []
        rows.reserveCapacity(leaf.rows.count)
        partition.forEachRow(leaf.rows) { rows.append($0) }
        // A monotone feature must stay so.
        return leaf.statistics.within(objective.renewedValue(rows: rows, scores: scores)) * rate
      }
      let sum = SideSum(leaf.statistics, units)
      guard let optimum = objective.optimum(gradient: sum.gradient, hessian: sum.hessian),
        optimum * leaf.value > 0
      else { return leaf.value }
      return optimum.magnitude < leaf.value.magnitude ? optimum : leaf.value
    }
    for (index, value) in values.enumerated() {
      grown.leaves[index].value = value
      grown.tree.nodes[leaves[index].node].value = value
    }
  }

  /// Says how far growing is.
  func report(
    _ treeCount: Int, of limit: Int, _ heldOutLoss: Double?, _ objective: some Objective,
    _ rows: [UInt32]?
  ) {
    learner.progress?(
      BoostingRound(
        treeCount: treeCount, limit: limit, heldOutLoss: heldOutLoss,
        trainingLoss: { loss(objective, rows ?? (0..<UInt32(matrix.rowCount)).map(\.self)) }))
  }

  /// Adds a tree's values to the scores of all rows.
  private func add(
    _ grown: TreeGrower.Grown, isComplete: Bool, to scores: LargeArray<Double>
  ) {
    if isComplete {
      let leaves = grown.leaves.flatMap { leaf in
        // Large leaves are shared out.
        stride(from: leaf.rows.lowerBound, to: leaf.rows.upperBound, by: 1 << 15).map {
          (value: leaf.value, rows: $0..<min($0 + 1 << 15, leaf.rows.upperBound))
        }
      }
      let partition = grower.partition
      pool.forEach(leaves.count) { index in
        let (value, rows) = leaves[index]
        partition.add(value, to: scores, rows)
      }
    } else {
      // Rows that were not learned from have to walk the tree.
      let walk = BinWalk(grown, matrix.columns)
      pool.forEachRange(of: matrix.rowCount, least: 1024, pieceLimit: 64) { _, rows in
        // SAFETY: ranges are disjoint and within the scores.
        for row in rows { unsafe scores.start[row] += walk.value(row: row) }
      }
    }
  }

  /// The scores of some rows, of the only output.
  func scores(of rows: [UInt32]) -> [Double] { rows.map { scores[0][Int($0)] } }

  /// The weighted mean loss over some rows.
  func loss(_ objective: some Objective, _ rows: [UInt32]) -> Double {
    var sum = 0.0
    var total = 0.0
    var ofRow = [Double](repeating: 0, count: scores.count)
    for row in rows {
      for output in scores.indices { ofRow[output] = scores[output][Int(row)] }
      let part = objective.loss(row: Int(row), scores: ofRow.span)
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
