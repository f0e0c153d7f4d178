import CTreeScan
import Learning

/// A block of rows on its way through the trees, and the memory for it.
///
/// Rows are padded to groups of 64; what the padding holds is scored too, and dropped.
@safe struct ScoringBlock: ~Copyable {
  private let scorer: TreeScorer
  private var planes: PlaneBlock
  private var leaves: UnsafeMutablePointer<UInt8>
  private var walked: UnsafeMutablePointer<UInt32>
  /// Shape `[outputCount, capacity]`.
  private var scores: UnsafeMutablePointer<Double>

  /// The most rows a block has: a multiple of 64.
  private var capacity: Int { planes.capacity }
  /// How many groups of 64 rows the block has now.
  private var groups: Int { planes.groups }

  /// Makes room for blocks of `scorer.blockRowCount` rows.
  init(_ scorer: TreeScorer) {
    self.scorer = scorer
    let capacity = scorer.blockRowCount
    planes = PlaneBlock(scorer.planes, capacity: capacity, kernel: scorer.kernel)
    unsafe leaves = .zeros(capacity)
    unsafe walked = .zeros(capacity)
    unsafe scores = .zeros(scorer.outputCount * capacity)
  }

  deinit {
    unsafe leaves.deallocate()
    unsafe walked.deallocate()
    unsafe scores.deallocate()
  }

  /// Takes up rows of a matrix: fills all planes, and sets scores to their base.
  ///
  /// - Precondition: At most as many rows as the block has room for; the matrix has the model's
  ///   features.
  mutating func load(_ matrix: FeatureMatrix, rows: Range<Int>) {
    precondition(matrix.columns.count == scorer.featureCount)
    planes.load(matrix, rows: rows)
    restart()
  }

  /// Sets the scores to their base, for other trees to be added.
  mutating func restart() {
    // SAFETY: `groups * 64 <= capacity`, the room for each output's scores.
    for output in 0..<scorer.outputCount {
      unsafe (scores + output * capacity).update(
        repeating: scorer.baseScores[output], count: 64 * groups)
    }
  }

  /// Fills the planes of one feature with what other rows hold of it; see ``PlaneBlock``.
  mutating func replace(
    _ feature: FeaturePlanes, from column: FeatureColumn, _ order: [Int32]?, at rows: Range<Int>
  ) {
    planes.replace(feature, from: column, order, at: rows)
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
          base + tree.tests.lowerBound, count: tree.tests.count, planes: planes.start,
          groups: groups,
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
          let byte = unsafe planes.start[Int(node.plane) &+ start &+ lane]
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
