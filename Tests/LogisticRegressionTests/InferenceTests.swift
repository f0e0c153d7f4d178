import Diagnostics
import Learning
import LogisticRegression
import TestSupport
import Testing

@Suite struct InferenceTests {
  private func inference(_ set: TrainingSet, l2: Double, isFirth: Bool = false, threads: Int = 1)
    throws -> LogisticInference
  {
    var learner = LogisticRegressionLearner()
    learner.l2 = l2
    learner.isFirth = isFirth
    learner.inference = .tests
    return try #require(try learner.fitted(to: set, threads: threads).inference)
  }

  private func set(
    _ columns: [FeatureColumn], _ labels: [Bool], weights: [Double]? = nil, groups: [Int]? = nil
  ) throws -> TrainingSet {
    let features = columns.enumerated().map { index, column in
      switch column {
      case .number: Feature(name: "x\(index)", kind: .number)
      case .category(let codes):
        Feature(
          name: "x\(index)",
          kind: .category(levels: (0...codes.max()!).map { "level \($0)" }))
      }
    }
    return try TrainingSet(
      matrix: FeatureMatrix(features: features, columns: columns, rowCount: labels.count),
      labels: labels, weights: weights,
      scheme: ValidationScheme(groups.map { .grouped($0) } ?? .stratified, seed: 0))
  }

  /// Two quantities, a category and outcomes that follow from them by chance.
  private func rows(_ count: Int, seed: UInt64) -> (columns: [FeatureColumn], labels: [Bool]) {
    var generator = SeededGenerator(seed: seed)
    var (x, y, plan, labels) = ([Double](), [Double](), [Int32](), [Bool]())
    for _ in 0..<count {
      x.append(generator.nextUnit() * 4 - 2)
      y.append(generator.nextUnit() < 0.1 ? .nan : generator.nextUnit() * 100)
      plan.append(generator.nextUnit() < 0.5 ? 2 : (generator.nextUnit() < 0.5 ? 0 : 1))
      let score = x.last! - 0.5 + (plan.last! == 0 ? 1 : 0)
      labels.append(generator.nextUnit() < LogLoss.probability(score))
    }
    return ([.number(x), .number(y), .category(plan)], labels)
  }

  @Test(arguments: [0, 1.0])
  func `the number of threads changes no bit`(l2: Double) throws {
    let (columns, labels) = rows(9000, seed: 3)
    let set = try set(columns, labels, groups: (0..<9000).map { $0 * 7919 % 1000 })
    let one = try inference(set, l2: l2, threads: 1)
    #expect(one.groupCount == 1000)
    for threads in [2, 3, 8] { #expect(try inference(set, l2: l2, threads: threads) == one) }
  }

  @Test func `without a penalty two levels are a yes/no, and the frequent one is the reference`()
    throws
  {
    let (columns, labels) = rows(500, seed: 5)
    guard case .category(let codes) = columns[2] else { return }
    let two = codes.map { $0 == 2 ? Int32(1) : 0 }
    let category = try inference(set([columns[0], .category(two)], labels), l2: 0)
    // No where the category is at its reference, so that yes is the other level.
    let frequent: Int32 = two.count(where: { $0 == 1 }) * 2 > 500 ? 1 : 0
    let flag = two.map { $0 == frequent ? 0.0 : 1 }
    let quantity = try inference(set([columns[0], .number(flag)], labels), l2: 0)
    #expect(category.terms[1].reference == frequent)
    let (level, yes) = (category.terms[1].effects[0], quantity.terms[1].effects[0])
    #expect(level.subject == .level(1 - frequent))
    #expect(level.estimate.isWithin(1e-9, of: yes.estimate))
    #expect(level.standardError.isWithin(1e-9, of: yes.standardError))
    #expect(
      category.terms[1].varianceInflation!.isWithin(
        1e-9, of: quantity.terms[1].varianceInflation!))
    #expect(category.terms[1].test!.statistic.isWithin(1e-7, of: quantity.terms[1].test!.statistic))
  }

  @Test func `a test is twice what a fit without the feature loses, with a ridge as well`() throws {
    let (columns, labels) = rows(700, seed: 9)
    for l2 in [0, 2.0] {
      let all = try set(columns, labels)
      let whole = try inference(all, l2: l2)
      for left in columns.indices {
        let kept = columns.indices.filter { $0 != left }
        let less = try set(kept.map { columns[$0] }, labels)
        let loss = try objective(less, l2: l2) - objective(all, l2: l2)
        let test = try #require(whole.terms[left].test)
        #expect((test.statistic - 2 * loss).magnitude < 1e-7, "x\(left), l2 \(l2)")
        #expect(test.degreesOfFreedom == [1, 2, 2][left])
      }
    }
  }

  private func objective(_ set: TrainingSet, l2: Double) throws -> Double {
    var learner = LogisticRegressionLearner()
    learner.l2 = l2
    return try learner.fitted(to: set, threads: 1).objective(on: set, l2: l2)
  }

