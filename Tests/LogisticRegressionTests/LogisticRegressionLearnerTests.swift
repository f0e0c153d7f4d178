import Diagnostics
import Learning
import LogisticRegression
import TestSupport
import Testing

@Suite struct LogisticRegressionLearnerTests {
  private func fit(_ set: TrainingSet, l2: Double = 1, threads: Int = 2) throws -> LogisticModel {
    var learner = LogisticRegressionLearner()
    learner.l2 = l2
    return try learner.fitted(to: set, threads: threads)
  }

  private func scores(_ model: LogisticModel, _ set: TrainingSet) -> [Double] {
    model.scores(of: set.matrix, threads: 1)
  }

  private func distance(_ first: [Double], _ second: [Double]) -> Double {
    zip(first, second).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }

  /// A set of one category.
  private func categories(_ codes: [Int32], levels: [String], labels: [Bool]) throws
    -> TrainingSet
  {
    try TrainingSet(
      matrix: FeatureMatrix(
        features: [Feature(name: "plan", kind: .category(levels: levels))],
        columns: [.category(codes)], rowCount: codes.count),
      labels: labels)
  }

  // MARK: The minimum

  @Test(arguments: [0, 0.01, 1, 300]) func `the slopes of the objective are zero at the end`(
    l2: Double
  ) throws {
    let base = try SeededTables.mixed(rowCount: 3000, seed: 21)
    var generator = SeededGenerator(seed: 22)
    let set = try TrainingSet(
      matrix: base.matrix, labels: base.labels,
      weights: base.labels.map { _ in generator.nextUnit() * 3 })
    let model = try fit(set, l2: l2)
    #expect(model.convergence.isConverged)
    let scores = scores(model, set)
    /// The slope along one coefficient, from the definition.
    func slope(_ coefficient: Double, _ value: (Int) -> Double) -> Double {
      scores.indices.reduce(l2 * coefficient) { sum, row in
        let error = LogLoss.probability(scores[row]) - (set.labels[row] ? 1 : 0)
        return sum + set.weight(row) * error * value(row)
      }
    }
    var slopes = [slope(0) { _ in 1 }]
    for (column, term) in zip(set.matrix.columns, model.terms) {
      switch (column, term.form) {
      case (.number(let values), .quantity(let standardization, let coefficient)):
        slopes.append(
          slope(coefficient.value) { row in
            values[row].isNaN
              ? 0 : (values[row] - standardization.center) / standardization.scale
          })
        if let missing = term.missing {
          slopes.append(slope(missing.value) { values[$0].isNaN ? 1 : 0 })
        }
      case (.category(let codes), .category(let levels)):
        for (code, coefficient) in levels.enumerated() {
          slopes.append(slope(coefficient!.value) { codes[$0] == Int32(code) ? 1 : 0 })
        }
        slopes.append(slope(term.missing!.value) { codes[$0] == CategoryCode.missing ? 1 : 0 })
      default: Issue.record("an unexpected term: \(term)")
      }
    }
    // Intercept, three quantities, one of them with missing cells, six levels and missing.
    #expect(slopes.count == 12)
    #expect(slopes.allSatisfy { $0.magnitude < 1e-5 })
  }

  @Test func `without a penalty each level scores its own rate, though levels are collinear`()
    throws
  {
    // 3 of 10, 5 of 10 and 8 of 10.
    let codes = (0..<30).map { Int32($0 / 10) }
    let labels = (0..<30).map { $0 % 10 < [3, 5, 8][$0 / 10] }
    let set = try categories(codes, levels: ["a", "b", "c"], labels: labels)
    let model = try fit(set, l2: 0)
    #expect(model.convergence.isConverged)
    let probabilities = scores(model, set).map(LogLoss.probability)
    #expect(abs(probabilities[0] - 0.3) < 1e-9)
    #expect(abs(probabilities[10] - 0.5) < 1e-9)
    #expect(abs(probabilities[20] - 0.8) < 1e-9)
  }

