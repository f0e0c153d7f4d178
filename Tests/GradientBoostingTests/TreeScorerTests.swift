import GradientBoosting
import Learning
import Testing

/// The scorer against the walk from root to leaf, which defines the scores.
@Suite struct TreeScorerTests {
  /// Models of every shape that the scorer tells apart.
  private static let shapes: [[Int]] = [
    [], [1], [1, 1, 1], [2], [31, 1, 8, 31, 17], [32, 33, 64, 65, 200], [256, 257], [700, 3, 300],
    Array(repeating: 31, count: 60),
  ]

  private func expectSameBits(
    _ scores: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(scores.map(\.bitPattern) == expected.map(\.bitPattern), sourceLocation: sourceLocation)
  }

  @Test(arguments: ScanKernel.supported, shapes)
  func `every kernel gives the bits of the walk`(kernel: ScanKernel, leaves: [Int]) {
    var random = RandomTrees(seed: UInt64(leaves.reduce(7, +)))
    let trees = random.trees(leaves: leaves)
    let matrix = random.matrix(rowCount: 1500)
    expectSameBits(
      TreeScorer(trees, kernel: kernel).scores(of: matrix, threads: 1),
      trees.walkedScores(of: matrix, threads: 1))
  }

  @Test(arguments: ScanKernel.supported)
  func `chains, and thresholds that no value is compared with, are scored as walked`(
    kernel: ScanKernel
  ) {
    var random = RandomTrees(seed: 21)
    let matrix = random.matrix(rowCount: 600)
    let chains = random.trees(leaves: [256, 40, 300, 2], chain: true)
    let unequal = random.trees(leaves: [31, 31, 300, 4], nanThresholds: true)
    for trees in [chains, unequal] {
      expectSameBits(
        TreeScorer(trees, kernel: kernel).scores(of: matrix, threads: 1),
        trees.walkedScores(of: matrix, threads: 1))
    }
  }

  @Test(arguments: [1, 2, 63, 64, 65, 127, 512, 513, 1300], [1, 2, 3])
  func `no score depends on the rows beside it, or on the threads`(rowCount: Int, threads: Int) {
    var random = RandomTrees(seed: 3)
    let trees = random.trees(leaves: [31, 1, 40, 300, 31])
    let matrix = random.matrix(rowCount: 1300)
    let all = trees.walkedScores(of: matrix, threads: 1)
    let rows = Array((0..<rowCount).reversed())
    let part = matrix.selecting(rows)
    for kernel in ScanKernel.supported {
      expectSameBits(
        TreeScorer(trees, kernel: kernel).scores(of: part, threads: threads), rows.map { all[$0] })
    }
    expectSameBits(trees.scores(of: part, threads: threads), rows.map { all[$0] })
  }

  @Test func `no rows have no scores`() {
    var random = RandomTrees(seed: 4)
    let scorer = TreeScorer(random.trees(leaves: [5]))
    let none = random.matrix(rowCount: 0)
    #expect(scorer.scores(of: none, threads: 2).isEmpty)
    #expect(scorer.leafIndices(of: none, threads: 2).isEmpty)
  }

  @Test(arguments: shapes) func `a row alone has the same bits`(leaves: [Int]) {
    var random = RandomTrees(seed: 5)
    let trees = random.trees(leaves: leaves, nanThresholds: true)
    let matrix = random.matrix(rowCount: 200)
    let scorer = TreeScorer(trees)
    let expected = trees.walkedScores(of: matrix, threads: 1)
    for row in 0..<matrix.rowCount {
      let score = RowBlock(matrix, rows: row..<row + 1).withRow(0) { scorer.score(ofRow: $0) }
      #expect(score.bitPattern == expected[row].bitPattern)
    }
  }

  @Test(arguments: shapes) func `leaves are those of the walk`(leaves: [Int]) {
    var random = RandomTrees(seed: 6)
    let trees = random.trees(leaves: leaves)
    let matrix = random.matrix(rowCount: 700)
    let expected = (0..<matrix.rowCount).flatMap { row in
      RowBlock(matrix, rows: row..<row + 1).withRow(0) { values in
        trees.trees.map { tree in
          var index = 0
          while !tree.nodes[index].isLeaf {
            let node = tree.nodes[index]
            index = Int(tree.goesLeft(node, values[Int(node.feature)]) ? node.left : node.right)
          }
          return Int32(index)
        }
      }
    }
    for kernel in ScanKernel.supported {
      #expect(TreeScorer(trees, kernel: kernel).leafIndices(of: matrix, threads: 2) == expected)
    }
  }

  @Test(arguments: [1, 3, 10, 100])
  func `scores after a stage are those of a model with fewer trees`(every: Int) {
    var random = RandomTrees(seed: 8)
    let trees = random.trees(leaves: Array(repeating: 12, count: 10))
    let matrix = random.matrix(rowCount: 1100)
    let stages = TreeScorer(trees).stagedScores(of: matrix, every: every, threads: 2)
    #expect(stages.count == (10 + every - 1) / every)
    for (stage, scores) in stages.enumerated() {
      var shorter = trees
      shorter.trees = Array(trees.trees.prefix((stage + 1) * every))
      expectSameBits(scores, shorter.walkedScores(of: matrix, threads: 1))
    }
  }

  @Test func `a row that stops early keeps the score of its stage`() {
    var random = RandomTrees(seed: 9)
    let trees = random.trees(leaves: Array(repeating: 12, count: 40))
    let matrix = random.matrix(rowCount: 1100)
    let scorer = TreeScorer(trees)
    let stages = scorer.stagedScores(of: matrix, every: 7, threads: 1)
    let expected = (0..<matrix.rowCount).map { row in
      (stages.first { abs($0[row]) > 0.4 } ?? stages.last!)[row]
    }
    let exit = EarlyExit(margin: 0.4, treesPerStage: 7)
    for threads in 1...3 {
      expectSameBits(scorer.scores(of: matrix, stopping: exit, threads: threads), expected)
    }
    #expect(expected != stages.last!)
    // No score is so far from 0.
    expectSameBits(
      scorer.scores(
        of: matrix, stopping: EarlyExit(margin: .infinity, treesPerStage: 7), threads: 1),
      scorer.scores(of: matrix, threads: 1))
  }

  @Test func `trees take turns where a row has several scores`() {
    var random = RandomTrees(seed: 10)
    let trees = random.trees(leaves: Array(repeating: 9, count: 15))
    let matrix = random.matrix(rowCount: 600)
    let bases = [0.5, -1, 2]
    let scorer = TreeScorer(trees, outputCount: 3, baseScores: bases)
    let scores = scorer.scores(of: matrix, threads: 2)
    #expect(scorer.stagedScores(of: matrix, every: 6, threads: 2).last == scores)
    for output in 0..<3 {
      let own = BoostedTrees(
        featureCount: trees.featureCount, baseScore: bases[output],
        trees: stride(from: output, to: 15, by: 3).map { trees.trees[$0] })
      let expected = own.walkedScores(of: matrix, threads: 1)
      expectSameBits((0..<600).map { scores[3 * $0 + output] }, expected)
      let alone = RowBlock(matrix, rows: 7..<8).withRow(0) {
        scorer.score(ofRow: $0, output: output)
      }
      #expect(alone == expected[7])
    }
  }
}
