import Learning
import LogisticRegression
import Testing

/// Fits to so many rows that a sample of them is fitted first, and the Hessian on the way is rough.
@Suite struct ManyRowsTests {
  private static let columnCount = 4

  /// Columns with far outliers and gaps, rows in the order of their outcomes.
  private static func set(
    rowCount: Int = 12_000, isCorrelated: Bool = false, isWeighted: Bool = false
  ) throws -> TrainingSet {
    var generator = SeededGenerator(seed: 31)
    var rows: [(values: [Double], label: Bool, weight: Double)] = []
    for _ in 0..<rowCount {
      let first = generator.nextUnit() - 0.5
      var values = [first]
      for column in 1..<columnCount {
        let other = generator.nextUnit() - 0.5
        // Up to some hundred standard deviations out.
        values.append(isCorrelated ? first + 1e-4 * other : other / (1.002 - generator.nextUnit()))
        if column == 3, generator.nextUnit() < 0.1 { values[column] = .nan }
      }
      let score = 2 * values[0] - (values[1] - values[0]) * (isCorrelated ? 5e3 : 0.1) - 1
      let weight = isWeighted ? Double(1 + Int(generator.nextUnit() * 3)) : 1
      rows.append((values, generator.nextUnit() < LogLoss.probability(score), weight))
    }
    let sorted = rows.filter(\.label) + rows.filter { !$0.label }
    return try TrainingSet(
      matrix: FeatureMatrix(
        features: (0..<columnCount).map { Feature(name: "x\($0)", kind: .number) },
        columns: (0..<columnCount).map { column in .number(sorted.map { $0.values[column] }) },
        rowCount: rowCount),
      labels: sorted.map(\.label), weights: isWeighted ? sorted.map(\.weight) : nil)
  }

  /// The largest slope of the objective at a model's coefficients, from its scores, in units of its
  /// standard deviation.
  private func largestSlope(_ model: LogisticModel, _ set: TrainingSet, l2: Double) -> Double {
    let scores = model.scores(of: set.matrix, threads: 1)
    let residuals = set.labels.indices.map {
      set.weight($0)
        * LogLoss.gradient(probability: LogLoss.probability(scores[$0]), label: set.labels[$0])
    }
    var largest = residuals.reduce(0, +).magnitude
    for (column, term) in zip(set.matrix.columns, model.terms) {
      guard case .number(let values) = column, case .quantity(let by, let slope) = term.form else {
        return .nan
      }
      let sum = values.indices.reduce(l2 * slope.value) {
        values[$1].isNaN ? $0 : $0 + residuals[$1] * (values[$1] - by.center) / by.scale
      }
      largest = max(largest, sum.magnitude)
      if let missing = term.missing {
        let sum = values.indices.reduce(l2 * missing.value) {
          values[$1].isNaN ? $0 + residuals[$1] : $0
        }
        largest = max(largest, sum.magnitude)
      }
    }
    return largest / Double(set.rowCount).squareRoot()
  }

  @Test(arguments: [0, 1, 100], [(false, false), (false, true), (true, false)])
  func `a fit that begins with a sample ends at the minimum of all rows`(
    l2: Double, kind: (isCorrelated: Bool, isWeighted: Bool)
  ) throws {
    let set = try Self.set(isCorrelated: kind.isCorrelated, isWeighted: kind.isWeighted)
    var learner = LogisticRegressionLearner()
    learner.l2 = l2
    let model = try learner.fitted(to: set, threads: 2)
    #expect(model.convergence.isConverged)
    #expect(model.convergence.iterationCount < 15)
    #expect(largestSlope(model, set, l2: l2) < 1e-7)
  }

  @Test func `rows in another order, and so another sample, make no difference`() throws {
    let set = try Self.set()
    // 7,919 is a prime number: every row comes once.
    let moved = try set.selecting((0..<set.rowCount).map { $0 * 7919 % set.rowCount })
    let one = try LogisticRegressionLearner().fitted(to: set, threads: 1)
    let other = try LogisticRegressionLearner().fitted(to: moved, threads: 1)
    for (first, second) in zip(one.terms, other.terms) {
      guard case .quantity(_, let first) = first.form, case .quantity(_, let second) = second.form
      else {
        Issue.record("no quantities")
        continue
      }
      #expect((first.value - second.value).magnitude < 1e-8 * first.standardError!)
      #expect((first.standardError! / second.standardError! - 1).magnitude < 1e-7)
    }
  }

  @Test func `what is said of how sure coefficients are changes no bit of them, nor do threads`()
    throws
  {
    let set = try Self.set()
    var learner = LogisticRegressionLearner()
    let usual = try learner.fitted(to: set, threads: 1)
    func values(_ model: LogisticModel) -> [UInt64?] {
      model.terms.map {
        if case .quantity(_, let slope) = $0.form { slope.value.bitPattern } else { nil }
      } + model.terms.map { $0.missing?.value.bitPattern } + [model.intercept.value.bitPattern]
    }
    for inference in LogisticRegressionLearner.Inference.allCases {
      learner.inference = inference
      for threads in [1, 3] {
        let model = try learner.fitted(to: set, threads: threads)
        #expect(values(model) == values(usual))
        #expect((model.intercept.standardError == nil) == (inference == .none))
        #expect((model.inference != nil) == (inference == .tests))
      }
    }
  }

  @Test func `columns that tell the sampled rows apart still have a fit`() throws {
    // A yes/no that is 1 in two rows of both outcomes, and else says the outcome.
    let count = 12_000
    let labels = (0..<count).map { $0 % 2 == 0 }
    let column = (0..<count).map { row in
      row == count - 3 || row == count - 4 ? (labels[row] ? 0.0 : 1) : (labels[row] ? 1 : 0)
    }
    let set = try TrainingSet(
      matrix: FeatureMatrix(
        features: [Feature(name: "x", kind: .number)], columns: [.number(column)], rowCount: count),
      labels: labels)
    var learner = LogisticRegressionLearner()
    learner.l2 = 0
    let model = try learner.fitted(to: set, threads: 1)
    #expect(model.convergence.isConverged)
    guard case .quantity(let by, let slope) = model.terms[0].form else {
      Issue.record("no quantity")
      return
    }
    // Of each value 5,999 rows of 6,000 have one outcome.
    let expected = 2 * PortableMath.log(5999)
    #expect((slope.value / by.scale / expected - 1).magnitude < 1e-9)
  }
}