  @Test func `without a penalty a copied column changes no score`() throws {
    let base = try SeededTables.mixed(rowCount: 2000, seed: 23)
    let copied = try TrainingSet(
      matrix: FeatureMatrix(
        features: base.matrix.features
          + base.matrix.features.map { Feature(name: $0.name + " again", kind: $0.kind) },
        columns: base.matrix.columns + base.matrix.columns, rowCount: base.rowCount),
      labels: base.labels)
    let model = try fit(copied, l2: 0)
    #expect(model.convergence.isConverged)
    #expect(model.convergence.addedRidge > 0)
    #expect(try distance(scores(model, copied), scores(fit(base, l2: 0), base)) < 1e-6)
  }

  @Test func `a stronger penalty means smaller coefficients`() throws {
    let set = try SeededTables.mixed(rowCount: 2000, seed: 24)
    var last = Double.infinity
    for l2 in [0.1, 1, 10, 100, 1e6] {
      let squares = try fit(set, l2: l2).coefficients(of: set.matrix.features).values
        .reduce(0) { $0 + $1 * $1 }
      #expect(squares < last)
      last = squares
    }
    #expect(last < 1e-4)
  }

  @Test func `columns that do not vary leave the base rate`() throws {
    let labels = (0..<100).map { $0 < 20 }
    let matrix = FeatureMatrix(
      features: [
        Feature(name: "same", kind: .number), Feature(name: "yes", kind: .boolean),
        Feature(name: "plan", kind: .category(levels: ["a", "b"])),
        Feature(name: "empty", kind: .number),
        Feature(name: "no plan", kind: .category(levels: ["a"])),
      ],
      columns: [
        .number([Double](repeating: 0.1, count: 100)), .number([Double](repeating: 1, count: 100)),
        .category([Int32](repeating: 1, count: 100)),
        .number([Double](repeating: .nan, count: 100)),
        .category([Int32](repeating: CategoryCode.missing, count: 100)),
      ],
      rowCount: 100)
    for l2 in [0.0, 1] {
      let set = try TrainingSet(matrix: matrix, labels: labels)
      let model = try fit(set, l2: l2)
      #expect(model.convergence.isConverged)
      #expect(model.terms.allSatisfy { $0.form == .constant && $0.missing == nil && $0.mean == 0 })
      #expect(scores(model, set).allSatisfy { abs(LogLoss.probability($0) - 0.2) < 1e-12 })
    }
  }

  @Test func `weights of a whole number count as repeated rows`() throws {
    let set = try SeededTables.mixed(rowCount: 900, seed: 25)
    let repeats = (0..<900).map { $0 % 4 }
    let rows = repeats.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
    let repeated = try fit(set.selecting(rows))
    let weighted = try fit(
      TrainingSet(matrix: set.matrix, labels: set.labels, weights: repeats.map(Double.init)))
    #expect(distance(scores(repeated, set), scores(weighted, set)) < 1e-9)
    #expect(abs(repeated.meanScore - weighted.meanScore) < 1e-9)
    let (one, other) = (
      repeated.coefficients(of: set.matrix.features),
      weighted.coefficients(of: set.matrix.features)
    )
    #expect(one.count == other.count)
    for (name, value) in one { #expect(abs(value - other[name]!) < 1e-9) }
  }

  // MARK: Threads

  @Test func `the number of threads never changes a bit`() throws {
    // Enough rows for all lanes.
    let set = try SeededTables.mixed(rowCount: 34_000, seed: 1)
    let reference = try fit(set, threads: 1)
    for threads in [2, 3, 8] {
      let model = try fit(set, threads: threads)
      #expect(model == reference)
      #expect(
        model.scores(of: set.matrix, threads: threads)
          == reference.scores(of: set.matrix, threads: 1))
    }
  }

  // MARK: Numbers far out

