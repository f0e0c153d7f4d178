import Diagnostics
import Learning
import LogisticRegression
import TestSupport
import Testing

@Suite struct ColumnTreatmentTests {
  /// Two quantities, one with gaps and a far tail, and a category of 150 levels, five of which are
  /// rare; the label follows a bump in the first, the logarithm of the second, and the level.
  private func table(
    rowCount: Int = 4000, seed: UInt64, isWeighted: Bool = false, scheme: ValidationScheme? = nil
  ) throws -> TrainingSet {
    var generator = SeededGenerator(seed: seed)
    var bump: [Double] = []
    var tail: [Double] = []
    var line: [Double] = []
    var codes: [Int32] = []
    var labels: [Bool] = []
    for row in 0..<rowCount {
      let x = generator.nextUnit() * 6 - 3
      let size = PortableMath.exp(generator.nextUnit() * 8 - 4)
      let z = generator.nextUnit()
      let isRare = row % 400 == 0
      let level = isRare ? 145 + row / 400 % 5 : generator.nextIndex(below: 145)
      let score =
        2 - x * x + PortableMath.log(size) / 4 + z + (level % 3 == 0 ? 0.8 : -0.4)
      bump.append(x)
      tail.append(generator.nextUnit() < 0.1 ? .nan : size)
      line.append(z)
      codes.append(row % 37 == 0 ? CategoryCode.missing : Int32(level))
      labels.append(generator.nextUnit() < LogLoss.probability(score))
    }
    return try TrainingSet(
      matrix: FeatureMatrix(
        features: [
          Feature(name: "bump", kind: .number), Feature(name: "tail", kind: .number),
          Feature(name: "line", kind: .number),
          Feature(name: "level", kind: .category(levels: (0..<150).map { "level \($0)" })),
        ],
        columns: [.number(bump), .number(tail), .number(line), .category(codes)],
        rowCount: rowCount),
      labels: labels,
      weights: isWeighted ? labels.map { _ in generator.nextUnit() * 2 } : nil,
      scheme: scheme ?? ValidationScheme(.stratified, seed: 3))
  }

  /// Every shape at once.
  private var shaped: LogisticRegressionLearner {
    var learner = LogisticRegressionLearner()
    learner.columns.shapes = ["bump": .spline, "tail": .log, "line": .winsor]
    learner.columns.encoded["level"] = true
    return learner
  }

  private func row(_ set: TrainingSet, _ feature: Int, _ column: FeatureColumn) -> FeatureMatrix {
    set.matrix.selecting([1]).replacing(feature, with: column)
  }

  // MARK: - What a shape is

