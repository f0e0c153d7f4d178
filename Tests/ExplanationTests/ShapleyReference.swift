import GradientBoosting
import Learning

/// Shapley values from their definition, over all coalitions of features: slow, and easy to read.
struct ShapleyReference {
  var model: BoostedTrees
  /// The rows over which a coalition's worth is the mean; without, it is that of the training rows.
  var background: [[Double]] = []

  /// What each feature of a row is worth, shape `[featureCount]`.
  ///
  /// - Complexity: O(2 to the power of the number of features).
  func contributions(ofRow values: [Double]) -> [Double] {
    let count = values.count
    let coalitions = 0..<1 << count
    let worths = coalitions.map { worth(ofCoalition: $0, values) }
    return (0..<count).map { feature in
      var sum = 0.0
      for coalition in coalitions where coalition >> feature & 1 == 0 {
        let size = coalition.nonzeroBitCount
        let orders = factorial(size) * factorial(count - size - 1)
        sum += orders * (worths[coalition | 1 << feature] - worths[coalition])
      }
      return sum / factorial(count)
    }
  }

  /// What each pair of features adds together, by halves, and on the diagonal what is left of each
  /// feature's contribution: shape `[featureCount, featureCount]`.
  ///
  /// Lundberg, Erion, Lee 2018, equations 4 to 6.
  func interactions(ofRow values: [Double]) -> [Double] {
    let count = values.count
    let coalitions = 0..<1 << count
    let worths = coalitions.map { worth(ofCoalition: $0, values) }
    var matrix = [Double](repeating: 0, count: count * count)
    for one in 0..<count {
      for other in 0..<count where other != one {
        let (first, second) = (1 << one, 1 << other)
        for coalition in coalitions where coalition & (first | second) == 0 {
          let size = coalition.nonzeroBitCount
          let orders = factorial(size) * factorial(count - size - 2) / (2 * factorial(count - 1))
          matrix[one * count + other] +=
            orders
            * (worths[coalition | first | second] - worths[coalition | first]
              - worths[coalition | second] + worths[coalition])
        }
      }
    }
    for (feature, contribution) in contributions(ofRow: values).enumerated() {
      let others = matrix[feature * count..<(feature + 1) * count].reduce(0, +)
      matrix[feature * count + feature] = contribution - others
    }
    return matrix
  }

  /// The mean score over the training rows that agree with the row on the coalition's features, as
  /// far as the trees can tell.
  func worth(ofCoalition coalition: Int, _ values: [Double]) -> Double {
    if !background.isEmpty {
      let scores = background.map { other in
        let mixed = values.indices.map { coalition >> $0 & 1 == 1 ? values[$0] : other[$0] }
        return model.trees.reduce(model.baseScore) { $0 + $1.leaf(mixed.span).value }
      }
      return scores.reduce(0, +) / Double(scores.count)
    }
    return model.trees.reduce(model.baseScore) { $0 + mean($1, node: 0, coalition, values) }
  }

  private func mean(_ tree: Tree, node index: Int, _ coalition: Int, _ values: [Double]) -> Double {
    let node = tree.nodes[index]
    if node.isLeaf { return node.value }
    let (left, right) = (Int(node.left), Int(node.right))
    let feature = Int(node.feature)
    if coalition >> feature & 1 == 1 {
      let next = tree.goesLeft(node, values[feature]) ? left : right
      return mean(tree, node: next, coalition, values)
    }
    let sum = [left, right].reduce(0) {
      $0 + tree.nodes[$1].cover * mean(tree, node: $1, coalition, values)
    }
    return sum / node.cover
  }

  /// The same where no path meets a feature twice, also for more features than have coalitions that
  /// can be counted.
  ///
  /// A leaf is worth the product of its path's shares: 1 or 0 for a known feature, the share of the
  /// training rows for an unknown one. If each feature becomes known at a random time in 0...1, what
  /// one adds at time `t` is its own step times the mean of the others' shares, so that its Shapley
  /// value is the integral of a polynomial: Owen 1972, "Multilinear extensions of games".
  func integrals(ofRow values: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: values.count)
    for tree in model.trees { addIntegrals(tree, node: 0, path: [], values, to: &sums) }
    return sums
  }

  /// A feature on a path: whether the row follows it there, and which share of training rows does.
  private typealias Step = (feature: Int, one: Double, zero: Double)

  private func addIntegrals(
    _ tree: Tree, node index: Int, path: [Step], _ values: [Double], to sums: inout [Double]
  ) {
    let node = tree.nodes[index]
    if node.isLeaf {
      for (time, width) in Self.times {
        let shares = path.map { time * $0.one + (1 - time) * $0.zero }
        let product = shares.reduce(1, *)
        for (step, share) in zip(path, shares) {
          // The product of the others; no share is 0 at a time strictly between 0 and 1.
          sums[step.feature] += width * node.value * (step.one - step.zero) * product / share
        }
      }
      return
    }
    let feature = Int(node.feature)
    let goesLeft = tree.goesLeft(node, values[feature])
    for (child, isTaken) in [(Int(node.left), goesLeft), (Int(node.right), !goesLeft)] {
      let step = (feature, isTaken ? 1.0 : 0, tree.nodes[child].cover / node.cover)
      addIntegrals(tree, node: child, path: path + [step], values, to: &sums)
    }
  }

  /// Gauss's five points in each of a hundred parts of 0...1, and how much each counts.
  private static let times: [(time: Double, width: Double)] = {
    let points: [(Double, Double)] = [
      (0, 0.568_888_888_888_888_9), (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
      (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
      (-0.906_179_845_938_664_0, 0.236_926_885_056_189_1),
      (0.906_179_845_938_664_0, 0.236_926_885_056_189_1),
    ]
    return (0..<100).flatMap { part in
      let middle = Double(part) + 0.5
      return points.map { point, weight in ((middle + point / 2) / 100, weight / 200) }
    }
  }()

  private func factorial(_ number: Int) -> Double {
    stride(from: 1, through: number, by: 1).reduce(1) { $0 * Double($1) }
  }
}
