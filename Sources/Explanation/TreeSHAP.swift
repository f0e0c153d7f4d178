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
  /// - Returns: Shape `[rowCount][featureCount]`; a row's contributions and ``meanScore`` add up to
  ///   its raw score, but for rounding.
  public func contributions(of matrix: FeatureMatrix, threads: Int) -> [[Double]] {
    let ranges = RowBlock.ranges(rowCount: matrix.rowCount)
    return Parallel.map(ranges.count, threads: threads) { index in
      let block = RowBlock(matrix, rows: ranges[index])
      return (0..<block.rowCount).map { position in
        block.withRow(position) { contributions(ofRow: $0) }
      }
    }.flatMap(\.self)
  }

  private func contributions(ofRow values: Span<Double>) -> [Double] {
    var walk = Walk(featureCount: model.featureCount, deepest: deepest)
    for tree in model.trees {
      walk.visit(
        tree, node: 0, values: values, depth: 0, pathStart: 0, parentStart: 0, zeroShare: 1,
        oneShare: 1, feature: -1)
    }
    return walk.contributions
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

/// A walk through all paths of a tree, for one row.
private struct Walk {
  /// A feature met on the way down, and what its presence or absence lets through.
  private struct Step {
    var feature = -1
    /// The share of training rows that follow this path when the feature is unknown.
    var zeroShare = 0.0
    /// 1 where the row itself follows this path, else 0.
    var oneShare = 0.0
    /// The summed weight of the coalitions of this size.
    var weight = 0.0
  }

  private(set) var contributions: [Double]
  /// The paths of all levels, one after another: each level works on its own copy.
  private var steps: [Step]

  init(featureCount: Int, deepest: Int) {
    contributions = [Double](repeating: 0, count: featureCount)
    steps = [Step](repeating: Step(), count: (deepest + 2) * (deepest + 3) / 2)
  }

  mutating func visit(
    _ tree: Tree, node index: Int, values: Span<Double>, depth: Int, pathStart: Int,
    parentStart: Int, zeroShare: Double, oneShare: Double, feature: Int
  ) {
    for offset in 0..<depth { steps[pathStart + offset] = steps[parentStart + offset] }
    extend(pathStart, depth, zeroShare: zeroShare, oneShare: oneShare, feature: feature)
    let node = tree.nodes[index]
    if node.isLeaf {
      for offset in stride(from: 1, through: depth, by: 1) {
        let step = steps[pathStart + offset]
        contributions[step.feature] +=
          unwoundSum(pathStart, depth, offset) * (step.oneShare - step.zeroShare) * node.value
      }
      return
    }
    var depth = depth
    var incoming = (zero: 1.0, one: 1.0)
    // A feature met before is taken off the path: its two tests act as one.
    let earlier = (0...depth).first { steps[pathStart + $0].feature == Int(node.feature) }
    if let earlier {
      incoming = (steps[pathStart + earlier].zeroShare, steps[pathStart + earlier].oneShare)
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
        oneShare: (side == 0) == goesLeft ? incoming.one : 0, feature: Int(node.feature))
    }
  }

  /// Adds a step at the end of the path and to the coalition weights.
  private mutating func extend(
    _ start: Int, _ depth: Int, zeroShare: Double, oneShare: Double, feature: Int
  ) {
    steps[start + depth] = Step(
      feature: feature, zeroShare: zeroShare, oneShare: oneShare, weight: depth == 0 ? 1 : 0)
    let size = Double(depth + 1)
    for offset in stride(from: depth - 1, through: 0, by: -1) {
      steps[start + offset + 1].weight +=
        oneShare * steps[start + offset].weight * Double(offset + 1) / size
      steps[start + offset].weight *= zeroShare * Double(depth - offset) / size
    }
  }

  /// Undoes `extend` for the step at `position`, wherever it stands: the order does not matter.
  ///
  /// With `u` the weights before `extend` and `w` those after it,
  /// `w[k] size = one k u[k - 1] + zero (depth - k) u[k]`. Solved for `u[k - 1]`, an error of `u[k]`
  /// is multiplied by `zero (depth - k) / (one k)`; solved for `u[k]`, an error of `u[k - 1]` by the
  /// inverse. Each way is taken where its factor is at most 1. Taken throughout, as the paper takes
  /// the first, either multiplies rounding by up to 2 to the power of the depth.
  private mutating func unwind(_ start: Int, _ depth: Int, _ position: Int) {
    let one = steps[start + position].oneShare
    let zero = steps[start + position].zeroShare
    let size = Double(depth + 1)
    var found = depth
    var later = 0.0
    var weight = steps[start + depth].weight
    while isDownward(one, zero, found, depth) {
      later = (weight * size - zero * later * Double(depth - found)) / (one * Double(found))
      found -= 1
      weight = steps[start + found].weight
      steps[start + found].weight = later
    }
    var earlier = 0.0
    for count in 0..<found {
      let weight = steps[start + count].weight
      earlier = (weight * size - one * earlier * Double(count)) / (zero * Double(depth - count))
      steps[start + count].weight = earlier
    }
    for offset in position..<depth {
      steps[start + offset].feature = steps[start + offset + 1].feature
      steps[start + offset].zeroShare = steps[start + offset + 1].zeroShare
      steps[start + offset].oneShare = steps[start + offset + 1].oneShare
    }
  }

  /// The sum of the weights that `unwind` would leave, without changing the path.
  private func unwoundSum(_ start: Int, _ depth: Int, _ position: Int) -> Double {
    let one = steps[start + position].oneShare
    let zero = steps[start + position].zeroShare
    let size = Double(depth + 1)
    var total = 0.0
    var found = depth
    var later = 0.0
    while isDownward(one, zero, found, depth) {
      let weight = steps[start + found].weight
      later = (weight * size - zero * later * Double(depth - found)) / (one * Double(found))
      total += later
      found -= 1
    }
    var earlier = 0.0
    for count in 0..<found {
      let weight = steps[start + count].weight
      earlier = (weight * size - one * earlier * Double(count)) / (zero * Double(depth - count))
      total += earlier
    }
    return total
  }

  /// Whether the weights below `count` are to be found from those above; see `unwind`.
  private func isDownward(_ one: Double, _ zero: Double, _ count: Int, _ depth: Int) -> Bool {
    count > 0 && one > 0 && one * Double(count) >= zero * Double(depth - count)
  }
}