  @Test(arguments: [false, true]) func `the slopes of the objective are zero along every shape`(
    isWeighted: Bool
  ) throws {
    let set = try table(seed: 40, isWeighted: isWeighted)
    var learner = shaped
    learner.l2 = 0
    learner.columns.encoded = [:]
    learner.columns.minimumRowsPerLevel = 12
    let model = try learner.fitted(to: set, threads: 2)
    #expect(model.convergence.isConverged)
    let scores = model.scores(of: set.matrix, threads: 1)
    /// The slope along a column, from the definition.
    func slope(_ value: (Int) -> Double) -> Double {
      scores.indices.reduce(0) { sum, row in
        let error = LogLoss.probability(scores[row]) - (set.labels[row] ? 1 : 0)
        return sum + set.weight(row) * error * value(row)
      }
    }
    func numbers(_ feature: Int) -> [Double] {
      guard case .number(let values) = set.matrix.columns[feature] else { return [] }
      return values
    }
    guard case .curve(let curve) = model.terms[0].form,
      case .mapped(.signedLog(let unit), _, _) = model.terms[1].form,
      case .mapped(.winsorized(let low, let high), _, _) = model.terms[2].form,
      case .grouped(let levels, let rare) = model.terms[3].form,
      case .category(let codes) = set.matrix.columns[3]
    else {
      Issue.record("terms of another form: \(model.terms.map(\.form))")
      return
    }
    // Of all curves over the knots, these are a basis.
    for knot in curve.spline.knots.indices {
      let unit = LogisticTerm(
        form: .curve(
          SplineCurve(
            spline: curve.spline,
            values: curve.values.indices.map {
              Coefficient(value: $0 == knot ? 1 : 0, standardError: 1)
            })), missing: nil, mean: 0)
      #expect(slope { unit.contribution(ofNumber: numbers(0)[$0]) }.magnitude < 1e-4)
    }
    let tail = numbers(1).filter { !$0.isNaN }.sorted()
    #expect(unit == tail[tail.count / 2])
    #expect(
      slope { numbers(1)[$0].isNaN ? 0 : PortableMath.log(1 + numbers(1)[$0] / unit) }.magnitude
        < 1e-4)
    let line = numbers(2).sorted()
    #expect(low == line[20] && high == line[3980])
    #expect(slope { min(max(numbers(2)[$0], low), high) }.magnitude < 1e-4)
    // Rare levels and they alone share their coefficient.
    for level in 0..<150 {
      let count = codes.count { $0 == Int32(level) }
      #expect((levels[level] ?? rare == rare) == (count < 12), "level \(level) has \(count) rows")
    }
    #expect(slope { codes[$0] >= 145 ? 1 : 0 }.magnitude < 1e-4)
    #expect(slope { codes[$0] == 3 ? 1 : 0 }.magnitude < 1e-4)
  }

  @Test func `a rare level, one without rows and one never seen are one`() throws {
    let set = try table(seed: 41)
    var learner = shaped
    learner.columns.encoded = [:]
    learner.columns.minimumRowsPerLevel = 12
    let model = try learner.fitted(to: set, threads: 1)
    let without = try set.selecting(
      set.labels.indices.filter {
        guard case .category(let codes) = set.matrix.columns[3] else { return false }
        return codes[$0] != 147
      })
    let other = try learner.fitted(to: without, threads: 1)
    for model in [model, other] {
      let scores = [146, 147, CategoryCode.unseen].map {
        model.scores(of: row(set, 3, .category([$0])), threads: 1)[0]
      }
      #expect(scores[0] == scores[1] && scores[1] == scores[2])
    }
  }

  @Test func `means are of the training rows, and contributions add up to the score`() throws {
    let set = try table(seed: 42, isWeighted: true)
    for encodes in [true, false] {
      var learner = shaped
      learner.columns.encoded = ["level": encodes]
      learner.columns.minimumRowsPerLevel = 12
      let model = try learner.fitted(to: set, threads: 2)
      let contributions = model.contributions(of: set.matrix)
      let total = set.weights!.reduce(0, +)
      let width = set.matrix.columns.count
      for feature in 0..<width {
        let sum = (0..<set.rowCount).reduce(0) {
          $0 + set.weight($1) * contributions[$1 * width + feature]
        }
        let mean = sum / total
        #expect(mean.magnitude < 1e-9)
      }
      let scores = model.scores(of: set.matrix, threads: 1)
      for row in stride(from: 0, to: set.rowCount, by: 97) {
        let sum = contributions[row * width..<(row + 1) * width].reduce(model.meanScore, +)
        #expect(abs(sum - scores[row]) < 1e-9)
      }
    }
  }

  @Test func `whatever a row holds, its score is finite`() throws {
    let set = try table(seed: 43)
    let model = try shaped.fitted(to: set, threads: 2)
    for feature in 0..<3 {
      for value in [
        -Double.infinity, -1e308, -1, -5e-324, 0, 1e308, .infinity, .nan,
      ] {
        #expect(model.scores(of: row(set, feature, .number([value])), threads: 1)[0].isFinite)
      }
    }
    for code in [CategoryCode.missing, CategoryCode.unseen, 0, 149] as [Int32] {
      #expect(model.scores(of: row(set, 3, .category([code])), threads: 1)[0].isFinite)
    }
  }

  @Test func `columns of extreme values are learned from`() throws {
    let base = try table(rowCount: 500, seed: 44)
    guard case .number(let values) = base.matrix.columns[0] else { return }
    for factor in [1e-300, 1e300] {
      let matrix = base.matrix.replacing(
        0, with: .number(values.map { $0 * factor }))
      let set = try TrainingSet(matrix: matrix, labels: base.labels)
      for shape in ColumnTreatment.Shape.allCases {
        var learner = LogisticRegressionLearner()
        learner.columns.shapes["bump"] = shape
        let model = try learner.fitted(to: set, threads: 1)
        #expect(model.convergence.isConverged)
        let scores = model.scores(of: matrix, threads: 1)
        #expect(scores.allSatisfy { $0.isFinite })
      }
    }
  }

  @Test func `the model does not depend on the number of threads`() throws {
    let set = try table(rowCount: 9000, seed: 45)
    for columns in [shaped.columns, .automatic] {
      var learner = LogisticRegressionLearner()
      learner.columns = columns
      let one = try learner.fitted(to: set, threads: 1)
      for threads in [2, 3, 8] {
        #expect(try learner.fitted(to: set, threads: threads) == one)
      }
    }
  }

  @Test func `a quantity that does not vary, or of few values, takes no curve`() throws {
    let set = try SeededTables.numbers(
      [(0..<200).map { Double($0 % 3) }, [Double](repeating: 4, count: 200)],
      labels: (0..<200).map { $0 % 7 < 3 })
    var learner = LogisticRegressionLearner()
    learner.columns.shapes = ["x0": .spline, "x1": .spline]
    let model = try learner.fitted(to: set, threads: 1)
    guard case .quantity = model.terms[0].form else {
      Issue.record("no line: \(model.terms[0].form)")
      return
    }
    #expect(model.terms[1].form == .constant)
  }

  // MARK: - What is decided

  @Test func `a bump becomes a curve, a line stays one, and a wide category is encoded`() throws {
    let set = try table(rowCount: 6000, seed: 46)
    var learner = LogisticRegressionLearner()
    learner.columns = .automatic
    let model = try learner.fitted(to: set, threads: 2)
    guard case .curve(let curve) = model.terms[0].form, case .quantity = model.terms[2].form,
      case .encoded = model.terms[3].form
    else {
      Issue.record("terms of another form: \(model.terms.map(\.form))")
      return
    }
    let values = curve.values.map(\.value)
    #expect(values.max() == values[2])
    #expect(curve.values.allSatisfy { $0.standardError! > 0 && $0.standardError! < 1 })
    learner.columns.shapes["bump"] = ColumnTreatment.Shape.none
    learner.columns.encoded["level"] = false
    let plain = try learner.fitted(to: set, threads: 2)
    guard case .quantity = plain.terms[0].form, case .category = plain.terms[3].form else {
      Issue.record("a name does not decide: \(plain.terms.map(\.form))")
      return
    }
  }

  @Test func `noise is rarely given curves`() throws {
    var generator = SeededGenerator(seed: 47)
    let columns = (0..<40).map { _ in (0..<2000).map { _ in generator.nextUnit() } }
    let set = try SeededTables.numbers(
      columns, labels: (0..<2000).map { _ in generator.nextUnit() < 0.4 })
    var learner = LogisticRegressionLearner()
    learner.columns = .automatic
    let curves = try learner.fitted(to: set, threads: 2).terms.count {
      if case .curve = $0.form { true } else { false }
    }
    #expect(curves <= 6)
  }

  // MARK: - Encoding

  /// A category without effect whose levels have four rows each.
  private func noise(_ scheme: ValidationScheme, labels: [Bool]) throws -> TrainingSet {
    try TrainingSet(
      matrix: FeatureMatrix(
        features: [Feature(name: "who", kind: .category(levels: (0..<250).map { "\($0)" }))],
        columns: [.category((0..<1000).map { Int32($0 % 250) })], rowCount: 1000),
      labels: labels, scheme: scheme)
  }

  @Test(arguments: [false, true]) func `levels that say nothing are not learned by heart`(
    goesForward: Bool
  ) throws {
    var generator = SeededGenerator(seed: 48)
    let labels = (0..<1000).map { _ in generator.nextUnit() < 0.3 }
    let rule: ValidationScheme.Rule =
      goesForward ? .forward(time: (0..<1000).map { Double($0 / 10) }, groups: nil) : .stratified
    let set = try noise(ValidationScheme(rule, seed: 1), labels: labels)
    var learner = LogisticRegressionLearner()
    learner.l2 = 0
    learner.columns.encoded["who"] = true
    let model = try learner.fitted(to: set, threads: 1)
    guard case .encoded(_, _, let coefficient) = model.terms[0].form else {
      Issue.record("not encoded: \(model.terms[0].form)")
      return
    }
    // A row's own outcome would make levels look telling: 14 standard errors and more.
    #expect(coefficient.value.magnitude < 4 * coefficient.standardError!)
  }

  @Test func `going forward, what is learned of a row's level was known at its time`() throws {
    var labels = (0..<1000).map { $0 % 3 == 0 }
    let time = (0..<1000).map { Double($0 / 10) }
    let scheme = ValidationScheme(.forward(time: time, groups: nil, embargo: 5), seed: 1)
    func values() throws -> [Double] {
      let set = try noise(scheme, labels: labels)
      guard case .category(let codes) = set.matrix.columns[0] else { return [] }
      return LevelEncoding.outOfFold(of: codes, levelCount: 250, set: set)
    }
    let before = try values()
    // The outcome of row 400, at 40, is known from 45 on.
    labels[400].toggle()
    let after = try values()
    #expect(before[..<450] == after[..<450])
    #expect(before[450...] != after[450...])
    #expect(before[..<50].allSatisfy { $0 == 0 })
    // Row 650 is of row 400's level, and knows of rows before 60 or at it.
    let known = (0..<610).filter { time[$0] + 5 <= time[650] }
    let base = (Double(known.count { labels[$0] }) + 0.5) / (Double(known.count) + 1)
    let own = known.filter { $0 % 250 == 150 }
    let rate =
      (Double(own.count { labels[$0] }) + LevelEncoding.priorWeight * base)
      / (Double(own.count) + LevelEncoding.priorWeight)
    #expect(abs(after[650] - LogLoss.score(rate) + LogLoss.score(base)) < 1e-12)
  }

  @Test func `in folds, what is learned of a row's level is of the other folds`() throws {
    var generator = SeededGenerator(seed: 49)
    let labels = (0..<1000).map { _ in generator.nextUnit() < 0.3 }
    let set = try noise(ValidationScheme(.stratified, seed: 4), labels: labels)
    guard case .category(let codes) = set.matrix.columns[0] else { return }
    let values = LevelEncoding.outOfFold(of: codes, levelCount: 250, set: set)
    for split in set.scheme.splits(labels: labels, foldCount: 5) {
      let base =
        (Double(split.training.count { labels[$0] }) + 0.5) / (Double(split.training.count) + 1)
      for row in split.validation.prefix(20) {
        let own = split.training.filter { codes[$0] == codes[row] }
        let rate =
          (Double(own.count { labels[$0] }) + LevelEncoding.priorWeight * base)
          / (Double(own.count) + LevelEncoding.priorWeight)
        #expect(abs(values[row] - LogLoss.score(rate) + LogLoss.score(base)) < 1e-12)
      }
    }
  }
}
