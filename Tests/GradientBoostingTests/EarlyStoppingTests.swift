import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct EarlyStoppingTests {
  /// Values that are few, so that four fifths of the rows have the bins of all.
  private func table(_ seed: UInt64) throws -> TrainingSet {
    var generator = SeededGenerator(seed: seed)
    let columns = (0..<4).map { _ in
      (0..<2500).map { _ in Double(generator.nextIndex(below: 12)) }
    }
    let labels = (0..<2500).map { row in
      generator.nextUnit()
        < LogLoss.probability((columns[0][row] - 6) / 4 + (columns[1][row] > 7 ? 0.8 : -0.4))
    }
    return try SeededTables.numbers(columns, labels: labels)
  }

  private var learner: GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 120
    learner.leafCount = 12
    learner.learningRate = 0.1
    learner.rowSample = 1
    return learner
  }

  /// The loss on held-out rows after each number of trees, the mean over the parts, by the
  /// definition.
  private func heldOutLosses(_ set: TrainingSet) throws -> [Double] {
    let splits = RoundSearch.splits(of: set)
    #expect(splits.count == 5)
    var endless = learner
    endless.earlyStoppingPatience = nil
    let losses = try splits.map { split in
      let model = try endless.fitted(to: set.selecting(split.training), threads: 2)
      let matrix = set.matrix.selecting(split.validation)
      return (0...model.trees.count).map { count in
        var shorter = model
        shorter.trees.removeLast(model.trees.count - count)
        return LogLoss.mean(
          scores: shorter.scores(of: matrix, threads: 1),
          labels: split.validation.map { set.labels[$0] })
      }
    }
    return (0...learner.treeCount!).map { count in
      losses.reduce(0) { $0 + $1[min(count, $1.count - 1)] } / Double(losses.count)
    }
  }

  /// The number of trees that the rule keeps.
  private func kept(_ losses: [Double], patience: Int, improvement: Double) -> Int {
    var best = 0
    for count in 1..<losses.count {
      if losses[count] < losses[best] - improvement { best = count }
      if count - best >= patience { break }
    }
    return best
  }

  @Test(arguments: 51...56) func `the model is cut back to the best round`(seed: UInt64) throws {
    let set = try table(seed)
    let losses = try heldOutLosses(set)
    var counts: Set<Int> = []
    for (patience, improvement) in [(20, 0.0), (3, 0), (20, 0.002), (5, 0.01), (20, 10)] {
      var learner = learner
      learner.earlyStoppingPatience = patience
      learner.earlyStoppingMinimumImprovement = improvement
      let count = try learner.fitted(to: set, threads: 2).trees.count
      #expect(count == kept(losses, patience: patience, improvement: improvement))
      counts.insert(count)
    }
    // Nothing improves by ten; an asked-for improvement stops sooner than none.
    #expect(counts.contains(0) && counts.count >= 3)
  }
}
