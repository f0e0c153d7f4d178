import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct BoostingTrialsTests {
  private func learner(_ leafCount: Int?) -> GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.leafCount = leafCount
    learner.treeCount = 80
    learner.learningRate = 0.1
    return learner
  }

  @Test(arguments: [nil, 6])
  func `a trial finds the number and the size of trees that a fit finds`(leafCount: Int?) throws {
    let set = try SeededTables.mixed(rowCount: 1500, seed: 5)
    let trials = try BoostingTrials(set, columns: set.matrix, binLimit: 255, threads: 2)
    let parts = RoundSearch.splits(of: set)
    let outcome = try trials.outcome(of: learner(leafCount), parts: parts)
    let fitted = try learner(leafCount).fitted(to: set, threads: 2)
    #expect(outcome.treeCount == fitted.trees.count)
    #expect(outcome.treeCount > 0)
    if let leafCount { #expect(outcome.leafCount == leafCount) }
    #expect(fitted.trees.allSatisfy { $0.leafCount <= outcome.leafCount })
  }

  @Test func `the scores of a part are those of so many trees without it`() throws {
    let set = try SeededTables.mixed(rowCount: 1500, seed: 6)
    let trials = try BoostingTrials(set, columns: set.matrix, binLimit: 255, threads: 1)
    let part = RoundSearch.splits(of: set)[1]
    let outcome = try trials.outcome(of: learner(8), parts: [part])
    #expect(outcome.scores.map(\.count) == [part.validation.count])
    func loss(_ scores: [Double]) -> Double {
      LogLoss.mean(scores: scores, labels: part.validation.map { set.labels[$0] })
    }
    // Bins are those of all rows, so that a fit to the others alone is near, not equal.
    var plain = learner(8)
    plain.treeCount = outcome.treeCount
    plain.earlyStoppingPatience = nil
    let settled = learner(8).settled(for: set)
    plain.rowSample = settled.rowSample
    let model = try plain.fitted(to: set.selecting(part.training), threads: 1)
    let alone = model.scores(of: set.matrix.selecting(part.validation), threads: 1)
    #expect(abs(loss(outcome.scores[0]) - loss(alone)) < 0.02)
    #expect(loss(outcome.scores[0]) < 0.68)
  }
}