  @Test func `rows of a group that say the same count once`() throws {
    let (columns, labels) = rows(400, seed: 11)
    let copies = 5
    func repeated<Element>(_ values: [Element]) -> [Element] {
      (0..<copies).flatMap { _ in values }
    }
    guard case .number(let x) = columns[0] else { return }
    let alone = try inference(
      set([.number(x)], labels, groups: Array(0..<400)), l2: 0
    ).terms[0].effects[0]
    let copied = try inference(
      set([.number(repeated(x))], repeated(labels), groups: repeated(Array(0..<400))), l2: 0
    ).terms[0].effects[0]
    // The information takes each copy for news; groups know better, but for the factor by rows.
    #expect(copied.standardError.isWithin(1e-7, of: alone.standardError / 5.0.squareRoot()))
    let factor = (1999.0 / 1998 / (399.0 / 398)).squareRoot()
    #expect(copied.clusteredError!.isWithin(1e-7, of: alone.clusteredError! * factor))
  }

  @Test func `a copied column is named, and no effect of it is estimable without a penalty`() throws
  {
    let (columns, labels) = rows(500, seed: 13)
    let copied = try set([columns[0], columns[0], columns[2]], labels)
    let found = try inference(copied, l2: 0)
    #expect(
      found.correlatedColumns == [
        [.init(feature: 0, subject: .quantity), .init(feature: 1, subject: .quantity)]
      ])
    #expect(found.terms[0].varianceInflation == .infinity)
    #expect(found.terms[2].varianceInflation!.isWithin(0.1, of: 1))
    #expect(!found.terms[0].effects[0].isEstimable && !found.terms[1].effects[0].isEstimable)
    #expect(found.terms[2].effects.map(\.isEstimable) == [true, true])
    #expect(found.parameterCount == 4)
    // Without one of them the other says the same.
    #expect(found.terms[0].test == nil && found.terms[2].test?.degreesOfFreedom == 2)
    #expect(try inference(copied, l2: 1).terms[0].effects[0].isEstimable)
  }

  @Test func `degrees of freedom and inflation leave out what other features give exactly`() throws
  {
    let (columns, labels) = rows(500, seed: 15)
    guard case .category(let plan) = columns[2] else { return }
    // Two features share one of three levels, and a third is the sum of two others.
    var generator = SeededGenerator(seed: 2)
    let other = plan.map { $0 == 0 ? Int32(0) : (generator.nextUnit() < 0.5 ? 1 : 2) }
    guard case .number(let x) = columns[0] else { return }
    let y = x.map { _ in generator.nextUnit() }
    let set = try set(
      [columns[0], .category(plan), .category(other), .number(y), .number(zip(x, y).map(+))],
      labels)
    let found = try inference(set, l2: 0)
    #expect(found.parameterCount == 1 + 1 + 2 + 1 + 1)
    #expect(found.terms.map { $0.test?.degreesOfFreedom } == [nil, 1, 1, nil, nil])
    #expect(found.terms[0].varianceInflation == .infinity)
    #expect(found.terms[1].varianceInflation!.isFinite && found.terms[1].columnCount == 1)
  }

  @Test func `a value far out and a column that tells all are named`() throws {
    var (columns, labels) = rows(500, seed: 17)
    guard case .number(var x) = columns[0] else { return }
    x[3] = 1e6
    columns[0] = .number(x)
    columns.append(.number(labels.map { $0 ? 1 : 0 }))
    let found = try inference(set(columns, labels), l2: 1)
    #expect(found.terms[0].hasFatTails && !found.terms[1].hasFatTails)
    #expect(found.terms[0].largestDeviation! > 20 && found.terms[0].kurtosis! > 400)
    // A uniform distribution has 9/5.
    #expect(found.terms[1].kurtosis!.isWithin(0.1, of: 1.8))
    #expect(found.separatingFeatures == [3])
  }

  @Test func `Firth's penalty is refused where a pass takes too long, or beside a ridge`() throws {
    let (columns, labels) = rows(300, seed: 19)
    #expect(throws: Diagnostic.self) { try inference(set(columns, labels), l2: 1, isFirth: true) }
    let wide = try set(
      (0..<201).map { place in
        .number((0..<300).map { Double($0 * (place + 3) % 101) })
      }, labels)
    #expect(throws: Diagnostic.self) { try inference(wide, l2: 0, isFirth: true) }
    let copied = try set([columns[0], columns[0], columns[2]], labels)
    let error = #expect(throws: Diagnostic.self) { try inference(copied, l2: 0, isFirth: true) }
    #expect(error?.message.contains("'x0', 'x1'") == true && error?.message.contains("x2") == false)
  }

  @Test
  func `a column that separates has a finite estimate and a telling test with Firth's penalty`()
    throws
  {
    let (columns, labels) = rows(300, seed: 23)
    let set = try set(columns + [.number(labels.map { $0 ? 1 : 0 })], labels)
    let found = try inference(set, l2: 0, isFirth: true)
    #expect(found.terms[3].effects[0].estimate.magnitude < 50)
    #expect(found.terms[3].effects[0].isEstimable)
    #expect(try #require(found.terms[3].test).p < 1e-10)
  }
}
