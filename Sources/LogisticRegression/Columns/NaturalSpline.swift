/// Natural cubic splines over some knots: cubic between them, linear beyond, and twice smooth.
///
/// Such a curve is known by its values at the knots (Hastie, Tibshirani, Friedman 2009, "The Elements
/// of Statistical Learning", section 5.2.1). Places are measured from the first knot to the last, as
/// 0 to 1, so that no unit of a column makes a difference.
public struct NaturalSpline: Sendable, Equatable {
  /// Ascending, at least three, in the quantity's unit.
  public let knots: [Double]
  private let span: Standardization
  /// The knots' places in 0...1.
  private let places: [Double]

  /// Knots nearer to each other than this share of their span make curves that are all but broken.
  private static let smallestGap = 1e-6
  /// The most knots of a curve; far more than are chosen.
  package static let knotLimit = 64

  /// Splines over `knots`; `nil` where these are too few, too many, not ascending, too near to each
  /// other, or not finite.
  public init?(knots: [Double]) {
    guard (3...Self.knotLimit).contains(knots.count), knots.allSatisfy(\.isFinite) else {
      return nil
    }
    let length = knots.last! - knots[0]
    guard length > 0, length.isFinite, knots[0].magnitude / 1e9 < length else { return nil }
    let span = Standardization(center: knots[0], scale: length)
    let places = knots.map(span.standardized)
    for (one, next) in zip(places, places.dropFirst()) {
      guard next - one >= Self.smallestGap else { return nil }
    }
    self.knots = knots
    self.span = span
    self.places = places
  }

  /// Splines over five quantiles of `values`, of which NaN are missing; `nil` where these have fewer
  /// than four different ones.
  ///
  /// The quantiles are Harrell's (2015, "Regression Modeling Strategies", table 2.3); where many
  /// values are equal, those of the different values.
  init?(quantilesOf values: [Double]) {
    let sorted = values.filter { !$0.isNaN }.sorted()
    var different: [Double] = []
    for value in sorted where value != different.last { different.append(value) }
    guard different.count >= 4 else { return nil }
    for population in [sorted, different] {
      var knots: [Double] = []
      for share in Self.knotShares {
        let knot = QuantityTransform.quantile(share, of: population)
        if knot != knots.last { knots.append(knot) }
      }
      guard knots.count >= 4 else { continue }
      if let spline = NaturalSpline(knots: Self.spread(knots)) {
        self = spline
        return
      }
    }
    return nil
  }

  private static let knotShares = [0.05, 0.275, 0.5, 0.725, 0.95]

  /// `knots` without those that stand too near to the one before.
  private static func spread(_ knots: [Double]) -> [Double] {
    let length = knots.last! - knots[0]
    var kept: [Double] = []
    for knot in knots where kept.last.map({ knot - $0 > 2 * smallestGap * length }) ?? true {
      kept.append(knot)
    }
    return kept
  }

  /// How many curves together with a line and a constant make up all splines: one for each inner
  /// knot.
  var bendCount: Int { knots.count - 2 }

  /// ``bend(_:)`` for every inner knot.
  var allBends: [Arc] { (0..<bendCount).map(bend) }

  /// The curve that is 1 at an inner knot and 0 at all others; `bend` counts from 0.
  func bend(_ bend: Int) -> Arc {
    Arc(of: self, values: knots.indices.map { $0 == bend + 1 ? 1 : 0 })
  }

  /// What the values and the second derivatives at two neighbouring knots count at `value`.
  ///
  /// Beyond the knots by more than `1e9` times their span, a value counts as that far.
  fileprivate func share(at value: Double) -> Share {
    let place = span.standardized(value)
    let last = places.count - 1
    if place < 0 {
      let step = places[1]
      return Share(
        segment: 0, values: (1 - place / step, place / step), bends: (0, -place * step / 6))
    }
    if place > 1 {
      let step = 1 - places[last - 1]
      let beyond = place - 1
      return Share(
        segment: last - 1, values: (-beyond / step, 1 + beyond / step),
        bends: (beyond * step / 6, 0))
    }
    var segment = 0
    while segment < last - 1, place > places[segment + 1] { segment += 1 }
    let step = places[segment + 1] - places[segment]
    let second = (place - places[segment]) / step
    let first = (places[segment + 1] - place) / step
    let unit = step * step / 6
    return Share(
      segment: segment, values: (first, second),
      bends: ((first * first * first - first) * unit, (second * second * second - second) * unit))
  }

