import Diagnostics
import GradientBoosting
import Learning
import TestSupport
import Testing

@Suite struct GradientBoostingLearnerTests {
  private var small: GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 20
    learner.leafCount = 8
    learner.earlyStoppingPatience = nil
    return learner
  }

  @Test(arguments: [1.0, 0.6]) func `the number of threads never changes a bit`(sample: Double)
    throws
  {
    let set = try SeededTables.mixed(rowCount: 12_000, seed: 1)
    var learner = small
    learner.rowSample = sample
    learner.columnSample = sample
    let reference = try learner.fitted(to: set, threads: 1)
    for threads in [2, 3, 8] {
      let model = try learner.fitted(to: set, threads: threads)
      #expect(model == reference)
      #expect(
        model.scores(of: set.matrix, threads: threads)
          == reference.scores(of: set.matrix, threads: 1))
    }
  }

  @Test func `every tree lowers the training loss`() throws {
    let set = try SeededTables.mixed(rowCount: 2000, seed: 2)
    let model = try small.fitted(to: set, threads: 2)
    var loss = Double.infinity
    for count in 0...model.trees.count {
      var shorter = model
      shorter.trees.removeLast(model.trees.count - count)
      let next = LogLoss.mean(
        scores: shorter.scores(of: set.matrix, threads: 1), labels: set.labels)
      #expect(next < loss)
      loss = next
    }
  }

  /// The best threshold by trying all of them on the rows themselves, without bins or histograms.
  private func bestThreshold(_ values: [Double], _ labels: [Bool], l2: Double)
    -> (threshold: Double, gain: Double)
  {
    let base = Double(labels.count(where: \.self)) / Double(labels.count)
    func worth(_ rows: [Int]) -> Double {
      let gradient = rows.reduce(0) { $0 + base - (labels[$1] ? 1 : 0) }
      return gradient * gradient / (Double(rows.count) * base * (1 - base) + l2)
    }
    let distinct = Set(values).sorted()
    return zip(distinct, distinct.dropFirst()).map { low, high in
      let threshold = low / 2 + high / 2
      let left = values.indices.filter { values[$0] <= threshold }
      let right = values.indices.filter { values[$0] > threshold }
      return (threshold, worth(left) + worth(right) - worth(Array(values.indices)))
    }.max { $0.1 < $1.1 }!
  }

  @Test(arguments: 1...8) func `a stump splits where trying everything splits`(seed: UInt64) throws
  {
    var generator = SeededGenerator(seed: seed)
    let values = (0..<120).map { _ in (generator.nextUnit() * 30).rounded() }
    let labels = values.map { generator.nextUnit() < ($0 > 12 ? 0.7 : 0.3) }
    let set = try SeededTables.numbers([values], labels: labels)
    var learner = small
    learner.treeCount = 1
    learner.leafCount = 2
    learner.minimumRowsPerLeaf = 1
    let root = try learner.fitted(to: set, threads: 1).trees[0].nodes[0]
    let best = bestThreshold(values, labels, l2: learner.l2)
    #expect(root.threshold == best.threshold)
    // Gradients are whole numbers of 16 bits.
    #expect(abs(root.gain - best.gain) < 1e-3 * best.gain)
  }

  @Test func `missing cells go to the side where their labels are`() throws {
    let values: [Double] = (0..<300).map { $0 % 3 == 0 ? .nan : Double($0 % 3) }
    for missingLabel in [true, false] {
      let labels = values.map { $0.isNaN ? missingLabel : $0 == 1 }
      let model = try small.fitted(to: SeededTables.numbers([values], labels: labels), threads: 1)
      let matrix = try SeededTables.numbers([[.nan, 1, 2]], labels: [true, false, false]).matrix
      let scores = model.scores(of: matrix, threads: 1)
      #expect(scores[1] > scores[2])
      #expect(missingLabel ? scores[0] > scores[2] : scores[0] < scores[1])
    }
  }

  @Test func `levels are grouped by outcome, and missing and unseen ones have a place`() throws {
    let set = try SeededTables.mixed(rowCount: 6000, seed: 4, levelCount: 30)
    var learner = small
    learner.treeCount = 60
    let model = try learner.fitted(to: set, threads: 2)
    func score(_ code: Int32) -> Double {
      let matrix = FeatureMatrix(
        features: set.matrix.features,
        columns: [.number([0]), .number([50]), .number([0]), .category([code])], rowCount: 1)
      return model.scores(of: matrix, threads: 1)[0]
    }
    for level in stride(from: Int32(0), to: 30, by: 2) { #expect(score(level) > score(level + 1)) }
    #expect(score(CategoryCode.missing).isFinite)
    #expect(score(CategoryCode.unseen).isFinite)
  }

  @Test(arguments: [1, -1]) func `a monotone feature never turns`(sign: Int) throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 6)
    var learner = small
    learner.treeCount = 60
    learner.monotone = [0: sign, 1: -sign]
    learner.minimumRowsPerLeaf = 3
    let model = try learner.fitted(to: set, threads: 2)
    for row in 0..<20 {
      for (feature, direction) in [(0, sign), (1, -sign)] {
        let sweep = (0..<200).map { Double($0) / 2 - 3 }
        let columns = set.matrix.columns.enumerated().map { index, column -> FeatureColumn in
          index == feature
            ? .number(sweep) : column.selecting([Int](repeating: row, count: sweep.count))
        }
        let matrix = FeatureMatrix(
          features: set.matrix.features, columns: columns, rowCount: sweep.count)
        let scores = model.scores(of: matrix, threads: 1)
        #expect(
          zip(scores, scores.dropFirst()).allSatisfy {
            Double(direction) * ($1 - $0) >= 0
          })
      }
    }
  }

  @Test func `no leaf has fewer rows than asked, and every cover is the sum of its children's`()
    throws
  {
    let set = try SeededTables.mixed(rowCount: 2000, seed: 8)
    var learner = small
    learner.leafCount = 64
    learner.minimumRowsPerLeaf = 37
    for tree in try learner.fitted(to: set, threads: 1).trees {
      #expect(tree.leafCount <= 64)
      for node in tree.nodes {
        if node.isLeaf {
          #expect(node.cover >= 37)
        } else {
          #expect(
            node.cover == tree.nodes[Int(node.left)].cover + tree.nodes[Int(node.right)].cover)
        }
      }
    }
  }

  @Test func `no path is longer than what can be explained`() throws {
    // Where outcomes take turns, cutting off one row at the end gains most: a chain, on two features
    // because one has fewer bins than the chain has links.
    let order = (0..<500).map(Double.init)
    let matrix = FeatureMatrix(
      features: [Feature(name: "x", kind: .number), Feature(name: "y", kind: .number)],
      columns: [.number(order.map { min($0, 250) }), .number(order.map { max($0, 250) })],
      rowCount: order.count)
    let set = try TrainingSet(
      matrix: matrix, labels: order.indices.map { $0.isMultiple(of: 2) })
    var learner = small
    learner.treeCount = 1
    learner.leafCount = 600
    learner.minimumRowsPerLeaf = 1
    learner.minimumHessianPerLeaf = 0
    learner.l2 = 0
    let tree = try learner.fitted(to: set, threads: 1).trees[0]
    var depth = [Int](repeating: 0, count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
      depth[Int(node.left)] = depth[index] + 1
      depth[Int(node.right)] = depth[index] + 1
    }
    #expect(depth.max()! == Tree.depthLimit)
  }

  @Test func `early stopping keeps fewer trees on noise than on signal`() throws {
    var generator = SeededGenerator(seed: 9)
    let noise = (0..<2000).map { _ in generator.nextUnit() }
    let labels = noise.map { _ in generator.nextUnit() < 0.3 }
    let learner = GradientBoostingLearner()
    let onNoise = try learner.fitted(
      to: SeededTables.numbers([noise], labels: labels), threads: 2)
    let signal = try SeededTables.mixed(rowCount: 2000, seed: 10)
    let onSignal = try learner.fitted(to: signal, threads: 2)
    #expect(onNoise.trees.count < 10)
    #expect(onSignal.trees.count > 20)
    #expect(onSignal.trees.count < learner.settled(for: signal).treeCount!)
  }

  @Test func `weights of a whole number count as repeated rows`() throws {
    var generator = SeededGenerator(seed: 12)
    let values = (0..<600).map { _ in (generator.nextUnit() * 20).rounded() }
    let labels = values.map { generator.nextUnit() < $0 / 25 }
    let repeats = values.indices.map { $0 % 3 + 1 }
    let rows = repeats.enumerated().flatMap { [Int](repeating: $0.offset, count: $0.element) }
    let set = try SeededTables.numbers([values], labels: labels)
    var learner = small
    learner.minimumRowsPerLeaf = 1
    learner.minimumHessianPerLeaf = 5
    let repeated = try learner.fitted(to: set.selecting(rows), threads: 1)
    let weighted = try learner.fitted(
      to: TrainingSet(matrix: set.matrix, labels: labels, weights: repeats.map(Double.init)),
      threads: 1)
    for (one, other) in zip(
      repeated.scores(of: set.matrix, threads: 1), weighted.scores(of: set.matrix, threads: 1))
    {
      // Gradients are rounded in units of the largest weight's.
      #expect(abs(one - other) < 1e-4)
    }
  }

  @Test func `a table without variation has no tree, and scores the base rate`() throws {
    let set = try SeededTables.numbers(
      [[Double](repeating: 3, count: 100)], labels: (0..<100).map { $0 < 20 })
    let model = try small.fitted(to: set, threads: 1)
    #expect(model.trees.isEmpty)
    #expect(abs(LogLoss.probability(model.baseScore) - 0.2) < 1e-12)
  }

  @Test func `parameters out of range are refused by their option's name`() throws {
    let set = try SeededTables.mixed(rowCount: 100, seed: 1)
    var learner = GradientBoostingLearner()
    learner.learningRate = 0
    let error = #expect(throws: Diagnostic.self) { try learner.fitted(to: set, threads: 1) }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("--learning-rate") == true)
  }
}
