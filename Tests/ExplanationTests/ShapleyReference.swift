import GradientBoosting
import Learning

/// Shapley values from their definition, over all coalitions of features: slow, and easy to read.
struct ShapleyReference {
  var model: BoostedTrees

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

  /// The mean score over the training rows that agree with the row on the coalition's features, as
  /// far as the trees can tell.
  func worth(ofCoalition coalition: Int, _ values: [Double]) -> Double {
    model.trees.reduce(model.baseScore) { $0 + mean($1, node: 0, coalition, values) }
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

  private func factorial(_ number: Int) -> Double {
    stride(from: 1, through: number, by: 1).reduce(1) { $0 * Double($1) }
  }
}
