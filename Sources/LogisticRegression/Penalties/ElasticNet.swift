/// How far a penalty holds each parameter back, and between which bounds each must stay.
///
/// The penalty of parameters `b` is `sum of factor * (l1 * |b| + l2 / 2 * b^2)`.
struct ElasticNet: Sendable {
  /// The two strengths, beside the sum of the rows' losses.
  struct Strength: Sendable, Equatable {
    /// Of the magnitudes.
    var l1: Double
    /// Of half the squares.
    var l2: Double
  }

  /// What the strengths are multiplied with, shape `[parameterCount]`; 0 for a free parameter.
  let factors: [Double]
  /// Shape `[parameterCount]`, 0 or less; `-infinity` where there is none.
  let lower: [Double]
  /// Shape `[parameterCount]`, 0 or more; `infinity` where there is none.
  let upper: [Double]

  /// The penalty of one parameter.
  func value(_ parameter: Double, _ index: Int, _ strength: Strength) -> Double {
    factors[index]
      * (strength.l1 * parameter.magnitude + strength.l2 / 2 * parameter * parameter)
  }

  /// The penalty of all parameters.
  func value(_ parameters: [Double], _ strength: Strength) -> Double {
    parameters.indices.reduce(0) { $0 + value(parameters[$1], $1, strength) }
  }

  /// How far a parameter is from a minimum along its own axis: the element of the subdifferential
  /// next to 0 (the Karush-Kuhn-Tucker conditions), `slope` being that of the loss.
  func residual(_ parameter: Double, _ index: Int, slope: Double, _ strength: Strength) -> Double {
    let l1 = strength.l1 * factors[index]
    var residual = slope + strength.l2 * factors[index] * parameter
    if parameter != 0 {
      residual += parameter > 0 ? l1 : -l1
    } else {
      residual = residual > 0 ? max(0, residual - l1) : min(0, residual + l1)
    }
    // Beyond a bound it need not go down.
    if parameter <= lower[index], residual > 0 { return 0 }
    if parameter >= upper[index], residual < 0 { return 0 }
    return residual
  }

  /// The strength of `l1` from which on a parameter that is 0 stays there; 0 for a free one.
  func threshold(_ index: Int, slope: Double) -> Double {
    let mayMove = slope < 0 ? upper[index] > 0 : lower[index] < 0
    return factors[index] > 0 && mayMove ? slope.magnitude / factors[index] : 0
  }
}
