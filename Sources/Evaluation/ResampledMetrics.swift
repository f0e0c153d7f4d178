import Learning

/// The metrics of many resamples of the same rows.
///
/// The twin of `RankedRows.ranking(unitCounts:)` and `Ranking.value(of:losses:)`, to the last bit:
/// the same sums in the same order, but all metrics in one walk over the scores, and several
/// resamples side by side, so that scores and losses come from memory once for all of them.
package struct ResampledMetrics: Sendable {
  private let rows: RankedRows
  private let losses: Losses?
  private let holdsProbabilities: Bool
  /// Where the walk pauses: distinct scores, and the rows that have them.
  private let pieces: [(scores: Range<Int>, rows: Range<Int>)]

  /// How many distinct scores are handled for one resample before the next resample takes its turn:
  /// their masses, losses and scores fit the first cache.
  private static let pieceLength = 512
  /// How many resamples go side by side.
  static let blockLength = 8

  package init(_ rows: RankedRows, losses: Losses?) {
    self.rows = rows
    self.losses = losses
    holdsProbabilities = rows.scores[0] <= 1 && rows.scores[rows.scores.count - 1] >= 0
    var pieces: [(scores: Range<Int>, rows: Range<Int>)] = []
    var row = 0
    for start in stride(from: 0, to: rows.scores.count, by: Self.pieceLength) {
      let end = min(start + Self.pieceLength, rows.scores.count)
      let firstRow = row
      while row < rows.rowCount, rows.cellOfRow[row] < 2 * end { row += 1 }
      pieces.append((start..<end, firstRow..<row))
    }
    self.pieces = pieces
  }

  /// How many units a resample draws.
  var unitCount: Int { rows.unitCount }

  /// The metrics of each resample, in the order of `Metric.allCases`.
  ///
  /// - Parameter counts: How often each resample draws each unit, shape `[resampleCount][unitCount]`.
  package func values(_ counts: [[UInt8]]) -> [[Double?]] {
    var mass = [Double](repeating: 0, count: 2 * Self.pieceLength)
    var walks = counts.map { Walk(totals: totals($0, using: &mass)) }
    for piece in pieces {
      for resample in counts.indices {
        gather(piece, counts[resample], into: &mass)
        add(piece.scores, mass.span, to: &walks[resample])
      }
    }
    return walks.map { $0.values(holdsProbabilities: holdsProbabilities) }
  }

  /// The weight of negative and of positive rows.
  private func totals(_ counts: [UInt8], using mass: inout [Double]) -> (Double, Double) {
    guard rows.weightOfRow != nil else { return totals(counts) }
    var totals = (negative: 0.0, positive: 0.0)
    for piece in pieces {
      gather(piece, counts, into: &mass)
      for index in 0..<piece.scores.count {
        totals.negative += mass[2 * index]
        totals.positive += mass[2 * index + 1]
      }
    }
    return totals
  }

  /// The same of rows that weigh 1 each.
  private func totals(_ counts: [UInt8]) -> (Double, Double) {
    let (cells, counts) = (rows.cellOfRow.span, counts.span)
    var all = 0
    var positive = 0
    if let units = rows.unitOfRow {
      let units = units.span
      for row in cells.indices {
        let count = Int(counts[Int(units[row])])
        all += count
        positive += count & -Int(cells[row] & 1)
      }
    } else {
      for row in cells.indices {
        let count = Int(counts[row])
        all += count
        positive += count & -Int(cells[row] & 1)
      }
    }
    return (Double(all - positive), Double(positive))
  }

  /// Sums the drawn rows of a piece by score and outcome.
  private func gather(
    _ piece: (scores: Range<Int>, rows: Range<Int>), _ counts: [UInt8], into mass: inout [Double]
  ) {
    var mass = mass.mutableSpan
    let (cells, counts) = (rows.cellOfRow.span, counts.span)
    let firstCell = 2 * piece.scores.lowerBound
    for cell in 0..<2 * piece.scores.count { mass[cell] = 0 }
    switch (rows.unitOfRow, rows.weightOfRow) {
    case (nil, nil):
      for row in piece.rows { mass[Int(cells[row]) - firstCell] += Double(counts[row]) }
    case (let units?, nil):
      let units = units.span
      for row in piece.rows {
        mass[Int(cells[row]) - firstCell] += Double(counts[Int(units[row])])
      }
    case (let units, let weights?):
      let weights = weights.span
      for row in piece.rows {
        let unit = units.map { Int($0[row]) } ?? row
        mass[Int(cells[row]) - firstCell] += Double(counts[unit]) * weights[row]
      }
    }
  }

  private func add(_ range: Range<Int>, _ mass: Span<Double>, to shared: inout Walk) {
    var walk = shared
    let scores = rows.scores.span
    if let losses {
      let (ifPositive, ifNegative) = (losses.ifPositive.span, losses.ifNegative.span)
      for index in range {
        let cell = 2 * (index - range.lowerBound)
        walk.add(
          negative: mass[cell], positive: mass[cell + 1], score: scores[index],
          lossIfPositive: ifPositive[index], lossIfNegative: ifNegative[index])
      }
    } else {
      for index in range {
        let cell = 2 * (index - range.lowerBound)
        walk.add(
          negative: mass[cell], positive: mass[cell + 1], score: scores[index],
          lossIfPositive: 0, lossIfNegative: 0)
      }
    }
    shared = walk
  }
}

