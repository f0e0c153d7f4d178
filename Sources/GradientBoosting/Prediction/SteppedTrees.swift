import Learning

/// Boosted trees whose leaves are whole multiples of one step, to be scored again and again with some
/// columns shuffled.
///
/// Only trees that test a shuffled column add something else than before. What these added is taken
/// off the score, and what they add now is put on. As leaves are whole multiples of a step, neither
/// rounds: the score is that of all trees, to the last bit.
package struct SteppedTrees: Sendable {
  /// The trees with their leaves rounded to whole steps, and without the base score.
  package let trees: BoostedTrees
  /// What the scores are multiples of, in log odds.
  package let step: Double
  private let scorer: TreeScorer
  /// The trees that test each feature, ascending.
  private let treesOfFeature: [[Int]]
  /// The planes of each feature.
  private let planesOfFeature: [FeaturePlanes]

  /// So many rows are scored together: more than for whole models, as fewer planes are looked at.
  private static let blockRowCount = 512

  /// Rounds the leaves of trees, none of them by more than half of 2^-29 of what all can add up to.
  package init(_ model: BoostedTrees) {
    let reach = model.trees.reduce(0.0) { sum, tree in
      sum + tree.nodes.reduce(0.0) { max($0, $1.isLeaf ? $1.value.magnitude : 0) }
    }
    let step = ScoreStep.forScores(within: reach)
    var rounded = model
    rounded.baseScore = 0
    for tree in rounded.trees.indices {
      for node in rounded.trees[tree].nodes.indices where rounded.trees[tree].nodes[node].isLeaf {
        rounded.trees[tree].nodes[node].value =
          (rounded.trees[tree].nodes[node].value / step).rounded() * step
      }
    }
    var treesOfFeature = [[Int]](repeating: [], count: model.featureCount)
    for (index, tree) in model.trees.enumerated() {
      for feature in Set(tree.nodes.lazy.filter { !$0.isLeaf }.map { Int($0.feature) }).sorted() {
        treesOfFeature[feature].append(index)
      }
    }
    trees = rounded
    self.step = step
    self.treesOfFeature = treesOfFeature
    scorer = TreeScorer(rounded, blockRowCount: Self.blockRowCount)
    planesOfFeature = FeaturePlanes.ofFeatures(model.featureCount, in: scorer.planes)
  }

  /// Whether any tree tests a feature.
  package func uses(_ feature: Int) -> Bool { !treesOfFeature[feature].isEmpty }

  /// The raw score of every row without the base score, in steps, shape `[rowCount]`.
  package func scores(of matrix: FeatureMatrix, threads: Int) -> [Int32] {
    scorer.scores(of: matrix, threads: threads).map { Int32($0 / step) }
  }

  /// The scores with each set of columns shuffled by each order.
  ///
  /// - Parameters:
  ///   - whole: The scores as the rows are; see ``scores(of:threads:)``.
  ///   - sets: The columns that are shuffled together, shape `[setCount][]`.
  ///   - orders: The row whose values each row gets instead, shape `[orderCount][rowCount]`.
  /// - Returns: In steps, shape `[setCount, orderCount, rowCount]`.
  /// - Precondition: An order names rows of the matrix.
  package func scores(
    of matrix: FeatureMatrix, whole: [Int32], shuffling sets: [[Int]], by orders: [[Int32]],
    threads: Int
  ) -> [Int32] {
    let rowCount = matrix.rowCount
    precondition(whole.count == rowCount, "\(whole.count) scores of \(rowCount) rows")
    precondition(
      orders.allSatisfy { $0.count == rowCount && $0.allSatisfy { 0..<rowCount ~= Int($0) } },
      "an order that is none of \(rowCount) rows")
    let treesOfSet = sets.map { set in Set(set.flatMap { treesOfFeature[$0] }).sorted() }
    let blocks = scorer.blocks(ofRows: rowCount)
    let taskCount = min(blocks.count, max(1, threads) * 4)
    let total = sets.count * orders.count * rowCount
    return unsafe [Int32](unsafeUninitializedCapacity: total) { buffer, count in
      nonisolated(unsafe) let start = buffer.baseAddress
      Parallel.forEach(taskCount, threads: threads) { task in
        guard let start = unsafe start else { return }
        var block = ScoringBlock(scorer)
        var others = [Double](repeating: 0, count: Self.blockRowCount)
        for index in stride(from: task, to: blocks.count, by: taskCount) {
          let rows = blocks[index]
          block.load(matrix, rows: rows)
          for (place, set) in sets.enumerated() {
            block.restart()
            block.add(treesOfSet[place])
            for position in 0..<rows.count {
              others[position] =
                Double(whole[rows.lowerBound + position]) * step - block.score(position)
            }
            for (turn, order) in orders.enumerated() {
              for feature in set {
                block.replace(
                  planesOfFeature[feature], from: matrix.columns[feature], order, at: rows)
              }
              block.restart()
              block.add(treesOfSet[place])
              let first = (place * orders.count + turn) * rowCount + rows.lowerBound
              for position in 0..<rows.count {
                // SAFETY: `first + position < total`; every block writes its own rows.
                unsafe (start + first + position).initialize(
                  to: Int32((others[position] + block.score(position)) / step))
              }
            }
            for feature in set {
              block.replace(planesOfFeature[feature], from: matrix.columns[feature], nil, at: rows)
            }
          }
        }
      }
      count = total
    }
  }
}

/// Which planes of a block hold a feature's values.
struct FeaturePlanes: Sendable {
  /// Positions in ``BytePlanes/ranks``.
  var ranks: Range<Int>
  /// The position in ``BytePlanes/categories``; `nil` for a feature whose levels are not tested.
  var category: Int?

  static func ofFeatures(_ count: Int, in planes: BytePlanes) -> [FeaturePlanes] {
    var found = [FeaturePlanes](repeating: FeaturePlanes(ranks: 0..<0), count: count)
    // The planes of a feature stand side by side.
    for (index, ranks) in planes.ranks.enumerated() {
      let start = found[ranks.feature].ranks.isEmpty ? index : found[ranks.feature].ranks.lowerBound
      found[ranks.feature].ranks = start..<index + 1
    }
    for (index, category) in planes.categories.enumerated() {
      found[category.feature].category = index
    }
    return found
  }
}
