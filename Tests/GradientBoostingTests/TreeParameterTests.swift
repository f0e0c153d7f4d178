import Diagnostics
import GradientBoosting
import Learning
import TestSupport
import Testing

/// What each parameter of a tree promises, on trees as they are grown.
@Suite struct TreeParameterTests {
  private var learner: GradientBoostingLearner {
    var learner = GradientBoostingLearner()
    learner.treeCount = 15
    learner.leafCount = 12
    learner.earlyStoppingPatience = nil
    return learner
  }

  private func trees(
    _ set: TrainingSet, _ change: (inout GradientBoostingLearner) -> Void
  ) throws -> [Tree] {
    var learner = learner
    change(&learner)
    return try learner.fitted(to: set, threads: 2).trees
  }

  /// Calls `body` with the tests on the way to each node, the node's own not among them.
  private func forEachNode(_ tree: Tree, _ body: (_ node: TreeNode, _ path: [TreeNode]) -> Void) {
    var paths = [[TreeNode]](repeating: [], count: tree.nodes.count)
    for (index, node) in tree.nodes.enumerated() {
      body(node, paths[index])
      guard !node.isLeaf else { continue }
      for child in [node.left, node.right] { paths[Int(child)] = paths[index] + [node] }
    }
  }

  @Test func `no path has more tests than the depth limit, and one has as many`() throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 31)
    for limit in [1, 2, 5] {
      var deepest = 0
      for tree in try trees(set, { $0.depthLimit = limit }) {
        forEachNode(tree) { deepest = max(deepest, $1.count) }
      }
      #expect(deepest == limit)
    }
  }

  @Test func `no split gains less than the least gain`() throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 32)
    let free = try trees(set) { _ in }.flatMap(\.nodes).filter { !$0.isLeaf }.map(\.gain)
    let bound = try trees(set) { $0.minimumGain = 20 }.flatMap(\.nodes).filter { !$0.isLeaf }
      .map(\.gain)
    #expect(free.min()! < 20)
    #expect(!bound.isEmpty)
    #expect(bound.allSatisfy { $0 > 20 })
  }

  @Test func `with l1, every leaf is as much smaller as the penalty says`() throws {
    var generator = SeededGenerator(seed: 33)
    let values = (0..<400).map { _ in generator.nextUnit() < 0.5 ? 0.0 : 1.0 }
    let labels = values.map { generator.nextUnit() < ($0 > 0 ? 0.7 : 0.2) }
    let set = try SeededTables.numbers([values], labels: labels)
    let base = Double(labels.count(where: \.self)) / 400
    for l1 in [0.0, 3, 11] {
      let tree = try trees(set) {
        $0.treeCount = 1
        $0.l1 = l1
      }[0]
      for value in [0.0, 1] {
        let rows = values.indices.filter { values[$0] == value }
        let gradient = rows.reduce(0) { $0 + base - (labels[$1] ? 1 : 0) }
        let hessian = Double(rows.count) * base * (1 - base)
        let pulled = gradient < 0 ? gradient + l1 : gradient - l1
        let found = tree.leaf([value].span).value
        #expect(abs(found - -pulled / (hessian + 1) * 0.1) < 1e-4, "l1 \(l1)")
      }
    }
  }

  @Test func `an l1 that outweighs every gradient leaves no tree`() throws {
    let set = try SeededTables.mixed(rowCount: 500, seed: 34)
    #expect(try trees(set) { $0.l1 = 1000 }.isEmpty)
  }

  @Test func `path smoothing draws a small leaf towards its parent`() throws {
    // Ten rows of one outcome at the end of a range where outcomes are even.
    let values = (0..<400).map(Double.init)
    let labels = (0..<400).map { $0 >= 390 || $0.isMultiple(of: 2) }
    let set = try SeededTables.numbers([values], labels: labels)
    func highest(_ smoothing: Double) throws -> Double {
      try trees(set) {
        $0.treeCount = 1
        $0.leafCount = 2
        $0.minimumRowsPerLeaf = 5
        $0.pathSmoothing = smoothing
      }[0].nodes.map(\.value).max()!
    }
    // The root's value is 0, and of the leaf's own it gets n / (n + smoothing).
    let free = try highest(0)
    #expect(abs(try highest(30) / free - 0.25) < 0.02)
  }

  @Test func `a node is split on its share of the features`() throws {
    // Every feature tells the outcome as well as every other.
    var generator = SeededGenerator(seed: 35)
    let truth = (0..<2000).map { _ in generator.nextUnit() * 4 - 2 }
    let columns = (0..<8).map { _ in truth.map { $0 + generator.nextUnit() } }
    let labels = truth.map { generator.nextUnit() < LogLoss.probability($0) }
    let set = try SeededTables.numbers(columns, labels: labels)
    func rootFeatures(_ share: Double) throws -> Set<Int32> {
      Set(
        try trees(set) {
          $0.treeCount = 40
          $0.nodeColumnSample = share
        }.map { $0.nodes[0].feature })
    }
    #expect(try rootFeatures(0.125).count == 8)
    // Of one feature per node, drawn anew at each, most trees have several.
    let perNode = try trees(set) { $0.nodeColumnSample = 0.125 }
    #expect(perNode.contains { Set($0.nodes.map(\.feature)).count > 4 })
    let twice = try trees(set) { $0.nodeColumnSample = 0.125 }
    #expect(perNode == twice)
    #expect(
      try trees(set) {
        $0.nodeColumnSample = 0.125
        $0.seed = 1
      } != perNode)
  }

  @Test func `a feature of no weight is not split on, and of little weight seldom`() throws {
    let set = try SeededTables.mixed(rowCount: 3000, seed: 36)
    func splits(_ weight: Double?) throws -> (roots: Int, all: Int) {
      let trees = try trees(set) { learner in
        if let weight { learner.featureWeights = [0: weight] }
      }
      return (
        trees.count { $0.nodes[0].feature == 0 },
        trees.flatMap(\.nodes).count { $0.feature == 0 }
      )
    }
    let (free, little, none) = (try splits(nil), try splits(0.02), try splits(0))
    #expect(none.all == 0)
    #expect(free.roots > 0 && little.roots == 0)
    #expect(0 < little.all && little.all < free.all)
    #expect(try splits(1) == free)
  }

  @Test func `features meet on a path only within a group`() throws {
    let set = try SeededTables.mixed(rowCount: 4000, seed: 37)
    let groups: [Set<Int>] = [[0, 3], [1, 3]]
    func meetings(_ groups: [Set<Int>]) throws -> Set<Set<Int>> {
      var found: Set<Set<Int>> = []
      for tree in try trees(set, { $0.interactions = groups }) {
        forEachNode(tree) { node, path in
          guard !node.isLeaf else { return }
          found.insert(Set((path + [node]).map { Int($0.feature) }))
        }
      }
      return found
    }
    #expect(try meetings([]).contains { $0.isSuperset(of: [0, 1]) })
    let bound = try meetings(groups)
    #expect(bound.allSatisfy { path in groups.contains { path.isSubset(of: $0) } })
    #expect(bound.contains([0, 3]) && bound.contains([1, 3]))
  }

  @Test func `a level needs as many rows as asked to join others, and a side takes no more levels`()
    throws
  {
    let set = try SeededTables.mixed(rowCount: 6000, seed: 38, levelCount: 40)
    guard case .category(let codes) = set.matrix.columns[3] else { return }
    func sides(_ change: (inout GradientBoostingLearner) -> Void) throws -> [[Int]] {
      try trees(set) {
        $0.treeCount = 5
        $0.leafCount = 2
        $0.featureWeights = [0: 0, 1: 0, 2: 0]
        $0.categoryRowsPerGroup = 1
        $0.categoryRowsPerLevel = 1
        change(&$0)
      }.flatMap(\.levelSets).map { levels in (0..<40).filter(levels.contains) }
    }
    #expect(try sides { _ in }.contains { $0.count > 3 })
    #expect(try sides { $0.categoryLevelLimit = 3 }.allSatisfy { $0.count <= 3 })
    #expect(try sides { $0.categoryOneHotLimit = 50 }.allSatisfy { $0.count == 1 })
    let rowCounts = (0..<40).map { level in codes.count { $0 == Int32(level) } }
    let middle = rowCounts.sorted()[20]
    let large = try sides { $0.categoryRowsPerLevel = middle }
    #expect(!large.isEmpty)
    #expect(large.joined().allSatisfy { Double(rowCounts[$0]) > Double(middle) * 0.9 })
    // No level has as many rows: none is sorted, and there is nothing else to split on.
    #expect(try sides { $0.categoryRowsPerLevel = 1000 }.isEmpty)
  }

  @Test func `every parameter out of range is refused by its option's name`() throws {
    let set = try SeededTables.mixed(rowCount: 100, seed: 1)
    let faults: [(String, (inout GradientBoostingLearner) -> Void)] = [
      ("--l1 ", { $0.l1 = -1 }), ("--path-smoothing ", { $0.pathSmoothing = .infinity }),
      ("--max-depth ", { $0.depthLimit = 0 }), ("--max-depth ", { $0.depthLimit = 257 }),
      ("--min-gain ", { $0.minimumGain = .nan }),
      ("--node-column-sample ", { $0.nodeColumnSample = 0 }),
      ("--feature-weight ", { $0.featureWeights = [0: -1] }),
      ("--feature-weight ", { $0.featureWeights = [4: 1] }),
      ("--interaction ", { $0.interactions = [[0, 9]] }),
      ("--monotone ", { $0.monotone = [7: 1] }), ("--monotone ", { $0.monotone = [0: 2] }),
      ("--goss ", { $0.gradientSampling = GradientSampling(topShare: 0.9, otherShare: 0.2) }),
      ("--goss ", { $0.gradientSampling = GradientSampling(topShare: 0, otherShare: 0.2) }),
      (
        "--row-sample ",
        {
          $0.gradientSampling = GradientSampling()
          $0.rowSample = 0.5
        }
      ),
      ("--early-stopping-min-improvement ", { $0.earlyStoppingMinimumImprovement = -0.1 }),
      ("--category-smoothing ", { $0.categorySmoothing = -1 }),
      ("--category-one-hot ", { $0.categoryOneHotLimit = -1 }),
      ("--category-levels ", { $0.categoryLevelLimit = 0 }),
      ("--category-l2 ", { $0.categoryL2 = -1 }),
      ("--category-rows-per-group ", { $0.categoryRowsPerGroup = 0 }),
      ("--category-rows-per-level ", { $0.categoryRowsPerLevel = 0 }),
    ]
    for (option, spoil) in faults {
      var learner = GradientBoostingLearner()
      spoil(&learner)
      let error = #expect(throws: Diagnostic.self) { try learner.fitted(to: set, threads: 1) }
      #expect(error?.kind == .usage)
      #expect(error?.message.hasPrefix(option) == true, "\(error?.message ?? "none")")
    }
  }
}