  @Test(arguments: [1e-300, 1e-12, 1e12, 1e300]) func `the unit of a quantity does not matter`(
    factor: Double
  ) throws {
    var generator = SeededGenerator(seed: 26)
    let columns = (0..<3).map { _ in (0..<600).map { _ in generator.nextUnit() * 4 - 1 } }
    let labels = (0..<600).map { row in
      generator.nextUnit() < LogLoss.probability(columns[0][row] - columns[1][row])
    }
    let plain = try SeededTables.numbers(columns, labels: labels)
    let scaled = try SeededTables.numbers(
      [columns[0].map { $0 * factor }, columns[1], columns[2].map { $0 / factor }],
      labels: labels)
    for l2 in [0.0, 1] {
      let model = try fit(scaled, l2: l2)
      #expect(model.convergence.isConverged)
      #expect(try distance(scores(model, scaled), scores(fit(plain, l2: l2), plain)) < 1e-9)
    }
  }

  @Test func `the origin of a quantity does not matter`() throws {
    let values = (0..<400).map { Double($0 % 37) }
    let labels = (0..<400).map { ($0 % 37) * 3 + $0 % 50 > 80 }
    let plain = try SeededTables.numbers([values], labels: labels)
    let moved = try SeededTables.numbers([values.map { $0 + 1e9 }], labels: labels)
    #expect(try distance(scores(fit(moved), moved), scores(fit(plain), plain)) < 1e-9)
  }

  @Test func `a value beyond all training still has a finite score`() throws {
    let set = try SeededTables.numbers(
      [(0..<100).map { Double($0 % 10) }], labels: (0..<100).map { $0 % 10 + $0 % 7 > 8 })
    let model = try fit(set)
    let far = try SeededTables.numbers(
      [[.greatestFiniteMagnitude, -.greatestFiniteMagnitude, 1e100]],
      labels: [true, false, true])
    let scores = scores(model, far)
    #expect(scores.allSatisfy { $0.isFinite })
    #expect(scores[0] > 0 && scores[1] < 0 && scores[2] > 0)
  }

  // MARK: Separated outcomes

  @Test(arguments: [1e-6, 1e-3, 1]) func `a penalty makes the fit to separated outcomes finite`(
    l2: Double
  ) throws {
    let values = (0..<50).map(Double.init)
    let set = try SeededTables.numbers([values], labels: values.map { $0 > 30 })
    let model = try fit(set, l2: l2)
    #expect(model.convergence.isConverged)
    guard case .quantity(_, let coefficient) = model.terms[0].form else {
      Issue.record("no coefficient")
      return
    }
    #expect(coefficient.value > 0 && coefficient.value.isFinite)
    let error = try #require(coefficient.standardError)
    #expect(error > 0 && error.isFinite)
    let scores = scores(model, set)
    #expect(zip(scores, set.labels).allSatisfy { ($0 > 0) == $1 })
  }

  @Test(.timeLimit(.minutes(1)))
  func `without a penalty the fit to separated outcomes ends, and its scores are finite`() throws {
    let values = (0..<50).map(Double.init)
    let quantity = try SeededTables.numbers([values], labels: values.map { $0 > 30 })
    let category = try categories(
      values.map { Int32($0) % 3 }, levels: ["a", "b", "c"],
      labels: values.map { Int32($0) % 3 == 1 })
    for set in [quantity, category] {
      let model = try fit(set, l2: 0)
      #expect(model.convergence.iterationCount <= LogisticRegressionLearner().iterationLimit)
      #expect(model.convergence.gradientNorm.isFinite)
      let scores = scores(model, set)
      #expect(scores.allSatisfy { $0.isFinite })
      #expect(zip(scores, set.labels).allSatisfy { ($0 > 0) == $1 })
    }
  }

  @Test func `a fit that is cut short says so`() throws {
    let set = try SeededTables.mixed(rowCount: 1000, seed: 27)
    var learner = LogisticRegressionLearner()
    learner.iterationLimit = 1
    let convergence = try learner.fitted(to: set, threads: 1).convergence
    #expect(!convergence.isConverged)
    #expect(convergence.iterationCount == 1)
    #expect(convergence.gradientNorm > 1e-6)
  }

  // MARK: Reasons

