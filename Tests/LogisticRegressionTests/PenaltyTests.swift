import Diagnostics
import Learning
import LogisticRegression
import TestSupport
import Testing

@Suite struct PenaltyTests {
  /// What the log loss' slopes say of every coefficient, from the definition: at a minimum the slope
  /// beside the squared penalty is -l1 or l1 by the coefficient's sign, and between them where it is 0.
  private func expectMinimum(
    _ model: LogisticModel, of learner: LogisticRegressionLearner, on set: TrainingSet
  ) {
    let scores = model.scores(of: set.matrix, threads: 1)
    let slopes = scores.indices.map {
      set.weight($0) * (LogLoss.probability(scores[$0]) - (set.labels[$0] ? 1 : 0))
    }
    let tolerance = 1e-8 * Double(set.rowCount)
    #expect(abs(slopes.reduce(0, +)) < tolerance)
    func expect(_ coefficient: Double, feature: Int, _ share: (Int) -> Double) {
      let factor = learner.penaltyFactors[feature] ?? 1
      let sign = learner.signs[feature] ?? 0
      let slope =
        slopes.indices.reduce(0) { $0 + slopes[$1] * share($1) }
        + factor * learner.l2 * coefficient
      let l1 = factor * learner.l1
      if coefficient > 0 {
        #expect(abs(slope + l1) < tolerance, "feature \(feature)")
      } else if coefficient < 0 {
        #expect(abs(slope - l1) < tolerance, "feature \(feature)")
      } else {
        #expect(sign > 0 || slope <= l1 + tolerance, "feature \(feature)")
        #expect(sign < 0 || slope >= -l1 - tolerance, "feature \(feature)")
      }
      #expect(sign == 0 || Double(sign) * coefficient >= 0, "feature \(feature)")
    }
    for (feature, term) in model.terms.enumerated() where feature != learner.offset {
      switch (term.form, set.matrix.columns[feature]) {
      case (.quantity(let standardization, let coefficient), .number(let values)):
        expect(coefficient.value, feature: feature) {
          values[$0].isNaN ? 0 : (values[$0] - standardization.center) / standardization.scale
        }
        if let missing = term.missing {
          // Only the quantity itself has a sign.
          var free = learner
          free.signs = [:]
          let factor = learner.penaltyFactors[feature] ?? 1
          let slope =
            slopes.indices.reduce(0) { $0 + (values[$1].isNaN ? slopes[$1] : 0) }
            + factor * learner.l2 * missing.value
          #expect(abs(slope) <= factor * learner.l1 + tolerance)
        }
      case (.category(let levels), .category(let codes)):
        for (code, coefficient) in levels.enumerated() {
          guard let coefficient else { continue }
          expect(coefficient.value, feature: feature) { codes[$0] == Int32(code) ? 1 : 0 }
        }
      default: Issue.record("feature \(feature) is \(term.form)")
      }
    }
  }

  private static let strengths: [(l1: Double, l2: Double)] = [
    (40, 0), (5, 0), (0.1, 0), (3, 3), (0.001, 0.001), (0, 2),
  ]

