/// Where the nodes of a tree go in layouts of their own; nodes that the root does not lead to, go
/// nowhere.
struct TreeLayout {
  /// How many leaves are below each node; 1 for a leaf.
  private(set) var leafCount: [Int]
  /// The first leaf below each node, counted from left to right; -1 where the root does not lead.
  private(set) var firstLeaf: [Int]
  /// The nodes' positions in a layout in which children stand side by side, the root first.
  private(set) var paired: [Int]
  /// How many positions that layout has.
  private(set) var pairedCount = 1

  /// - Precondition: Children come after their parents, and each has one.
  init(_ tree: Tree) {
    leafCount = Array(repeating: 1, count: tree.nodes.count)
    firstLeaf = Array(repeating: -1, count: tree.nodes.count)
    paired = firstLeaf
    for (index, node) in tree.nodes.enumerated().reversed() where !node.isLeaf {
      precondition(
        min(node.left, node.right) > index, "node \(index) has children \(node.left), \(node.right)"
      )
      leafCount[index] = leafCount[Int(node.left)] + leafCount[Int(node.right)]
    }
    firstLeaf[0] = 0
    paired[0] = 0
    for (index, node) in tree.nodes.enumerated() where !node.isLeaf && isReached(index) {
      let left = Int(node.left)
      let right = Int(node.right)
      precondition(
        left != right && !isReached(left) && !isReached(right),
        "a child of node \(index) has another parent")
      firstLeaf[left] = firstLeaf[index]
      firstLeaf[right] = firstLeaf[index] + leafCount[left]
      paired[left] = pairedCount
      paired[right] = pairedCount + 1
      pairedCount += 2
    }
  }

  /// Whether the root leads to a node.
  func isReached(_ index: Int) -> Bool { firstLeaf[index] >= 0 }
}
