/// Centre and spread of a quantity, by which its values become comparable with others'.
public struct Standardization: Sendable, Equatable {
  /// The weighted mean of the values that are not missing, in the quantity's unit.
  public let center: Double
  /// Their population standard deviation, in the quantity's unit; positive.
  public let scale: Double

  // A power of two that brings values near 1, where no difference overflows; exact.
  private let unit: Double
  private let unitCenter: Double
  private let inverseUnitScale: Double

  /// A value further out than this many standard deviations counts as this many: a number with
  /// which no sum overflows and which no real table reaches.
  static let limit = 1e9

  /// Restores a standardization.
  ///
  /// - Precondition: `center` is finite, `scale` is finite and positive.
  public init(center: Double, scale: Double) {
    precondition(center.isFinite && scale > 0 && scale.isFinite, "centre \(center), scale \(scale)")
    self.center = center
    self.scale = scale
    unit = Self.unit(forExponent: scale.exponent)
    unitCenter = center * unit
    inverseUnitScale = 1 / (scale * unit)
  }

  /// Measures `values`, missing ones (NaN) aside; `nil` where they do not vary.
  ///
  /// A row of weight `k` counts as `k` rows.
  init?(of values: [Double], weights: [Double]?) {
    var largest = 0.0
    var total = 0.0
    for row in values.indices where !values[row].isNaN {
      largest = max(largest, values[row].magnitude)
      total += weights?[row] ?? 1
    }
    guard total > 0, largest > 0 else { return nil }
    let unit = Self.unit(forExponent: largest.exponent)
    /// The weighted mean of a function of the values that are present.
    func average(_ body: (Double) -> Double) -> Double {
      var sum = 0.0
      for row in values.indices where !values[row].isNaN {
        sum += (weights?[row] ?? 1) * body(values[row] * unit)
      }
      return sum / total
    }
    let first = average { $0 }
    // A second pass takes out what rounding left in the first: Chan, Golub, LeVeque 1983.
    let mean = first + average { $0 - first }
    let deviation = average { ($0 - mean) * ($0 - mean) }.squareRoot()
    // Equal values whose mean was rounded differ from it by a few units in the last place.
    guard deviation > mean.magnitude * 1e-14 else { return nil }
    let scale = deviation / unit
    guard scale > 0, scale.isFinite else { return nil }
    self.init(center: mean / unit, scale: scale)
  }

  /// The value in standard deviations from the centre; 0, the centre, for a missing one.
  @inline(__always)
  func standardized(_ value: Double) -> Double {
    if value.isNaN { return 0 }
    let deviations = (value * unit - unitCenter) * inverseUnitScale
    return min(max(deviations, -Self.limit), Self.limit)
  }

  /// `2^-exponent`, as near as a normal number comes.
  private static func unit(forExponent exponent: Double.Exponent) -> Double {
    Double(sign: .plus, exponent: min(max(-exponent, -1022), 1022), significand: 1)
  }
}
