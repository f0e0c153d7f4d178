import GradientBoosting
import Learning

/// Which steps of each leaf the rows of a background take, and how many of them take the same.
///
/// Method: Lundberg et al. 2020, "From local explanations to global understanding with explainable
/// AI for trees", algorithm 3, https://doi.org/10.1038/s42256-019-0138-9, once for all rows of the
/// background that a leaf does not tell apart.
struct BackgroundPatterns: Sendable {
  private struct Leaf {
    var wordCount = 1
    /// Where its patterns begin in `words`, and their shares in `shares`.
    var firstWord = 0
    var shares = 0..<0
  }
  private var leaves: [Leaf] = []
  /// The different patterns of each leaf, ascending.
  private var words: [UInt16] = []
  /// Which share of the background has each of them.
  private var shares: [Double] = []
  /// The share of the orders in which `a` features come before one, and `b` after it, in which that is
  /// so of given ones: `a! b! / (a + b + 1)!`, shape `[widest, widest]`.
  private var orders: [Double] = []
  private let widest: Int

  /// Sorts out which steps a background takes.
  init(_ model: BoostedTrees, _ pieces: TreePieces, _ background: FeatureMatrix) {
    widest = (pieces.leaves.map(\.steps.count).max() ?? 0) + 1
    for before in 0..<widest {
      var share = 1 / Double(before + 1)
      for after in 0..<widest {
        if after > 0 { share *= Double(after) / Double(before + after + 1) }
        orders.append(share)
      }
    }
    leaves = Array(repeating: Leaf(), count: pieces.leaves.count)
    let blocks = RowBlock.ranges(rowCount: background.rowCount).map {
      RowBlock(background, rows: $0)
    }
    for piece in pieces.pieces {
      let patterns = blocks.flatMap { block in
        (0..<block.rowCount).map { position in
          block.withRow(position) { piece.pattern(of: $0, in: model.trees) }
        }
      }
      for leaf in piece.leaves { count(leaf, of: piece, in: pieces, patterns) }
    }
  }

  private mutating func count(
    _ leaf: Int, of piece: TreePiece, in pieces: TreePieces, _ patterns: [[UInt16]]
  ) {
    leaves[leaf] = Leaf(
      wordCount: piece.wordCount, firstWord: words.count, shares: shares.count..<shares.count)
    let taken = patterns.map { pieces.stepPattern(leaf, of: piece, $0) }
      .sorted { $0.lexicographicallyPrecedes($1) }
    var start = 0
    while start < taken.count {
      let end = taken[start...].firstIndex { $0 != taken[start] } ?? taken.count
      words += taken[start]
      shares.append(Double(end - start) / Double(taken.count))
      start = end
    }
    leaves[leaf].shares = leaves[leaf].shares.lowerBound..<shares.count
  }

  /// What a leaf adds to each of its steps' features, by the steps that a row takes.
  ///
  /// - Parameters:
  ///   - pattern: A bit for each step, 16 to a number.
  ///   - target: Shape `[stepCount]`.
  @unsafe func contributions(
    ofLeaf index: Int, value: Double, stepCount: Int, _ pattern: UnsafePointer<UInt16>,
    to target: UnsafeMutablePointer<Double>
  ) {
    let leaf = leaves[index]
    // SAFETY: `pattern` has a bit and `target` a place for each step; see `PieceLeaf`.
    for step in 0..<stepCount { unsafe target[step] = 0 }
    for (position, share) in leaf.shares.enumerated() {
      let first = leaf.firstWord + position * leaf.wordCount
      // Steps that only the row takes, and steps that only the background does.
      var (own, others, isReached) = (0, 0, true)
      for word in 0..<leaf.wordCount {
        let row = unsafe pattern[word]
        let other = words[first + word]
        let all = UInt16(truncatingIfNeeded: (1 << min(16, stepCount - 16 * word)) - 1)
        if row | other != all { isReached = false }
        own += (row & ~other).nonzeroBitCount
        others += (other & ~row).nonzeroBitCount
      }
      guard isReached else { continue }
      let gain = own > 0 ? value * shares[share] * orders[(own - 1) * widest + others] : 0
      let loss = others > 0 ? value * shares[share] * orders[own * widest + others - 1] : 0
      for step in 0..<stepCount {
        let isOwn = unsafe pattern[step >> 4] >> UInt16(step & 15) & 1 == 1
        let isOthers = words[first + step >> 4] >> UInt16(step & 15) & 1 == 1
        if isOwn != isOthers { unsafe target[step] += isOwn ? gain : -loss }
      }
    }
  }
}
