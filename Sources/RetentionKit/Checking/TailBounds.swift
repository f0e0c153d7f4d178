import Learning

/// Bounds on the chance of what was counted; each holds for any count, however small.
///
/// Method: Hoeffding 1963, "Probability inequalities for sums of bounded random variables", theorem
/// 1 and section 6 (drawing without replacement is no more dispersed than with), so the bound serves
/// for the binomial tail and for that of Fisher's exact test.
enum TailBounds {
  /// The natural logarithm of a bound on the chance of at least `hits` in `count` draws, where each
  /// hits with a chance of `rate`; 0 where that many are to be expected.
  static func logChance(ofAtLeast hits: Int, of count: Int, rate: Double) -> Double {
    guard count > 0 else { return 0 }
    let share = Double(hits) / Double(count)
    guard share > rate, rate < 1 else { return 0 }
    guard rate > 0 else { return -.infinity }
    return -Double(count) * divergence(share, rate)
  }

  /// The highest rate at which so few hits still have a chance of `chance`.
  static func highestRate(hits: Int, of count: Int, chance: Double = 0.05) -> Double {
    guard count > 0 else { return 1 }
    let share = Double(hits) / Double(count)
    let most = -PortableMath.log(chance) / Double(count)
    var (low, high) = (share, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if divergence(share, middle) > most { high = middle } else { low = middle }
    }
    return high
  }

  /// The natural logarithm of the two-sided chance of a standard normal beyond `z`: at most
  /// exp(-z²/2).
  static func logChance(z: Double) -> Double { min(0, -z * z / 2) }

  /// The divergence of Kullback and Leibler of two coins.
  private static func divergence(_ share: Double, _ rate: Double) -> Double {
    func term(_ p: Double, _ q: Double) -> Double {
      p <= 0 ? 0 : q <= 0 ? .infinity : p * PortableMath.log(p / q)
    }
    return term(share, rate) + term(1 - share, 1 - rate)
  }
}

extension TailBounds {
  /// The natural logarithm.
  static func naturalLog(_ value: Double) -> Double { PortableMath.log(value) }

  /// A chance, given by its natural logarithm, as a power of ten that is not below it.
  static func text(logChance: Double) -> String {
    let exponent = (logChance / PortableMath.log(10)).rounded(.up)
    return exponent < -300 ? "p < 1e-300" : "p < 1e\(Int(exponent))"
  }
}
