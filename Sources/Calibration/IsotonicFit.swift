/// Isotonic regression, made strictly increasing.
///
/// Pool-adjacent-violators gives steps: blocks of scores with one rate. The calibrator is linear
/// between the blocks' centres instead, so scores within a block stay apart.
///
/// ```
/// rate                 o      o  block centre (mean score, rate)
///               __o___/       /  linear between centres
///       o______/              _  beyond the first and last, log odds rise by 1e-6 per unit
/// ```
package enum IsotonicFit {
  /// Neighbouring scores that share one rate.
  package struct Block: Equatable {
    /// How many distinct scores it holds.
    package var scoreCount: Int
    /// The weight of its rows.
    var weight: Double
    /// The weight of its positive rows.
    var positive: Double
    /// The weighted mean of its scores.
    var centre: Double
    /// The share of positive rows.
    package var rate: Double { positive / weight }
  }

  /// The knots, and whether all scores fell into one block.
  static func fitted(to rows: CalibrationRows) -> (Calibrator, ranksNoBetterThanChance: Bool) {
    let targets = rows.smoothedTargets
    var knots: [Calibrator.Knot] = []
    for block in blocks(of: rows) {
      // A block without negatives is no certainty: no rate goes beyond the smoothed targets.
      let probability = min(max(block.rate, targets.negative), targets.positive)
      // Two that the bounds made equal are one knot, at the centre nearer to the middle.
      if let last = knots.last, last.probability >= probability || last.score >= block.centre {
        if probability == targets.negative {
          knots[knots.count - 1].score = block.centre
        }
        continue
      }
      knots.append(Calibrator.Knot(score: block.centre, probability: probability))
    }
    return (.isotonic(knots: knots), knots.count == 1)
  }

  /// The blocks of isotonic regression, ascending in score and strictly ascending in rate.
  ///
  /// Method: pool adjacent violators (Ayer et al. 1955; Best and Chakravarti 1990, section 2).
  ///
  /// - Complexity: O(`rows.scores.count`).
  package static func blocks(of rows: CalibrationRows) -> [Block] {
    var blocks: [Block] = []
    for index in rows.scores.indices {
      var block = Block(
        scoreCount: 1, weight: rows.positive[index] + rows.negative[index],
        positive: rows.positive[index],
        // Beyond any log odds; a span of knots then never overflows.
        centre: min(max(rows.scores[index], -1e300), 1e300))
      while let last = blocks.last, last.rate >= block.rate {
        blocks.removeLast()
        block = merged(last, block)
      }
      blocks.append(block)
    }
    return blocks
  }

  private static func merged(_ left: Block, _ right: Block) -> Block {
    let weight = left.weight + right.weight
    let centre = left.centre + (right.centre - left.centre) * (right.weight / weight)
    return Block(
      scoreCount: left.scoreCount + right.scoreCount, weight: weight,
      positive: left.positive + right.positive,
      centre: min(max(centre, left.centre), right.centre))
  }
}
