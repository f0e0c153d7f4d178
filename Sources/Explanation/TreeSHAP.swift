import GradientBoosting
import Learning

/// How far each feature moves each row's raw score from the mean score, exactly shared out among the
/// features as Shapley values.
///
/// What a coalition of features is worth is a tree's mean over the rows that agree with the row on
/// these features: over the training rows, read off the rows that each node was grown with
/// ("path-dependent", Lundberg, Erion, Lee 2018, https://arxiv.org/abs/1802.03888); or, with a
/// background, over that of rows whose other features are the background's ("interventional",
/// Lundberg et al. 2020, https://doi.org/10.1038/s42256-019-0138-9).
///
/// A leaf's part follows from the conditions on the way to it that the row meets, a few bits. It is
/// computed once for each pattern of them, for several leaves together, and looked up; see
/// ``TreePieces``, ``LeafGame`` and `Docs/Methods/Explanation.md`. A row's contributions have the same
/// bits whatever rows stand beside it, on any number of threads and any processor.
public struct TreeSHAP: Sendable {
  let model: BoostedTrees
  let pieces: TreePieces
  let game: LeafGame
  let store: PieceStore
  /// The mean raw score: what a row's contributions are added to.
  public let meanScore: Double

  /// Prepares to explain a model against its training rows.
  public init(_ model: BoostedTrees) {
    self.init(model, bitLimit: TreePieces.bitLimit)
  }

  /// - Parameter bitLimit: See ``TreePieces/bitLimit``.
  package init(_ model: BoostedTrees, bitLimit: Int) {
    self.model = model
    pieces = TreePieces(model, bitLimit: bitLimit)
    game = LeafGame(path: pieces)
    store = PieceStore(pieces)
    meanScore = pieces.means.reduce(model.baseScore, +)
  }

  /// Prepares to explain a model against the rows of a background.
  ///
  /// - Parameter background: The rows, a hundred or a few; each counts the same.
  /// - Complexity: Time and memory grow with the leaves times the rows.
  /// - Precondition: At least one row, with the model's features.
  public init(_ model: BoostedTrees, background: FeatureMatrix) {
    precondition(background.rowCount > 0, "a background without rows")
    self.model = model
    pieces = TreePieces(model)
    game = LeafGame(background: BackgroundPatterns(model, pieces, background))
    store = PieceStore(pieces)
    let scores = model.scores(of: background, threads: 1)
    meanScore = scores.reduce(0, +) / Double(scores.count)
  }

  /// Whether coalitions are worth the mean over the training rows, not over a background.
  var isPathDependent: Bool { game.isPathDependent }

  /// The contributions of every row.
  ///
  /// - Returns: Shape `[rowCount, featureCount]`; a row's contributions and ``meanScore`` add up to
  ///   its raw score, but for rounding.
  public func contributions(of matrix: FeatureMatrix, threads: Int) -> [Double] {
    contributions(of: matrix, rows: 0..<matrix.rowCount, threads: threads)
  }

  /// The contributions of some rows, so that those of all need not be held at once.
  ///
  /// - Returns: Shape `[rows.count, featureCount]`.
  /// - Precondition: `rows` are among the matrix's.
  public func contributions(
    of matrix: FeatureMatrix, rows: Range<Int>, threads: Int
  ) -> [Double] {
    precondition(
      matrix.columns.count == model.featureCount,
      "the matrix has \(matrix.columns.count) features; the model \(model.featureCount)")
    precondition(
      rows.lowerBound >= 0 && rows.upperBound <= matrix.rowCount,
      "rows \(rows) of \(matrix.rowCount)")
    // Both ways give the same bits.
    let contributions =
      rows.count < Self.scanRowCount
      ? walkedContributions(of: matrix, rows: rows, threads: threads)
      : scannedContributions(of: matrix, rows: rows, threads: threads)
    assert(isAdditive(contributions, matrix, rows))
    return contributions
  }

  /// From so many rows on, preparing planes costs less than it saves.
  private static let scanRowCount = 16

  /// What ``contributions(of:rows:threads:)`` gives, by the definition: row by row and leaf by leaf.
  package func walkedContributions(
    of matrix: FeatureMatrix, rows: Range<Int>, threads: Int
  ) -> [Double] {
    let ranges = RowBlock.ranges(rowCount: rows.count)
    return Parallel.map(ranges.count, threads: threads) { index in
      let (start, end) = (ranges[index].lowerBound, ranges[index].upperBound)
      let block = RowBlock(matrix, rows: rows.lowerBound + start..<rows.lowerBound + end)
      return (0..<block.rowCount).flatMap { position in
        block.withRow(position) { contributions(ofRow: $0) }
      }
    }.flatMap(\.self)
  }

  private func contributions(ofRow values: Span<Double>) -> [Double] {
    var contributions = [Double](repeating: 0, count: model.featureCount)
    var game = game
    for piece in pieces.pieces {
      let pattern = piece.pattern(of: values, in: model.trees)
      // The leaves of a piece are added up first, as in its table.
      var sums = [Double](repeating: 0, count: piece.features.count)
      for leaf in piece.leaves {
        game.prepare(leaf, of: pieces)
        let parts = game.contributions(of: pieces.stepPattern(leaf, of: piece, pattern))
        for (part, step) in zip(parts, pieces.steps[pieces.leaves[leaf].steps]) {
          sums[Int(step.column)] += part
        }
      }
      for (sum, feature) in zip(sums, piece.features) { contributions[feature] += sum }
    }
    return contributions
  }

  /// Whether contributions and the mean score add up to the rows' scores.
  private func isAdditive(_ contributions: [Double], _ matrix: FeatureMatrix, _ rows: Range<Int>)
    -> Bool
  {
    let scores = model.scores(of: matrix.selecting(Array(rows)), threads: 1)
    let width = model.featureCount
    let scale = model.baseScore.magnitude + meanScore.magnitude + pieces.scale
    return scores.indices.allSatisfy { row in
      let sum = contributions[row * width..<(row + 1) * width].reduce(meanScore, +)
      return !sum.isFinite || abs(sum - scores[row]) <= 1e-9 * max(1, scale)
    }
  }
}
