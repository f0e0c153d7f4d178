import CTreeScan

/// Where one tree lies in ``CompiledTrees``.
struct CompiledTree: Sendable {
  /// Whether rows walk it one by one; see ``CompiledTrees/walked``.
  var isWalked: Bool
  /// Its tests, or the nodes of a tree that is walked.
  var tests: Range<Int>
  /// Where the values of its leaves begin.
  var leafStart: Int
  /// How many leaves can be told from each other: leaves, or nodes of a tree that is walked.
  var leafCount: Int
}

/// A node of a tree that rows walk one by one; its children stand side by side.
struct WalkedNode: Sendable {
  var plane: UInt32
  /// The left child; a leaf names itself, and no row exceeds its threshold.
  var left: UInt32
  var mask: UInt8
  var threshold: Int8
}

/// Trees as lists of tests on planes, one after another.
///
/// A row of a block stands at a leaf, at first leaf 0. Leaves are numbered from left to right, and
/// standing at the first leaf below a node means having reached the node. A test moves the rows that
/// have reached it, and fail it, by as many leaves as there are on its left. Parents are tested
/// before their children, all tests for all rows, without a branch:
///
/// ```
///            a                  row    at the start   after a   after b   after c
///          /   \                fails a      0           2         2         3
///         b     c                and c
///        / \   / \              passes a     0           0         1         1
///       0   1 2   3              fails b
/// ```
///
/// After QuickScorer, which keeps a set of leaves that can still be reached where this keeps the
/// first of them: Lucchese et al. 2015, "QuickScorer", section 3,
/// https://doi.org/10.1145/2766462.2767733; a vector of rows for each test after Ye et al. 2018,
/// "RapidScorer", section 3, https://doi.org/10.1145/3219819.3219857.
struct CompiledTrees: Sendable {
  private(set) var trees: [CompiledTree] = []
  /// The tests of all trees that are not walked.
  private(set) var tests: [rk_tree_test] = []
  /// The nodes of trees with more leaves than a byte can number.
  private(set) var walked: [WalkedNode] = []
  /// The values of all leaves; each tree has room for 32 at least, so that they fill vectors.
  private(set) var leafValues: [Double] = []
  /// Which of its tree's nodes each leaf is, beside `leafValues`.
  private(set) var nodeOfLeaf: [Int32] = []

  /// The most leaves that a byte can number.
  static let byteLeafLimit = 256
  /// How many values of leaves are looked up in registers.
  static let vectorLeafLimit = 32

  /// - Parameter stride: How many bytes a plane takes.
  init(_ trees: [Tree], _ planes: PlaneBuilder, stride: Int) {
    for tree in trees {
      let layout = TreeLayout(tree)
      if layout.leafCount[0] <= Self.byteLeafLimit {
        addTests(of: tree, layout, planes, stride)
      } else {
        addNodes(of: tree, layout, planes, stride)
      }
    }
  }

  private mutating func addTests(
    of tree: Tree, _ layout: TreeLayout, _ planes: PlaneBuilder, _ stride: Int
  ) {
    let start = tests.count
    let leafStart = makeRoom(max(Self.vectorLeafLimit, layout.leafCount[0]))
    for (index, node) in tree.nodes.enumerated() where layout.isReached(index) {
      let first = layout.firstLeaf[index]
      if node.isLeaf {
        leafValues[leafStart + first] = node.value
        nodeOfLeaf[leafStart + first] = Int32(index)
      } else {
        let test = planes.test(of: node, in: tree)
        tests.append(
          rk_tree_test(
            plane: UInt32(test.plane * stride), threshold: test.threshold, mask: test.mask,
            first: UInt8(first), step: UInt8(layout.leafCount[Int(node.left)])))
      }
    }
    trees.append(
      CompiledTree(
        isWalked: false, tests: start..<tests.count, leafStart: leafStart,
        leafCount: layout.leafCount[0]))
  }

  private mutating func addNodes(
    of tree: Tree, _ layout: TreeLayout, _ planes: PlaneBuilder, _ stride: Int
  ) {
    let start = walked.count
    let leafStart = makeRoom(layout.pairedCount)
    let leaf = WalkedNode(plane: 0, left: 0, mask: 0, threshold: .max)
    walked += repeatElement(leaf, count: layout.pairedCount)
    for (index, node) in tree.nodes.enumerated() where layout.isReached(index) {
      let place = layout.paired[index]
      leafValues[leafStart + place] = node.value
      nodeOfLeaf[leafStart + place] = Int32(index)
      if node.isLeaf {
        walked[start + place].left = UInt32(place)
      } else {
        let test = planes.test(of: node, in: tree)
        walked[start + place] = WalkedNode(
          plane: UInt32(test.plane * stride), left: UInt32(layout.paired[Int(node.left)]),
          mask: test.mask, threshold: test.threshold)
      }
    }
    trees.append(
      CompiledTree(
        isWalked: true, tests: start..<walked.count, leafStart: leafStart,
        leafCount: layout.pairedCount))
  }

  private mutating func makeRoom(_ count: Int) -> Int {
    defer {
      leafValues += repeatElement(0, count: count)
      nodeOfLeaf += repeatElement(-1, count: count)
    }
    return leafValues.count
  }
}
