import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct GradientSamplingTests {
  private func learner(_ sampling: GradientSampling?) -> GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 40
    learner.leafCount = 8
    learner.earlyStoppingPatience = nil
    learner.gradientSampling = sampling
    return learner
  }

  @Test func `threads change nothing, a seed does`() throws {
    let set = try SeededTables.mixed(rowCount: 12_000, seed: 41)
    var learner = learner(GradientSampling())
    let one = try learner.fitted(to: set, threads: 1)
    for threads in [2, 3, 8] { #expect(try learner.fitted(to: set, threads: threads) == one) }
    learner.seed = 1
    #expect(try learner.fitted(to: set, threads: 2) != one)
  }

  @Test func `the first trees learn from all rows, the others from their share`() throws {
    let set = try SeededTables.mixed(rowCount: 4000, seed: 42)
    let trees = try learner(GradientSampling(topShare: 0.2, otherShare: 0.1))
      .fitted(to: set, threads: 2).trees
    // A learning rate of 0.1 makes ten such trees.
    #expect(trees.prefix(10).allSatisfy { $0.nodes[0].cover == 4000 })
    #expect(trees.dropFirst(10).allSatisfy { $0.nodes[0].cover == 1200 })
    #expect(trees.count == 40)
  }

  /// What makes it sound: drawn rows count for those left out, so leaf values are right on average.
  @Test func `leaf values over many seeds agree with those of all rows`() throws {
    var generator = SeededGenerator(seed: 43)
    let values = (0..<3000).map { _ in (generator.nextUnit() * 4).rounded() }
    let labels = values.map { generator.nextUnit() < 0.1 + $0 / 8 }
    let set = try SeededTables.numbers([values], labels: labels)
    var learner = learner(nil)
    learner.treeCount = 3
    learner.learningRate = 1
    learner.leafCount = 2
    let full = try learner.fitted(to: set, threads: 1)
    // At a learning rate of 1, sampling begins with the second tree.
    learner.treeCount = 2
    learner.gradientSampling = GradientSampling(topShare: 0.1, otherShare: 0.3)
    var sums = [0.0, 0.0]
    var squares = [0.0, 0.0]
    let seedCount = 200
    for seed in 0..<seedCount {
      learner.seed = UInt64(seed)
      let model = try learner.fitted(to: set, threads: 1)
      for (place, value) in [0.0, 4].enumerated() {
        let found = model.trees[1].leaf([value].span).value
        sums[place] += found
        squares[place] += found * found
      }
    }
    for (place, value) in [0.0, 4].enumerated() {
      let mean = sums[place] / Double(seedCount)
      let variance = squares[place] / Double(seedCount) - mean * mean
      let error = (variance / Double(seedCount)).squareRoot()
      #expect(variance > 0)
      // The threshold may differ by seed, which is why this is no tighter.
      #expect(abs(mean - full.trees[1].leaf([value].span).value) < 5 * error + 0.03)
    }
  }

  @Test func `three tenths of the rows teach nearly what all do`() throws {
    let set = try SeededTables.mixed(rowCount: 8000, seed: 44)
    let test = try SeededTables.mixed(rowCount: 8000, seed: 45)
    func loss(_ sampling: GradientSampling?) throws -> Double {
      LogLoss.mean(
        scores: try learner(sampling).fitted(to: set, threads: 2)
          .scores(of: test.matrix, threads: 2), labels: test.labels)
    }
    #expect(try loss(GradientSampling()) < loss(nil) + 0.006)
  }

  /// Without the factor, leaves would be those of rows with large gradients only.
  @Test func `probabilities stay those of the whole`() throws {
    let set = try SeededTables.mixed(rowCount: 8000, seed: 46)
    let scores = try learner(GradientSampling(topShare: 0.05, otherShare: 0.05))
      .fitted(to: set, threads: 2).scores(of: set.matrix, threads: 2)
    let predicted = scores.map(LogLoss.probability).reduce(0, +) / 8000
    let observed = Double(set.labels.count(where: \.self)) / 8000
    #expect(abs(predicted - observed) < 0.01)
  }

  @Test func `rows of no weight are never drawn for their gradients`() throws {
    let set = try SeededTables.mixed(rowCount: 4000, seed: 47)
    let weights = (0..<4000).map { $0 < 2000 ? 1.0 : 0 }
    let weighted = try TrainingSet(matrix: set.matrix, labels: set.labels, weights: weights)
    let model = try learner(GradientSampling()).fitted(to: weighted, threads: 2)
    let loss = LogLoss.mean(
      scores: Array(model.scores(of: set.matrix, threads: 1)[..<2000]),
      labels: Array(set.labels[..<2000]))
    #expect(loss < 0.5)
  }
}
