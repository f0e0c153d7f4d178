import CTreeScan
import Learning

/// A block of rows on its way through the trees, and the memory for it.
///
/// Rows are padded to groups of 64; what the padding holds is scored too, and dropped.
@safe struct ScoringBlock: ~Copyable {
  private let scorer: TreeScorer
  /// The most rows a block has: a multiple of 64.
  private let capacity: Int
  private var planes: UnsafeMutablePointer<Int8>
  private var leaves: UnsafeMutablePointer<UInt8>
  private var walked: UnsafeMutablePointer<UInt32>
  private var numbers: UnsafeMutablePointer<Double>
  /// Shape `[outputCount, capacity]`.
  private var scores: UnsafeMutablePointer<Double>
  /// How many groups of 64 rows the block has now.
  private var groups = 0

  /// Makes room for blocks of `scorer.blockRowCount` rows.
  init(_ scorer: TreeScorer) {
    self.scorer = scorer
    capacity = scorer.blockRowCount
    // Zeros, so that padding is never read before something is written to it.
    unsafe planes = .zeros(scorer.planes.planeCount * capacity)
    unsafe leaves = .zeros(capacity)
    unsafe walked = .zeros(capacity)
    unsafe numbers = .zeros(capacity)
    unsafe scores = .zeros(scorer.outputCount * capacity)
  }

  deinit {
    unsafe planes.deallocate()
    unsafe leaves.deallocate()
    unsafe walked.deallocate()
    unsafe numbers.deallocate()
    unsafe scores.deallocate()
  }

  /// Takes up rows of a matrix: fills all planes, and sets scores to their base.
  ///
  /// - Precondition: At most as many rows as the block has room for; the matrix has the model's
  ///   features.
  mutating func load(_ matrix: FeatureMatrix, rows: Range<Int>) {
    precondition(
      rows.count <= capacity && rows.lowerBound >= 0 && rows.upperBound <= matrix.rowCount)
    precondition(matrix.columns.count == scorer.featureCount)
    groups = (rows.count + 63) / 64
    // SAFETY: `groups * 64 <= capacity`, the room in `numbers`, `scores` and each plane.
    var loaded = -1
    for ranks in scorer.planes.ranks {
      // A column too short for its last group is copied, as are codes; once for all its planes.
      if case .number(let values) = matrix.columns[ranks.feature], rows.count == 64 * groups {
        unsafe values.withUnsafeBufferPointer {
          unsafe fill(ranks, from: $0.baseAddress! + rows.lowerBound)
        }
      } else {
        if loaded != ranks.feature { copy(matrix.columns[ranks.feature], rows) }
        loaded = ranks.feature
        unsafe fill(ranks, from: numbers)
      }
    }
    for category in scorer.planes.categories {
      fill(category, from: matrix.columns[category.feature], rows)
    }
    restart()
  }

  /// Sets the scores to their base, for other trees to be added.
  mutating func restart() {
    for output in 0..<scorer.outputCount {
      // SAFETY: as in `load`.
      unsafe (scores + output * capacity).update(
        repeating: scorer.baseScores[output], count: 64 * groups)
    }
  }

  /// Fills the planes of one feature with what other rows hold of it.
  ///
  /// - Parameters:
  ///   - order: The row of the column that each row takes its value from; `nil` for its own.
  ///   - rows: The rows that the block has taken up.
  /// - Precondition: `order` names rows of the column.
  mutating func replace(
    _ feature: FeaturePlanes, from column: FeatureColumn, _ order: [Int32]?, at rows: Range<Int>
  ) {
    precondition(rows.count <= capacity && (order?.count ?? column.count) >= rows.upperBound)
    if !feature.ranks.isEmpty {
      if let order { copy(column, order, rows) } else { copy(column, rows) }
      // SAFETY: as in `load`.
      for index in feature.ranks { unsafe fill(scorer.planes.ranks[index], from: numbers) }
    }
    guard let index = feature.category else { return }
    let category = scorer.planes.categories[index]
    for (offset, row) in rows.enumerated() {
      let source = order.map { Int($0[row]) } ?? row
      switch column {
      case .category(let codes):
        look(up: category.position(of: codes[source]), in: category, for: offset)
      case .number(let values):
        look(up: category.position(of: values[source]), in: category, for: offset)
      }
    }
  }

  private func copy(_ column: FeatureColumn, _ order: [Int32], _ rows: Range<Int>) {
    // SAFETY: positions are below `rows.count <= capacity`; the arrays check their own.
    switch column {
    case .number(let values):
      for (position, row) in rows.enumerated() {
        unsafe numbers[position] = values[Int(order[row])]
      }
    case .category(let codes):
      for (position, row) in rows.enumerated() {
        unsafe numbers[position] = Double(codes[Int(order[row])])
      }
    }
  }

  private func copy(_ column: FeatureColumn, _ rows: Range<Int>) {
    // SAFETY: positions are below `rows.count <= capacity`; the array checks its own.
    switch column {
    case .number(let values):
      for (position, row) in rows.enumerated() { unsafe numbers[position] = values[row] }
    case .category(let codes):
      for (position, row) in rows.enumerated() { unsafe numbers[position] = Double(codes[row]) }
    }
  }

  @unsafe private func fill(_ ranks: RankPlanes, from values: UnsafePointer<Double>) {
    unsafe scorer.planes.keys.withUnsafeBufferPointer {
      unsafe scorer.kernel.rank(
        values, groups: groups, among: $0.baseAddress! + ranks.keyStart, steps: ranks.steps,
        missingRight: ranks.missingRight.map { unsafe planes + $0 * capacity },
        missingLeft: ranks.missingLeft.map { unsafe planes + $0 * capacity })
    }
  }

