import Diagnostics
import GradientBoosting
import Learning
import Synchronization
import TestSupport
import Testing

@Suite struct ContinuingTests {
  private func learner(_ treeCount: Int) -> GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = treeCount
    learner.leafCount = 12
    learner.earlyStoppingPatience = nil
    return learner
  }

  private func loss(_ model: BoostedTrees, _ set: TrainingSet) -> Double {
    LogLoss.mean(scores: model.scores(of: set.matrix, threads: 1), labels: set.labels)
  }

  @Test(arguments: [false, true]) func `ten trees and ten more are twenty trees`(isSampled: Bool)
    throws
  {
    let set = try SeededTables.mixed(rowCount: 5000, seed: 71)
    func learner(_ count: Int) -> GradientBoostingLearner {
      var learner = self.learner(count)
      guard isSampled else { return learner }
      learner.columnSample = 0.7
      learner.nodeColumnSample = 0.7
      learner.gradientSampling = GradientSampling()
      learner.learningRate = 0.2
      return learner
    }
    let ten = try learner(10).fitted(to: set, threads: 2)
    let twenty = try learner(20).fitted(to: set, threads: 2)
    #expect(twenty.trees.count == 20)
    for threads in [1, 3] {
      #expect(try learner(10).continued(from: ten, on: set, threads: threads) == twenty)
    }
  }

  @Test func `new rows teach an old model what changed`() throws {
    let old = try SeededTables.mixed(rowCount: 4000, seed: 72)
    let new = try SeededTables.mixed(rowCount: 2000, seed: 73)
    let turned = try TrainingSet(matrix: new.matrix, labels: new.labels.map { !$0 })
    let model = try learner(20).fitted(to: old, threads: 2)
    let more = try learner(60).continued(from: model, on: turned, threads: 2)
    #expect(Array(more.trees.prefix(20)) == model.trees)
    #expect(more.baseScore == model.baseScore)
    #expect(loss(more, turned) < loss(model, turned) - 0.3)
  }

  @Test func `early stopping counts from the trees that there are`() throws {
    let set = try SeededTables.mixed(rowCount: 4000, seed: 74)
    let other = try SeededTables.mixed(rowCount: 4000, seed: 75)
    var learner = learner(300)
    let short = try self.learner(5).fitted(to: set, threads: 2)
    learner.earlyStoppingPatience = 10
    let model = try learner.continued(from: short, on: other, threads: 2)
    #expect(model.trees.count > 5 && model.trees.count < 305)
    #expect(Array(model.trees.prefix(5)) == short.trees)
    // Nothing more to learn: the model comes back as it was.
    learner.earlyStoppingMinimumImprovement = 10
    #expect(try learner.continued(from: short, on: other, threads: 2) == short)
  }

  @Test func `a model of other features is refused`() throws {
    let model = try learner(2).fitted(to: SeededTables.mixed(rowCount: 500, seed: 1), threads: 1)
    let other = try SeededTables.numbers([[1, 2, 3, 4]], labels: [true, false, true, false])
    #expect(throws: Diagnostic.self) {
      try learner(2).continued(from: model, on: other, threads: 1)
    }
    #expect(throws: Diagnostic.self) { try learner(2).refitted(model, on: other, threads: 1) }
  }

  // MARK: - Refitting

  @Test func `with nothing kept, the same rows give the same leaves`() throws {
    let set = try SeededTables.mixed(rowCount: 5000, seed: 76, levelCount: 12)
    var learner = learner(20)
    learner.l1 = 0.5
    learner.monotone = [0: 1, 1: -1]
    let model = try learner.fitted(to: set, threads: 2)
    #expect(model.trees.flatMap(\.nodes).contains { $0.levelSet >= 0 })
    for threads in [1, 3] {
      #expect(try learner.refitted(model, on: set, decay: 0, threads: threads) == model)
    }
    let kept = try learner.refitted(
      model, on: SeededTables.mixed(rowCount: 500, seed: 77, levelCount: 12), decay: 1, threads: 1)
    #expect(kept == model)
  }

  @Test func `new rows move the leaves, as far as the decay lets them`() throws {
    let old = try SeededTables.mixed(rowCount: 4000, seed: 78)
    let new = try SeededTables.mixed(rowCount: 3000, seed: 79)
    let turned = try TrainingSet(matrix: new.matrix, labels: new.labels.map { !$0 })
    let model = try learner(30).fitted(to: old, threads: 2)
    var previous = Double.infinity
    for decay in [1, 0.9, 0.5, 0] {
      let refitted = try learner(30).refitted(model, on: turned, decay: decay, threads: 2)
      let loss = loss(refitted, turned)
      #expect(loss < previous)
      previous = loss
      // Tests stay; values alone change.
      for (one, other) in zip(refitted.trees, model.trees) {
        #expect(one.nodes.map(\.feature) == other.nodes.map(\.feature))
        #expect(one.nodes.map(\.threshold) == other.nodes.map(\.threshold))
      }
    }
    #expect(previous < 0.5)
  }

  @Test func `leaves without rows are worth their parents, and every value is finite`() throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 80)
    var learner = learner(10)
    learner.l2 = 0
    let model = try learner.fitted(to: set, threads: 2)
    let few = try set.selecting(Array(0..<30))
    let refitted = try learner.refitted(model, on: few, decay: 0, threads: 1)
    for node in refitted.trees.flatMap(\.nodes) { #expect(node.value.isFinite) }
  }

  @Test(arguments: 1...20) func `a monotone model stays monotone on rows that turn`(seed: UInt64)
    throws
  {
    var generator = SeededGenerator(seed: seed, stream: 9)
    let columns = (0..<2).map { _ in (0..<800).map { _ in generator.nextUnit() * 10 } }
    func set(_ turn: Double) throws -> TrainingSet {
      let labels = columns[0].indices.map { row in
        generator.nextUnit()
          < LogLoss.probability(abs(columns[0][row] - turn) - 2 + columns[1][row] / 8)
      }
      return try SeededTables.numbers(columns, labels: labels)
    }
    var learner = learner(20)
    learner.monotone = [0: seed.isMultiple(of: 2) ? 1 : -1]
    learner.minimumRowsPerLeaf = 5
    let model = try learner.fitted(to: set(2), threads: 1)
    let refitted = try learner.refitted(model, on: set(7), decay: 0.3, threads: 1)
    #expect(refitted != model)
    for _ in 0..<20 {
      let other = generator.nextUnit() * 10
      let sweep = (0..<100).map { Double($0) / 9 - 0.5 }
      let matrix = try SeededTables.numbers(
        [sweep, sweep.map { _ in other }], labels: sweep.indices.map { $0 == 0 }
      ).matrix
      let scores = refitted.scores(of: matrix, threads: 1)
      for (one, next) in zip(scores, scores.dropFirst()) {
        #expect(Double(learner.monotone[0]!) * (next - one) >= -1e-12)
      }
    }
  }

  @Test func `a decay that is no share is refused`() throws {
    let set = try SeededTables.mixed(rowCount: 300, seed: 1)
    let model = try learner(2).fitted(to: set, threads: 1)
    #expect(throws: Diagnostic.self) {
      try learner(2).refitted(model, on: set, decay: 1.5, threads: 1)
    }
  }

  // MARK: - Interrupting

  @Test func `an interrupted fit keeps the trees that it has`() throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 81)
    let treeCount = Mutex(0)
    var learner = learner(50)
    learner.progress = { round in treeCount.withLock { $0 = round.treeCount } }
    learner.interruption = { treeCount.withLock { $0 >= 7 } }
    let model = try learner.fitted(to: set, threads: 2)
    let seven = try self.learner(7).fitted(to: set, threads: 2)
    #expect(model == seven)
    // While the best round is looked for, it is the best so far, and nothing is grown after it.
    learner.earlyStoppingPatience = 20
    let early = try learner.fitted(to: set, threads: 2)
    #expect(early.trees.count == 7)
    #expect(treeCount.withLock { $0 } == 7)
  }
}