  @Test(arguments: 0..<6) func `a fit meets the conditions of a minimum`(place: Int) throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 7, levelCount: 40)
    var learner = LogisticRegressionLearner()
    (learner.l1, learner.l2) = Self.strengths[place]
    for signs in [[:], [0: 1, 1: -1, 2: -1], [0: -1]] {
      learner.signs = signs
      for factors in [[:], [3: 0.0], [0: 0.0, 3: 0.5]] {
        learner.penaltyFactors = factors
        let model = try learner.fitted(to: set, threads: 2)
        #expect(model.convergence.isConverged)
        expectMinimum(model, of: learner, on: set)
      }
    }
  }

  @Test func `columns that are copies or sums of others are no trouble`() throws {
    var generator = SeededGenerator(seed: 5)
    let first = (0..<500).map { _ in generator.nextUnit() }
    let second = (0..<500).map { _ in generator.nextUnit() }
    let labels = first.map { generator.nextUnit() < $0 }
    let nearly = first.map { $0 + 1e-8 * generator.nextUnit() }
    let set = try SeededTables.numbers(
      [first, first, second, zip(first, second).map { $0 + $1 }, nearly], labels: labels)
    for (l1, l2) in Self.strengths {
      var learner = LogisticRegressionLearner()
      (learner.l1, learner.l2) = (l1, l2)
      let model = try learner.fitted(to: set, threads: 1)
      #expect(model.convergence.isConverged)
      expectMinimum(model, of: learner, on: set)
    }
  }

  @Test func `signs that a ridge keeps anyway change nothing`() throws {
    let set = try SeededTables.mixed(rowCount: 2000, seed: 3)
    var learner = LogisticRegressionLearner()
    let free = try learner.fitted(to: set, threads: 1)
    learner.signs = [0: 1, 1: 1]
    let bound = try learner.fitted(to: set, threads: 1)
    #expect(bound.intercept.value.isWithin(1e-9, of: free.intercept.value))
    let others = bound.coefficients(of: set.matrix.features)
    for (name, value) in free.coefficients(of: set.matrix.features) {
      #expect(others[name]!.isWithin(1e-8, of: value), "\(name)")
    }
    for (one, other) in zip(bound.terms, free.terms) {
      guard case .quantity(_, let one) = one.form, case .quantity(_, let other) = other.form else {
        continue
      }
      #expect(one.standardError!.isWithin(1e-5, of: other.standardError!))
    }
  }

  @Test func `the number of threads changes no bit of a path`() throws {
    let set = try SeededTables.mixed(rowCount: 6000, seed: 11, levelCount: 30)
    for ratio in [1, 0.3, 0] {
      var learner = LogisticRegressionLearner()
      learner.l1Ratio = ratio
      learner.signs = [0: 1]
      learner.penalty = .path(count: 12, rule: .oneStandardError)
      let one = try learner.fittedWithPath(to: set, threads: 1)
      for threads in [2, 3, 8, 16] {
        let other = try learner.fittedWithPath(to: set, threads: threads)
        #expect(one.model == other.model && one.path == other.path, "\(threads)")
      }
    }
  }

  @Test func `an offset shifts every row by itself and is applied to new rows`() throws {
    let plain = try SeededTables.mixed(rowCount: 1500, seed: 2)
    let shift = plain.labels.indices.map { Double($0 % 5) / 2 - 1 }
    let set = try TrainingSet(
      matrix: FeatureMatrix(
        features: plain.matrix.features + [Feature(name: "known", kind: .number)],
        columns: plain.matrix.columns + [.number(shift)], rowCount: plain.rowCount),
      labels: plain.labels)
    for l1 in [0.0, 4] {
      var learner = LogisticRegressionLearner()
      learner.l1 = l1
      learner.offset = 4
      let model = try learner.fitted(to: set, threads: 1)
      expectMinimum(model, of: learner, on: set)
      var moved = set.matrix
      moved = moved.replacing(4, with: .number(shift.map { $0 + 0.25 }))
      let before = model.scores(of: set.matrix, threads: 1)
      for (old, new) in zip(before, model.scores(of: moved, threads: 1)) {
        #expect(abs(new - old - 0.25) < 1e-12)
      }
      let mean = before.reduce(0, +) / Double(before.count)
      #expect(abs(model.meanScore - mean) < 1e-9)
    }
  }

  @Test func `an offset with gaps is refused`() throws {
    let set = try SeededTables.mixed(rowCount: 200, seed: 2)
    var learner = LogisticRegressionLearner()
    learner.offset = 1
    let fault = #expect(throws: Diagnostic.self) { try learner.fitted(to: set, threads: 1) }
    #expect(fault?.kind == .dataWeights)
  }

  @Test func `parameters that make no sense are refused`() throws {
    let set = try SeededTables.mixed(rowCount: 200, seed: 2)
    let changes: [(inout LogisticRegressionLearner) -> Void] = [
      { $0.l1 = -1 }, { $0.l1 = .nan }, { $0.l1Ratio = 1.5 }, { $0.l1Ratio = .nan },
      { $0.penalty = .path(count: 1, rule: .best) }, { $0.penalty = .path(count: -5, rule: .best) },
      { $0.pathRatio = 0 }, { $0.signs = [3: 1] }, { $0.offset = 3 },
      { $0.penaltyFactors = [0: -1] },
      { learner in
        learner.offset = 0
        learner.signs = [0: 1]
      },
    ]
    for (place, change) in changes.enumerated() {
      var learner = LogisticRegressionLearner()
      change(&learner)
      let fault = #expect(throws: Diagnostic.self, "\(place)") {
        try learner.fitted(to: set, threads: 1)
      }
      #expect(fault?.kind == .usage, "\(place)")
    }
  }

  @Test func `folds of one outcome choose no penalty`() throws {
    let set = try SeededTables.numbers(
      [(0..<20).map { Double($0 * 7 % 20) }], labels: (0..<20).map { $0 == 3 })
    var learner = LogisticRegressionLearner()
    learner.penalty = .path(count: 5, rule: .best)
    let fault = #expect(throws: Diagnostic.self) { try learner.fitted(to: set, threads: 1) }
    #expect(fault?.kind == .dataTooFewRows)
  }

  @Test func `held-out values far beyond all others still have a loss`() throws {
    var generator = SeededGenerator(seed: 9)
    var values = (0..<400).map { _ in generator.nextUnit() }
    let labels = values.map { generator.nextUnit() < $0 }
    values[17] = 1e300
    let set = try SeededTables.numbers(
      [values, (0..<400).map { _ in generator.nextUnit() }], labels: labels)
    var learner = LogisticRegressionLearner()
    learner.penalty = .path(count: 10, rule: .best)
    let path = try #require(try learner.fittedWithPath(to: set, threads: 2).path)
    #expect(path.entries.allSatisfy { $0.meanLoss.isFinite && $0.standardError.isFinite })
  }
}
