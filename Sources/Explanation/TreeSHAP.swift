import GradientBoosting
import Learning

/// How far each feature moves each row's raw score from the mean score, exactly shared out among the
/// features as Shapley values.
///
/// A coalition's worth is the tree's mean over the training rows that agree with the row on the
/// coalition's features ("path-dependent"), read off the rows that each node was grown with.
///
/// Method: Lundberg, Erion, Lee 2018, "Consistent individualized feature attribution for tree
/// ensembles", algorithm 2, https://arxiv.org/abs/1802.03888. Time per row and tree is
/// O(leaves * depth squared) instead of exponential in the number of features.
public struct TreeSHAP: Sendable {
  private let model: BoostedTrees
  private let deepest: Int
  /// The mean raw score: what a row's contributions are added to.
  public let meanScore: Double

  /// Prepares to explain a model.
  public init(_ model: BoostedTrees) {
    self.model = model
    deepest = model.trees.map(Self.depth).max() ?? 0
    meanScore = model.trees.reduce(model.baseScore) { $0 + Self.mean(of: $1) }
  }

  /// The contributions of every row.
  ///
  /// - Returns: Shape `[rowCount, featureCount]`; a row's contributions and ``meanScore`` add up to
  ///   its raw score, but for rounding.
  public func contributions(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    let ranges = RowBlock.ranges(rowCount: matrix.rowCount)
    return Parallel.map(ranges.count, threads: threads) { index in
      let block = RowBlock(matrix, rows: ranges[index])
      return (0..<block.rowCount).flatMap { position in
        block.withRow(position) { contributions(ofRow: $0) }
      }
    }.flatMap(\.self)
  }

  private func contributions(ofRow values: Span<Double>) -> [Double] {
    var contributions = [Double](repeating: 0, count: model.featureCount)
    // The paths of all levels, one after another: each level works on its own copy.
    var steps = [PathStep](repeating: PathStep(), count: (deepest + 2) * (deepest + 3) / 2)
    var path = steps.mutableSpan
    for tree in model.trees {
      path.visit(
        tree, node: 0, values: values, depth: 0, pathStart: 0, parentStart: 0, zeroShare: 1,
        oneShare: 1, feature: -1, contributions: &contributions)
    }
    return contributions
  }

  /// The tree's value, averaged over the rows it was grown with.
  private static func mean(of tree: Tree) -> Double {
    guard tree.nodes[0].cover > 0 else { return tree.nodes[0].value }
    return tree.nodes.reduce(0) { $0 + $1.value * ($1.cover / tree.nodes[0].cover) }
  }

  private static func depth(of tree: Tree) -> Int {
    var depths = [Int](repeating: 0, count: tree.nodes.count)
    // Children come after their parent, so one pass suffices.
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf {
      depths[Int(node.left)] = depths[index] + 1
      depths[Int(node.right)] = depths[index] + 1
    }
    return depths.max() ?? 0
  }
}

/// A feature met on the way down, and what its presence or absence lets through.
private struct PathStep {
  var feature = -1
  /// The share of training rows that follow this path when the feature is unknown.
  var zeroShare = 0.0
  /// 1 where the row itself follows this path, else 0.
  var oneShare = 0.0
  /// The summed weight of the coalitions of this size.
  var weight = 0.0
}

/// The paths of all levels of a walk from a tree's root, one after another.
extension MutableSpan<PathStep> {
  /// Shares out what the leaves below a node add to one row's score.
  ///
  /// - Parameters:
  ///   - values: The row's values, shape `[featureCount]`.
  ///   - depth: How many steps the parent's path has, which begins at `parentStart`.
  ///   - pathStart: Where this node's path begins.
  ///   - zeroShare: See ``PathStep``, as `oneShare` and `feature`: the step that leads here.
  fileprivate mutating func visit(
    _ tree: Tree, node index: Int, values: Span<Double>, depth: Int, pathStart: Int,
    parentStart: Int, zeroShare: Double, oneShare: Double, feature: Int,
    contributions: inout [Double]
  ) {
    for offset in 0..<depth { self[pathStart + offset] = self[parentStart + offset] }
    extend(pathStart, depth, zeroShare: zeroShare, oneShare: oneShare, feature: feature)
    let node = tree.nodes[index]
    if node.isLeaf {
      for offset in stride(from: 1, through: depth, by: 1) {
        let step = self[pathStart + offset]
        contributions[step.feature] +=
          unwoundSum(pathStart, depth, offset) * (step.oneShare - step.zeroShare) * node.value
      }
      return
    }
    var depth = depth
    var incoming = (zero: 1.0, one: 1.0)
    // A feature met before is taken off the path: its two tests act as one.
    let earlier = (0...depth).first { self[pathStart + $0].feature == Int(node.feature) }
    if let earlier {
      incoming = (self[pathStart + earlier].zeroShare, self[pathStart + earlier].oneShare)
      unwind(pathStart, depth, earlier)
      depth -= 1
    }
    let goesLeft = tree.goesLeft(node, values[Int(node.feature)])
    for side in 0..<2 {
      let child = Int(side == 0 ? node.left : node.right)
      let share = node.cover > 0 ? tree.nodes[child].cover / node.cover : 0
      visit(
        tree, node: child, values: values, depth: depth + 1, pathStart: pathStart + depth + 1,
        parentStart: pathStart, zeroShare: share * incoming.zero,
        oneShare: (side == 0) == goesLeft ? incoming.one : 0, feature: Int(node.feature),
        contributions: &contributions)
    }
  }

