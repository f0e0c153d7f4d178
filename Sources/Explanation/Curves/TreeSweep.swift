import GradientBoosting
import Learning

/// Trees, prepared to be swept along one feature.
///
/// Rows and places go down a tree together. At a test of the swept feature the places part and the
/// rows stay; at any other test the rows part and the places stay; a leaf adds its value to all rows
/// and places that reach it:
///
/// ```
///                 x <= 3 ?  (swept)      rows r1 r2 r3, places 1 2 5 9
///                /        \
///   r1 r2 r3 at 1 2     z <= 0 ?         r1 r2 r3 at 5 9
///                       /      \
///               r2 at 5 9     r1 r3 at 5 9
/// ```
///
/// So a tree is walked once for all places.
struct TreeSweep: Sendable {
  private let feature: Int
  private let places: FeatureColumn
  /// The places as trees test them: a category's code as a number.
  private let placeValues: [Double]
  /// The trees that do not test the feature.
  private let constant: BoostedTrees
  /// The trees that do.
  private let moving: [Tree]

  /// How many rows go down together.
  private static let rowsPerBlock = 256

  init(_ trees: BoostedTrees, feature: Int, places: FeatureColumn) {
    func tests(_ tree: Tree) -> Bool { tree.nodes.contains { $0.feature == Int32(feature) } }
    self.feature = feature
    self.places = places
    placeValues =
      switch places {
      case .number(let values): values
      case .category(let codes): codes.map(Double.init)
      }
    var constant = trees
    constant.trees.removeAll(where: tests)
    self.constant = constant
    moving = trees.trees.filter(tests)
  }

  func sweep(_ matrix: FeatureMatrix, threads: Int) -> FeatureSweep {
    let base = constant.scores(of: matrix, threads: threads)
    let placeCount = places.count
    let blocks = stride(from: 0, to: matrix.rowCount, by: Self.rowsPerBlock).map {
      $0..<min($0 + Self.rowsPerBlock, matrix.rowCount)
    }
    let scores = Parallel.map(blocks.count, threads: threads) { index in
      var walk = Walk(
        feature: feature, placeValues: placeValues, columns: matrix.columns, rows: blocks[index])
      for (position, row) in blocks[index].enumerated() {
        for place in 0..<placeCount { walk.scores[position * placeCount + place] = base[row] }
      }
      for tree in moving { walk.add(tree) }
      return walk.scores
    }
    return FeatureSweep(placeCount: placeCount, scores: scores.flatMap(\.self))
  }

  /// A block of rows on its way through trees.
  private struct Walk {
    private let feature: Int
    private let placeValues: [Double]
    private let columns: [FeatureColumn]
    private let rowStart: Int
    /// Shape `[rowCount of the block, placeCount]`.
    var scores: [Double]
    /// The rows that stand at the nodes of the present path, node after node; so for places.
    private var rows: [Int]
    private var places: [Int]

    init(feature: Int, placeValues: [Double], columns: [FeatureColumn], rows: Range<Int>) {
      self.feature = feature
      self.placeValues = placeValues
      self.columns = columns
      rowStart = rows.lowerBound
      scores = [Double](repeating: 0, count: rows.count * placeValues.count)
      self.rows = Array(0..<rows.count)
      places = Array(placeValues.indices)
    }

    mutating func add(_ tree: Tree) {
      visit(tree, 0, rows: 0..<rows.count, places: 0..<places.count)
    }

    private mutating func visit(
      _ tree: Tree, _ index: Int, rows rowRange: Range<Int>, places placeRange: Range<Int>
    ) {
      if rowRange.isEmpty || placeRange.isEmpty { return }
      let node = tree.nodes[index]
      if node.isLeaf {
        let (rows, places) = (rows, places)
        return Self.add(
          node.value, rows.span.extracting(rowRange), places.span.extracting(placeRange),
          to: &scores, placeCount: placeValues.count)
      }
      if Int(node.feature) == feature {
        let start = places.count
        for goesLeft in [true, false] {
          for position in placeRange {
            let place = places[position]
            if tree.goesLeft(node, placeValues[place]) == goesLeft { places.append(place) }
          }
          visit(
            tree, Int(goesLeft ? node.left : node.right), rows: rowRange,
            places: start..<places.count)
          places.removeSubrange(start...)
        }
      } else {
        let start = rows.count
        let middle = split(rowRange, tree, node)
        let end = rows.count
        visit(tree, Int(node.left), rows: start..<middle, places: placeRange)
        visit(tree, Int(node.right), rows: middle..<end, places: placeRange)
        rows.removeSubrange(start...)
      }
    }

    /// Puts the rows that go left at the end of ``rows``, then those that go right.
    ///
    /// - Returns: Where those begin.
    private mutating func split(_ range: Range<Int>, _ tree: Tree, _ node: TreeNode) -> Int {
      func value(_ row: Int) -> Double {
        switch columns[Int(node.feature)] {
        case .number(let values): values[rowStart + row]
        case .category(let codes): Double(codes[rowStart + row])
        }
      }
      var right: [Int] = []
      for position in range {
        let row = rows[position]
        if tree.goesLeft(node, value(row)) { rows.append(row) } else { right.append(row) }
      }
      let middle = rows.count
      rows += right
      return middle
    }

    /// Adds a leaf's value to rows at places, of which there is at least one.
    private static func add(
      _ value: Double, _ rows: Span<Int>, _ places: Span<Int>, to scores: inout [Double],
      placeCount: Int
    ) {
      var scores = scores.mutableSpan
      let first = places[0]
      let count = places.count
      // Ascending places without a gap, as of a quantity, need no look-up.
      if places[count - 1] - first == count - 1 {
        for position in rows.indices {
          let start = rows[position] * placeCount + first
          for cell in start..<start + count { scores[cell] += value }
        }
      } else {
        for position in rows.indices {
          let start = rows[position] * placeCount
          for place in places.indices { scores[start + places[place]] += value }
        }
      }
    }
  }
}
