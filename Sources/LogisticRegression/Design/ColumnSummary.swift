import CDesignBlock

/// What the design needs to know of a quantity's values over the training rows.
///
/// A row of weight `k` counts as `k` rows.
struct ColumnSummary: Sendable {
  /// Centre and spread of the values that are present; `nil` where they do not vary.
  var standardization: Standardization?
  /// The weighted share of missing cells.
  var missingShare: Double
  /// How many cells are missing.
  var missingCount: Int
  /// The largest distance from the centre, in standard deviations.
  var largestDeviation: Double

  /// Measures `values`, shape `[rowCount]`; NaN is missing.
  init(of values: [Double], weights: [Double]?) {
    let first = rk_moments(of: values, weights: weights, around: 0, unit: 1)
    missingCount = Int(first.missing_count)
    missingShare =
      first.missing_weight / max(first.missing_weight + first.weight, .leastNormalMagnitude)
    largestDeviation = 0
    let largest = max(first.high, -first.low)
    guard first.weight > 0, largest > 0 else { return }
    // Sums of squares of very large or very small numbers leave the range; a power of two does not
    // change a digit.
    let isPlain = largest < 0x1p400 && largest > 0x1p-400
    let unit = isPlain ? 1 : Standardization.unit(forExponent: largest.exponent)
    let sum =
      isPlain ? first.sum : rk_moments(of: values, weights: weights, around: 0, unit: unit).sum
    let rough = sum / first.weight
    // A second pass takes out what rounding left in the first: Chan, Golub, LeVeque 1983.
    let moments = rk_moments(of: values, weights: weights, around: rough, unit: unit)
    let shift = moments.sum / first.weight
    let mean = rough + shift
    let variance = moments.sum_of_squares / first.weight - shift * shift
    let deviation = max(0, variance).squareRoot()
    // Equal values whose mean was rounded differ from it by a few units in the last place.
    guard deviation > mean.magnitude * 1e-14 else { return }
    let scale = deviation / unit
    guard scale > 0, scale.isFinite else { return }
    let standardization = Standardization(center: mean / unit, scale: scale)
    self.standardization = standardization
    largestDeviation = max(
      standardization.standardized(first.low).magnitude,
      standardization.standardized(first.high).magnitude)
  }
}

extension rk_moments {
  /// Sums over `values`, shape `[rowCount]`, of `value * unit - center` and of its square.
  fileprivate init(of values: [Double], weights: [Double]?, around center: Double, unit: Double) {
    let count = Int64(values.count)
    let vectors = DesignBlock.widestVectors
    // SAFETY: both vectors have `rowCount` elements.
    if let weights {
      self = unsafe rk_design_moments(values, weights, count, center, unit, vectors)
    } else {
      self = unsafe rk_design_moments(values, nil, count, center, unit, vectors)
    }
  }
}
