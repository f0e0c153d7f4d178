import GradientBoosting
import Learning

extension TreeSHAP {
  /// What pairs of features add to every row's score together, beyond what each adds alone.
  ///
  /// A pair's part is shared by its two places. What is left of a feature's contribution stands on the
  /// diagonal: its main effect. So a row of a matrix adds up to the feature's contribution, and all
  /// of it and ``meanScore`` to the raw score.
  ///
  /// Method: Lundberg, Erion, Lee 2018, section 4.2, https://arxiv.org/abs/1802.03888; the Shapley
  /// interaction index of Grabisch and Roubens 1999, of which each place has a half.
  ///
  /// - Returns: Shape `[rows.count, featureCount, featureCount]`; each matrix is symmetric.
  /// - Precondition: The model is explained against its training rows, not a background.
  public func interactions(of matrix: FeatureMatrix, rows: Range<Int>, threads: Int) -> [Double] {
    precondition(isPathDependent, "interactions against a background")
    let width = model.featureCount
    let contributions = contributions(of: matrix, rows: rows, threads: threads)
    let scanner = store.scanner { PieceScanner(model, pieces) }
    let blocks = stride(from: rows.lowerBound, to: rows.upperBound, by: Self.interactionRowCount)
      .map { $0..<min($0 + Self.interactionRowCount, rows.upperBound) }
    return Parallel.map(blocks.count, threads: threads) { index in
      let start = (blocks[index].lowerBound - rows.lowerBound) * width
      let own = contributions[start..<start + blocks[index].count * width]
      return interactions(of: matrix, rows: blocks[index], Array(own), scanner)
    }.flatMap(\.self)
  }

  /// How many rows share what is computed for a pattern.
  private static let interactionRowCount = 64

  private func interactions(
    of matrix: FeatureMatrix, rows: Range<Int>, _ contributions: [Double], _ scanner: PieceScanner
  ) -> [Double] {
    let width = model.featureCount
    var values = [Double](repeating: 0, count: rows.count * width * width)
    var block = PatternBlock(scanner.scanner)
    block.load(matrix, rows: rows)
    var work = PieceWork(game)
    for (index, piece) in pieces.pieces.enumerated() {
      work.load(&block, scanner.firstPattern[index], piece.wordCount, rows.count)
      let sums = work.interactions(piece, pieces)
      let count = piece.features.count
      for row in 0..<rows.count {
        let first = Int(work.slotOfRow[row]) * count * count
        for one in 0..<count {
          let place = (row * width + piece.features[one]) * width
          for other in 0..<count {
            values[place + piece.features[other]] += sums[first + one * count + other]
          }
        }
      }
    }
    for row in 0..<rows.count {
      for feature in 0..<width {
        let place = (row * width + feature) * width
        let others = values[place..<place + width].reduce(0, +)
        values[place + feature] = contributions[row * width + feature] - others
      }
    }
    return values
  }
}

extension PieceWork {
  /// What the pairs of a piece's features add together, for each pattern: shape
  /// `[patternCount, features.count, features.count]`, symmetric, 0 on the diagonal.
  func interactions(_ piece: TreePiece, _ pieces: TreePieces) -> [Double] {
    let count = piece.features.count
    var game = game
    var sums = [Double](repeating: 0, count: patternCount * count * count)
    for index in piece.leaves {
      let steps = Array(pieces.steps[pieces.leaves[index].steps])
      game.prepare(index, of: pieces)
      for slot in 0..<patternCount {
        let pattern = pieces.stepPattern(index, of: piece, words(ofSlot: slot))
        game.forEachPair(pattern) { one, other, part in
          let (first, second) = (Int(steps[one].column), Int(steps[other].column))
          sums[(slot * count + first) * count + second] += part
          sums[(slot * count + second) * count + first] += part
        }
      }
    }
    return sums
  }
}

extension LeafGame {
  /// Half of what each pair of steps adds together: the integral of the product's second derivative.
  func forEachPair(_ pattern: [UInt16], _ body: (_ one: Int, _ other: Int, Double) -> Void) {
    let places = (0..<stepCount).map { 2 * $0 + Int(pattern[$0 / 16] >> UInt16($0 % 16) & 1) }
    // Of a leaf of value 1; `changes` has the value in it.
    var products = weights
    for place in places {
      for four in 0..<fours { products[four] *= factors[place * fours + four] }
    }
    for one in places.indices {
      let without = (0..<fours).map { products[$0] * reciprocals[places[one] * fours + $0] }
      for other in places.indices.dropFirst(one + 1) {
        var sums = SIMD4<Double>()
        for four in 0..<fours { sums += without[four] * reciprocals[places[other] * fours + four] }
        body(one, other, changes[places[one]] * moves[places[other]] * Self.total(sums) / 2)
      }
    }
  }
}
