import Diagnostics
import Explanation
import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct TreeSHAPTests {
  /// The table of ``SeededTables/mixed(rowCount:seed:levelCount:)`` and two more columns: whole
  /// numbers with missing cells, and noise.
  private func table(rowCount: Int, seed: UInt64) throws -> TrainingSet {
    let base = try SeededTables.mixed(rowCount: rowCount, seed: seed)
    var generator = SeededGenerator(seed: seed, stream: 1)
    let whole = (0..<rowCount).map { _ in
      generator.nextUnit() < 0.3 ? Double.nan : Double(generator.nextIndex(below: 4))
    }
    let noise = (0..<rowCount).map { _ in generator.nextUnit() }
    return try TrainingSet(
      matrix: FeatureMatrix(
        features: base.matrix.features + [
          Feature(name: "whole", kind: .number), Feature(name: "noise", kind: .number),
        ],
        columns: base.matrix.columns + [.number(whole), .number(noise)], rowCount: rowCount),
      labels: base.labels)
  }

  private var deep: GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 12
    learner.leafCount = 48
    learner.minimumRowsPerLeaf = 2
    learner.earlyStoppingPatience = nil
    return learner
  }

  /// The contributions row by row, shape `[rowCount][featureCount]`.
  private func rows(_ explainer: TreeSHAP, _ matrix: FeatureMatrix, threads: Int = 1) -> [[Double]]
  {
    let attribution = Attribution(
      meanScore: explainer.meanScore, featureCount: matrix.features.count,
      values: explainer.contributions(of: matrix, threads: threads))
    return (0..<matrix.rowCount).map { attribution.contributions(ofRow: $0) }
  }

  private func values(of matrix: FeatureMatrix, row: Int) -> [Double] {
    RowBlock(matrix, rows: row..<row + 1).withRow(0) { span in span.indices.map { span[$0] } }
  }

  /// The features tested on the way to each leaf.
  private func paths(of tree: Tree, node index: Int = 0, above: [Int32] = []) -> [[Int32]] {
    let node = tree.nodes[index]
    if node.isLeaf { return [above] }
    return [node.left, node.right].flatMap {
      paths(of: tree, node: Int($0), above: above + [node.feature])
    }
  }

  // MARK: The definition

  @Test func `two features that are needed together share what they do`() {
    // x0 and x1 both above 0 are worth 4, anything else nothing; a quarter of the rows has both.
    //
    //        x0 <= 0 ?                 cover 4
    //        /       \
    //   0, cover 2   x1 <= 0 ?         cover 2
    //                /       \
    //           0, cover 1   4, cover 1
    func test(_ feature: Int32, left: Int32, cover: Double) -> TreeNode {
      TreeNode(
        feature: feature, left: left, right: left + 1, threshold: 0, levelSet: -1,
        missingGoesLeft: true, unseenGoesLeft: true, gain: 1, cover: cover, value: 0)
    }
    let tree = Tree(
      nodes: [
        test(0, left: 1, cover: 4), .leaf(value: 0, cover: 2), test(1, left: 3, cover: 2),
        .leaf(value: 0, cover: 1), .leaf(value: 4, cover: 1),
      ], levelSets: [])
    let explainer = TreeSHAP(BoostedTrees(featureCount: 3, baseScore: 10, trees: [tree]))
    let matrix = FeatureMatrix(
      features: ["x0", "x1", "x2"].map { Feature(name: $0, kind: .number) },
      columns: [.number([1, 1, -1]), .number([1, -1, 1]), .number([5, 5, 5])], rowCount: 3)
    #expect(explainer.meanScore == 11)
    // (1, 1): worth 1 alone unknown, 2 with either, 4 with both.
    // (1, -1): 1 unknown, 2 with x0, 0 with x1 or both.
    // (-1, 1): 1 unknown, 0 with x0 or both, 2 with x1.
    let expected = [[1.5, 1.5, 0], [0.5, -1.5, 0], [-1.5, 0.5, 0]]
    for (found, points) in zip(rows(explainer, matrix), expected) {
      for (one, other) in zip(found, points) { #expect(abs(one - other) < 1e-15) }
    }
  }

  @Test(arguments: 1...6) func `contributions are Shapley values over all coalitions`(seed: UInt64)
    throws
  {
    let set = try table(rowCount: 1000, seed: seed)
    let model = try deep.fitted(to: set, threads: 2)
    // The case is as hard as it is meant to be: deep paths, features met again, missing, levels.
    let paths = model.trees.flatMap { self.paths(of: $0) }
    #expect(paths.map(\.count).max()! >= 8)
    #expect(paths.contains { Set($0).count < $0.count - 3 })
    #expect(model.trees.contains { !$0.levelSets.isEmpty })

    var columns = set.matrix.columns.map { $0.selecting(Array(0..<24)) }
    guard case .category(var codes) = columns[3] else {
      Issue.record("no category")
      return
    }
    codes[0] = CategoryCode.unseen
    codes[1] = CategoryCode.missing
    columns[3] = .category(codes)
    let matrix = FeatureMatrix(features: set.matrix.features, columns: columns, rowCount: 24)
    let found = rows(TreeSHAP(model), matrix)
    let reference = ShapleyReference(model: model)
    var worst = 0.0
    for row in 0..<matrix.rowCount {
      let expected = reference.contributions(ofRow: values(of: matrix, row: row))
      #expect(found[row].count == expected.count)
      for (one, other) in zip(found[row], expected) { worst = max(worst, abs(one - other)) }
    }
    #expect(worst < 1e-10)
  }

  @Test func `the mean score is what an empty coalition is worth, and the rows' mean`() throws {
    let set = try table(rowCount: 1000, seed: 7)
    let model = try deep.fitted(to: set, threads: 2)
    let explainer = TreeSHAP(model)
    let empty = ShapleyReference(model: model)
      .worth(ofCoalition: 0, values(of: set.matrix, row: 0))
    #expect(abs(explainer.meanScore - empty) < 1e-12)
    let scores = model.scores(of: set.matrix, threads: 1)
    #expect(abs(explainer.meanScore - scores.reduce(0, +) / Double(scores.count)) < 1e-10)
  }

  /// A tree of one path of features that are all different, from which a leaf parts at each step;
  /// `share` of the rows go on.
  private func chain(length: Int, share: Double) -> BoostedTrees {
    var nodes: [TreeNode] = []
    var cover = 1.0
    for step in 0..<length {
      nodes.append(
        TreeNode(
          feature: Int32(step), left: Int32(2 * step + 1), right: Int32(2 * step + 2),
          threshold: 0, levelSet: -1, missingGoesLeft: true, unseenGoesLeft: true, gain: 1,
          cover: cover, value: 0))
      nodes.append(.leaf(value: step % 3 == 0 ? 1 : -0.5, cover: cover * (1 - share)))
      cover *= share
    }
    nodes.append(.leaf(value: 2, cover: cover))
    return BoostedTrees(
      featureCount: length, baseScore: 0, trees: [Tree(nodes: nodes, levelSets: [])])
  }

  @Test(arguments: [10, 40, 100], [0.01, 0.2, 0.5, 0.8, 0.99])
  func `a long path of different features loses no digits`(length: Int, share: Double) {
    let model = chain(length: length, share: share)
    var generator = SeededGenerator(seed: 13)
    // In later rows fewer features stray from the path; in the last none does.
    let rowCount = 5
    let columns = (0..<length).map { _ in
      FeatureColumn.number(
        (0..<rowCount).map { row in
          generator.nextUnit() * Double(rowCount - 1) < Double(row) ? 1 : -1
        })
    }
    let matrix = FeatureMatrix(
      features: (0..<length).map { Feature(name: "x\($0)", kind: .number) }, columns: columns,
      rowCount: rowCount)
    let explainer = TreeSHAP(model)
    let scores = model.scores(of: matrix, threads: 1)
    let reference = ShapleyReference(model: model)
    #expect(scores[rowCount - 1] == 2)
    var worst = 0.0
    for (row, points) in rows(explainer, matrix).enumerated() {
      let expected = reference.integrals(ofRow: values(of: matrix, row: row))
      for (one, other) in zip(points, expected) { worst = max(worst, abs(one - other)) }
      worst = max(worst, abs(points.reduce(explainer.meanScore, +) - scores[row]))
    }
    #expect(worst < 1e-12)
  }

  // MARK: Properties

  @Test(arguments: [1.0, 0.5]) func `contributions and the mean score add up to every row's score`(
    sample: Double
  ) throws {
    let set = try table(rowCount: 3000, seed: 8)
    var learner = GradientBoostingLearner()
    learner.treeCount = 60
    learner.rowSample = sample
    learner.columnSample = sample
    learner.minimumRowsPerLeaf = 3
    let model = try learner.fitted(to: set, threads: 2)
    #expect(model.trees.count > 10)
    let explainer = TreeSHAP(model)
    let contributions = rows(explainer, set.matrix, threads: 2)
    let scores = model.scores(of: set.matrix, threads: 1)
    #expect(contributions.count == set.rowCount)
    var worst = 0.0
    for (points, score) in zip(contributions, scores) {
      worst = max(worst, abs(points.reduce(explainer.meanScore, +) - score))
    }
    #expect(worst < 1e-9)
  }

  @Test func `the number of threads never changes a bit`() throws {
    let set = try table(rowCount: 700, seed: 9)
    let explainer = TreeSHAP(try deep.fitted(to: set, threads: 2))
    let reference = explainer.contributions(of: set.matrix, threads: 1)
    for threads in [2, 3, 8] {
      #expect(explainer.contributions(of: set.matrix, threads: threads) == reference)
    }
  }

  @Test func `a row's reasons do not depend on the rows beside it`() throws {
    let set = try table(rowCount: 300, seed: 10)
    let explainer = TreeSHAP(try deep.fitted(to: set, threads: 2))
    let all = rows(explainer, set.matrix)
    let some = [299, 0, 64, 63, 128]
    #expect(rows(explainer, set.matrix.selecting(some)) == some.map { all[$0] })
    #expect(explainer.contributions(of: set.matrix.selecting([]), threads: 2) == [])
  }

  @Test func `a feature without a split has exactly nothing`() throws {
    let set = try table(rowCount: 1000, seed: 11)
    let constant = set.matrix.replacing(
      5, with: .number([Double](repeating: 3, count: set.rowCount)))
    let model = try deep.fitted(
      to: TrainingSet(matrix: constant, labels: set.labels), threads: 2)
    // Scored on rows where the column varies.
    let contributions = rows(TreeSHAP(model), set.matrix)
    #expect(contributions.allSatisfy { $0[5] == 0 })
    #expect(contributions.contains { $0[0] != 0 })
  }

  @Test func `a model without trees gives no reasons`() throws {
    let set = try table(rowCount: 10, seed: 12)
    let explainer = TreeSHAP(BoostedTrees(featureCount: 6, baseScore: -1.5, trees: []))
    #expect(explainer.meanScore == -1.5)
    #expect(
      explainer.contributions(of: set.matrix, threads: 1) == [Double](repeating: 0, count: 60))
  }
}
