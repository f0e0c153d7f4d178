import Learning

extension TreeScorer {
  /// Where every row ends in every tree: the leaf's position in ``Tree/nodes``, shape
  /// `[rowCount, treeCount]`.
  public func leafIndices(of matrix: FeatureMatrix, threads: Int) -> [Int32] {
    unsafe forEachBlock(of: matrix, width: treeCount, threads: threads) { block, rows, target in
      block.load(matrix, rows: rows)
      unsafe block.writeNodes(rows.count, 0..<treeCount, to: target)
    }
  }
}