  @Test func `contributions and the mean score add up to the score`() throws {
    let base = try SeededTables.mixed(rowCount: 1500, seed: 28)
    let weights = base.labels.indices.map { Double($0 % 5) / 2 }
    let set = try TrainingSet(matrix: base.matrix, labels: base.labels, weights: weights)
    let model = try fit(set)
    let contributions = model.contributions(of: set.matrix)
    let scores = scores(model, set)
    let width = set.matrix.columns.count
    for row in scores.indices {
      let sum = contributions[row * width..<(row + 1) * width].reduce(model.meanScore, +)
      #expect(abs(sum - scores[row]) < 1e-9)
    }
    // Reasons are measured from the mean row: over the training rows they cancel.
    for feature in 0..<width {
      let sum = weights.indices.reduce(0) { $0 + contributions[$1 * width + feature] * weights[$1] }
      #expect(abs(sum) < 1e-9)
    }
  }

  @Test func `a level that training never saw adds nothing`() throws {
    let set = try SeededTables.mixed(rowCount: 2000, seed: 29)
    let model = try fit(set)
    func score(_ number: Double, _ code: Int32) -> Double {
      let matrix = FeatureMatrix(
        features: set.matrix.features,
        columns: [.number([0.5]), .number([number]), .number([1]), .category([code])], rowCount: 1)
      return model.scores(of: matrix, threads: 1)[0]
    }
    guard case .category(let levels) = model.terms[3].form,
      case .quantity(let standardization, _) = model.terms[1].form
    else {
      Issue.record("terms of another form")
      return
    }
    let unseen = score(40, CategoryCode.unseen)
    for (code, coefficient) in levels.enumerated() {
      #expect(abs(score(40, Int32(code)) - unseen - coefficient!.value) < 1e-12)
    }
    let missing = try #require(model.terms[3].missing)
    #expect(abs(score(40, CategoryCode.missing) - unseen - missing.value) < 1e-12)
    // A missing quantity stands at the mean, and its indicator beside it.
    let indicator = try #require(model.terms[1].missing)
    #expect(indicator.value > 0)
    let atMean = score(standardization.center, 0)
    #expect(abs(score(.nan, 0) - atMean - indicator.value) < 1e-9)
  }

  @Test func `a missing cell where training had none adds nothing`() throws {
    let set = try SeededTables.mixed(rowCount: 500, seed: 30)
    let model = try fit(set)
    #expect(model.terms[0].missing == nil)
    func score(_ x: Double) throws -> Double {
      let matrix = set.matrix.selecting([0]).replacing(0, with: .number([x]))
      return model.scores(of: matrix, threads: 1)[0]
    }
    guard case .quantity(let standardization, let coefficient) = model.terms[0].form else {
      Issue.record("no coefficient")
      return
    }
    let centre = try score(standardization.center)
    #expect(try abs(score(.nan) - centre) < 1e-12)
    let step = try score(standardization.center + standardization.scale)
    #expect(abs(step - centre - coefficient.value) < 1e-9)
  }

  @Test func `a level without rows in training has no coefficient`() throws {
    let set = try categories(
      [0, 0, 2, 2, 0, 2], levels: ["a", "b", "c"],
      labels: [true, false, true, true, false, false])
    let model = try fit(set)
    guard case .category(let levels) = model.terms[0].form else {
      Issue.record("no category")
      return
    }
    #expect(levels.map { $0 == nil } == [false, true, false])
    let unseen = try categories(
      [1, CategoryCode.unseen], levels: ["a", "b", "c"], labels: [true, false])
    #expect(scores(model, unseen) == [model.intercept.value, model.intercept.value])
  }

  // MARK: Parameters

  @Test(arguments: [-1, -Double.leastNonzeroMagnitude, .nan, .infinity])
  func `a penalty that is no finite number of 0 or more is refused`(l2: Double) throws {
    let set = try SeededTables.mixed(rowCount: 50, seed: 1)
    let error = #expect(throws: Diagnostic.self) { try fit(set, l2: l2) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("--l2") == true)
  }
}
