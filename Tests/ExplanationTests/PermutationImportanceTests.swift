import Explanation
import GradientBoosting
import Learning
import LogisticRegression
import TestSupport
import Testing

@Suite struct PermutationImportanceTests {
  private func falls(
    _ set: TrainingSet, repeatCount: Int = 3, seed: UInt64 = 1,
    score: (FeatureMatrix) -> [Double]
  ) -> [[Double]] {
    PermutationImportance.falls(
      of: set.matrix, labels: set.labels, weights: set.weights, repeatCount: repeatCount,
      seed: seed, score: score)
  }

  /// Half of the rows to fit to, half to be judged on.
  private func halves(seed: UInt64) throws -> (fitted: TrainingSet, judged: TrainingSet) {
    let set = try SeededTables.mixed(rowCount: 4000, seed: seed)
    return (try set.selecting(Array(0..<2000)), try set.selecting(Array(2000..<4000)))
  }

  @Test func `a column that the model ignores is worth exactly nothing`() throws {
    let judged = try halves(seed: 1).judged
    let falls = falls(judged) { matrix in
      guard case .number(let values) = matrix.columns[0] else { return [] }
      return values
    }
    #expect(falls.count == 4)
    #expect(falls[0].allSatisfy { $0 > 0.1 })
    #expect(falls[1...].allSatisfy { $0 == [0, 0, 0] })
  }

  @Test func `shuffling the only thing a model knows leaves it guessing`() throws {
    let values = (0..<1000).map(Double.init)
    let set = try SeededTables.numbers([values], labels: values.map { $0 >= 500 })
    let falls = falls(set, repeatCount: 20) { matrix in
      guard case .number(let values) = matrix.columns[0] else { return [] }
      return values
    }
    // From a ROC AUC of 1 to about a half.
    #expect(falls[0].allSatisfy { abs($0 - 0.5) < 0.08 })
    #expect(abs(falls[0].reduce(0, +) / 20 - 0.5) < 0.02)
  }

  @Test func `both learners find the strong column and not the noise`() throws {
    let (fitted, judged) = try halves(seed: 2)
    let trees = try GradientBoostingLearner().fitted(to: fitted, threads: 2)
    let logistic = try LogisticRegressionLearner().fitted(to: fitted, threads: 2)
    for falls in [
      falls(judged, score: { trees.scores(of: $0, threads: 1) }),
      falls(judged, score: { logistic.scores(of: $0, threads: 1) }),
    ] {
      let importances = PermutationImportance.summary(of: falls, features: judged.matrix.features)
      #expect(importances.map(\.feature).first == "x")
      #expect(importances[0].value > 0.1)
      #expect(importances.allSatisfy { $0.kind == .permutation })
      #expect(zip(importances, importances.dropFirst()).allSatisfy { $0.value >= $1.value })
    }
  }

  @Test func `the same seed gives the same values, and each repeat and seed others`() throws {
    let (fitted, judged) = try halves(seed: 3)
    let model = try LogisticRegressionLearner().fitted(to: fitted, threads: 2)
    func values(_ seed: UInt64) -> [[Double]] {
      falls(judged, seed: seed) { model.scores(of: $0, threads: 1) }
    }
    #expect(values(5) == values(5))
    #expect(values(5) != values(6))
    #expect(Set(values(5)[0]).count == 3)
  }

  @Test func `the outcomes of rows of weight 0 have no say`() throws {
    let judged = try halves(seed: 4).judged
    let weights = judged.labels.indices.map { $0 % 2 == 0 ? 1.0 : 0 }
    let turned = judged.labels.enumerated().map { $0.offset % 2 == 0 ? $0.element : !$0.element }
    let sets = try [judged.labels, turned].map {
      try TrainingSet(matrix: judged.matrix, labels: $0, weights: weights)
    }
    let model = try LogisticRegressionLearner().fitted(to: judged, threads: 2)
    let weighted = sets.map { set in falls(set) { model.scores(of: $0, threads: 1) } }
    #expect(weighted[0] == weighted[1])
    #expect(weighted[0] != falls(judged) { model.scores(of: $0, threads: 1) })
  }

  @Test func `rows of one outcome have no ROC AUC to fall`() throws {
    let matrix = try halves(seed: 5).judged.matrix
    let falls = PermutationImportance.falls(
      of: matrix, labels: [Bool](repeating: true, count: matrix.rowCount), weights: nil,
      repeatCount: 2, seed: 0
    ) { [Double](repeating: 0, count: $0.rowCount) }
    #expect(falls.isEmpty)
  }

  @Test func `mean and standard error of three measurements`() {
    let features = ["b", "a", "c"].map { Feature(name: $0, kind: .number) }
    let summary = PermutationImportance.summary(
      of: [[0.1, 0.1, 0.1], [0.3, 0.4, 0.5], [0.1, 0.1, 0.1]], features: features)
    // The largest first, equal ones by name.
    #expect(summary.map(\.feature) == ["a", "b", "c"])
    #expect(abs(summary[0].value - 0.4) < 1e-15)
    // Standard deviation 0.1, divided by the square root of 3.
    #expect(abs(summary[0].standardError! - 0.1 / 3.0.squareRoot()) < 1e-15)
    #expect(summary[1].standardError! < 1e-16)
    let single = PermutationImportance.summary(of: [[0.2]], features: [features[0]])
    #expect(
      single == [
        Importance(feature: "b", kind: .permutation, value: 0.2, standardError: nil)
      ])
  }
}
