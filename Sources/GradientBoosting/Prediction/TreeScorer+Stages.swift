import Learning

/// When a row may stop before the last tree: partial scores that are far from 0 rarely come back.
public struct EarlyExit: Sendable, Equatable {
  /// A row whose score so far is further from 0 than this stops.
  public var margin: Double
  /// How many trees are added between two looks.
  public var treesPerStage: Int

  /// - Precondition: At least one tree per stage.
  public init(margin: Double, treesPerStage: Int) {
    precondition(treesPerStage > 0, "\(treesPerStage) trees per stage")
    self.margin = margin
    self.treesPerStage = treesPerStage
  }
}

extension TreeScorer {
  /// The raw scores after every `treesPerStage` trees, and after the last: shape
  /// `[stageCount][rowCount * outputCount]`.
  ///
  /// - Complexity: Time as for one call of ``scores(of:threads:)``.
  public func stagedScores(
    of matrix: FeatureMatrix, every treesPerStage: Int, threads: Int
  ) -> [[Double]] {
    let ends = stageEnds(treesPerStage)
    let width = outputCount * ends.count
    // A block has all its stages side by side; they are set apart below.
    let scores: [Double] = unsafe forEachBlock(of: matrix, width: width, threads: threads) {
      block, rows, target in
      block.load(matrix, rows: rows)
      var start = 0
      for (stage, end) in ends.enumerated() {
        block.add(start..<end)
        start = end
        unsafe block.write(rows.count, to: target + stage * rows.count * outputCount)
      }
    }
    let rowCount = matrix.rowCount
    return ends.indices.map { stage in
      var stageScores: [Double] = []
      stageScores.reserveCapacity(rowCount * outputCount)
      for rows in blocks(ofRows: rowCount) {
        let start = rows.lowerBound * width + stage * rows.count * outputCount
        stageScores += scores[start..<start + rows.count * outputCount]
      }
      return stageScores
    }
  }

  /// The raw score of every row, shape `[rowCount]`, where rows may stop early.
  ///
  /// A row that stops keeps the score it has then: these are other scores than those of
  /// ``scores(of:threads:)``, though still the same whatever rows stand beside it, and for any
  /// threads. Time is saved only where all rows of a block have stopped: with trees as cheap as these,
  /// that is little.
  ///
  /// Compare "prediction early stopping" in LightGBM (`pred_early_stop_margin`).
  ///
  /// - Precondition: Rows have one score.
  public func scores(of matrix: FeatureMatrix, stopping exit: EarlyExit, threads: Int) -> [Double] {
    precondition(outputCount == 1, "early exit of rows with \(outputCount) scores")
    let ends = stageEnds(exit.treesPerStage)
    return unsafe forEachBlock(of: matrix, width: 1, threads: threads) { block, rows, target in
      block.load(matrix, rows: rows)
      var running = Array(0..<rows.count)
      var start = 0
      for end in ends where !running.isEmpty {
        block.add(start..<end)
        start = end
        running.removeAll { position in
          // SAFETY: positions are below `rows.count`.
          unsafe target[position] = block.score(position)
          return block.score(position).magnitude > exit.margin
        }
      }
    }
  }

  /// How many trees are added by the end of each stage; the last has all, even if these are none.
  private func stageEnds(_ treesPerStage: Int) -> [Int] {
    precondition(treesPerStage > 0, "\(treesPerStage) trees per stage")
    return Array(stride(from: treesPerStage, to: treeCount, by: treesPerStage)) + [treeCount]
  }
}
