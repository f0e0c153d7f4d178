/// A part of the ranking between two shares of its weight.
struct Slice: Sendable {
  /// The weight of its rows.
  var mass = 0.0
  /// The weight of its positive rows.
  var positive = 0.0
  /// The sum of its rows' scores, times their weight.
  var scoreSum = 0.0
  /// The best score in it.
  var highest = -Double.infinity
  /// The worst score in it.
  var lowest = Double.infinity

  /// Adds a share of the rows at one score.
  mutating func add(_ ranking: Ranking, _ piece: Piece) {
    let (index, share) = (piece.index, piece.share)
    let added = (ranking.positive(index) + ranking.negative(index)) * share
    mass += added
    positive += ranking.positive(index) * share
    scoreSum += ranking.scores[index] * added
    highest = max(highest, ranking.scores[index])
    lowest = min(lowest, ranking.scores[index])
  }
}

/// A share of the rows at one score.
struct Piece: Sendable {
  /// Which of the distinct scores.
  var index: Int
  /// The share of its rows, in `0...1`.
  var share: Double
}

extension Ranking {
  /// Cuts the ranking, best first, at the given weights from the top.
  ///
  /// A score whose rows lie on both sides of a cut gives each side its share of their weight, and
  /// the same share of their positives: what a random order of the tied rows gives on average.
  ///
  /// ```
  /// scores   0.9  0.9 | 0.5  0.5  0.5 | 0.1        cut after 3 of 6 rows:
  /// slices  [--------------------)[--------------)  the first has 2 rows of 0.9, one of 0.5
  /// ```
  ///
  /// - Precondition: `cuts` ascend; the last slice ends with the ranking.
  /// - Returns: One slice more than there are cuts.
  func pieces(cuts: [Double]) -> [[Piece]] {
    var slices: [[Piece]] = [[]]
    var position = 0.0
    for index in scores.indices {
      let atScore = positive(index) + negative(index)
      guard atScore > 0 else { continue }
      let end = position + atScore
      var begun = position
      while slices.count <= cuts.count, cuts[slices.count - 1] < end {
        let cut = cuts[slices.count - 1]
        if cut > begun {
          slices[slices.count - 1].append(Piece(index: index, share: (cut - begun) / atScore))
          begun = cut
        }
        slices.append([])
      }
      let share = begun == position ? 1 : (end - begun) / atScore
      slices[slices.count - 1].append(Piece(index: index, share: share))
      position = end
    }
    // Only rounding at the very end can leave a cut unreached.
    while slices.count <= cuts.count { slices.append([]) }
    return slices
  }

  /// Where slices of equal weight end, the last left out.
  func cuts(count: Int) -> [Double] {
    (1..<count).map { total * Double($0) / Double(count) }
  }

  /// The slices between cuts, summed up.
  func slices(cuts: [Double]) -> [Slice] {
    pieces(cuts: cuts).map { pieces in
      var slice = Slice()
      for piece in pieces { slice.add(self, piece) }
      return slice
    }
  }

  /// `count` slices of equal weight.
  func slices(count: Int) -> [Slice] { slices(cuts: cuts(count: count)) }

  /// See ``Metrics/lift(at:scores:labels:weights:)``.
  func lift(at share: Double) -> Double? {
    guard positiveTotal > 0, share > 0, share <= 1 else { return nil }
    if share == 1 { return 1 }
    // The share that the slice really has: rounding of the cut then cancels.
    let top = slices(cuts: [total * share])[0]
    return top.mass > 0 ? (top.positive / top.mass) / baseRate : nil
  }

  /// See ``Metrics/expectedCalibrationError(probabilities:labels:weights:binCount:)``.
  func expectedCalibrationError(binCount: Int) -> Double? {
    guard holdsProbabilities, binCount > 0 else { return nil }
    let distance = slices(count: binCount).reduce(0) {
      $0 + ($1.positive - $1.scoreSum).magnitude
    }
    return distance / total
  }

  /// See ``Metrics/reliability(probabilities:labels:weights:binCount:)``.
  func reliability(binCount: Int) -> [ReliabilityBin] {
    guard holdsProbabilities, binCount > 0 else { return [] }
    return slices(count: binCount).reversed().filter { $0.mass > 0 }.map { slice in
      ReliabilityBin(
        lowest: slice.lowest, highest: slice.highest, rows: given(slice.mass),
        meanProbability: slice.scoreSum / slice.mass, observedRate: slice.positive / slice.mass)
    }
  }

  /// See ``Metrics/gains(scores:labels:weights:sliceCount:)``.
  func gains(sliceCount: Int) -> [GainsRow] {
    guard sliceCount > 0 else { return [] }
    var positiveAbove = 0.0
    return slices(count: sliceCount).enumerated().map { index, slice in
      positiveAbove += slice.positive
      let share = Double(index + 1) / Double(sliceCount)
      // The last slice holds the rest of the positives, whatever their shares were rounded to.
      let capture =
        positiveTotal > 0
        ? (index + 1 == sliceCount ? 1 : positiveAbove / positiveTotal) : nil
      return GainsRow(
        share: share, rows: given(slice.mass), positives: given(slice.positive),
        meanProbability: slice.mass > 0 ? slice.scoreSum / slice.mass : nil,
        capture: capture, lift: capture.map { $0 / share })
    }
  }
}
