import CDesignBlock

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

  /// The value in standard deviations from the centre; 0, the centre, for a missing one.
  @inline(__always)
  func standardized(_ value: Double) -> Double {
    if value.isNaN { return 0 }
    let deviations = (value * unit - unitCenter) * inverseUnitScale
    return min(max(deviations, -Self.limit), Self.limit)
  }

  /// The same map for loops in C, which leave out the limit: no value from which it was measured is
  /// that far out.
  var plain: rk_standardization {
    rk_standardization(unit: unit, center: unitCenter, scale: inverseUnitScale)
  }

  /// `2^-exponent`, as near as a normal number comes.
  static func unit(forExponent exponent: Double.Exponent) -> Double {
    Double(sign: .plus, exponent: min(max(-exponent, -1022), 1022), significand: 1)
  }
}
