import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct SplitSearchTests {
  private func mapper(_ binCount: Int, hasMissing: Bool) -> BinMapper {
    let values =
      (0..<binCount * 30).map { Double($0 % binCount) } + (hasMissing ? [.nan] : [])
    return BinMapper(of: .number(values), levelCount: 0, binLimit: 256)
  }

  /// A node's histogram of a quantity, a fifth of its bins empty, and how it is searched.
  private func search(
    seed: UInt64, bar: Double = 0, _ body: (inout SplitSearch, Span<HistogramBin>) -> Void
  ) -> SplitCandidate? {
    var generator = SeededGenerator(seed: seed)
    let mapper = mapper(2 + generator.nextIndex(below: 60), hasMissing: seed % 3 == 0)
    let bins = (0..<mapper.binCount).map { _ in
      generator.nextIndex(below: 5) == 0
        ? HistogramBin()
        : HistogramBin(
          gradientSum: Int64(generator.nextIndex(below: 2001)) - 1000,
          hessianSum: Int64(generator.nextIndex(below: 900)))
    }
    let sum = bins.reduce(HistogramBin(), +)
    var rules = SplitRules()
    rules.minimumRowsPerLeaf = Int(seed % 40)
    // Losses of any size: 1, and so small or large that sums cannot be compared undivided.
    let size = [1, 1e-70, 1e90][Int(seed % 4) % 3]
    rules.minimumHessianPerLeaf *= size
    rules.l2 *= size
    var search = SplitSearch(
      rules: rules, mapper: mapper, feature: 0, monotone: 0,
      node: NodeStatistics(sum: sum, rowCount: 500),
      units: GradientUnits(
        gradientBound: 32_767 * size, hessianBound: 65_535 * size, rowCount: 500), bar: bar)
    // What is read behind the bins decides nothing.
    let padding = [HistogramBin](
      repeating: HistogramBin(gradientSum: 1 << 20, hessianSum: 1 << 20),
      count: ThresholdKernel.slack)
    body(&search, (bins + padding).span)
    return search.best
  }

  @Test(arguments: 1...60) func `the fast search finds what the plain one finds`(seed: UInt64) {
    let fast = search(seed: seed) { $0.searchPlainThresholds($1, kernel: .readable) }
    let plain = search(seed: seed) { $0.searchThresholds($1) }
    #expect(fast?.test == plain?.test)
    #expect(fast?.missingGoesLeft == plain?.missingGoesLeft)
    #expect(fast?.left == plain?.left)
    if let fast, let plain { #expect(abs(fast.gain - plain.gain) <= 1e-9 * plain.gain) }
  }

  @Test(arguments: ThresholdKernel.supported)
  func `vectors of any width find the same bits`(kernel: ThresholdKernel) {
    for seed in 1...300 as ClosedRange<UInt64> {
      let readable = search(seed: seed) { $0.searchPlainThresholds($1, kernel: .readable) }
      let found = search(seed: seed) { $0.searchPlainThresholds($1, kernel: kernel) }
      #expect(found?.test == readable?.test)
      #expect(found?.gain == readable?.gain)
      #expect(found?.left == readable?.left)
      #expect(found?.missingGoesLeft == readable?.missingGoesLeft)
      guard let readable else { continue }
      // As good as what there is: found again. Less good: passed over.
      let asGood = search(seed: seed, bar: readable.gain) {
        $0.searchPlainThresholds($1, kernel: kernel)
      }
      #expect(asGood?.gain == readable.gain)
      let lessGood = search(seed: seed, bar: readable.gain * 1.001) {
        $0.searchPlainThresholds($1, kernel: kernel)
      }
      #expect(lessGood == nil)
    }
  }

  /// A split that a recount allows must not be refused again: growing would never end.
  @Test(.timeLimit(.minutes(1))) func `rows of no weight are counted as rows`() throws {
    let set = try SeededTables.mixed(rowCount: 4000, seed: 47)
    let weights = (0..<4000).map { $0 % 3 == 0 ? 1.0 : 0 }
    var learner = GradientBoostingLearner()
    learner.treeCount = 20
    learner.earlyStoppingPatience = nil
    let model = try learner.fitted(
      to: TrainingSet(matrix: set.matrix, labels: set.labels, weights: weights), threads: 2)
    for node in model.trees.flatMap(\.nodes) where node.isLeaf { #expect(node.cover >= 20) }
  }

  /// Sums do not tell of missing cells of next to no weight, yet each has gone to one of the sides.
  @Test func `a tree sends each row where it went while growing`() throws {
    let rowCount = 4000
    let values = (0..<rowCount).map { $0 % 20 == 0 ? Double.nan : Double($0 % 10) }
    let matrix = FeatureMatrix(
      features: [Feature(name: "x", kind: .number)], columns: [.number(values)],
      rowCount: rowCount)
    var learner = GradientBoostingLearner()
    learner.treeCount = 3
    learner.leafCount = 4
    learner.earlyStoppingPatience = nil
    let model = try learner.fitted(
      to: TrainingSet(
        matrix: matrix, labels: values.map { $0 > 6 },
        weights: values.map { $0.isNaN ? 1e-9 : 1 }), threads: 1)
    for tree in model.trees {
      var cover = [Double](repeating: 0, count: tree.nodes.count)
      for value in values {
        var node = 0
        cover[node] += 1
        while !tree.nodes[node].isLeaf {
          let test = tree.nodes[node]
          let goesLeft = value.isNaN ? test.missingGoesLeft : value <= test.threshold
          node = Int(goesLeft ? test.left : test.right)
          cover[node] += 1
        }
      }
      #expect(cover == tree.nodes.map(\.cover))
    }
  }
}
