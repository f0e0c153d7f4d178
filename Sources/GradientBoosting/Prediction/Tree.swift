import Learning

/// One node of a tree: a test with two children, or a leaf with a value.
public struct TreeNode: Sendable, Equatable {
  /// The feature tested; -1 for a leaf.
  public var feature: Int32
  /// Where rows go that pass the test, and where the others go: positions in the tree's nodes, both
  /// greater than the node's own; -1 for a leaf.
  public var left: Int32
  /// See ``left``.
  public var right: Int32
  /// A quantity passes where it is at most this.
  public var threshold: Double
  /// A category passes where its level is in this one of the tree's level sets; -1 for a quantity.
  public var levelSet: Int32
  /// Whether a missing cell passes.
  public var missingGoesLeft: Bool
  /// Whether a level that training never saw passes.
  public var unseenGoesLeft: Bool
  /// How much the split lowered the loss's quadratic model; 0 for a leaf.
  public var gain: Double
  /// How many training rows came by.
  public var cover: Double
  /// What a leaf adds to the score; 0 for a test.
  public var value: Double

  /// Whether the node ends a path.
  public var isLeaf: Bool { feature < 0 }

  /// A leaf.
  public static func leaf(value: Double, cover: Double) -> TreeNode {
    TreeNode(
      feature: -1, left: -1, right: -1, threshold: 0, levelSet: -1, missingGoesLeft: false,
      unseenGoesLeft: false, gain: 0, cover: cover, value: value)
  }

  /// Puts a node together.
  public init(
    feature: Int32, left: Int32, right: Int32, threshold: Double, levelSet: Int32,
    missingGoesLeft: Bool, unseenGoesLeft: Bool, gain: Double, cover: Double, value: Double
  ) {
    self.feature = feature
    self.left = left
    self.right = right
    self.threshold = threshold
    self.levelSet = levelSet
    self.missingGoesLeft = missingGoesLeft
    self.unseenGoesLeft = unseenGoesLeft
    self.gain = gain
    self.cover = cover
    self.value = value
  }
}

/// A set of levels of one category, as bits by code.
public struct LevelSet: Sendable, Equatable {
  /// Bit `code % 64` of word `code / 64` says whether the level is in the set.
  public var words: [UInt64]

  /// Restores a set.
  public init(words: [UInt64]) { self.words = words }

  /// A set of some of `levelCount` levels.
  init(_ codes: some Sequence<Int>, levelCount: Int) {
    words = [UInt64](repeating: 0, count: (levelCount + 63) / 64)
    for code in codes { words[code / 64] |= 1 << UInt64(code % 64) }
  }

  /// Whether the level with this code is in the set.
  public func contains(_ code: Int) -> Bool {
    code / 64 < words.count && words[code / 64] >> UInt64(code % 64) & 1 == 1
  }
}

/// A regression tree over the raw values of the features.
public struct Tree: Sendable, Equatable {
  /// The most tests on a path from the root.
  ///
  /// Explanations walk all paths by recursion: their memory grows with the square of the depth, and
  /// their work per leaf with the square of the number of features that meet on a path.
  public static let depthLimit = 256

  /// The nodes; the first is the root, and children come after their parent.
  public var nodes: [TreeNode]
  /// The level sets that tests on categories refer to.
  public var levelSets: [LevelSet]

  /// Puts a tree together.
  public init(nodes: [TreeNode], levelSets: [LevelSet]) {
    self.nodes = nodes
    self.levelSets = levelSets
  }

  /// How many leaves the tree has.
  public var leafCount: Int { nodes.count(where: \.isLeaf) }

  /// Whether a row with this value of the node's feature goes left.
  ///
  /// - Parameter value: A quantity, or the code of a category as a number; see ``RowBlock``.
  public func goesLeft(_ node: TreeNode, _ value: Double) -> Bool {
    if node.levelSet < 0 {
      return value.isNaN ? node.missingGoesLeft : value <= node.threshold
    }
    if value >= 0 { return levelSets[Int(node.levelSet)].contains(Int(value)) }
    return value == Double(CategoryCode.missing) ? node.missingGoesLeft : node.unseenGoesLeft
  }

  /// The leaf in which a row ends.
  ///
  /// - Parameter values: The row's values, shape `[featureCount]`.
  public func leaf(_ values: Span<Double>) -> TreeNode {
    var node = nodes[0]
    while !node.isLeaf {
      node = nodes[Int(goesLeft(node, values[Int(node.feature)]) ? node.left : node.right)]
    }
    return node
  }
}
