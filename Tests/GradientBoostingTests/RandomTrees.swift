import GradientBoosting
import Learning

/// Trees and rows made up to meet every edge of a test: values at thresholds and beside them,
/// missing and infinite ones, levels in and out of sets.
struct RandomTrees {
  private var generator: SeededGenerator
  /// Quantities first, then categories.
  let features = [
    Feature(name: "few", kind: .number), Feature(name: "flag", kind: .boolean),
    Feature(name: "many", kind: .number), Feature(name: "small", kind: .category(levels: ["a"])),
    Feature(name: "large", kind: .category(levels: (0..<150).map { "level \($0)" })),
    Feature(name: "unused", kind: .number),
  ]
  private let few: [Double] = [
    -.infinity, -3, -1.5, -.leastNonzeroMagnitude, -0.0, 0.1, 0.2, 1, 7e9, .infinity,
  ]
  private let many: [Double]

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    // More than a byte can rank, and more than two bytes' worth of planes.
    many = (0..<700).map { Double($0) / 7 - 50 }
  }

  /// Trees with these numbers of leaves; `chain` hangs every split below the one before.
  mutating func trees(leaves: [Int], chain: Bool = false, nanThresholds: Bool = false)
    -> BoostedTrees
  {
    BoostedTrees(
      featureCount: features.count, baseScore: -0.3,
      trees: leaves.map { tree(leaves: $0, chain: chain, nanThresholds: nanThresholds) })
  }

  private mutating func tree(leaves: Int, chain: Bool, nanThresholds: Bool) -> Tree {
    var tree = Tree(nodes: [leaf()], levelSets: [])
    var ends = [0]
    while ends.count < leaves {
      let place = chain ? ends.count - 1 : generator.nextIndex(below: ends.count)
      let parent = ends.remove(at: place)
      let next = Int32(tree.nodes.count)
      // Children need not stand in order.
      let swapped = generator.nextIndex(below: 2) == 0
      tree.nodes[parent] = test(
        left: swapped ? next + 1 : next, right: swapped ? next : next + 1, of: &tree)
      if nanThresholds && generator.nextIndex(below: 4) == 0 {
        tree.nodes[parent].threshold = .nan
      }
      tree.nodes += [leaf(), leaf()]
      ends += [Int(next), Int(next) + 1]
    }
    return tree
  }

  private mutating func leaf() -> TreeNode {
    .leaf(value: generator.nextUnit() * 0.2 - 0.1, cover: 1)
  }

  private mutating func test(left: Int32, right: Int32, of tree: inout Tree) -> TreeNode {
    let feature = generator.nextIndex(below: 5)
    var node = TreeNode(
      feature: Int32(feature), left: left, right: right, threshold: 0, levelSet: -1,
      missingGoesLeft: generator.nextIndex(below: 2) == 0,
      unseenGoesLeft: generator.nextIndex(below: 2) == 0, gain: 1, cover: 2, value: 0)
    switch feature {
    case 0: node.threshold = few[generator.nextIndex(below: few.count)]
    case 1: node.threshold = 0.5
    case 2: node.threshold = many[generator.nextIndex(below: many.count)]
    default:
      node.levelSet = Int32(tree.levelSets.count)
      // Some sets have no words, or none for the last levels.
      let wordCount = generator.nextIndex(below: feature == 3 ? 2 : 4)
      tree.levelSets.append(LevelSet(words: (0..<wordCount).map { _ in generator.next() }))
    }
    return node
  }

  /// Rows for those trees.
  mutating func matrix(rowCount: Int) -> FeatureMatrix {
    let columns: [FeatureColumn] = [
      .number((0..<rowCount).map { _ in value(near: few) }),
      .number((0..<rowCount).map { _ in [0, 1, .nan][generator.nextIndex(below: 3)] }),
      .number((0..<rowCount).map { _ in value(near: many) }),
      .category((0..<rowCount).map { _ in Int32(generator.nextIndex(below: 3)) - 2 }),
      .category((0..<rowCount).map { _ in Int32(generator.nextIndex(below: 152)) - 2 }),
      .number((0..<rowCount).map { _ in generator.nextUnit() }),
    ]
    return FeatureMatrix(features: features, columns: columns, rowCount: rowCount)
  }

  private mutating func value(near thresholds: [Double]) -> Double {
    let threshold = thresholds[generator.nextIndex(below: thresholds.count)]
    switch generator.nextIndex(below: 8) {
    case 0, 1: return threshold
    case 2: return threshold.nextUp
    case 3: return threshold.nextDown
    case 4: return .nan
    case 5: return [.infinity, -.infinity, 0.0, -0.0][generator.nextIndex(below: 4)]
    default: return generator.nextUnit() * 120 - 60
    }
  }
}
