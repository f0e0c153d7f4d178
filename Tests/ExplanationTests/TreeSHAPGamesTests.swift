import Diagnostics
import Explanation
import GradientBoosting
import Learning
import TestSupport
import Testing

/// Backgrounds and interactions, against their definitions over all coalitions.
@Suite struct TreeSHAPGamesTests {
  private func fitted(seed: UInt64) throws -> (BoostedTrees, TrainingSet) {
    let set = try SeededTables.mixed(rowCount: 800, seed: seed)
    var learner = GradientBoostingLearner()
    learner.treeCount = 8
    learner.leafCount = 24
    learner.minimumRowsPerLeaf = 2
    learner.earlyStoppingPatience = nil
    return (try learner.fitted(to: set, threads: 2), set)
  }

  private func values(of matrix: FeatureMatrix, row: Int) -> [Double] {
    RowBlock(matrix, rows: row..<row + 1).withRow(0) { span in span.indices.map { span[$0] } }
  }

  @Test(arguments: 1...4)
  func `against a background, contributions are Shapley values of the mean over its rows`(
    seed: UInt64
  ) throws {
    let (model, set) = try fitted(seed: seed)
    let background = set.matrix.selecting(Array(100..<137))
    let rows = set.matrix.selecting(Array(0..<20) + [100])
    let explainer = TreeSHAP(model, background: background)
    let reference = ShapleyReference(
      model: model, background: (0..<37).map { values(of: background, row: $0) })
    let scores = model.scores(of: background, threads: 1)
    #expect(abs(explainer.meanScore - scores.reduce(0, +) / 37) < 1e-12)
    let found = explainer.contributions(of: rows, threads: 2)
    let width = model.featureCount
    for row in 0..<rows.rowCount {
      let expected = reference.contributions(ofRow: values(of: rows, row: row))
      for feature in 0..<width {
        #expect(abs(found[row * width + feature] - expected[feature]) < 1e-12)
      }
    }
    // The two questions have different answers.
    let other = TreeSHAP(model).contributions(of: rows, threads: 1)
    #expect(zip(found, other).contains { abs($0 - $1) > 0.01 })
  }

  @Test func `against itself, a row has no contributions`() throws {
    let (model, set) = try fitted(seed: 5)
    for row in [0, 17, 400] {
      let alone = set.matrix.selecting([row])
      let found = TreeSHAP(model, background: alone).contributions(of: alone, threads: 1)
      #expect(found.allSatisfy { $0 == 0 })
    }
  }

  @Test(arguments: 1...4) func `interactions are those of all coalitions`(seed: UInt64) throws {
    let (model, set) = try fitted(seed: seed)
    let explainer = TreeSHAP(model)
    let reference = ShapleyReference(model: model)
    let width = model.featureCount
    let rows = 30..<130
    let contributions = explainer.contributions(of: set.matrix, rows: rows, threads: 1)
    let found = explainer.interactions(of: set.matrix, rows: rows, threads: 2)
    #expect(found.count == rows.count * width * width)
    #expect(explainer.interactions(of: set.matrix, rows: rows, threads: 1) == found)
    var largest = 0.0
    for row in 0..<rows.count {
      let matrix = found[row * width * width..<(row + 1) * width * width]
      let first = matrix.startIndex
      for one in 0..<width {
        let sum = matrix[first + one * width..<first + (one + 1) * width].reduce(0, +)
        #expect(abs(sum - contributions[row * width + one]) < 1e-12)
        for other in 0..<width where other != one {
          #expect(matrix[first + one * width + other] == matrix[first + other * width + one])
          largest = max(largest, matrix[first + one * width + other].magnitude)
        }
      }
      guard row < 12 else { continue }
      let expected = reference.interactions(ofRow: values(of: set.matrix, row: 30 + row))
      for (one, other) in zip(matrix, expected) { #expect(abs(one - other) < 1e-12) }
    }
    #expect(largest > 0.01)
  }
}