  /// Adds a step at the end of the path and to the coalition weights.
  fileprivate mutating func extend(
    _ start: Int, _ depth: Int, zeroShare: Double, oneShare: Double, feature: Int
  ) {
    self[start + depth] = PathStep(
      feature: feature, zeroShare: zeroShare, oneShare: oneShare, weight: depth == 0 ? 1 : 0)
    let size = Double(depth + 1)
    for offset in stride(from: depth - 1, through: 0, by: -1) {
      self[start + offset + 1].weight +=
        oneShare * self[start + offset].weight * Double(offset + 1) / size
      self[start + offset].weight *= zeroShare * Double(depth - offset) / size
    }
  }

  /// Undoes `extend` for the step at `position`, wherever it stands: the order does not matter.
  ///
  /// With `u` the weights before `extend` and `w` those after it,
  /// `w[k] size = one k u[k - 1] + zero (depth - k) u[k]`. Solved for `u[k - 1]`, an error of `u[k]`
  /// is multiplied by `zero (depth - k) / (one k)`; solved for `u[k]`, an error of `u[k - 1]` by the
  /// inverse. Each way is taken where its factor is at most 1. Taken throughout, as the paper takes
  /// the first, either multiplies rounding by up to 2 to the power of the depth.
  fileprivate mutating func unwind(_ start: Int, _ depth: Int, _ position: Int) {
    let one = self[start + position].oneShare
    let zero = self[start + position].zeroShare
    let size = Double(depth + 1)
    var found = depth
    var later = 0.0
    var weight = self[start + depth].weight
    while isDownward(one, zero, found, depth) {
      later = (weight * size - zero * later * Double(depth - found)) / (one * Double(found))
      found -= 1
      weight = self[start + found].weight
      self[start + found].weight = later
    }
    var earlier = 0.0
    for count in 0..<found {
      let weight = self[start + count].weight
      earlier = (weight * size - one * earlier * Double(count)) / (zero * Double(depth - count))
      self[start + count].weight = earlier
    }
    for offset in position..<depth {
      self[start + offset].feature = self[start + offset + 1].feature
      self[start + offset].zeroShare = self[start + offset + 1].zeroShare
      self[start + offset].oneShare = self[start + offset + 1].oneShare
    }
  }

  /// The sum of the weights that `unwind` would leave, without changing the path.
  fileprivate func unwoundSum(_ start: Int, _ depth: Int, _ position: Int) -> Double {
    let one = self[start + position].oneShare
    let zero = self[start + position].zeroShare
    let size = Double(depth + 1)
    var total = 0.0
    var found = depth
    var later = 0.0
    while isDownward(one, zero, found, depth) {
      let weight = self[start + found].weight
      later = (weight * size - zero * later * Double(depth - found)) / (one * Double(found))
      total += later
      found -= 1
    }
    var earlier = 0.0
    for count in 0..<found {
      let weight = self[start + count].weight
      earlier = (weight * size - one * earlier * Double(count)) / (zero * Double(depth - count))
      total += earlier
    }
    return total
  }

  /// Whether the weights below `count` are to be found from those above; see `unwind`.
  fileprivate func isDownward(_ one: Double, _ zero: Double, _ count: Int, _ depth: Int) -> Bool {
    count > 0 && one > 0 && one * Double(count) >= zero * Double(depth - count)
  }
}
