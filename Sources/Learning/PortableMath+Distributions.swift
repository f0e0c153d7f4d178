/// Tails of the distributions that tests are made of, with the same bits on every processor.
extension PortableMath {
  /// The number that a standard normal variable exceeds in magnitude with probability 0.05.
  public static let normal95 = 1.959963984540054

  /// The probability that a standard normal variable exceeds `z` in magnitude: the two-sided p of a
  /// Wald test, to 12 digits; 0 below the smallest number.
  public static func normalTail(_ z: Double) -> Double {
    chiSquaredTail(z * z, degreesOfFreedom: 1)
  }

  /// The probability that a chi-squared variable exceeds `statistic`, to 12 digits for up to some
  /// hundred degrees of freedom; 1 for a statistic of 0 or less, NaN for NaN.
  ///
  /// - Precondition: `degreesOfFreedom > 0`.
  public static func chiSquaredTail(_ statistic: Double, degreesOfFreedom: Int) -> Double {
    precondition(degreesOfFreedom > 0, "\(degreesOfFreedom) degrees of freedom")
    if statistic.isNaN { return statistic }
    return upperGamma(Double(degreesOfFreedom) / 2, statistic / 2)
  }

  /// The share of the gamma function's integral that lies beyond `x`: `Q(a, x)`, for `a > 0`.
  ///
  /// Method: below `a + 1` the series of the lower part, above it the continued fraction of the upper
  /// one, evaluated by Lentz's method (Press, Teukolsky, Vetterling, Flannery 2007, "Numerical
  /// Recipes", section 6.2).
  public static func upperGamma(_ a: Double, _ x: Double) -> Double {
    if !(x > 0) { return 1 }
    if x == .infinity { return 0 }
    let factor = exp(a * log(x) - x - logGamma(a))
    return x < a + 1 ? 1 - factor * lowerSeries(a, x) : factor * upperFraction(a, x)
  }

  /// `sum of x^n / (a (a + 1) ... (a + n))`, all terms positive.
  private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
    var term = 1 / a
    var sum = term
    var denominator = a
    while term > sum * 0x1p-54 {
      denominator += 1
      term *= x / denominator
      sum += term
    }
    return sum
  }

  /// `1 / (x + 1 - a - 1 (1 - a) / (x + 3 - a - 2 (2 - a) / ...))`.
  private static func upperFraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var fraction = d
    var index = 1.0
    // At least a digit for each few steps, and sqrt(a) steps at the worst place, x near a.
    while index < 100_000 {
      let numerator = -index * (index - a)
      b += 2
      d = numerator * d + b
      if d.magnitude < tiny { d = tiny }
      c = b + numerator / c
      if c.magnitude < tiny { c = tiny }
      d = 1 / d
      fraction *= d * c
      if (d * c - 1).magnitude < 0x1p-52 { break }
      index += 1
    }
    return fraction
  }

  /// The logarithm of the gamma function for `a > 0`, within some units in the last place of the
  /// larger of it and 1.
  ///
  /// Method: Stirling's series for `a` of 16 and more, whose next term is below `1e-17`; smaller ones
  /// are raised to it by `gamma(a + 1) = a gamma(a)`.
  public static func logGamma(_ a: Double) -> Double {
    var argument = a
    var product = 1.0
    while argument < 16 {
      product *= argument
      argument += 1
    }
    let inverse = 1 / argument
    let square = inverse * inverse
    var series = -691.0 / 360_360
    series = series * square + 1.0 / 1188
    series = series * square - 1.0 / 1680
    series = series * square + 1.0 / 1260
    series = series * square - 1.0 / 360
    series = series * square + 1.0 / 12
    let halfLogTwoPi = 0.9189385332046728
    return (argument - 0.5) * log(argument) - argument + halfLogTwoPi + series * inverse
      - log(product)
  }
}
