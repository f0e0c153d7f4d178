import Evaluation
import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import TestSupport
import Testing

/// Shuffles that score only what they change, beside the definition.
struct ShuffleScorerTests {
  private static let sets = [[0], [1], [2], [3], [0, 2], [3, 1], [0, 1, 2, 3]]

  private func halves(seed: UInt64) throws -> (fitted: TrainingSet, judged: TrainingSet) {
    let set = try SeededTables.mixed(rowCount: 3000, seed: seed)
    return (try set.selecting(Array(0..<1500)), try set.selecting(Array(1500..<3000)))
  }

  private func rounded(_ column: [Double], _ step: Double) -> [Double] {
    column.map { ($0 / step).rounded() * step }
  }

  @Test(arguments: [8, 300]) func `trees give the falls of the definition, bit for bit`(
    leafCount: Int
  ) throws {
    let (fitted, judged) = try halves(seed: 1)
    var learner = GradientBoostingLearner()
    learner.leafCount = leafCount
    learner.minimumRowsPerLeaf = 1
    learner.minimumHessianPerLeaf = 0
    learner.treeCount = 4
    learner.earlyStoppingPatience = nil
    var model = try learner.fitted(to: fitted, threads: 2)
    if leafCount > 256 {
      // Rows walk one by one through a tree of more leaves than a byte can number.
      model.trees.append(Self.staircase(leafCount))
    }
    let stepped = SteppedTrees(model)
    let weights = judged.labels.indices.map { Double($0 % 3) }
    for weights in [nil, weights] {
      let slow = PermutationImportance.falls(
        of: judged.matrix, labels: judged.labels, weights: weights, repeatCount: 3, seed: 4,
        sets: Self.sets
      ) { stepped.trees.walkedScores(of: $0, threads: 1) }
      for threads in [1, 2, 5] {
        let fast = PermutationImportance.falls(
          of: judged.matrix, labels: judged.labels, weights: weights, sets: Self.sets,
          repeatCount: 3, seed: 4, threads: threads
        ) { _ in SteppedTrees(model) }
        #expect(
          zip(fast, slow).allSatisfy { zip($0.falls, $1).allSatisfy { abs($0 - $1) < 1e-14 } })
        #expect(fast.count == Self.sets.count)
      }
    }
    // Steps are far below what tells two rows apart.
    let whole = model.scores(of: judged.matrix, threads: 1)
    let steps = stepped.scores(of: judged.matrix, threads: 2)
    for row in whole.indices {
      #expect(abs(whole[row] - model.baseScore - Double(steps[row]) * stepped.step) < 1e-6)
    }
  }

  /// A tree that tests one quantity again and again.
  private static func staircase(_ leafCount: Int) -> Tree {
    var nodes: [TreeNode] = []
    for step in 0..<leafCount - 1 {
      nodes.append(
        TreeNode(
          feature: 0, left: Int32(nodes.count + 1), right: Int32(nodes.count + 2),
          threshold: -2 + 4 * Double(step) / Double(leafCount), levelSet: -1,
          missingGoesLeft: step % 2 == 0, unseenGoesLeft: false, gain: 1, cover: 1, value: 0))
      nodes.append(.leaf(value: Double(step % 7) / 10, cover: 1))
    }
    return Tree(nodes: nodes + [.leaf(value: 0.5, cover: 1)], levelSets: [])
  }

  @Test func `a sum of terms gives the falls of the definition`() throws {
    let (fitted, judged) = try halves(seed: 2)
    let model = try LogisticRegressionLearner().fitted(to: fitted, threads: 2)
    let stepped = SteppedTerms(judged.matrix) { model.term($0, of: $1) }
    let slow = PermutationImportance.falls(
      of: judged.matrix, labels: judged.labels, weights: nil, repeatCount: 3, seed: 4,
      sets: Self.sets
    ) { matrix in
      matrix.columns.indices.reduce([Double](repeating: 0, count: matrix.rowCount)) {
        sums, feature in
        zip(sums, rounded(model.term(feature, of: matrix), stepped.step)).map { $0 + $1 }
      }
    }
    for threads in [1, 2] {
      let fast = PermutationImportance.falls(
        of: judged.matrix, labels: judged.labels, sets: Self.sets, repeatCount: 3, seed: 4,
        threads: threads
      ) { matrix in SteppedTerms(matrix) { model.term($0, of: $1) } }
      #expect(zip(fast, slow).allSatisfy { zip($0.falls, $1).allSatisfy { abs($0 - $1) < 1e-14 } })
    }
  }

  @Test func `the variance of a fall is that of two areas of the same rows`() throws {
    let (fitted, judged) = try halves(seed: 3)
    let model = try LogisticRegressionLearner().fitted(to: fitted, threads: 2)
    let groups = judged.labels.indices.map { $0 / 4 }
    let fall = try #require(
      PermutationImportance.falls(
        of: judged.matrix, labels: judged.labels, groups: groups, sets: [[0]], repeatCount: 1,
        seed: 9, threads: 1
      ) { matrix in SteppedTerms(matrix) { model.term($0, of: $1) } }.first)
    let order = PermutationImportance.orders(rowCount: 1500, repeatCount: 1, seed: 9)[0]
    let shuffled = judged.matrix.replacing(
      0, with: judged.matrix.columns[0].selecting(order.map { Int($0) }))
    func area(_ matrix: FeatureMatrix) -> Double {
      Metrics.rocAUC(
        scores: model.scores(of: matrix, threads: 1), labels: judged.labels, weights: nil)!
    }
    #expect(abs(fall.mean - (area(judged.matrix) - area(shuffled))) < 1e-6)
    let expected = try pairedVariance(judged, groups, model, shuffled)
    #expect(abs(try #require(fall.variance) / expected - 1) < 1e-5)
  }

  /// The variance by the definition: each row's share of the other outcome, pair by pair.
  private func pairedVariance(
    _ set: TrainingSet, _ groups: [Int], _ model: LogisticModel, _ shuffled: FeatureMatrix
  ) throws -> Double {
    func shares(_ matrix: FeatureMatrix) -> [Double] {
      let scores = model.scores(of: matrix, threads: 1)
      return scores.indices.map { row in
        var (sum, count) = (0.0, 0.0)
        for other in scores.indices where set.labels[other] != set.labels[row] {
          let (up, down) = set.labels[row] ? (row, other) : (other, row)
          sum += scores[up] > scores[down] ? 1 : scores[up] == scores[down] ? 0.5 : 0
          count += 1
        }
        return sum / count
      }
    }
    let changes = zip(shares(set.matrix), shares(shuffled)).map { $0 - $1 }
    var excess = [[Int: Double]](repeating: [:], count: 2)
    var counts = [Double](repeating: 0, count: 2)
    for label in set.labels { counts[label ? 1 : 0] += 1 }
    let mean = zip(changes, set.labels).reduce(0) { $0 + ($1.1 ? $1.0 : 0) } / counts[1]
    for row in changes.indices {
      let side = set.labels[row] ? 1 : 0
      excess[side][groups[row], default: 0] += (changes[row] - mean) / counts[side]
    }
    let units = Double(Set(groups).count)
    func corrected(_ sum: Double, _ count: Double) -> Double { sum * count / (count - 1) }
    let both = excess[1].reduce(0) { $0 + $1.value * (excess[0][$1.key] ?? 0) }
    return corrected(excess[1].values.reduce(0) { $0 + $1 * $1 }, Double(excess[1].count))
      + corrected(excess[0].values.reduce(0) { $0 + $1 * $1 }, Double(excess[0].count))
      + 2 * corrected(both, units)
  }

  @Test func `intervals hold the truth about as often as they say`() throws {
    // A sum of a strong, a weak and two useless terms: the model is the truth, but for the useless.
    func rows(_ count: Int, _ generator: inout SeededGenerator) -> (FeatureMatrix, [Bool]) {
      var columns = [[Double]](repeating: [], count: 4)
      var labels: [Bool] = []
      for _ in 0..<count {
        let values = (0..<4).map { _ in generator.nextUnit() * 2 - 1 }
        for (feature, value) in values.enumerated() { columns[feature].append(value) }
        labels.append(
          generator.nextUnit() < LogLoss.probability(1.6 * values[0] + 0.5 * values[1] - 1))
      }
      let features = (0..<4).map { Feature(name: "f\($0)", kind: .number) }
      return (
        FeatureMatrix(features: features, columns: columns.map { .number($0) }, rowCount: count),
        labels
      )
    }
    func falls(_ matrix: FeatureMatrix, _ labels: [Bool], _ seed: UInt64) -> [ShuffleFall] {
      PermutationImportance.falls(
        of: matrix, labels: labels, sets: [[0], [1], [2], [3]], repeatCount: 5, seed: seed,
        threads: 2
      ) { matrix in
        SteppedTerms(matrix) { feature, matrix in
          guard case .number(let values) = matrix.columns[feature] else { return [] }
          return values.map { $0 * [1.6, 0.5, 0.4, -0.15][feature] }
        }
      }
    }
    var generator = SeededGenerator(seed: 11)
    let (matrix, labels) = rows(200_000, &generator)
    let truth = falls(matrix, labels, 1).map(\.mean)
    let runs = 400
    var held = [Int](repeating: 0, count: 4)
    for run in 0..<runs {
      let (matrix, labels) = rows(300, &generator)
      for (feature, fall) in falls(matrix, labels, UInt64(run)).enumerated() {
        let reach =
          fall.variance!.squareRoot()
          * StudentQuantile.upper(degreesOfFreedom: fall.degreesOfFreedom)
        if abs(fall.mean - truth[feature]) <= reach { held[feature] += 1 }
      }
    }
    // 95 % of 400 is 380, with a standard error of 4.4.
    for feature in 0..<4 { #expect((366...394).contains(held[feature]), "\(feature): \(held)") }

    #expect(abs(truth[2]) < 0.002 && abs(truth[3]) < 0.002)
  }
}