  /// Second derivatives by place at the knots of the curve through `values`; 0 at both ends.
  fileprivate func bends(through values: [Double]) -> [Double] {
    let last = places.count - 1
    // A tridiagonal system whose diagonal outweighs the rest of each row needs no pivots.
    var diagonal = [Double](repeating: 1, count: last + 1)
    var right = [Double](repeating: 0, count: last + 1)
    for knot in 1..<last {
      let before = places[knot] - places[knot - 1]
      let after = places[knot + 1] - places[knot]
      diagonal[knot] = 2 * (before + after)
      right[knot] =
        6 * ((values[knot + 1] - values[knot]) / after - (values[knot] - values[knot - 1]) / before)
      guard knot > 1 else { continue }
      let factor = before / diagonal[knot - 1]
      diagonal[knot] -= factor * before
      right[knot] -= factor * right[knot - 1]
    }
    var bends = [Double](repeating: 0, count: last + 1)
    for knot in (1..<last).reversed() {
      bends[knot] =
        (right[knot] - (places[knot + 1] - places[knot]) * bends[knot + 1]) / diagonal[knot]
    }
    return bends
  }

  /// Where a value lies: what the two knots around it count.
  fileprivate struct Share {
    var segment: Int
    var values: (Double, Double)
    var bends: (Double, Double)
  }

  /// One curve over the knots.
  struct Arc: Sendable, Equatable {
    private let values: [Double]
    private let bends: [Double]

    init(of spline: NaturalSpline, values: [Double]) {
      precondition(values.count == spline.knots.count, "\(values.count) values")
      self.values = values
      bends = spline.bends(through: values)
    }

    fileprivate func value(at share: Share) -> Double {
      values[share.segment] * share.values.0 + values[share.segment + 1] * share.values.1
        + (bends[share.segment] * share.bends.0 + bends[share.segment + 1] * share.bends.1)
    }
  }

  /// The values of several arcs at `values`, NaN where these are, column after column `stride` apart.
  ///
  /// - Precondition: `target` has room for `arcs.count` columns.
  func write(
    _ arcs: [Arc], at values: UnsafePointer<Double>, count: Int,
    to target: UnsafeMutablePointer<Double>, stride: Int
  ) {
    for row in 0..<count {
      // SAFETY: `values` has `count` elements, and `target` room for as many in each column.
      let value = unsafe values[row]
      let share = share(at: value)
      for (column, arc) in arcs.enumerated() {
        unsafe target[column * stride + row] = value.isNaN ? .nan : arc.value(at: share)
      }
    }
  }

  /// The value of `arc` at `value`.
  func value(_ arc: Arc, at value: Double) -> Double { arc.value(at: share(at: value)) }
}

/// A fitted curve in a quantity: a natural cubic spline by its values at the knots.
public struct SplineCurve: Sendable, Equatable {
  /// Where it was fitted.
  public let spline: NaturalSpline
  /// What a value at each knot adds to the log odds, measured from the mean of the rows in training
  /// that are not missing; shape `[knotCount]`.
  public let values: [Coefficient]
  private let arc: NaturalSpline.Arc

  /// The curve through `values`.
  ///
  /// - Precondition: There is a value for each knot.
  public init(spline: NaturalSpline, values: [Coefficient]) {
    self.spline = spline
    self.values = values
    arc = NaturalSpline.Arc(of: spline, values: values.map(\.value))
  }

  /// What `value` adds to the log odds.
  func contribution(of value: Double) -> Double { spline.value(arc, at: value) }
}

extension DesignLayout.SplineColumns {
  /// The curve that the columns and their parameters make.
  ///
  /// - Parameter covariance: Of two parameters; `nil` for a curve without standard errors.
  func curve(
    of layout: DesignLayout, parameters: [Double], covariance: ((Int, Int) -> Double)?
  ) -> SplineCurve {
    let quantities = firstQuantity...firstQuantity + bends.count
    let values = spline.knots.enumerated().map { knot, place in
      // The columns at the knot: the quantity itself, and a bend that is 1 at its own knot.
      let columns = quantities.map { index in
        let bend = index - firstQuantity
        let value = bend == 0 ? place : (bend == knot ? 1 : 0)
        return (index, layout.quantities[index].standardization.standardized(value))
      }
      let variance = covariance.map { covariance in
        var variance = 0.0
        for (one, first) in columns {
          for (other, second) in columns { variance += first * second * covariance(one, other) }
        }
        return variance
      }
      return Coefficient(
        value: columns.reduce(0) { $0 + parameters[$1.0] * $1.1 },
        standardError: variance.map { max(0, $0).squareRoot() })
    }
    return SplineCurve(spline: spline, values: values)
  }
}
