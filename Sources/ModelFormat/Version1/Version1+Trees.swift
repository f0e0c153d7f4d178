import Diagnostics
import GradientBoosting
import Learning
import Scoring

extension Version1 {
  static func write(_ model: BoostedTrees, to writer: inout ByteWriter) {
    writer.write(model.baseScore)
    writer.write(model.trees) { writer, tree in
      writer.write(tree.levelSets) { writer, set in
        writer.write(set.words) { $0.write($1) }
      }
      writer.write(tree.nodes) { writer, node in
        writer.write(node.feature)
        writer.write(node.cover)
        if node.isLeaf {
          writer.write(node.value)
        } else {
          writer.write(node.left)
          writer.write(node.right)
          writer.write(node.levelSet)
          writer.write(node.threshold)
          writer.write(UInt8((node.missingGoesLeft ? 1 : 0) | (node.unseenGoesLeft ? 2 : 0)))
          writer.write(node.gain)
        }
      }
    }
  }

  static func trees(_ reader: inout ByteReader, features: [Feature]) throws(Diagnostic)
    -> BoostedTrees
  {
    let baseScore = try reader.readFinite("the base score")
    var number = 0
    let trees = try reader.readArray(
      "trees", limit: ModelLimits.treeCount, smallest: 8
    ) { reader throws(Diagnostic) in
      number += 1
      let levelSets = try reader.readArray(
        "level sets", limit: ModelLimits.nodeCount, smallest: 4
      ) { reader throws(Diagnostic) in
        LevelSet(
          words: try reader.readArray(
            "words", limit: ModelLimits.levelCount / 64 + 1, smallest: 8
          ) { reader throws(Diagnostic) in try reader.read(UInt64.self) })
      }
      let nodes = try reader.readArray(
        "nodes", limit: ModelLimits.nodeCount, smallest: 20
      ) { reader throws(Diagnostic) in try node(&reader) }
      let tree = Tree(nodes: nodes, levelSets: levelSets)
      if let fault = fault(of: tree, features: features) {
        throw reader.invalid("tree \(number) \(fault)")
      }
      return tree
    }
    // Sums over all trees, and over the leaves in an explanation, must stay finite as well.
    let largest = trees.reduce(baseScore.magnitude) { sum, tree in
      sum + tree.nodes.reduce(0) { max($0, $1.value.magnitude) }
    }
    guard largest < ModelLimits.scoreMagnitude else {
      throw reader.invalid("leaf values that add up to \(largest)")
    }
    return BoostedTrees(featureCount: features.count, baseScore: baseScore, trees: trees)
  }

  private static func node(_ reader: inout ByteReader) throws(Diagnostic) -> TreeNode {
    let feature = try reader.read(Int32.self)
    let cover = try reader.readFinite("a cover")
    guard feature >= 0 else {
      guard feature == -1 else { throw reader.invalid("a node with feature \(feature)") }
      return .leaf(value: try reader.readFinite("a leaf value"), cover: cover)
    }
    let left = try reader.read(Int32.self)
    let right = try reader.read(Int32.self)
    let levelSet = try reader.read(Int32.self)
    let threshold = try reader.readFinite("a threshold")
    let flags = try reader.read(UInt8.self)
    guard flags < 4 else { throw reader.invalid("a node with flags \(flags)") }
    return TreeNode(
      feature: feature, left: left, right: right, threshold: threshold, levelSet: levelSet,
      missingGoesLeft: flags & 1 != 0, unseenGoesLeft: flags & 2 != 0,
      gain: try reader.readFinite("a gain"), cover: cover, value: 0)
  }

  /// What is wrong with a tree: every walk must end, and every index must exist.
  private static func fault(of tree: Tree, features: [Feature]) -> String? {
    guard !tree.nodes.isEmpty else { return "has no nodes" }
    var parentCount = [Int](repeating: 0, count: tree.nodes.count)
    var depth = parentCount
    for (index, node) in tree.nodes.enumerated() {
      // Counts of rows: their sums are exact, and no share of one in another vanishes.
      guard node.cover >= 1, node.cover <= 0x1p53, node.cover == node.cover.rounded() else {
        return "node \(index): cover \(node.cover)"
      }
      guard !node.isLeaf else { continue }
      guard Int(node.feature) < features.count else {
        return "node \(index): feature \(node.feature) of \(features.count)"
      }
      guard (node.levelSet >= 0) == (features[Int(node.feature)].levelCount > 0),
        Int(node.levelSet) < tree.levelSets.count, node.levelSet >= -1
      else { return "node \(index): level set \(node.levelSet) of \(tree.levelSets.count)" }
      for child in [Int(node.left), Int(node.right)] {
        // Children after their parent: no cycles, and a walk ends after at most all nodes.
        guard child > index, child < tree.nodes.count else {
          return "node \(index): child \(child) of \(tree.nodes.count)"
        }
        parentCount[child] += 1
        depth[child] = depth[index] + 1
      }
      let covers = tree.nodes[Int(node.left)].cover + tree.nodes[Int(node.right)].cover
      guard covers == node.cover else { return "node \(index): its children's covers differ" }
    }
    if let index = parentCount.indices.dropFirst().first(where: { parentCount[$0] != 1 }) {
      return "node \(index): \(parentCount[index]) parents"
    }
    guard depth.max()! <= Tree.depthLimit else {
      return "is \(depth.max()!) levels deep"
    }
    return nil
  }
}
