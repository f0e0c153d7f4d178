import Learning

/// Fitted gradient-boosted trees: the raw score is a base plus one leaf value per tree.
public struct BoostedTrees: FittedLearner, Equatable {
  /// How many features a row has.
  public var featureCount: Int
  /// The score before any tree: the log odds of the base rate.
  public var baseScore: Double
  /// The trees, in the order in which they were grown.
  public var trees: [Tree]

  /// Puts an ensemble together.
  public init(featureCount: Int, baseScore: Double, trees: [Tree]) {
    self.featureCount = featureCount
    self.baseScore = baseScore
    self.trees = trees
  }

  /// The raw score of every row, shape `[rowCount]`; the same whatever rows stand beside it.
  public func scores(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    // Both ways give the same bits.
    matrix.rowCount < Self.scorerRowCount
      ? walkedScores(of: matrix, threads: threads)
      : TreeScorer(self).scores(of: matrix, threads: threads)
  }

  /// From so many rows on, preparing a ``TreeScorer`` costs less than it saves.
  private static let scorerRowCount = 256

  /// What ``scores(of:threads:)`` gives, by the definition: row by row, from the root of each tree to
  /// a leaf.
  public func walkedScores(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    precondition(
      matrix.columns.count == featureCount,
      "the matrix has \(matrix.columns.count) features; the model \(featureCount)")
    let ranges = RowBlock.ranges(rowCount: matrix.rowCount)
    return Parallel.map(ranges.count, threads: threads) { index in
      walkedScores(of: RowBlock(matrix, rows: ranges[index]))
    }.flatMap(\.self)
  }

  /// What one tree adds to each row's score, shape `[rowCount]`.
  func step(_ tree: Int, of matrix: FeatureMatrix, threads: Int) -> [Double] {
    BoostedTrees(featureCount: featureCount, baseScore: 0, trees: [trees[tree]])
      .scores(of: matrix, threads: threads)
  }

  /// The scores of a block; trees are added in their order, whatever the block.
  private func walkedScores(of block: RowBlock) -> [Double] {
    var scores = [Double](repeating: baseScore, count: block.rowCount)
    // Tree by tree: a tree stays in the cache while all rows of the block walk it.
    for tree in trees {
      for position in 0..<block.rowCount {
        scores[position] += block.withRow(position) { tree.leaf($0).value }
      }
    }
    return scores
  }

  /// The gains of all splits on each feature, shape `[featureCount]`.
  public var gainOfFeature: [Double] {
    var gains = [Double](repeating: 0, count: featureCount)
    for tree in trees {
      for node in tree.nodes where !node.isLeaf { gains[Int(node.feature)] += node.gain }
    }
    return gains
  }

  /// How many splits test each feature, shape `[featureCount]`.
  public var splitCountOfFeature: [Int] {
    var counts = [Int](repeating: 0, count: featureCount)
    for tree in trees {
      for node in tree.nodes where !node.isLeaf { counts[Int(node.feature)] += 1 }
    }
    return counts
  }
}
