import GradientBoosting

/// A feature on the way to a leaf: all tests on it act as one condition.
struct LeafStep: Sendable {
  /// The share of the training rows that meets the condition: the product over its tests.
  var share: Double
  /// The feature, by its position in ``TreePiece/features``.
  var column: Int32
  /// The bits of the piece's pattern that the condition looks at.
  var mask: UInt16
  /// What they are where it is met.
  var wanted: UInt16
}

/// A leaf of a piece, and the way to it.
struct PieceLeaf: Sendable {
  var value: Double
  /// Its steps, one for each feature on the way; see ``TreePieces/steps``.
  var steps: Range<Int>
}

/// Some leaves of a tree which are explained together: what they give a row follows from a few bits.
///
/// A piece is a node, and the tests below it that lead to the piece's leaves. What the way from the
/// root to the node asks of a feature is one bit, and so is the side on which a row leaves each test:
///
/// ```
///        a (x)                 bits of the piece that begins at c
///      /       \                 0: goes right at a
///    ...        b (y)            1: goes left at b
///             /      \           2: goes right at c
///          c (x)      ...        3: goes right at d
///        /      \              its leaves depend on x and y
///     d (y)      leaf
///    /     \
///  leaf    leaf
/// ```
///
/// At the first leaf, y is asked for left at b and at d: one step, with the bits 1 and 3.
struct TreePiece: Sendable {
  /// The features that the piece's leaves depend on.
  var features: [Int]
  /// The tests of each bit of the pattern. Where there are more than ``TreePieces/bitLimit``, the
  /// piece is one leaf, and a bit is a step's condition.
  var bits: [[SideTest]]
  var leaves: Range<Int>

  /// How many numbers of 16 bits hold a pattern.
  var wordCount: Int { (bits.count + 15) / 16 }

  /// The pattern of one row, by its definition.
  ///
  /// - Parameter values: The row's values, shape `[featureCount]`.
  func pattern(of values: Span<Double>, in trees: [Tree]) -> [UInt16] {
    var words = [UInt16](repeating: 0, count: wordCount)
    for (bit, tests) in bits.enumerated() {
      var isMet = true
      for test in tests where !test.isPassed(by: values, in: trees) { isMet = false }
      if isMet { words[bit / 16] |= 1 << UInt16(bit % 16) }
    }
    return words
  }
}

/// The leaves of all trees, divided into pieces.
struct TreePieces: Sendable {
  /// The pieces, tree by tree.
  private(set) var pieces: [TreePiece] = []
  private(set) var leaves: [PieceLeaf] = []
  /// The steps of all leaves, one after another.
  private(set) var steps: [LeafStep] = []
  /// What each tree gives where no feature is known: the mean of its leaves by their shares.
  private(set) var means: [Double]
  /// The largest sum of a row's parts, for judging rounding.
  private(set) var scale = 0.0

  /// The most bits of a pattern that is looked up.
  ///
  /// More make fewer pieces, and tables that take longer to fill and leave the innermost cache.
  static let bitLimit = 9

  private let bitLimit: Int

  /// A feature met on the way to a node.
  fileprivate struct Condition {
    var feature: Int
    var share: Double
    /// The tests above the piece, which make one bit.
    var tests: [SideTest]
    /// The tests within the piece.
    var mask: UInt16 = 0
    var wanted: UInt16 = 0
  }

  /// Divides trees.
  ///
  /// - Parameter bitLimit: The most bits of a pattern, at most 16.
  init(_ model: BoostedTrees, bitLimit: Int = Self.bitLimit) {
    self.bitLimit = bitLimit
    means = []
    for (index, tree) in model.trees.enumerated() {
      means.append(0)
      divide(Walk(tree, index), node: 0, path: [])
    }
  }

  /// A tree, and how many tests are below each node, its own included.
  private struct Walk {
    let tree: Tree
    let index: Int
    var testCount: [Int]

    init(_ tree: Tree, _ index: Int) {
      self.tree = tree
      self.index = index
      testCount = Array(repeating: 0, count: tree.nodes.count)
      // Children come after their parent.
      for (place, node) in tree.nodes.enumerated().reversed() where !node.isLeaf {
        testCount[place] = 1 + testCount[Int(node.left)] + testCount[Int(node.right)]
      }
    }

    /// The share of a node's training rows that goes to its left or right.
    func share(_ node: TreeNode, goesRight: Bool) -> Double {
      let child = tree.nodes[Int(goesRight ? node.right : node.left)]
      return node.cover > 0 ? child.cover / node.cover : 0
    }
  }

