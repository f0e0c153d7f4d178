import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import TestSupport
import Testing

@Suite struct FeatureSweepTests {
  private func trees(_ set: TrainingSet) throws -> BoostedTrees {
    var learner = GradientBoostingLearner()
    learner.treeCount = 40
    learner.minimumRowsPerLeaf = 5
    learner.earlyStoppingPatience = nil
    return try learner.fitted(to: set, threads: 2)
  }

  private func places(_ matrix: FeatureMatrix, _ feature: Int) -> FeatureColumn {
    switch matrix.columns[feature] {
    // Neither sorted nor distinct, the missing value and values beyond all others among them.
    case .number(let values): .number([.nan, 1e9, -1e9] + values.prefix(40))
    case .category: .category([3, 0, CategoryCode.missing, 5, CategoryCode.unseen, 1, 3])
    }
  }

  @Test(arguments: 1...5) func `trees swept at once score as rows one place at a time`(
    seed: UInt64
  ) throws {
    let set = try SeededTables.mixed(rowCount: 700, seed: seed)
    let model = try trees(set)
    for feature in 0..<4 {
      let places = places(set.matrix, feature)
      let swept = FeatureSweep(of: feature, at: places, .trees(model), set.matrix, threads: 2)
      let slow = FeatureSweep(
        of: feature, at: places, scoring: { model.walkedScores(of: $0, threads: 1) }, set.matrix)
      #expect(swept.placeCount == slow.placeCount)
      #expect(swept.scores.count == slow.scores.count)
      #expect(zip(swept.scores, slow.scores).allSatisfy { abs($0 - $1) < 1e-12 })
      #expect(Set(swept.scores).count > places.count)
    }
  }

  @Test func `a sum of terms is swept term by term`() throws {
    let set = try SeededTables.mixed(rowCount: 300, seed: 9)
    let model = try LogisticRegressionLearner().fitted(to: set, threads: 1)
    let additive = CurveModel.additive(
      rest: { feature, matrix in
        var rest = model
        rest.terms[feature].form = .constant
        rest.terms[feature].missing = nil
        return rest.scores(of: matrix, threads: 1)
      },
      term: { feature, column in
        var term = model
        term.intercept.value = 0
        term.terms = [model.terms[feature]]
        return term.scores(of: column, threads: 1)
      })
    for feature in 0..<4 {
      let places = places(set.matrix, feature)
      let swept = FeatureSweep(of: feature, at: places, additive, set.matrix, threads: 1)
      let slow = FeatureSweep(
        of: feature, at: places, scoring: { model.scores(of: $0, threads: 1) }, set.matrix)
      #expect(swept.scores.count == slow.scores.count)
      #expect(zip(swept.scores, slow.scores).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, abs($1)) })
    }
  }

  @Test func `threads never change a bit`() throws {
    let set = try SeededTables.mixed(rowCount: 900, seed: 3)
    let model = try trees(set)
    let once = FeatureSweep(
      of: 1, at: places(set.matrix, 1), .trees(model), set.matrix, threads: 1)
    for threads in [2, 3, 8] {
      let again = FeatureSweep(
        of: 1, at: places(set.matrix, 1), .trees(model), set.matrix, threads: threads)
      #expect(again.scores == once.scores)
    }
  }
}
