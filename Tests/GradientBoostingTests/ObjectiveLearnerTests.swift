import Diagnostics
import GradientBoosting
import Learning
import TestSupport
import Testing

/// Boosting for other outcomes than yes or no.
@Suite struct ObjectiveLearnerTests {
  private static let objectives: [RegressionObjective] = [
    .squaredError, .poisson, .gamma, .tweedie(), .quantile(level: 0.3),
  ]

  private var small: GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 20
    learner.leafCount = 8
    learner.earlyStoppingPatience = nil
    return learner
  }

  /// Amounts around `e^(x - 0.5)` over the table's first feature, with a few a thousand times as
  /// large.
  private func amounts(_ matrix: FeatureMatrix, seed: UInt64, outliers: Bool = false) -> [Double] {
    guard case .number(let x) = matrix.columns[0] else { return [] }
    var generator = SeededGenerator(seed: seed)
    return x.map { x in
      // The mean of -log(1 - u) is 1.
      let amount = PortableMath.exp(x - 0.5) * -PortableMath.log(1 - generator.nextUnit()) + 0.01
      return outliers && generator.nextIndex(below: 500) == 0 ? 1000 * amount : amount
    }
  }

  @Test(arguments: objectives, [1.0, 0.6])
  func `the number of threads never changes a bit`(objective: RegressionObjective, sample: Double)
    throws
  {
    let matrix = try SeededTables.mixed(rowCount: 9000, seed: 21).matrix
    let outcomes = amounts(matrix, seed: 1)
    var learner = small
    learner.rowSample = sample
    learner.columnSample = sample
    let reference = try learner.fitted(
      to: matrix, outcomes: outcomes, objective: objective, heldOut: Array(0..<900), threads: 1)
    #expect(!reference.trees.trees.isEmpty)
    for threads in [2, 3, 8] {
      #expect(
        try learner.fitted(
          to: matrix, outcomes: outcomes, objective: objective, heldOut: Array(0..<900),
          threads: threads) == reference)
    }
  }

  @Test func `classes have the same bits for any number of threads, and chances of sum 1`() throws {
    let set = try SeededTables.mixed(rowCount: 9000, seed: 22)
    let classes = amounts(set.matrix, seed: 2).map { min(4, Int($0)) }
    let reference = try small.fitted(to: set.matrix, classes: classes, classCount: 5, threads: 1)
    for threads in [2, 3, 8] {
      #expect(
        try small.fitted(to: set.matrix, classes: classes, classCount: 5, threads: threads)
          == reference)
    }
    #expect(reference.classes.count == 5)
    #expect(reference.classes.allSatisfy { $0.trees.count == 20 })
    let chances = reference.probabilities(of: set.matrix, threads: 2)
    #expect(chances.allSatisfy { abs($0.reduce(0, +) - 1) < 1e-12 && $0.allSatisfy { $0 > 0 } })
    let hits = zip(chances, classes).count { $0.firstIndex(of: $0.max()!) == $1 }
    #expect(Double(hits) > 0.4 * 9000)
  }

  /// The quantities of a table, rounded so that each value has a bin, whatever the rows' weights.
  private func coarse(_ matrix: FeatureMatrix) -> FeatureMatrix {
    FeatureMatrix(
      features: Array(matrix.features.prefix(3)),
      columns: matrix.columns.prefix(3).map { column in
        guard case .number(let values) = column else { return column }
        return .number(values.map { ($0 * 10).rounded() })
      }, rowCount: matrix.rowCount)
  }

  @Test func `two classes are a yes or no`() throws {
    let mixed = try SeededTables.mixed(rowCount: 3000, seed: 23)
    let set = try TrainingSet(matrix: coarse(mixed.matrix), labels: mixed.labels)
    let binary = try small.fitted(to: set, threads: 2)
    var learner = small
    // Both trees of a round step, each by half: sums of hessians are twice those of the binary loss.
    learner.l2 *= 2
    learner.minimumHessianPerLeaf *= 2
    let model = try learner.fitted(
      to: set.matrix, classes: set.labels.map { $0 ? 1 : 0 }, classCount: 2, threads: 2)
    let expected = binary.scores(of: set.matrix, threads: 1).map { LogLoss.probability($0) }
    let chances = model.probabilities(of: set.matrix, threads: 1).map { $0[1] }
    let order = expected.indices.sorted { expected[$0] < expected[$1] }
    #expect(zip(order, order.dropFirst()).allSatisfy { chances[$0] <= chances[$1] + 1e-4 })
    #expect(zip(expected, chances).allSatisfy { abs($0 - $1) < 1e-4 })
  }

  @Test(arguments: [0.05, 0.5, 0.9])
  func `a share of outcomes is beneath its quantile`(level: Double) throws {
    let matrix = try SeededTables.mixed(rowCount: 4000, seed: 24).matrix
    let model = try small.fitted(
      to: matrix, outcomes: amounts(matrix, seed: 3), objective: .quantile(level: level),
      threads: 2)
    // Other amounts of the same rows.
    let fresh = amounts(matrix, seed: 4)
    let predictions = model.predictions(of: matrix, threads: 2)
    let share = Double(zip(fresh, predictions).count { $0 <= $1 }) / 4000
    #expect(abs(share - level) < 0.03)
  }

  @Test(arguments: [RegressionObjective.poisson, .gamma, .tweedie(variancePower: 1.2)])
  func `no step overshoots, whatever the learning rate`(objective: RegressionObjective) throws {
    let matrix = try SeededTables.mixed(rowCount: 3000, seed: 25).matrix
    let outcomes = amounts(matrix, seed: 5, outliers: true)
    let column = OutcomeColumn(outcomes, weights: nil)
    let loss: any Objective =
      switch objective {
      case .poisson: PoissonLoss(column)
      case .gamma: GammaLoss(column)
      default: TweedieLoss(column, power: 1.2)
      }
    for rate in [0.1, 1] {
      var learner = small
      learner.learningRate = rate
      let model = try learner.fitted(
        to: matrix, outcomes: outcomes, objective: objective, threads: 2)
      var last = Double.infinity
      for count in 0...model.trees.trees.count {
        var shorter = model.trees
        shorter.trees.removeLast(model.trees.trees.count - count)
        let next = loss.meanLoss(shorter.scores(of: matrix, threads: 1).map { [$0] })
        #expect(next < last + 1e-6 * last.magnitude)
        last = next
      }
    }
  }

  /// Rows that weigh next to nothing leave no trace in whole-number sums, but count as rows.
  @Test(arguments: objectives)
  func `rows of next to no weight do not stop a tree from growing`(
    objective: RegressionObjective
  ) throws {
    let matrix = try SeededTables.mixed(rowCount: 3000, seed: 30).matrix
    var outcomes = amounts(matrix, seed: 8)
    for row in stride(from: 3, to: 3000, by: 500) { outcomes[row] *= 1e7 }
    let weights = outcomes.indices.map { $0 % 7 == 0 ? 1 : $0 % 7 == 1 ? 0 : 1e-7 }
    for given in [nil, weights] {
      let model = try small.fitted(
        to: matrix, outcomes: outcomes, weights: given, objective: objective, threads: 2)
      let predictions = model.predictions(of: matrix, threads: 1)
      #expect(predictions.allSatisfy { $0.isFinite })
    }
  }

  @Test(arguments: objectives)
  func `weights of a whole number count as repeated rows`(objective: RegressionObjective) throws {
    let mixed = try SeededTables.mixed(rowCount: 900, seed: 26).matrix
    let outcomes = amounts(mixed, seed: 6)
    let matrix = coarse(mixed)
    let repeats = outcomes.indices.map { $0 % 3 + 1 }
    let rows = repeats.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
    var learner = small
    learner.treeCount = 5
    learner.minimumRowsPerLeaf = 1
    learner.minimumHessianPerLeaf = 30
    let repeated = try learner.fitted(
      to: matrix.selecting(rows), outcomes: rows.map { outcomes[$0] }, objective: objective,
      threads: 1
    ).predictions(of: matrix, threads: 1)
    let weighted = try learner.fitted(
      to: matrix, outcomes: outcomes, weights: repeats.map(Double.init), objective: objective,
      threads: 1
    ).predictions(of: matrix, threads: 1)
    let differences = zip(repeated, weighted).map { abs($0 - $1) / abs($0) }
    #expect(differences.max()! < 1e-3)
  }

  @Test func `rows held out say when to stop, and are then learned from`() throws {
    let matrix = try SeededTables.mixed(rowCount: 2000, seed: 27).matrix
    let outcomes = amounts(matrix, seed: 7)
    var learner = GradientBoostingLearner()
    learner.learningRate = 0.3
    learner.earlyStoppingPatience = 5
    let heldOut = (0..<2000).filter { $0 % 5 == 0 }
    let stopped = try learner.fitted(
      to: matrix, outcomes: outcomes, objective: .gamma, heldOut: heldOut, threads: 2)
    #expect((1..<200).contains(stopped.trees.trees.count))
    learner.treeCount = stopped.trees.trees.count
    let same = try learner.fitted(
      to: matrix, outcomes: outcomes, objective: .gamma, threads: 2)
    #expect(stopped == same)
  }

  @Test func `outcomes and parameters out of range are refused`() throws {
    let matrix = try SeededTables.mixed(rowCount: 100, seed: 28).matrix
    func kind(
      _ objective: RegressionObjective, _ change: Double, weights: [Double]? = nil,
      heldOut: [Int] = []
    ) -> Diagnostic.Kind? {
      var outcomes = [Double](repeating: 1, count: 100)
      outcomes[7] = change
      do throws(Diagnostic) {
        _ = try small.fitted(
          to: matrix, outcomes: outcomes, weights: weights, objective: objective,
          heldOut: heldOut, threads: 1)
        return nil
      } catch {
        if error.kind == .dataOutcomes { #expect(error.message.contains("row 8 ")) }
        return error.kind
      }
    }
    #expect(kind(.squaredError, -2) == nil)
    #expect(kind(.squaredError, .nan) == .dataOutcomes)
    #expect(kind(.squaredError, .infinity) == .dataOutcomes)
    #expect(kind(.squaredError, 1e16) == .dataOutcomes)
    #expect(kind(.poisson, 0) == nil)
    #expect(kind(.poisson, -1) == .dataOutcomes)
    #expect(kind(.tweedie(), 0) == nil)
    #expect(kind(.tweedie(), -1) == .dataOutcomes)
    #expect(kind(.gamma, 0) == .dataOutcomes)
    #expect(kind(.tweedie(variancePower: 2), 1) == .usage)
    #expect(kind(.quantile(level: 1), 1) == .usage)
    #expect(kind(.poisson, 1, weights: [Double](repeating: 0, count: 100)) == .dataWeights)
    #expect(kind(.poisson, 1, heldOut: [100]) == .usage)
    #expect(kind(.poisson, 1, heldOut: Array(0..<100)) == .dataNoRows)
    let classes = #expect(throws: Diagnostic.self) {
      try small.fitted(
        to: matrix, classes: [Int](repeating: 3, count: 100), classCount: 3, threads: 1)
    }
    #expect(classes?.kind == .dataOutcomes)
  }

  @Test func `outcomes of one value have no tree, and are predicted`() throws {
    let matrix = try SeededTables.mixed(rowCount: 100, seed: 29).matrix
    for objective in Self.objectives {
      let model = try small.fitted(
        to: matrix, outcomes: [Double](repeating: 4, count: 100), objective: objective, threads: 1)
      let predictions = model.predictions(of: matrix, threads: 1)
      #expect(predictions.allSatisfy { abs($0 - 4) < 1e-5 })
    }
  }
}
