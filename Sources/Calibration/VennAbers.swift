import Learning

/// The Venn-Abers interval of each score: the rates that isotonic regression of the held-out rows
/// gives it when the row itself is counted as negative, and when it is counted as positive.
///
/// One of the two is calibrated, whichever the row turns out to be (Vovk and Petej 2014,
/// "Venn-Abers predictors", theorem 1, https://arxiv.org/abs/1211.0025). Both rise with the score in
/// steps, which are all that is kept.
///
/// ```
/// upper                      ____|  1 beyond the last
///                 _______|___|         (value up to and with the score)
///       ______|___|
///                     _|_________      (value from the score on)
/// lower ______|_______|                0 before the first
/// ```
public struct VennAbers: Equatable, Sendable {
  /// The rate where the row counts as negative: each value holds from its score on, and 0 before the
  /// first. Scores and values strictly ascend; values are strictly between 0 and 1.
  public var lower: [Step]
  /// The rate where the row counts as positive: each value holds up to and with its score, and 1
  /// beyond the last. Otherwise as ``lower``.
  public var upper: [Step]

  /// A score at which a rate changes.
  public struct Step: Equatable, Sendable {
    /// The raw score.
    public var score: Double
    /// The rate.
    public var value: Double

    /// Makes a step.
    public init(score: Double, value: Double) {
      self.score = score
      self.value = value
    }
  }

  /// The most steps of either kind that a fit keeps.
  public static let stepLimit = 256

  /// Takes over steps.
  public init(lower: [Step], upper: [Step]) {
    self.lower = lower
    self.upper = upper
  }

  /// Finds the steps; where there are more than `stepLimit`, neighbours are joined so that the
  /// interval of no score gets narrower, and of none wider by more than has to be.
  ///
  /// - Complexity: O(`rows.scores.count`).
  package init(_ rows: CalibrationRows, stepLimit: Int = stepLimit) {
    // Counted from the other end, with outcomes exchanged, the lower rate is an upper one.
    let turned = Self.ratesWithPositive(
      Array(rows.negative.reversed()), Array(rows.positive.reversed()))
    lower = Self.joined(
      zip(rows.scores.reversed(), turned).map { Step(score: -$0, value: $1) }, limit: stepLimit
    ).reversed().map { Step(score: -$0.score, value: 1 - $0.value) }
    upper = Self.joined(
      zip(rows.scores, Self.ratesWithPositive(rows.positive, rows.negative)).map {
        Step(score: $0, value: $1)
      }, limit: stepLimit)
  }

  /// The interval of a score; `low` is at most `high`.
  ///
  /// - Complexity: O(log `stepLimit`).
  public func interval(of score: Double) -> (low: Double, high: Double) {
    let low = Self.firstIndex(in: lower) { $0.score > score }
    let high = Self.firstIndex(in: upper) { $0.score >= score }
    return (
      low > 0 ? lower[low - 1].value : 0, high < upper.count ? upper[high].value : 1
    )
  }

  @inline(__always)
  private static func firstIndex(in steps: [Step], where isBeyond: (Step) -> Bool) -> Int {
    var low = 0
    var high = steps.count
    while low < high {
      let middle = (low + high) / 2
      if isBeyond(steps[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// For each distinct score, the isotonic rate there once a positive row of weight 1 is added.
  ///
  /// Rates are slopes of the lower hull of the cumulative sums. The added row is a vector (1, 1) that
  /// wanders to the right: sums to its left stay, those to its right do not change either if all are
  /// counted from the row's far end, and the hull to the left of the row is only ever needed from the
  /// last corner on. Method: Vovk, Petej and Fedorova 2015, "Large-scale probabilistic predictors with
  /// and without guarantees of validity", algorithms 1 and 2, https://arxiv.org/abs/1511.00213.
  ///
  /// - Complexity: O(`positive.count`).
  static func ratesWithPositive(_ positive: [Double], _ negative: [Double]) -> [Double] {
    typealias Point = (x: Double, y: Double)
    var sums: [Point] = [(-1, -1), (0, 0)]
    sums.reserveCapacity(positive.count + 2)
    for index in positive.indices {
      let last = sums[sums.count - 1]
      sums.append((last.x + positive[index] + negative[index], last.y + positive[index]))
    }
    /// Whether the way from `a` by `b` to `c` does not turn left at `b`.
    func isNoLeftTurn(_ a: Point, _ b: Point, _ c: Point) -> Bool {
      (b.x - a.x) * (c.y - b.y) <= (c.x - b.x) * (b.y - a.y)
    }
    // The corners of the hull, the leftmost last.
    var corners: [Point] = []
    for point in sums.reversed() {
      while corners.count > 1,
        isNoLeftTurn(point, corners[corners.count - 1], corners[corners.count - 2])
      {
        corners.removeLast()
      }
      corners.append(point)
    }
    return positive.indices.map { index in
      let (first, second) = (corners[corners.count - 1], corners[corners.count - 2])
      let rate = (second.y - first.y) / (second.x - first.x)
      // The row moves beyond this score, whose rows are now to its left.
      let end = sums[index + 2]
      let moved = (x: end.x - 1, y: end.y - 1)
      if index < positive.count - 1, !isNoLeftTurn(first, moved, second) {
        corners.removeLast()
        while corners.count > 1,
          isNoLeftTurn(moved, corners[corners.count - 1], corners[corners.count - 2])
        {
          corners.removeLast()
        }
        corners.append(moved)
      }
      // Rounding alone may go beyond.
      return min(max(rate, 0), 1)
    }
  }

  /// Steps that hold up to their score, of strictly ascending values below 1, at most `limit`.
  ///
  /// A joined step has the highest value of its own, so none gets lower. The least widening that is
  /// enough is found by halving.
  private static func joined(_ steps: [Step], limit: Int) -> [Step] {
    /// Neighbours are one as long as they lie within `width` below the highest.
    func joined(width: Double) -> [Step] {
      var joined: [Step] = []
      for step in steps.reversed() where step.value < 1 {
        if let last = joined.last, last.value - step.value <= width { continue }
        joined.append(step)
      }
      return joined.reversed()
    }
    var best = joined(width: 0)
    guard best.count > limit else { return best }
    var (narrow, wide) = (0.0, 1.0)
    best = joined(width: wide)
    for _ in 0..<40 {
      let middle = (narrow + wide) / 2
      let found = joined(width: middle)
      if found.count <= limit {
        best = found
        wide = middle
      } else {
        narrow = middle
      }
    }
    return best
  }
}
