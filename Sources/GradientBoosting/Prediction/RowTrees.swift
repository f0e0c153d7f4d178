import Learning

/// Trees as one row walks them: 16 bytes a node, children side by side, eight trees at a time.
struct RowTrees: Sendable {
  private struct Node: Sendable {
    /// The threshold, or the value of a leaf; for a category, the byte that knows the outcome.
    var number: Double
    /// The left child; of a leaf, itself.
    var left: UInt32
    /// The feature, or for a category its place among ``BytePlanes/categories``, and flags.
    var subject: UInt32

    static let leaf: UInt32 = 1 << 31
    static let category: UInt32 = 1 << 30
    static let missingGoesLeft: UInt32 = 1 << 29
    static let subjectMask = missingGoesLeft - 1
  }

  private var nodes: [Node] = []
  private var roots: [UInt32] = []
  private var hasCategories = false

  init(_ trees: [Tree], _ planes: PlaneBuilder) {
    nodes.reserveCapacity(trees.reduce(0) { $0 + $1.nodes.count })
    for tree in trees {
      let layout = TreeLayout(tree)
      let start = nodes.count
      roots.append(UInt32(start))
      nodes += repeatElement(
        Node(number: 0, left: 0, subject: 0), count: layout.pairedCount)
      for (index, node) in tree.nodes.enumerated() where layout.isReached(index) {
        if node.levelSet >= 0 { hasCategories = true }
        let place = start + layout.paired[index]
        nodes[place] =
          node.isLeaf
          ? Node(number: node.value, left: UInt32(place), subject: Node.leaf)
          : Self.test(
            node, in: tree, left: UInt32(start + layout.paired[Int(node.left)]), planes)
      }
    }
  }

  private static func test(_ node: TreeNode, in tree: Tree, left: UInt32, _ planes: PlaneBuilder)
    -> Node
  {
    guard node.levelSet >= 0 else {
      return Node(
        number: node.threshold, left: left,
        subject: UInt32(node.feature) | (node.missingGoesLeft ? Node.missingGoesLeft : 0))
    }
    let test = planes.test(of: node, in: tree)
    let category = planes.category(of: node)
    let byte =
      planes.planes.categories[category].byteStart + test.plane
      - planes.planes.categories[category].firstPlane
    return Node(
      number: Double(bitPattern: UInt64(byte) << 8 | UInt64(test.mask)), left: left,
      subject: UInt32(category) | Node.category)
  }

  /// A score with what every `stride`-th tree adds to it, from the tree `first` on, in their order.
  ///
  /// - Parameter values: As for ``Tree/leaf(_:)``.
  /// - Precondition: As many values as the trees' features.
  func sum(
    _ base: Double, from first: Int, by stride: Int, _ values: Span<Double>, _ planes: BytePlanes
  ) -> Double {
    var score = base
    var tree = first
    while tree < roots.count {
      // Eight walks side by side do not wait for each other's loads, and a walk without branches has
      // none to guess wrong.
      var places = SIMD8<UInt32>(repeating: roots[tree])
      let count = min(8, (roots.count - tree + stride - 1) / stride)
      for lane in 0..<count { places[lane] = roots[tree + lane * stride] }
      walk(&places, values, planes)
      for lane in 0..<count { score += nodes[Int(places[lane])].number }
      tree += 8 * stride
    }
    return score
  }

  /// Moves from roots to leaves; who is at a leaf marks time.
  private func walk(_ places: inout SIMD8<UInt32>, _ values: Span<Double>, _ planes: BytePlanes) {
    // A model without features has leaves alone.
    if values.isEmpty { return }
    var before: SIMD8<UInt32>
    repeat {
      before = places
      if hasCategories {
        for lane in 0..<8 { places[lane] = next(after: places[lane], values, planes) }
      } else {
        // SAFETY: nodes name nodes, and features below `featureCount`, the number of values.
        unsafe values.withUnsafeBufferPointer { values in
          unsafe nodes.withUnsafeBufferPointer { nodes in
            places[0] = unsafe Self.next(after: places[0], values, nodes)
            places[1] = unsafe Self.next(after: places[1], values, nodes)
            places[2] = unsafe Self.next(after: places[2], values, nodes)
            places[3] = unsafe Self.next(after: places[3], values, nodes)
            places[4] = unsafe Self.next(after: places[4], values, nodes)
            places[5] = unsafe Self.next(after: places[5], values, nodes)
            places[6] = unsafe Self.next(after: places[6], values, nodes)
            places[7] = unsafe Self.next(after: places[7], values, nodes)
          }
        }
      }
    } while places != before
  }

  /// The next place of a walk that meets no category.
  @inline(__always) @unsafe private static func next(
    after place: UInt32, _ values: UnsafeBufferPointer<Double>, _ nodes: UnsafeBufferPointer<Node>
  ) -> UInt32 {
    let node = unsafe nodes[Int(place)]
    let value = unsafe values[Int(node.subject & Node.subjectMask)]
    return node.left &+ (Self.goesLeft(node, value) ^ 1)
  }

  private func next(after place: UInt32, _ values: Span<Double>, _ planes: BytePlanes) -> UInt32 {
    let node = nodes[Int(place)]
    let subject = Int(node.subject & Node.subjectMask)
    guard node.subject & Node.category != 0 else {
      return node.left + (Self.goesLeft(node, values[subject]) ^ 1)
    }
    let category = planes.categories[subject]
    let position = category.position(of: values[category.feature])
    let byte = Int(node.number.bitPattern >> 8) + position * category.planeCount
    let mask = Int8(truncatingIfNeeded: node.number.bitPattern)
    return node.left + (planes.bytesOfCodes[byte] & mask != 0 ? 1 : 0)
  }

  /// 1 for a quantity that passes a test; 1 at a leaf.
  @inline(__always) private static func goesLeft(_ node: Node, _ value: Double) -> UInt32 {
    // Bit by bit, so that nothing is left to a branch.
    let isLeaf = node.subject >> 31
    let isLess: UInt32 = value <= node.number ? 1 : 0
    let isMissing: UInt32 = value.isNaN ? 1 : 0
    return isLeaf | isLess | (isMissing & (node.subject >> 29))
  }
}