/// What one resample has summed up so far, from the best score down.
private struct Walk {
  let negativeTotal: Double
  let positiveTotal: Double
  var total: Double { positiveTotal + negativeTotal }

  var above = 0.0
  var positiveAbove = 0.0
  var wins = 0.0
  var precision = 0.0
  var loss = 0.0
  var squares = 0.0

  /// The weight at which the next bin begins; infinite after the last.
  var nextCut: Double
  var binsBegun = 1
  var binPositive = 0.0
  var binScore = 0.0
  var binDistance = 0.0

  /// The weight at which the best tenth ends; infinite once passed.
  var liftCut: Double
  var top = (mass: 0.0, positive: 0.0)

  static let binCount = 10

  init(totals: (negative: Double, positive: Double)) {
    (negativeTotal, positiveTotal) = totals
    let total = positiveTotal + negativeTotal
    nextCut = total / Double(Self.binCount)
    liftCut = total * 0.1
  }

  /// Goes down by one distinct score.
  @inline(__always)
  mutating func add(
    negative: Double, positive: Double, score: Double, lossIfPositive: Double,
    lossIfNegative: Double
  ) {
    let atScore = positive + negative
    let end = above + atScore
    if liftCut < end { passLiftCut(atScore, positive) }
    if nextCut < end {
      passCuts(atScore, positive, score, end)
    } else {
      binPositive += positive
      binScore += score * atScore
    }
    wins += negative * (positiveAbove + positive / 2)
    positiveAbove += positive
    above = end
    // Nothing above is nothing positive either: 0 divided by anything, without a branch.
    precision += positive * (positiveAbove / max(end, .leastNormalMagnitude))
    loss += positive * lossIfPositive + negative * lossIfNegative
    let miss = 1 - score
    squares += positive * (miss * miss) + negative * (score * score)
  }

  /// See `Ranking.slices(cuts:)`, of which this is the first slice.
  @inline(never)
  private mutating func passLiftCut(_ atScore: Double, _ positive: Double) {
    top = (above, positiveAbove)
    if liftCut > above {
      let share = (liftCut - above) / atScore
      top.mass += atScore * share
      top.positive += positive * share
    }
    liftCut = .infinity
  }

  /// See `Ranking.slices(cuts:)`.
  @inline(never)
  private mutating func passCuts(
    _ atScore: Double, _ positive: Double, _ score: Double, _ end: Double
  ) {
    var begun = above
    while nextCut < end {
      if nextCut > begun {
        let share = (nextCut - begun) / atScore
        binPositive += positive * share
        binScore += score * (atScore * share)
        begun = nextCut
      }
      binDistance += (binPositive - binScore).magnitude
      (binPositive, binScore) = (0, 0)
      binsBegun += 1
      nextCut =
        binsBegun < Self.binCount ? total * Double(binsBegun) / Double(Self.binCount) : .infinity
    }
    let share = begun == above ? 1 : (end - begun) / atScore
    binPositive += positive * share
    binScore += score * (atScore * share)
  }

  func values(holdsProbabilities: Bool) -> [Double?] {
    Metric.allCases.map { metric in
      switch metric {
      case .rocAUC:
        positiveTotal > 0 && negativeTotal > 0 ? wins / (positiveTotal * negativeTotal) : nil
      case .averagePrecision: positiveTotal > 0 ? precision / positiveTotal : nil
      case .logLoss: holdsProbabilities ? loss / total : nil
      case .brierScore: holdsProbabilities ? squares / total : nil
      case .expectedCalibrationError:
        holdsProbabilities ? (binDistance + (binPositive - binScore).magnitude) / total : nil
      case .liftAt10: lift
      }
    }
  }

  private var lift: Double? {
    guard positiveTotal > 0 else { return nil }
    // Only rounding at the very end can leave the cut unreached.
    let top = liftCut == .infinity ? top : (mass: above, positive: positiveAbove)
    return top.mass > 0 ? (top.positive / top.mass) / (positiveTotal / total) : nil
  }
}