  private func fill(_ category: CategoryPlanes, from column: FeatureColumn, _ rows: Range<Int>) {
    switch column {
    case .category(let codes):
      for (offset, row) in rows.enumerated() {
        look(up: category.position(of: codes[row]), in: category, for: offset)
      }
    case .number(let values):
      for (offset, row) in rows.enumerated() {
        look(up: category.position(of: values[row]), in: category, for: offset)
      }
    }
  }

  /// Writes the outcomes of a category's tests for one row.
  @inline(__always)
  private func look(up position: Int, in category: CategoryPlanes, for offset: Int) {
    let bytes = scorer.planes.bytesOfCodes.span
    let start = category.byteStart + position * category.planeCount
    for plane in 0..<category.planeCount {
      // SAFETY: `offset < capacity`, and the planes of a category are below `planeCount`.
      unsafe planes[(category.firstPlane + plane) * capacity + offset] = bytes[start + plane]
    }
  }

  /// Adds trees to the scores, in their order; tree `i` belongs to output `i % outputCount`.
  mutating func add(_ trees: some Collection<Int>) {
    let compiled = scorer.compiled
    // SAFETY: the values of a tree's leaves begin at `leafStart`, `vectorLeafLimit` of them at
    // least, and a leaf is below `leafCount`.
    unsafe compiled.leafValues.withUnsafeBufferPointer { values in
      for index in trees {
        let tree = compiled.trees[index]
        let scores = unsafe scores + index % scorer.outputCount * capacity
        let values = unsafe values.baseAddress! + tree.leafStart
        findLeaves(tree)
        if tree.isWalked {
          for row in 0..<64 * groups { unsafe scores[row] += values[Int(walked[row])] }
        } else {
          unsafe scorer.kernel.add(
            leaves, groups: groups, values: values, leafCount: tree.leafCount, to: scores)
        }
      }
    }
  }

  /// Finds the leaf of every row: in `walked` where rows walk the tree, else in `leaves`.
  private func findLeaves(_ tree: CompiledTree) {
    // SAFETY: tests and nodes name planes below `planeCount`, each with room for the groups.
    if tree.isWalked {
      unsafe scorer.compiled.walked.withUnsafeBufferPointer {
        unsafe walk($0.baseAddress! + tree.tests.lowerBound)
      }
    } else {
      unsafe scorer.compiled.tests.withUnsafeBufferPointer {
        // A tree of one leaf has no tests, and a model of such trees not even an address.
        guard let base = $0.baseAddress else { return }
        unsafe scorer.kernel.leaves(
          base + tree.tests.lowerBound, count: tree.tests.count, planes: planes, groups: groups,
          into: leaves)
      }
    }
  }

  @unsafe private func walk(_ nodes: UnsafePointer<WalkedNode>) {
    for start in stride(from: 0, to: 64 * groups, by: 16) {
      // Sixteen rows side by side, so that they do not wait for each other's loads; a row at a leaf
      // marks time.
      var place = SIMD16<UInt32>()
      var before: SIMD16<UInt32>
      repeat {
        before = place
        for lane in 0..<16 {
          let node = unsafe nodes[Int(place[lane])]
          let byte = unsafe planes[Int(node.plane) &+ start &+ lane]
          let goesRight = byte & Int8(bitPattern: node.mask) > node.threshold
          place[lane] = node.left &+ (goesRight ? 1 : 0)
        }
      } while place != before
      unsafe UnsafeMutableRawPointer(walked + start).storeBytes(
        of: place, as: SIMD16<UInt32>.self)
    }
  }

  /// The score of a row, by its position in the block.
  func score(_ position: Int, output: Int = 0) -> Double {
    precondition(position < 64 * groups && output < scorer.outputCount)
    // SAFETY: just checked.
    return unsafe scores[output * capacity + position]
  }

  /// Hands the scores over, row by row.
  ///
  /// - Parameter target: `rowCount * outputCount` scores, shape `[rowCount, outputCount]`.
  func write(_ rowCount: Int, to target: UnsafeMutablePointer<Double>) {
    precondition(rowCount <= 64 * groups)
    // SAFETY: the block has so many rows, and the caller so much room.
    if scorer.outputCount == 1 {
      unsafe target.update(from: scores, count: rowCount)
    } else {
      for row in 0..<rowCount {
        for output in 0..<scorer.outputCount {
          unsafe target[row * scorer.outputCount + output] = scores[output * capacity + row]
        }
      }
    }
  }

  /// Writes the node at which each row ends in some trees.
  ///
  /// - Parameter target: The rows' nodes, shape `[rowCount, treeCount]`.
  func writeNodes(_ rowCount: Int, _ trees: Range<Int>, to target: UnsafeMutablePointer<Int32>) {
    precondition(rowCount <= 64 * groups)
    let treeCount = scorer.treeCount
    for index in trees {
      let tree = scorer.compiled.trees[index]
      findLeaves(tree)
      for row in 0..<rowCount {
        // SAFETY: the block has so many rows, and the caller so much room.
        let leaf = unsafe (tree.isWalked ? Int(walked[row]) : Int(leaves[row]))
        unsafe target[row * treeCount + index] = scorer.compiled.nodeOfLeaf[tree.leafStart + leaf]
      }
    }
  }
}

extension UnsafeMutablePointer where Pointee: Numeric {
  /// Room for `count` zeros, to be deallocated by the caller.
  @unsafe fileprivate static func zeros(_ count: Int) -> Self {
    let start = Self.allocate(capacity: max(1, count))
    unsafe start.initialize(repeating: 0, count: max(1, count))
    return unsafe start
  }
}
