import Learning

/// A map of a quantity's values that brings in those far out.
public enum QuantityTransform: Sendable, Equatable {
  /// Values below `low` count as `low`, those above `high` as `high`.
  case winsorized(low: Double, high: Double)
  /// `log(1 + |value| / unit)` with the value's sign; `unit` is positive.
  case signedLog(unit: Double)

  /// The mapped value, in any unit; NaN for NaN.
  func value(of value: Double) -> Double {
    switch self {
    case .winsorized(let low, let high):
      return value.isNaN ? value : min(max(value, low), high)
    case .signedLog(let unit):
      if value.isNaN { return value }
      let ratio = min(value.magnitude / unit, Double.greatestFiniteMagnitude)
      let logarithm = ratio <= 1 ? PortableMath.log1p(ratio) : PortableMath.log(1 + ratio)
      return value < 0 ? -logarithm : logarithm
    }
  }

  /// The map of `shape` that fits `values`, NaN where missing; `nil` where they have none.
  init?(_ shape: ColumnTreatment.Shape, of values: [Double]) {
    switch shape {
    case .none, .spline: return nil
    case .winsor:
      let present = values.filter { !$0.isNaN }.sorted()
      guard !present.isEmpty else { return nil }
      self = .winsorized(
        low: Self.quantile(0.005, of: present), high: Self.quantile(0.995, of: present))
    case .log:
      // The unit is a typical size, so that values below it stay about as they are.
      let sizes = values.filter { !$0.isNaN && $0 != 0 }.map(\.magnitude).sorted()
      guard !sizes.isEmpty else { return nil }
      self = .signedLog(unit: Self.quantile(0.5, of: sizes))
    }
  }

  /// The value below which `share` of the sorted values lie: always one of them.
  static func quantile(_ share: Double, of sorted: [Double]) -> Double {
    sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }
}
