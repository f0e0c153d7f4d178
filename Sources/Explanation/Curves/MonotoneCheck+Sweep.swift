import GradientBoosting
import Learning

extension MonotoneCheck {
  /// Sweeps a quantity for all rows.
  ///
  /// Trees are constant between their thresholds, so that one value in each gap says all; a fall is
  /// then from the threshold below which the higher score holds to the one above which the lower
  /// holds. Other models are tried at the grid's places.
  init(
    of feature: Int, _ parts: [CurvePart], grid: CurveGrid, demanded: Int?, threads: Int
  ) {
    var sums = Sums()
    var isExact = true
    for part in parts {
      let thresholds = Self.thresholds(of: feature, part.model)
      var places: [Double] = []
      if let thresholds {
        // The last gap has no upper end: any value in it will do.
        places = thresholds + [(thresholds.last ?? 0).nextUp]
      } else {
        if case .number(let values) = grid.places { places = values }
        isExact = false
      }
      let sweep = FeatureSweep(
        of: feature, at: .number(places), part.model, part.matrix, threads: threads)
      sums.add(sweep, from: places, to: thresholds.map { [.nan] + $0 } ?? places)
    }
    let count = Double(max(1, sums.rowCount))
    let moved = sums.up + sums.down
    self.init(
      risingShare: Double(sums.rising) / count, fallingShare: Double(sums.falling) / count,
      largestFall: sums.fall, largestRise: sums.rise,
      upwardShare: moved > 0 ? sums.up / moved : 0.5, isExact: isExact, rowCount: sums.rowCount,
      demanded: demanded)
  }

  /// The values of a quantity at which trees change, ascending; `nil` for another model.
  static func thresholds(of feature: Int, _ model: CurveModel) -> [Double]? {
    guard case .trees(let trees) = model else { return nil }
    var thresholds: Set<Double> = []
    for tree in trees.trees {
      for node in tree.nodes where node.feature == Int32(feature) && node.levelSet < 0 {
        thresholds.insert(node.threshold)
      }
    }
    return thresholds.sorted()
  }

  /// What is summed up over rows.
  private struct Sums {
    var rowCount = 0
    var rising = 0
    var falling = 0
    var up = 0.0
    var down = 0.0
    var rise: Move?
    var fall: Move?

    /// Adds the rows of a sweep.
    ///
    /// - Parameters:
    ///   - from: Where a move from each place begins.
    ///   - to: Where a move to each place ends.
    mutating func add(_ sweep: FeatureSweep, from: [Double], to: [Double]) {
      let placeCount = sweep.placeCount
      guard placeCount > 0 else { return }
      for start in stride(from: 0, to: sweep.scores.count, by: placeCount) {
        var (lowest, highest) = (0, 0)
        var rises = false
        var falls = false
        for place in 1..<max(1, placeCount) {
          let score = sweep.scores[start + place]
          let change = score - sweep.scores[start + place - 1]
          if change > 0 {
            up += change
            rises = true
          } else if change < 0 {
            down -= change
            falls = true
          }
          let above = score - sweep.scores[start + lowest]
          if above > rise?.size ?? 0 { rise = Move(size: above, from: from[lowest], to: to[place]) }
          let below = sweep.scores[start + highest] - score
          if below > fall?.size ?? 0 {
            fall = Move(size: below, from: from[highest], to: to[place])
          }
          // A later place as low, or as high, makes the move a shorter one.
          if score <= sweep.scores[start + lowest] { lowest = place }
          if score >= sweep.scores[start + highest] { highest = place }
        }
        rowCount += 1
        if rises { rising += 1 }
        if falls { falling += 1 }
      }
    }
  }
}
