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

  /// The fast search over four thresholds at a time, and its readable twin.
  @Test(arguments: 1...60) func `the fast search finds what the plain one finds`(seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let hasMissing = seed % 3 == 0
    let mapper = mapper(2 + generator.nextIndex(below: 60), hasMissing: hasMissing)
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
    let node = NodeStatistics(sum: sum, rowCount: 500)
    func search(_ body: (inout SplitSearch) -> Void) -> SplitCandidate? {
      var search = SplitSearch(
        rules: rules, mapper: mapper, feature: 0, monotone: 0, node: node,
        units: GradientUnits(gradientBound: 32_767, hessianBound: 65_535, rowCount: 500))
      body(&search)
      return search.best
    }
    let fast = search { $0.searchPlainThresholds(bins.span) }
    let plain = search { $0.searchThresholds(bins.span) }
    #expect(fast?.test == plain?.test)
    #expect(fast?.missingGoesLeft == plain?.missingGoesLeft)
    #expect(fast?.left == plain?.left)
    if let fast, let plain { #expect(abs(fast.gain - plain.gain) <= 1e-9 * plain.gain) }
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
}
