import GradientBoosting
import Learning
import TestSupport
import Testing

/// A promise about every customer there could be, so it is tried on as many as there is time for.
@Suite struct MonotoneTests {
  /// Three quantities, one with missing cells, a yes/no and a category, with outcomes that turn.
  private func table(_ generator: inout SeededGenerator) throws -> TrainingSet {
    let rowCount = 700
    var columns = (0..<3).map { feature in
      (0..<rowCount).map { _ in
        feature == 1 && generator.nextUnit() < 0.2 ? Double.nan : generator.nextUnit() * 10
      }
    }
    columns.append((0..<rowCount).map { _ in generator.nextUnit() < 0.5 ? 0 : 1 })
    let codes = (0..<rowCount).map { _ in Int32(generator.nextIndex(below: 8)) - 1 }
    let turns = (0..<3).map { _ in generator.nextUnit() * 10 }
    let slope = generator.nextUnit() * 2 - 1
    let labels = (0..<rowCount).map { row in
      let bends = (0..<3).map { feature in
        columns[feature][row].isNaN ? 1 : abs(columns[feature][row] - turns[feature]) - 2
      }
      let score =
        bends[0] - bends[1] * columns[3][row] + bends[2] * slope + Double(codes[row] % 3) - 1
      return generator.nextUnit() < LogLoss.probability(score)
    }
    return try TrainingSet(
      matrix: FeatureMatrix(
        features: (0..<3).map { Feature(name: "x\($0)", kind: .number) } + [
          Feature(name: "flag", kind: .boolean),
          Feature(name: "level", kind: .category(levels: (0..<7).map { "\($0)" })),
        ], columns: columns.map { .number($0) } + [.category(codes)], rowCount: rowCount),
      labels: labels)
  }

  private func learner(_ generator: inout SeededGenerator) -> GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 25
    learner.earlyStoppingPatience = nil
    learner.leafCount = 2 + generator.nextIndex(below: 40)
    learner.depthLimit = generator.nextUnit() < 0.3 ? 2 + generator.nextIndex(below: 5) : nil
    learner.learningRate = 0.05 + generator.nextUnit() * 0.9
    learner.minimumRowsPerLeaf = 1 + generator.nextIndex(below: 20)
    learner.minimumHessianPerLeaf = generator.nextUnit() < 0.3 ? 0 : 1e-3
    learner.l1 = generator.nextUnit() < 0.4 ? generator.nextUnit() * 4 : 0
    learner.l2 = generator.nextUnit() < 0.3 ? 0 : generator.nextUnit() * 3
    learner.pathSmoothing = generator.nextUnit() < 0.4 ? generator.nextUnit() * 30 : 0
    learner.rowSample = generator.nextUnit() < 0.3 ? 0.5 : 1
    if learner.rowSample == 1, generator.nextUnit() < 0.3 {
      learner.gradientSampling = GradientSampling(topShare: 0.3, otherShare: 0.2)
    }
    learner.nodeColumnSample = generator.nextUnit() < 0.3 ? 0.6 : 1
    learner.binLimit = generator.nextUnit() < 0.3 ? 16 : 255
    learner.seed = generator.next()
    for feature in 0..<4 where generator.nextUnit() < 0.7 {
      learner.monotone[feature] = generator.nextUnit() < 0.5 ? 1 : -1
    }
    return learner
  }

  /// How far the score ever goes against the sign, over sweeps of random rows.
  private func largestTurn(
    _ model: BoostedTrees, _ set: TrainingSet, _ feature: Int, sign: Int,
    _ generator: inout SeededGenerator
  ) -> Double {
    let sweep =
      feature == 3 ? [0.0, 1] : (0..<120).map { Double($0) / 11 - 0.4 }
    var worst = 0.0
    for _ in 0..<12 {
      // Cells of different rows side by side: customers whom training never saw.
      let columns = set.matrix.columns.enumerated().map { index, column -> FeatureColumn in
        let row = generator.nextIndex(below: set.rowCount)
        return index == feature
          ? .number(sweep) : column.selecting([Int](repeating: row, count: sweep.count))
      }
      let scores = model.scores(
        of: FeatureMatrix(
          features: set.matrix.features, columns: columns, rowCount: sweep.count), threads: 1)
      for (one, next) in zip(scores, scores.dropFirst()) {
        worst = max(worst, Double(sign) * (one - next))
      }
    }
    return worst
  }

  @Test(arguments: 1...60) func `no score ever turns, whatever else is asked for`(seed: UInt64)
    throws
  {
    var generator = SeededGenerator(seed: seed, stream: 7)
    let set = try table(&generator)
    let learner = learner(&generator)
    let model = try learner.fitted(to: set, threads: 2)
    for (feature, sign) in learner.monotone.sorted(by: { $0.key < $1.key }) {
      // Sums of the same leaf values, one after another: no tolerance is needed.
      #expect(largestTurn(model, set, feature, sign: sign, &generator) == 0, "\(learner)")
    }
  }

  @Test func `without constraints the same tables do turn`() throws {
    var turned = 0
    for seed in 1...10 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed, stream: 7)
      let set = try table(&generator)
      var learner = learner(&generator)
      learner.l1 = 0
      learner.monotone = [:]
      let model = try learner.fitted(to: set, threads: 2)
      if largestTurn(model, set, 0, sign: 1, &generator) > 0 { turned += 1 }
    }
    #expect(turned > 7)
  }

  /// LightGBM once grew other trees as soon as any constraint was named (its issue 4936).
  @Test func `constraints of zero change nothing`() throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      var generator = SeededGenerator(seed: seed, stream: 8)
      let set = try table(&generator)
      var learner = learner(&generator)
      learner.monotone = [:]
      let free = try learner.fitted(to: set, threads: 2)
      learner.monotone = [0: 0, 1: 0, 2: 0, 3: 0, 4: 0]
      #expect(try learner.fitted(to: set, threads: 2) == free)
    }
  }
}