  /// Makes pieces of what is below a node.
  ///
  /// - Parameter path: What the way to the node asks of each feature.
  private mutating func divide(_ walk: Walk, node: Int, path: [Condition]) {
    if path.count + walk.testCount[node] <= bitLimit || walk.tree.nodes[node].isLeaf {
      return add(walk, top: node, end: nil, path: path)
    }
    // Down the larger side, as long as all of the smaller fits in.
    var bitCount = path.count
    var (end, endPath) = (node, path)
    while !walk.tree.nodes[end].isLeaf {
      let here = walk.tree.nodes[end]
      let isRightLarger = walk.testCount[Int(here.right)] > walk.testCount[Int(here.left)]
      let more = 1 + walk.testCount[Int(isRightLarger ? here.left : here.right)]
      guard bitCount + more <= bitLimit else { break }
      bitCount += more
      endPath = extended(endPath, walk, end, goesRight: isRightLarger)
      end = Int(isRightLarger ? here.right : here.left)
    }
    if end != node {
      add(walk, top: node, end: end, path: path)
      return divide(walk, node: end, path: endPath)
    }
    for goesRight in [false, true] {
      let child = Int(goesRight ? walk.tree.nodes[node].right : walk.tree.nodes[node].left)
      divide(walk, node: child, path: extended(path, walk, node, goesRight: goesRight))
    }
  }

  /// A path and one more test; with a bit, within a piece.
  private func extended(
    _ path: [Condition], _ walk: Walk, _ place: Int, goesRight: Bool, bit: Int? = nil
  ) -> [Condition] {
    let node = walk.tree.nodes[place]
    var path = path
    let known = path.firstIndex { $0.feature == Int(node.feature) }
    let step = known ?? path.count
    if known == nil {
      path.append(Condition(feature: Int(node.feature), share: 1, tests: []))
    }
    path[step].share *= walk.share(node, goesRight: goesRight)
    if let bit {
      path[step].mask |= 1 << UInt16(bit)
      if goesRight { path[step].wanted |= 1 << UInt16(bit) }
    } else {
      path[step].tests.append(SideTest(tree: walk.index, node: place, goesRight: goesRight))
    }
    return path
  }

  /// Makes a piece of the leaves below `top` that are not below `end`.
  private mutating func add(_ walk: Walk, top: Int, end: Int?, path: [Condition]) {
    var piece = TreePiece(
      features: path.map(\.feature), bits: path.map(\.tests),
      leaves: leaves.count..<leaves.count)
    var path = path
    if path.count <= bitLimit {
      for bit in path.indices {
        path[bit].mask = 1 << UInt16(bit)
        path[bit].wanted = path[bit].mask
      }
    }
    addLeaves(walk, node: top, end: end, path: path, to: &piece)
    piece.leaves = piece.leaves.lowerBound..<leaves.count
    // A tree of one leaf says nothing of any feature.
    if !piece.bits.isEmpty { pieces.append(piece) }
  }

  private mutating func addLeaves(
    _ walk: Walk, node place: Int, end: Int?, path: [Condition], to piece: inout TreePiece
  ) {
    if place == end { return }
    let node = walk.tree.nodes[place]
    if node.isLeaf {
      means[means.count - 1] += path.reduce(node.value) { $0 * $1.share }
      scale += path.reduce(node.value.magnitude) { $0 * max(1, $1.share) }
      let start = steps.count
      for step in path {
        let known = piece.features.firstIndex(of: step.feature)
        if known == nil { piece.features.append(step.feature) }
        steps.append(
          LeafStep(
            share: step.share, column: Int32(known ?? piece.features.count - 1), mask: step.mask,
            wanted: step.wanted))
      }
      leaves.append(PieceLeaf(value: node.value, steps: start..<steps.count))
      return
    }
    let bit = piece.bits.count
    piece.bits.append([SideTest(tree: walk.index, node: place, goesRight: true)])
    for goesRight in [false, true] {
      addLeaves(
        walk, node: Int(goesRight ? node.right : node.left), end: end,
        path: extended(path, walk, place, goesRight: goesRight, bit: bit), to: &piece)
    }
  }

  /// Which of a leaf's steps a row takes, by its pattern in the leaf's piece: a bit for each step.
  func stepPattern(_ leaf: Int, of piece: TreePiece, _ pattern: [UInt16]) -> [UInt16] {
    isLookedUp(piece) ? [stepPattern(leaves[leaf], of: pattern[0])] : pattern
  }

  /// The same of a piece that is looked up.
  @inline(__always)
  func stepPattern(_ leaf: PieceLeaf, of pattern: UInt16) -> UInt16 {
    var found: UInt16 = 0
    let steps = steps.span
    for bit in 0..<leaf.steps.count {
      let step = steps[leaf.steps.lowerBound + bit]
      if pattern & step.mask == step.wanted { found |= 1 << UInt16(bit) }
    }
    return found
  }

  /// Whether a piece has few enough bits.
  func isLookedUp(_ piece: TreePiece) -> Bool { piece.bits.count <= bitLimit }
}
