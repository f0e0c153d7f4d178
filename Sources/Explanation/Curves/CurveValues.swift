/// What a curve has at each place and for missing values: `places`, in the grid's order, and the
/// missing one last where there is one. NaN where no row says anything.
typealias CurveValues = [Double]

/// A model's rows along one feature, on one scale: raw scores or probabilities.
struct SweptRows: Sendable {
  /// Shape `[rowCount, placeCount]`, the missing place last if the grid has one.
  let values: [Double]
  /// The rows as they are, shape `[rowCount]`.
  let own: [Double]
  /// The place of each row's own value; see ``CurveGrid/cells(of:)``.
  let cells: [Int]
  /// How many places there are, without the missing one.
  let count: Int
  /// Whether there is a missing one.
  let hasMissing: Bool
  /// See ``CurveGrid/isDiscrete``.
  let isDiscrete: Bool

  private var width: Int { count + (hasMissing ? 1 : 0) }

  /// The same rows on another scale.
  func mapped(_ transform: (Double) -> Double) -> SweptRows {
    SweptRows(
      values: values.map(transform), own: own.map(transform), cells: cells, count: count,
      hasMissing: hasMissing, isDiscrete: isDiscrete)
  }

  /// The mean of the rows as they are.
  func mean(_ weights: [Double]) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in own.indices where weights[row] != 0 {
      sum += weights[row] * own[row]
      total += weights[row]
    }
    return sum / total
  }

  // MARK: Partial dependence

  /// The mean of all rows at each place.
  ///
  /// Method: Friedman 2001, "Greedy function approximation: a gradient boosting machine", section 8.2,
  /// https://doi.org/10.1214/aos/1013203451.
  func partialDependence(_ weights: [Double]) -> CurveValues {
    var sums = CurveValues(repeating: 0, count: width)
    var total = 0.0
    for row in own.indices where weights[row] != 0 {
      for place in 0..<width { sums[place] += weights[row] * values[row * width + place] }
      total += weights[row]
    }
    return sums.map { $0 / total }
  }

  // MARK: Accumulated local effects

  /// The changes from place to place of the rows that stand there, summed up; raised so that its mean
  /// is that of the rows as they are.
  ///
  /// Quantiles as places: the rows above one place, up to the next, are set to either, and the first
  /// place's rows go with the first step. All values as places: the rows of two neighbours are set to
  /// either. A step without rows is none. A missing value has no neighbours: the rows that miss it are
  /// compared with their own mean over the places, weighted by how many rows stand at each.
  ///
  /// Method: Apley, Zhu 2020, "Visualizing the effects of predictor variables in black box supervised
  /// learning models", equations 15 and 16, https://doi.org/10.1111/rssb.12377; the mean as their
  /// package `ALEPlot` has it.
  ///
  /// - Parameter order: The places in the order in which they are neighbours.
  func accumulatedEffects(_ weights: [Double], order: [Int]) -> CurveValues {
    let steps = steps(weights, order: order)
    var effects = CurveValues(repeating: 0, count: width)
    for (step, change) in steps.changes.enumerated() {
      effects[order[step + 1]] = effects[order[step]] + change
    }
    let shares = placeWeights(weights)
    let present = shares.reduce(0, +)
    // Between two quantiles a row stands in the middle, at a value of its own there.
    var centre = 0.0
    if isDiscrete {
      for place in 0..<count { centre += shares[place] * effects[place] }
    } else {
      for (step, weight) in steps.weights.enumerated() {
        centre += weight * (effects[order[step]] + effects[order[step + 1]]) / 2
      }
    }
    let mean = mean(weights)
    let shift = mean - (present > 0 ? centre / present : 0)
    for place in 0..<count { effects[place] += shift }
    if hasMissing { effects[count] = mean + missingEffect(weights, shares, present) }
    return effects
  }

  /// The mean change of each step from one place to the next, and the weight of the rows that tell it.
  private func steps(_ weights: [Double], order: [Int]) -> (changes: [Double], weights: [Double]) {
    let stepCount = max(0, count - 1)
    var sums = [Double](repeating: 0, count: stepCount)
    var totals = [Double](repeating: 0, count: stepCount)
    var rank = [Int](repeating: 0, count: count)
    for (position, place) in order.enumerated() { rank[place] = position }
    for row in own.indices where cells[row] >= 0 && weights[row] != 0 {
      let position = rank[cells[row]]
      let told =
        isDiscrete
        ? max(0, position - 1)..<max(0, min(position + 1, stepCount))
        : max(0, position - 1)..<max(0, min(max(position, 1), stepCount))
      for step in told {
        let start = row * width
        sums[step] +=
          weights[row] * (values[start + order[step + 1]] - values[start + order[step]])
        totals[step] += weights[row]
      }
    }
    return (zip(sums, totals).map { $1 > 0 ? $0 / $1 : 0 }, totals)
  }

  private func missingEffect(_ weights: [Double], _ shares: [Double], _ present: Double) -> Double {
    var sum = 0.0
    var total = 0.0
    for row in own.indices where cells[row] == CurveGrid.missing && weights[row] != 0 {
      var elsewhere = 0.0
      for place in 0..<count { elsewhere += shares[place] * values[row * width + place] }
      // Where every row misses the value, there is no elsewhere.
      let reference = present > 0 ? elsewhere / present : values[row * width + count]
      sum += weights[row] * (values[row * width + count] - reference)
      total += weights[row]
    }
    return total > 0 ? sum / total : .nan
  }

  /// The weight of the rows that stand at each place, shape `[count]`.
  func placeWeights(_ weights: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: count)
    for row in cells.indices where cells[row] >= 0 { sums[cells[row]] += weights[row] }
    return sums
  }

  // MARK: Contributions

  /// The mean at each place of the rows that stand there; for rows that have one value, not a sweep.
  static func means(
    _ values: [Double], cells: [Int], count: Int, hasMissing: Bool, weights: [Double]
  ) -> CurveValues {
    let width = count + (hasMissing ? 1 : 0)
    var sums = CurveValues(repeating: 0, count: width)
    var totals = sums
    for row in values.indices where weights[row] != 0 {
      let place = cells[row] == CurveGrid.missing ? count : cells[row]
      guard (0..<width).contains(place) else { continue }
      sums[place] += weights[row] * values[row]
      totals[place] += weights[row]
    }
    return zip(sums, totals).map { $1 > 0 ? $0 / $1 : .nan }
  }
}
